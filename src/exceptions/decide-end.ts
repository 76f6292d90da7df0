/** How things end: a request before its grant, a grant at its end or before, and a bypass that came back. */
import { accept, unless } from "../kernel/decision.ts";
import { addDuration, duration, durationMs, durationOfMs, earliest, type Instant } from "../kernel/time.ts";
import { type ByState, byState } from "./by-state.ts";
import type { ClockCommand, EndCommand } from "./commands.ts";
import {
  type Deciding,
  declineFor,
  holdsAnyRole,
  mayEnd,
  NO_CHANGE,
  NOT_YOURS,
  notInThisState,
  type Outcome,
  wrongState,
} from "./deciding.ts";
import { isOutdated } from "./evolve-binding.ts";
import type { ExceptionEvent } from "./events.ts";
import {
  type Dossier,
  type EndCause,
  type ExceptionState,
  findBinding,
  findVersion,
  grantedUntil,
  openReviews,
  type StateName,
  type WithdrawnCause,
} from "./exception.ts";
import { actingPerson, type Facts } from "./facts.ts";
import { ordersToRemove } from "./orders.ts";
import { SUSPENDERS } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import { suspensionReview } from "./review-record.ts";
import type { PersonId } from "./version.ts";

type Of<T extends (EndCommand | ClockCommand)["type"]> = Extract<EndCommand | ClockCommand, { type: T }>;

/** States with a grant that authorises, or may do so again. */
export const HELD = ["activating", "active", "suspending", "suspended"] as const satisfies readonly StateName[];
export const BEFORE_GRANT = ["draft", "in_approval", "approved"] as const satisfies readonly StateName[];

export function isHeld(state: ExceptionState): boolean {
  return (HELD as readonly StateName[]).includes(state.state);
}

export function isBeforeGrant(state: ExceptionState): boolean {
  return (BEFORE_GRANT as readonly StateName[]).includes(state.state);
}

interface RequestEnd {
  readonly cause: WithdrawnCause | "rejected" | "unclaimed";
  readonly reason: string;
}

const CAUSE_OF_REMOVAL: Readonly<Record<RequestEnd["cause"], EndCause>> = {
  rejected: "rejected",
  unclaimed: "unclaimed",
  trigger: "trigger",
  requester: "revoked",
  silence: "unclaimed",
  idle: "unclaimed",
  window_passed: "unclaimed",
};

/** Ends what was never granted. An inherited bypass is really there, so it has to be taken away first. */
export function endRequest(state: ExceptionState, { cause, reason }: RequestEnd, deciding: Deciding): readonly ExceptionEvent[] {
  const { now, facts, stamp } = deciding;
  if (state.dossier.bindings.length > 0) {
    return beginRevocation(state, { cause: CAUSE_OF_REMOVAL[cause], rightEndedAt: now, words: reason }, deciding);
  }
  if (cause === "rejected") {
    const version = state.dossier.versions.at(-1)?.n ?? 0;
    return [stamp("VersionRejected", { version, rejectedBy: actingPerson(facts) as PersonId, reason })];
  }
  return [stamp("RequestWithdrawn", { cause: cause === "unclaimed" ? "silence" : cause, reason })];
}

export interface RightEnd {
  readonly cause: EndCause;
  /** When the right ended, which may be before anybody noticed: overstays count from here. */
  readonly rightEndedAt: Instant;
  readonly words: string;
}

/** Orders everything away. Open reviews are settled with it: nobody is asked about what has ended. */
export function beginRevocation(state: ExceptionState, end: RightEnd, { now, facts, stamp }: Deciding): readonly ExceptionEvent[] {
  const { dossier } = state;
  const why = `It ended: ${end.words}`;
  const settled = openReviews(dossier).map((review) => stamp("ReviewSettled", { review: review.id, why }));
  const ending = { ...end, orderedAt: now, by: facts.actor, failures: 0, closedAt: null };
  return [...settled, stamp("RevocationBegun", { ending, orders: ordersToRemove(dossier), overstayFrom: end.rightEndedAt })];
}

