/** The invariants of the register, each checked from the state alone and in other words than the code that upholds it. */
import { addDuration, duration, type Instant } from "../../src/kernel/time.ts";
import { evolve, replay } from "../../src/exceptions/evolve.ts";
import type { Dossier, ExceptionState } from "../../src/exceptions/exception.ts";
import { isInForce } from "../../src/exceptions/in-force.ts";
import { TRANSITIONS } from "../../src/exceptions/transitions.ts";
import type { PersonId, Version } from "../../src/exceptions/version.ts";
import type { World } from "./exception-world.ts";
import { P, policyOf } from "./exception-story.ts";

/** Names of the laws that a step broke; empty when all hold. */
export function brokenLaws(before: World, after: World): readonly string[] {
  const { state, now } = after;
  if (state === undefined) return [];
  const laws: Readonly<Record<string, boolean>> = {
    "never in force after its end, asked now or ahead": moments(state, now).every(
      (at) => !isInForce(state, at) || isCovered(state.dossier, at),
    ),
    "never in force without the quorum on that exact version": !isInForce(state, now) || hasQuorum(state.dossier, now),
    "no vote by requester, whoever acts for them, help desk, implementer or subject": votesAreClean(state.dossier),
    "never closed while the bypass was last seen present": state.state !== "closed" || observedAre(state, before, "closed"),
    "closed only by a reading after the last order":
      state.state !== "closed" || state.dossier.bindings.every((one) => (one.lastReadAt ?? "") >= one.orderedAt),
    "an overstay is open whenever something is held without right": overstaysAreCounted(state),
    "not in force after a missed review, asked now or ahead": moments(state, now).every(
      (at) => !isInForce(state, at) || !missedReview(state.dossier, at),
    ),
    "suspended is really off": state.state !== "suspended" || observedAre(state, before, "suspended"),
    "only what is active is in force": !isInForce(state, now) || state.state === "active",
    "votes do not carry to other content": votesAreBound(state.dossier),
    "what was approved is never overwritten": keepsHistory(before.state?.dossier, state.dossier),
    "journal replay equals the state": JSON.stringify(replay(after.events)) === JSON.stringify(state),
    "the state is plain JSON": JSON.stringify(JSON.parse(JSON.stringify(state))) === JSON.stringify(state) && !hasUndefined(state),
    "every move of state is in the table": moves(before, after).every(isDocumented),
  };
  return Object.entries(laws).flatMap(([name, holds]) => (holds ? [] : [name]));
}

/** Seen to be absent on the way in; afterwards at least not seen to be back (a reading may fail to tell). */
function observedAre({ dossier }: ExceptionState, before: World, entered: string): boolean {
  const onTheWayIn = before.state?.state !== entered;
  return dossier.bindings.every((one) => one.desired === "absent" && (onTheWayIn ? one.observed === "absent" : one.observed !== "present"));
}

function standing(dossier: Dossier) {
  return dossier.grants.filter((grant) => grant.kind !== "emergency");
}

function isCovered(dossier: Dossier, now: Instant): boolean {
  return standing(dossier).some((grant) => grant.validFrom <= now && now < grant.validUntil);
}

/** Now, and every instant ahead at which an answer may change: ends and due dates, to the millisecond and just after. */
function moments({ dossier }: ExceptionState, now: Instant): readonly Instant[] {
  const ahead = [...standing(dossier).map((grant) => grant.validUntil), ...dossier.reviews.map((review) => review.dueAt)];
  return [now, ...ahead.filter((at) => at >= now), ...ahead.filter((at) => at >= now).map((at) => addDuration(at, duration("PT1S")))];
}

/** Every seat of the category's first stage filled by a different, unbarred person on exactly the granted hash. */
function hasQuorum(dossier: Dossier, now: Instant): boolean {
  const grant = standing(dossier).findLast((one) => one.validFrom <= now && now < one.validUntil);
  const version = dossier.versions.find((one) => one.n === grant?.version);
  if (grant === undefined || version === undefined || version.contentHash !== grant.contentHash) return false;
  const votes = version.votes.filter(
    (vote) => vote.decision === "approve" && vote.discounted === null && vote.contentHash === grant.contentHash,
  );
  const roles = policyOf(dossier.category).approvalPlan.stages.flatMap((stage) => stage.roles);
  return roles.every((role) => votes.some((vote) => vote.seat === role)) && new Set(votes.map((vote) => vote.person)).size >= roles.length;
}

const NEVER: readonly PersonId[] = [P.helpdesk, P.implementer, P.subject];

function votesAreClean(dossier: Dossier): boolean {
  return dossier.versions.every((version) =>
    version.votes.every(
      (vote) =>
        !NEVER.includes(vote.person) && vote.person !== version.submittedBy && vote.person !== dossier.requester && vote.assertion !== "",
    ),
  );
}

function votesAreBound(dossier: Dossier): boolean {
  const hashes = dossier.versions.map((version) => version.contentHash);
  return new Set(hashes).size === hashes.length && dossier.versions.every(isBound);
}

function isBound(version: Version): boolean {
  return version.votes.every((vote) => vote.contentHash === version.contentHash && vote.version === version.n);
}

function missedReview(dossier: Dossier, now: Instant): boolean {
  return dossier.reviews.some(
    (one) => one.decision === null && one.settled === null && one.missedAt === null && one.dueAt <= now && one.ifMissed !== "escalate",
  );
}

const WITHOUT_RIGHT = new Set<ExceptionState["state"]>(["suspending", "suspended", "revoking", "verifying", "revoke_failed", "closed"]);

function overstaysAreCounted(state: ExceptionState): boolean {
  if (!WITHOUT_RIGHT.has(state.state)) return true;
  return state.dossier.bindings.every((one) => one.observed !== "present" || one.overstays.some((overstay) => overstay.to === null));
}

/** Nothing is deleted; an end only ever comes sooner; what was cast stays cast. */
function keepsHistory(before: Dossier | undefined, after: Dossier): boolean {
  if (before === undefined) return true;
  const grants = before.grants.every((grant) => {
    const later = after.grants.find((one) => one.seq === grant.seq);
    return (
      later !== undefined &&
      later.validUntil <= grant.validUntil &&
      later.originalValidUntil === grant.originalValidUntil &&
      later.validFrom === grant.validFrom
    );
  });
  const versions = before.versions.every((version) => {
    const later = after.versions.find((one) => one.n === version.n);
    const votes = version.votes.every((vote) => later?.votes.some((one) => one.person === vote.person && one.at === vote.at));
    return later !== undefined && later.contentHash === version.contentHash && votes;
  });
  return grants && versions && after.reviews.length >= before.reviews.length && after.endings.length >= before.endings.length;
}

function hasUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUndefined);
}

export interface Moved {
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

/** Where each new event led. */
export function moves(before: World, after: World): readonly Moved[] {
  let state = before.state;
  return after.events.slice(before.events.length).map((event) => {
    const from = state?.state ?? "nothing";
    state = evolve(state, event);
    return { from, event: event.type, to: state.state };
  });
}

export function isDocumented({ from, event, to }: Moved): boolean {
  return from === to || TRANSITIONS.some((one) => one.from === from && one.event === event && one.to === to);
}
