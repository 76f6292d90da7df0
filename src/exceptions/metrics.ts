/** The figures of the register. Each says over what it was counted; a share of nothing is undefined, not zero. */
import { duration, type Instant, minutesBetween, subtractDuration } from "../kernel/time.ts";
import { trueAgeDays } from "./age.ts";
import { controlFreshness } from "./controls.ts";
import { flagsOf } from "./flags.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { standingApprovals } from "./plan.ts";
import { type CategoryPolicy, renewalNumber } from "./policy.ts";
import { isAwaited } from "./review-record.ts";
import { RISKS } from "./version.ts";

export interface MetricsFacts {
  /** By category key. */
  readonly policies: Readonly<Record<string, CategoryPolicy>>;
  /** By exception id: distinct identities its scope stands for. Not counted means unknown. */
  readonly identities: Readonly<Record<string, readonly string[]>>;
  readonly identitiesInAll: number;
  /** By exception id: last sign-in through it, null when it is known not to have been used. Not there: unknown. */
  readonly lastUsedAt: Readonly<Record<string, Instant | null>>;
  /** Ids of exceptions that count as repeats of another. */
  readonly repeats: readonly string[];
  readonly unregisteredBypasses: number;
}

export interface RegisterMetrics {
  readonly openByCategory: Readonly<Record<string, number>>;
  readonly openByUnit: Readonly<Record<string, number>>;
  readonly openByRisk: Readonly<Record<string, number>>;
  readonly newLast30Days: number;
  readonly endedLast30Days: number;
  readonly trueAgeDays: { readonly median: number | undefined; readonly p90: number | undefined };
  readonly renewalsPerLineage: number | undefined;
  readonly repeatRate: number | undefined;
  readonly reviews: { readonly onTime: number; readonly overdue: number; readonly unanswered: number };
  readonly revokeShare: number | undefined;
  readonly overstays: { readonly open: number; readonly count: number; readonly minutes: number };
  readonly minutesToRevoke: { readonly p50: number | undefined; readonly p95: number | undefined };
  readonly removalsNotSupported: number;
  readonly unregisteredBypasses: number;
  readonly peopleExposed: { readonly count: number; readonly share: number | undefined; readonly exceptionsNotCounted: number };
  readonly shareWithTestedControl: number | undefined;
  readonly shareWithExitOnTrack: number | undefined;
  readonly unused30Days: { readonly share: number | undefined; readonly unknown: number };
  readonly invalidOwners: number;
  readonly decisionsByDelegate: number;
  /** Share of the votes that count which the busiest approver cast. */
  readonly shareOfBusiestApprover: number | undefined;
}

const OVER = new Set<ExceptionState["state"]>(["rejected", "withdrawn", "closed"]);
const MONTH = duration("P30D");

export function measure(states: readonly ExceptionState[], facts: MetricsFacts, now: Instant): RegisterMetrics {
  const open = states.filter((state) => !OVER.has(state.state));
  const live = states.filter((state) => isInForce(state, now));
  const monthAgo = subtractDuration(now, MONTH);
  return {
    openByCategory: tallyBy(open, (state) => state.dossier.category),
    openByUnit: tallyBy(open, (state) => state.dossier.unit),
    openByRisk: tallyBy(open, (state) => versionInEffect(state.dossier)?.content.residualRisk ?? "not stated", RISKS),
    newLast30Days: states.filter((state) => state.dossier.openedAt > monthAgo).length,
    endedLast30Days: states.filter((state) => OVER.has(state.state) && state.since > monthAgo).length,
    trueAgeDays: quantilesOf(
      live.flatMap((state) => trueAgeDays(state.dossier, now) ?? []),
      0.5,
      0.9,
      (median, p90) => ({ median, p90 }),
    ),
    renewalsPerLineage: average(lineages(states)),
    repeatRate: share(states, (state) => facts.repeats.includes(state.dossier.id)),
    ...reviewFigures(states, now),
    ...removalFigures(states, facts, now),
    ...exposureFigures(live, facts, monthAgo),
    ...trustFigures(live, states, facts, now),
  };
}

function reviewFigures(states: readonly ExceptionState[], now: Instant): Pick<RegisterMetrics, "reviews" | "revokeShare"> {
  const reviews = states.flatMap((state) => state.dossier.reviews);
  const decided = reviews.flatMap((review) => (review.decision === null ? [] : [{ dueAt: review.dueAt, ...review.decision }]));
  return {
    reviews: {
      onTime: decided.filter((one) => one.at < one.dueAt).length,
      overdue: reviews.filter((review) => isAwaited(review) && review.dueAt <= now).length,
      unanswered: reviews.filter((review) => review.missedAt !== null && review.decision === null).length,
    },
    revokeShare: share(decided, (one) => one.verdict === "revoke"),
  };
}