/** Switches it off until a review decides. What is pending beside it is dropped: nothing under suspicion is extended. */
export function beginSuspension(state: ExceptionState, why: string, from: Instant, deciding: Deciding): readonly ExceptionEvent[] {
  const { stamp } = deciding;
  const pending = state.state === "active" ? state.pending : null;
  const dropped = pending === null ? [] : [stamp("PendingEnded", { version: pending.version, fate: "dropped", reason: why })];
  const begun = stamp("SuspensionBegun", { why, orders: ordersToRemove(state.dossier), overstayFrom: from });
  return [...dropped, begun, suspensionReview(state.dossier, why, deciding)];
}

/** Who governs switches it off until a review; whoever answers for it ends it, or leaves it. A system acts by rule. */
function maySuspend(facts: Facts): boolean {
  const person = actingPerson(facts);
  return person === undefined || holdsAnyRole(facts, person, SUSPENDERS);
}

export function suspend(state: ExceptionState, command: Of<"suspend">, deciding: Deciding): Outcome {
  const byRule = deciding.facts.actor.kind === "system";
  if (byRule && state.state !== "active" && state.state !== "activating") return NO_CHANGE;
  const reasons = [
    ...notInThisState(state, ["activating", "active"]),
    ...refuseIf(!maySuspend(deciding.facts), "exceptions.notYours", "Only IAM or security governance may suspend it."),
    ...refuseIf(command.why.trim() === "", "exceptions.reasonNeeded", "Say why it is suspended.", "/why"),
  ];
  return unless(reasons, () => beginSuspension(state, command.why, command.dueAt ?? deciding.now, deciding));
}

export function revokeNow(state: ExceptionState, command: Of<"revokeNow">, deciding: Deciding): Outcome {
  if (!isHeld(state) && !isBeforeGrant(state)) return wrongState(state, [...BEFORE_GRANT, ...HELD]);
  const reasons = [
    ...refuseIf(!mayEnd(state.dossier, deciding.facts), "exceptions.notYours", NOT_YOURS),
    ...refuseIf(command.reason.trim() === "", "exceptions.reasonNeeded", "Say why it ends.", "/reason"),
  ];
  const { reason } = command;
  return unless(reasons, () =>
    isHeld(state)
      ? beginRevocation(state, { cause: "revoked", rightEndedAt: deciding.now, words: reason }, deciding)
      : endRequest(state, { cause: "requester", reason }, deciding),
  );
}

/** The instant at which what is there ends by the clock; undefined when nothing does. */
export function endsAt(state: ExceptionState): Instant | undefined {
  return byState(ENDS_AT, state);
}

const never = (): undefined => undefined;
const atGrantEnd = ({ dossier }: ExceptionState): Instant | undefined => grantedUntil(dossier);

const ENDS_AT: ByState<Instant | undefined> = {
  draft: ({ dossier }) => claimBy(dossier),
  in_approval: ({ dossier, approval }) => {
    const asked = findVersion(dossier, approval.version)?.content.requestedUntil;
    const claim = claimBy(dossier);
    return claim === undefined || asked === undefined ? (claim ?? asked) : earliest(claim, asked);
  },
  approved: atGrantEnd,
  activating: atGrantEnd,
  active: atGrantEnd,
  suspending: atGrantEnd,
  suspended: atGrantEnd,
  rejected: never,
  withdrawn: never,
  revoking: never,
  verifying: never,
  revoke_failed: never,
  closed: never,
};

function claimBy({ origin }: Dossier): Instant | undefined {
  return origin.kind === "inherited" ? origin.claimBy : undefined;
}

/** The end has come. It authorises nothing since `endsAt`; this makes the provider follow. Idempotent. */
export function expire(state: ExceptionState, deciding: Deciding): Outcome {
  const end = endsAt(state);
  if (end === undefined || end > deciding.now) return NO_CHANGE;
  if (isHeld(state)) {
    const words = `The grant ended ${end}.`;
    return accept(
      ...beginRevocation(state, { cause: "expired", rightEndedAt: end, words }, deciding),
      ...lapseAnnounced(state, end, deciding),
    );
  }
  const inherited = state.dossier.origin.kind === "inherited" && state.state !== "approved";
  const reason = inherited ? "Nobody had it approved in time." : "The time asked for passed before it could begin.";
  return accept(...endRequest(state, { cause: inherited ? "unclaimed" : "window_passed", reason }, deciding));
}

