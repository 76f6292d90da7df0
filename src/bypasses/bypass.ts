/** A way around the front gate that was seen in a provider: whose it is, and what became of it. */
import { type Bypass as SeenBypass, CHANGES_WITH_OTHERS } from "../connectors/port.ts";
import { canonicalText } from "../kernel/canonical.ts";
import type { Id } from "../kernel/id.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { from, type Transition } from "../kernel/transitions.ts";

/** An unregistered bypass must be claimed or removed within this time, or it is escalated. */
export const CLAIM_WITHIN = duration("PT72H");

interface Known {
  readonly id: Id<"bypass">;
  readonly connection: Id<"connection">;
  /** As the provider showed it when it was last news. */
  readonly seen: SeenBypass;
  readonly firstSeenAt: Instant;
  /** When it became critical, where it was not when it was found. */
  readonly criticalSince?: Instant;
}

/** Somebody did not wait until the time to claim had passed. */
interface Asked {
  readonly by: string;
  readonly reason: string;
}

export type Bypass = Known &
  (
    | { readonly status: "unregistered"; readonly claimUntil: Instant }
    | { readonly status: "registered"; readonly exception: string }
    | { readonly status: "claimed"; readonly exception: string; readonly by: string }
    | { readonly status: "escalated"; readonly at: Instant; readonly asked?: Asked }
    | { readonly status: "removed"; readonly by: string; readonly reason: string; readonly at: Instant }
    | { readonly status: "gone"; readonly at: Instant }
  );

export type BypassStatus = Bypass["status"];

export type BypassEvent =
  | { readonly type: "bypassFound"; readonly data: Known & { readonly at: Instant } }
  | { readonly type: "bypassChanged"; readonly data: { readonly seen: SeenBypass; readonly at: Instant } }
  | { readonly type: "bypassTraced"; readonly data: { readonly addedBy: string } }
  | { readonly type: "bypassRegistered"; readonly data: { readonly exception: string } }
  | { readonly type: "bypassUncovered"; readonly data: { readonly at: Instant; readonly exception: string } }
  | { readonly type: "bypassClaimed"; readonly data: { readonly exception: string; readonly by: string } }
  | { readonly type: "bypassClaimLapsed"; readonly data: { readonly exception: string; readonly at: Instant } }
  | { readonly type: "bypassEscalated"; readonly data: { readonly at: Instant; readonly asked?: Asked } }
  | { readonly type: "bypassRemoved"; readonly data: { readonly by: string; readonly reason: string; readonly at: Instant } }
  | { readonly type: "bypassGone"; readonly data: { readonly at: Instant } };

/** The provider still shows it. */
export const THERE = ["unregistered", "registered", "claimed", "escalated"] as const;
/** Nobody answers for it: it can be claimed or removed. */
const OPEN = ["unregistered", "escalated"] as const;

export const TRANSITIONS: readonly Transition<BypassStatus, BypassEvent["type"]>[] = [
  ...from(["nothing", "gone", "removed"], "bypassFound", "unregistered"),
  ...THERE.flatMap((there) => from([there], "bypassChanged", there)),
  ...THERE.flatMap((there) => from([there], "bypassTraced", there)),
  ...from(THERE, "bypassRegistered", "registered"),
  ...from(["registered"], "bypassUncovered", "unregistered"),
  ...from(["unregistered"], "bypassEscalated", "escalated"),
  ...from(OPEN, "bypassClaimed", "claimed"),
  ...from(["claimed"], "bypassClaimLapsed", "escalated"),
  ...from([...THERE, "gone"], "bypassRemoved", "removed"),
  ...from(THERE, "bypassGone", "gone"),
];

export function isOpen({ status }: Bypass): boolean {
  return OPEN.some((open) => open === status);
}

/** Folds one event. */
export function evolve(state: Bypass | undefined, event: BypassEvent): Bypass {
  if (event.type === "bypassFound") {
    const { at, ...known } = event.data;
    return { ...known, status: "unregistered", claimUntil: addDuration(at, CLAIM_WITHIN) };
  }
  if (state === undefined) throw new RangeError(`${event.type} before bypassFound`);
  const known = knownOf(state);
  switch (event.type) {
    case "bypassChanged":
      return changed(state, event.data);
    case "bypassTraced":
      return { ...state, seen: { ...state.seen, ...event.data } };
    case "bypassRegistered":
      return { ...known, status: "registered", ...event.data };
    case "bypassUncovered":
      return { ...known, status: "unregistered", claimUntil: addDuration(event.data.at, CLAIM_WITHIN) };
    case "bypassClaimed":
      return { ...known, status: "claimed", ...event.data };
    case "bypassClaimLapsed":
      return { ...known, status: "escalated", at: event.data.at };
    case "bypassEscalated":
      return { ...known, status: "escalated", ...event.data };
    case "bypassRemoved":
      return { ...known, status: "removed", ...event.data };
    case "bypassGone":
      return { ...known, status: "gone", ...event.data };
  }
}

