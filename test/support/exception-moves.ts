/** Everything that may happen to an exception, as data: what the random and the exhaustive walks through its life choose from. */
import { addDuration, duration, earliest } from "../../src/kernel/time.ts";
import type { ExceptionCommand } from "../../src/exceptions/commands.ts";
import { draftOf } from "../../src/exceptions/content.ts";
import { evolve } from "../../src/exceptions/evolve.ts";
import { type Actor, type ExceptionState, grantedUntil, versionInEffect } from "../../src/exceptions/exception.ts";
import { catchUp, dueAt } from "../../src/exceptions/schedule.ts";
import type { DraftContent, PersonId } from "../../src/exceptions/version.ts";
import { PROVIDER, TROUBLE } from "./exception-provider.ts";
import { B1, by, CON, content, EXC, factsFor, P, policyOf, REF, scopeItem, START, SYSTEM } from "./exception-story.ts";
import { give, move, type Move, type World } from "./exception-world.ts";

function opening(name: string, command: ExceptionCommand, actor: Actor, category: string, holds: readonly string[] = []): Move {
  const apply = (world: World): World =>
    world.state === undefined ? give({ ...world, holds, facts: { ...world.facts, policy: policyOf(category) } }, command, actor) : world;
  return { name, byItself: false, apply };
}

/** Long enough that reviews, stale controls and reminders come before the end. */
const TERM = { legacy_application: "P150D", break_glass: "P89D", service_account: "P89D" } as const;

const drafted = (category: keyof typeof TERM): ExceptionCommand => ({
  type: "openDraft",
  id: EXC,
  ref: REF,
  category,
  unit: "finance",
  content: content({ requestedUntil: addDuration(START, duration(TERM[category])) }),
});
const subject = scopeItem().subject;

export const OPENINGS: readonly Move[] = [
  opening("open", drafted("legacy_application"), by(P.requester), "legacy_application"),
  opening("open break-glass", drafted("break_glass"), by(P.requester), "break_glass"),
  opening("open service account", drafted("service_account"), by(P.requester), "service_account"),
  opening(
    "import",
    {
      type: "importInherited",
      id: EXC,
      ref: REF,
      category: "legacy_application",
      unit: "finance",
      content: content(),
      externalId: "row-1",
      importedBy: P.governance,
      claimBy: addDuration(START, duration("P60D")),
      found: [{ connection: CON, policy: "smartcard", subject, bypassKey: "byp", object: "CN=old" }],
    },
    { kind: "system", id: "import" },
    "legacy_application",
    [B1],
  ),
];

function underDecision(state: ExceptionState): { version: number; contentHash: string } {
  const approval = state.state === "in_approval" ? state.approval : state.state === "active" ? state.pending : null;
  const granted = state.dossier.versions.at(-1);
  return { version: approval?.version ?? granted?.n ?? 1, contentHash: approval?.contentHash ?? granted?.contentHash ?? "" };
}

/** Votes by everybody, those barred included, and on content that was never put forward. */
const VOTERS = [
  P.owner,
  P.iam,
  P.network,
  P.governance,
  P.governance2,
  P.requester,
  P.deputy,
  P.implementer,
  P.helpdesk,
  P.subject,
] as const;

const VOTES: readonly Move[] = [
  ...VOTERS.map((who) =>
    move(
      `approve by ${who}`,
      ({ state }) => ({ type: "approve", ...underDecision(state), seat: null, onBehalfOf: null, reason: "" }),
      by(who),
    ),
  ),
  move(
    "approve stale content",
    ({ state }) => ({ type: "approve", ...underDecision(state), contentHash: "sha256:other", seat: null, onBehalfOf: null, reason: "" }),
    by(P.iam),
  ),
  move("reject", ({ state }) => ({ type: "reject", ...underDecision(state), onBehalfOf: null, reason: "no" }), by(P.iam)),
  move(
    "request changes",
    ({ state }) => ({ type: "requestChanges", ...underDecision(state), onBehalfOf: null, reason: "less" }),
    by(P.iam),
  ),
];

function changed(state: ExceptionState, more: Partial<DraftContent>): DraftContent | undefined {
  const present = versionInEffect(state.dossier)?.content;
  return present === undefined ? undefined : { ...draftOf(present), ...more };
}

const laterEnd = (state: ExceptionState) => addDuration(grantedUntil(state.dossier) ?? START, duration("P20D"));

const REQUESTS: readonly Move[] = [
  move("claim", () => ({ type: "claimInherited" }), by(P.requester)),
  move(
    "revise",
    ({ now }) => ({ type: "reviseDraft", content: content({ title: "Other", requestedUntil: addDuration(now, duration("P50D")) }) }),
    by(P.requester),
  ),
  move("submit", () => ({ type: "submit", seenTwins: [] }), by(P.requester)),
  move("withdraw", () => ({ type: "withdraw", reason: "not needed" }), by(P.requester)),
  move("withdraw pending", () => ({ type: "withdrawPending", reason: "not needed" }), by(P.requester)),
  move(
    "propose extension",
    ({ state }) => {
      const asked = changed(state, { requestedUntil: laterEnd(state) });
      return asked && { type: "proposeExtension", content: asked, seenTwins: [] };
    },
    by(P.requester),
  ),
  move(
    "propose change",
    ({ state }) => {
      const asked = changed(state, { scope: [scopeItem("guid-2")], requestedUntil: grantedUntil(state.dossier) ?? START });
      return asked && { type: "proposeChange", content: asked, seenTwins: [] };
    },
    by(P.owner),
  ),
];