/** T-0: a lapse is announced, not silent. */
function lapseAnnounced(state: ExceptionState, end: Instant, { now, facts, stamp }: Deciding): readonly ExceptionEvent[] {
  const to = facts.policy.remindBefore.find((rule) => rule.daysBefore === 0)?.to ?? ["owner"];
  const key = `${end} T-0`;
  if (state.dossier.reminders.some((reminder) => reminder.key === key)) return [];
  return [stamp("ReminderRaised", { reminder: { key, daysBefore: 0, to, dueAt: end, raisedAt: now } })];
}

/** Five minutes, doubled with every failure up to six hours: quick while it may be a hiccup, never given up. */
export function nextRetry(failures: number, now: Instant): Instant {
  const first = durationMs(duration("PT5M"));
  return addDuration(now, durationOfMs(Math.min(first * 2 ** Math.min(failures, 10), durationMs(duration("PT6H")))));
}

export function revocationFailed(state: ExceptionState, reason: string, { now, stamp }: Deciding): ExceptionEvent {
  return stamp("RevocationFailed", { reason, retryAt: nextRetry(state.dossier.endings.at(-1)?.failures ?? 0, now) });
}

/** By the clock when it is due, by a person at any time. */
export function retryRevoke(state: ExceptionState, deciding: Deciding): Outcome {
  const { facts, now, stamp } = deciding;
  const byRule = facts.actor.kind === "system";
  if (state.state !== "revoke_failed") return byRule ? NO_CHANGE : wrongState(state, ["revoke_failed"]);
  if (byRule && state.retryAt > now) return NO_CHANGE;
  if (!mayEnd(state.dossier, facts)) return declineFor([refuse("exceptions.notYours", NOT_YOURS)]);
  return accept(stamp("RevocationRetried", { orders: ordersToRemove(state.dossier), overstayFrom: rightEnded(state, now) }));
}

function rightEnded(state: ExceptionState, now: Instant): Instant {
  return state.dossier.endings.at(-1)?.rightEndedAt ?? now;
}

/** The provider, or our own work, went quiet: said so, and tried again by the clock. Idempotent. */
export function giveUpOnAnswer(state: ExceptionState, deciding: Deciding): Outcome {
  const { facts, now, stamp } = deciding;
  if (addDuration(state.since, facts.policy.answerFromProviderWithin) > now) return NO_CHANGE;
  if (state.state === "suspending") {
    const why = state.why;
    return accept(stamp("SuspensionBroken", { why, orders: ordersToRemove(state.dossier), overstayFrom: state.since }));
  }
  if (state.state !== "revoking" && state.state !== "verifying") return NO_CHANGE;
  return accept(revocationFailed(state, "No answer from the provider.", deciding));
}

/** A bypass that was closed is there again. It has no right to be: taken away at once, counted from when it was seen. */
export function reopen(state: ExceptionState, command: Of<"reopen">, deciding: Deciding): Outcome {
  if (state.state !== "closed") return wrongState(state, ["closed"]);
  const binding = findBinding(state.dossier, command.binding);
  // A long read of the provider may have met it before it was taken away, and tell of it after.
  if (binding !== undefined && isOutdated(binding, command.seenAt, deciding.now)) return NO_CHANGE;
  const reasons = refuseIf(binding === undefined, "exceptions.bindingUnknown", `It has no binding ${command.binding}.`);
  return unless(reasons, () => [reopened(state, command, deciding)]);
}

export function reopened(state: ExceptionState, seen: Omit<Of<"reopen">, "type">, { now, facts, stamp }: Deciding): ExceptionEvent {
  const { binding, addedBy, seenAt } = seen;
  const words = addedBy === null ? "The bypass reappeared." : `The bypass reappeared, added by ${addedBy}.`;
  const from = seenAt > now ? now : seenAt;
  const ending = { cause: "reappeared", rightEndedAt: from, words, orderedAt: now, by: facts.actor, failures: 0, closedAt: null } as const;
  return stamp("Reopened", { binding, addedBy, ending, orders: ordersToRemove(state.dossier), overstayFrom: from });
}