function knownOf({ id, connection, seen, firstSeenAt, criticalSince }: Bypass): Known {
  return { id, connection, seen, firstSeenAt, ...(criticalSince !== undefined && { criticalSince }) };
}

function changed({ criticalSince, ...state }: Bypass, { seen, at }: { readonly seen: SeenBypass; readonly at: Instant }): Bypass {
  const since = state.seen.critical ? criticalSince : at;
  return { ...state, seen, ...(seen.critical && since !== undefined && { criticalSince: since }) };
}

/** What the register says about a bypass the provider shows. */
export interface Coverage {
  readonly exception: string;
  /** False when the exception has ended or never began: then the bypass covers nobody. */
  readonly live: boolean;
}

/** What the register knows when a bypass is seen. */
export interface SeenFacts {
  readonly coverage: Coverage | undefined;
  /** Whether an exception has ended, granted or not. */
  readonly hasEnded: (exception: string) => boolean;
  /** This reading showed it before: of what comes twice and differs, the first holds, or each reading would tell of it twice. */
  readonly isRepeated: boolean;
}

/**
 * What a read of the provider means for one bypass that it showed. No event: no news. A claim that came to nothing does not
 * begin the time to claim anew: nobody answered, so it is escalated.
 */
export function decideSeen(
  known: Bypass | undefined,
  seen: Known,
  { coverage, hasEnded, isRepeated }: SeenFacts,
  now: Instant,
): readonly BypassEvent[] {
  const covered = coverage?.live === true ? coverage.exception : undefined;
  const found = shown(known, seen, isRepeated, now);
  if (covered !== undefined) {
    const already = known?.status === "registered" && known.exception === covered;
    return already ? found : [...found, { type: "bypassRegistered", data: { exception: covered } }];
  }
  return known === undefined ? found : [...found, ...answerLost(known, hasEnded, now)];
}

function shown(known: Bypass | undefined, seen: Known, isRepeated: boolean, now: Instant): readonly BypassEvent[] {
  const isNew = known === undefined || known.status === "gone" || known.status === "removed";
  if (isNew) return [{ type: "bypassFound", data: { ...seen, at: now } }];
  return isRepeated ? [] : different(known, seen, now);
}

/** Who answered for it does so no more. */
function answerLost(known: Bypass, hasEnded: SeenFacts["hasEnded"], now: Instant): readonly BypassEvent[] {
  if (known.status === "registered") return [{ type: "bypassUncovered", data: { at: now, exception: known.exception } }];
  if (known.status === "claimed" && hasEnded(known.exception))
    return [{ type: "bypassClaimLapsed", data: { at: now, exception: known.exception } }];
  return [];
}

/** What the provider says of it by now. Its log may lag behind, and forget: who made it is told once it is known, and stays known. */
function different(known: Bypass, { seen }: Known, now: Instant): readonly BypassEvent[] {
  const addedBy = seen.addedBy ?? known.seen.addedBy;
  if (factsOf(seen) !== factsOf(known.seen))
    return [{ type: "bypassChanged", data: { seen: { ...seen, ...(addedBy !== undefined && { addedBy }) }, at: now } }];
  return addedBy === undefined || addedBy === known.seen.addedBy ? [] : [{ type: "bypassTraced", data: { addedBy } }];
}

/** All that is news when it changes. */
function factsOf(seen: SeenBypass): string {
  const own = Object.entries(seen.evidence).filter(([name]) => !CHANGES_WITH_OTHERS.has(name));
  return canonicalText({ ...seen, addedBy: undefined, evidence: Object.fromEntries(own) });
}

/** What it means that a full read did not show a bypass any more. */
export function decideUnseen(known: Bypass, now: Instant): readonly BypassEvent[] {
  return known.status === "gone" || known.status === "removed" ? [] : [{ type: "bypassGone", data: { at: now } }];
}

/** It was taken out of the provider, though somebody may have claimed it, or a read missed it, just before. */
export function decideRemoved(known: Bypass, removed: Extract<BypassEvent, { type: "bypassRemoved" }>["data"]): readonly BypassEvent[] {
  return known.status === "removed" ? [] : [{ type: "bypassRemoved", data: removed }];
}

/** The claim time has passed and nobody answered for it. */
export function decideOverdue(known: Bypass, now: Instant): readonly BypassEvent[] {
  return known.status === "unregistered" && now >= known.claimUntil ? [{ type: "bypassEscalated", data: { at: now } }] : [];
}

/** Somebody does not wait until the claim time has passed. No event: it is escalated already. */
export function decideEscalated(known: Bypass, asked: Asked, now: Instant): readonly BypassEvent[] {
  return known.status === "unregistered" ? [{ type: "bypassEscalated", data: { at: now, asked } }] : [];
}
