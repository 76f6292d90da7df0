/** What stands beside the state and is never a state: each worked out from the dossier, the clock and what was counted. */
import type { Instant } from "../kernel/time.ts";
import { staleControls } from "./controls.ts";
import { isHeld } from "./decide-end.ts";
import { seenSinceOrder } from "./evolve-binding.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";
import { shownContent } from "./projection.ts";
import { isForDrills, levelsReached, NO_REPEATS, type RepeatCounts } from "./repeats.ts";
import { isAwaited } from "./review-record.ts";

export const FLAGS = [
  "reviewDue",
  "reviewOverdue",
  "ownerInvalid",
  "controlStale",
  "drift",
  "scopeGrew",
  "repeat",
  "extensionPending",
  "orphaned",
  "notRemovable",
  "fallbackSharesFate",
  "drill",
] as const;
export type Flag = (typeof FLAGS)[number];

/** What only a look outside tells. What was not looked at raises no flag here; the metrics say how much was not. */
export interface Sightings {
  /** By subject key: people it stands for now. */
  readonly headcounts: Readonly<Record<string, number>>;
  readonly repeats: RepeatCounts;
  readonly ownerIsValid: boolean;
  /** What its fallback depends on fails with what it stands in for. */
  readonly fallbackSharesFate: boolean;
  /** Keys of subjects that exist to be tried by drills. */
  readonly drills: ReadonlySet<string>;
}

const NOTHING_SEEN: Sightings = { headcounts: {}, repeats: NO_REPEATS, ownerIsValid: true, fallbackSharesFate: false, drills: new Set() };

export function flagsOf(state: ExceptionState, policy: CategoryPolicy, now: Instant, seen: Partial<Sightings> = {}): readonly Flag[] {
  const look = { state, policy, now, seen: { ...NOTHING_SEEN, ...seen } };
  return FLAGS.filter((flag) => IS_RAISED[flag](look));
}

interface Look {
  readonly state: ExceptionState;
  readonly policy: CategoryPolicy;
  readonly now: Instant;
  readonly seen: Sightings;
}

const IS_RAISED: Readonly<Record<Flag, (look: Look) => boolean>> = {
  reviewDue: ({ state, now }) => isHeld(state) && state.dossier.reviews.some((review) => isAwaited(review) && review.dueAt > now),
  reviewOverdue: ({ state, now }) => isHeld(state) && state.dossier.reviews.some((review) => isAwaited(review) && review.dueAt <= now),
  ownerInvalid: ({ state, seen }) => state.dossier.ownerInvalidSince !== null || !seen.ownerIsValid,
  controlStale: ({ state, policy, now }) => isHeld(state) && staleControls(state.dossier, policy, now).length > 0,
  drift: ({ state }) => hasDrifted(state),
  scopeGrew: ({ state, seen }) =>
    (versionInEffect(state.dossier)?.content.scope ?? []).some(
      (item) => (seen.headcounts[item.subject.key] ?? 0) > item.headcountAtApproval,
    ),
  repeat: ({ policy, seen }) => levelsReached(seen.repeats, policy.repeatLimits).length > 0,
  extensionPending: ({ state }) => state.state === "active" && state.pending !== null,
  fallbackSharesFate: ({ seen }) => seen.fallbackSharesFate,
  orphaned: ({ state }) => state.dossier.orphanedSince !== null,
  notRemovable: ({ state }) =>
    state.dossier.bindings.some(
      (binding) => binding.desired === "absent" && binding.outcome.kind === "not_supported" && binding.observed !== "absent",
    ),
  drill: ({ state, seen }) => isForDrills(shownContent(state), seen.drills),
};

/** The provider holds something else than was ordered and seen before: somebody changed it behind our back. */
function hasDrifted({ state, dossier }: ExceptionState): boolean {
  if (state !== "active" && state !== "suspended") return false;
  return dossier.bindings.some((binding) => {
    const seen = seenSinceOrder(binding);
    return seen !== "unknown" && seen !== binding.desired;
  });
}