type Removal = Pick<RegisterMetrics, "overstays" | "minutesToRevoke" | "removalsNotSupported" | "unregisteredBypasses">;

function removalFigures(states: readonly ExceptionState[], facts: MetricsFacts, now: Instant): Removal {
  const bindings = states.flatMap((state) => state.dossier.bindings);
  // Removed at the very instant is no overstay.
  const overstays = bindings.flatMap((binding) => binding.overstays).filter((one) => one.to === null || one.to > one.from);
  const toRevoke = states
    .flatMap((state) => state.dossier.endings)
    .flatMap((ending) => (ending.closedAt === null ? [] : [minutesBetween(ending.rightEndedAt, ending.closedAt)]));
  return {
    overstays: {
      open: overstays.filter((one) => one.to === null).length,
      count: overstays.length,
      minutes: overstays.reduce((sum, one) => sum + minutesBetween(one.from, one.to ?? now), 0),
    },
    minutesToRevoke: quantilesOf(toRevoke, 0.5, 0.95, (p50, p95) => ({ p50, p95 })),
    removalsNotSupported: bindings.filter((binding) => binding.desired === "absent" && binding.outcome.kind === "not_supported").length,
    unregisteredBypasses: facts.unregisteredBypasses,
  };
}

type Exposure = Pick<RegisterMetrics, "peopleExposed" | "unused30Days">;

function exposureFigures(live: readonly ExceptionState[], facts: MetricsFacts, monthAgo: Instant): Exposure {
  const counted = live.flatMap((state) => facts.identities[state.dossier.id] ?? []);
  const count = new Set(counted).size;
  const use = live.map((state) => facts.lastUsedAt[state.dossier.id]).filter((at) => at !== undefined);
  return {
    peopleExposed: {
      count,
      share: facts.identitiesInAll === 0 ? undefined : count / facts.identitiesInAll,
      exceptionsNotCounted: live.filter((state) => facts.identities[state.dossier.id] === undefined).length,
    },
    unused30Days: { share: share(use, (at) => at === null || at < monthAgo), unknown: live.length - use.length },
  };
}

type Trust = Pick<
  RegisterMetrics,
  "shareWithTestedControl" | "shareWithExitOnTrack" | "invalidOwners" | "decisionsByDelegate" | "shareOfBusiestApprover"
>;

function trustFigures(live: readonly ExceptionState[], states: readonly ExceptionState[], facts: MetricsFacts, now: Instant): Trust {
  const votes = states.flatMap((state) => state.dossier.versions).flatMap(standingApprovals);
  const byApprover = Object.values(tallyBy(votes, (vote) => vote.person));
  return {
    shareWithTestedControl: share(live, (state) => isTested(state, facts, now)),
    shareWithExitOnTrack: share(live, (state) => {
      const milestones = versionInEffect(state.dossier)?.content.exitPlan.milestones ?? [];
      return milestones.length > 0 && milestones.every((milestone) => milestone.by > now);
    }),
    invalidOwners: live.filter((state) => state.dossier.ownerInvalidSince !== null).length,
    decisionsByDelegate: votes.filter((vote) => vote.onBehalfOf !== null).length,
    shareOfBusiestApprover: votes.length === 0 ? undefined : Math.max(...byApprover) / votes.length,
  };
}

function isTested(state: ExceptionState, facts: MetricsFacts, now: Instant): boolean {
  const policy = facts.policies[state.dossier.category];
  if (policy === undefined || flagsOf(state, policy, now).includes("controlStale")) return false;
  const controls = controlFreshness(state.dossier, policy);
  return controls.length > 0 && controls.every((control) => control.lastResult === "passed");
}

function lineages(states: readonly ExceptionState[]): readonly number[] {
  const renewals = new Map<string, number>();
  for (const { dossier } of states) {
    if (dossier.grants.length === 0) continue;
    renewals.set(dossier.lineage.root, Math.max(renewals.get(dossier.lineage.root) ?? 0, renewalNumber(dossier, false)));
  }
  return [...renewals.values()];
}

function tallyBy<T>(items: readonly T[], key: (item: T) => string, order: readonly string[] = []): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1)));
}

function share<T>(items: readonly T[], counts: (item: T) => boolean): number | undefined {
  return items.length === 0 ? undefined : items.filter(counts).length / items.length;
}

function average(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
}

/** Nearest-rank quantile: the smallest value that at least this share of the values does not exceed. */
export function quantile(numbers: readonly number[], q: number): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

function quantilesOf<T>(numbers: readonly number[], a: number, b: number, shape: (a: number | undefined, b: number | undefined) => T): T {
  return shape(quantile(numbers, a), quantile(numbers, b));
}