function openReview(state: ExceptionState) {
  return state.dossier.reviews.find((review) => review.decision === null && review.settled === null);
}

const review = (verdict: "retain" | "revoke" | "reduce", who: PersonId): Move =>
  move(
    `${verdict} by ${who}`,
    ({ state, now }) => {
      const found = openReview(state);
      const end = earliest(grantedUntil(state.dossier) ?? now, addDuration(now, duration("P10D")));
      const left = verdict === "reduce" ? (changed(state, { requestedUntil: end }) ?? null) : null;
      return (
        found && { type: "decideReview", review: found.id, verdict, sentence: "It is still needed.", content: left, decidedInMs: null }
      );
    },
    by(who),
  );

const trigger = (kind: "subject_left" | "subject_moved" | "used_outside_scope" | "vendor_contract_ended"): Move =>
  move(
    kind,
    ({ now }) => ({
      type: "applyTrigger",
      trigger: { kind, source: "scim", dedupeKey: `${kind}:${now.slice(0, 10)}`, words: kind, until: addDuration(now, duration("P5D")) },
      dueAt: null,
    }),
    { kind: "system", id: "signals" },
  );

const ENDS: readonly Move[] = [
  review("retain", P.governance),
  review("retain", P.requester),
  review("revoke", P.owner),
  review("reduce", P.governance),
  trigger("subject_left"),
  trigger("subject_moved"),
  trigger("used_outside_scope"),
  trigger("vendor_contract_ended"),
  move(
    "control fails",
    ({ now }) => ({ type: "recordControlTest", control: 0, result: "failed", evidence: null, testedAt: now }),
    by(P.implementer),
  ),
  move(
    "control passes",
    ({ now }) => ({ type: "recordControlTest", control: 0, result: "passed", evidence: "probe", testedAt: now }),
    by(P.implementer),
  ),
  move("suspend", () => ({ type: "suspend", why: "looks wrong", dueAt: null }), by(P.governance)),
  move("revoke now", () => ({ type: "revokeNow", reason: "done" }), by(P.owner)),
  move(
    "begin use",
    ({ now, state }) => {
      const contentHash = (state && versionInEffect(state.dossier)?.contentHash) ?? "";
      return { type: "beginUse", until: addDuration(now, duration("PT2H")), reason: "outage", routine: false, contentHash };
    },
    by(P.owner),
  ),
  move("take over", () => ({ type: "takeOver" }), by(P.deputy)),
];

export const TICK: Move = {
  name: "tick",
  byItself: true,
  apply: (world) => {
    if (world.state === undefined) return world;
    const decided = catchUp(world.state, world.now, factsFor(SYSTEM, world.facts));
    if (!decided.accepted) throw new Error(`the tick was refused: ${decided.reasons.map((one) => one.code).join()}`);
    return { ...world, state: decided.events.reduce<ExceptionState>(evolve, world.state), events: [...world.events, ...decided.events] };
  },
};

const wait = (length: string): Move => ({
  name: `wait ${length}`,
  byItself: true,
  apply: (world) => ({ ...world, now: addDuration(world.now, duration(length)) }),
});

/** To the next instant at which anything is due, and what is due then. */
export const NEXT_DUE: Move = {
  name: "next due",
  byItself: true,
  apply: (world) => {
    const at = world.state && dueAt(world.state, factsFor(SYSTEM, world.facts).policy);
    return at === undefined ? world : TICK.apply({ ...world, now: at > world.now ? at : world.now });
  },
};

const TO_END: Move = {
  name: "to the end",
  byItself: true,
  apply: (world) => {
    const end = world.state && grantedUntil(world.state.dossier);
    return end === undefined || end <= world.now ? world : { ...world, now: end };
  },
};

export const MOVES: readonly Move[] = [...REQUESTS, ...VOTES, ...ENDS, ...PROVIDER, ...TROUBLE, TICK, NEXT_DUE, TO_END];
export const WAITS: readonly Move[] = [wait("PT1M"), wait("PT2H"), wait("P2D"), wait("P15D")];

/** What normally comes next in each state: lets a random walk get far enough to be interesting. */
export const PROGRESS: Move = {
  name: "the usual next step",
  byItself: false,
  apply: (world) => {
    const usual = NORMALLY.find((name) => moveNamed(name).apply(world).events.length > world.events.length);
    return usual === undefined ? world : moveNamed(usual).apply(world);
  },
};

const NORMALLY = [
  "claim",
  "submit",
  "approve by per_owner",
  "approve by per_iam",
  "approve by per_network",
  "approve by per_governance",
  "tick",
  "provider applies",
  "provider removes",
  "provider is read",
  "last binding is read",
  "retain by per_governance",
];

function moveNamed(name: string): Move {
  const found = MOVES.find((move) => move.name === name);
  if (found === undefined) throw new Error(`no move ${name}`);
  return found;
}
