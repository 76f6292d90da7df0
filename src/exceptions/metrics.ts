/** The figures of the register. Each says over what it was counted; a share of nothing is undefined, not zero. */
import type { LiveSample, Sample } from "./sample.ts";
import { RISKS } from "./version.ts";

/** What is counted elsewhere. */
export interface Counted {
  /** Identities there are; 0 where nobody counted them. */
  readonly identitiesInAll: number;
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
  readonly peopleExposed: { readonly count: number | undefined; readonly share: number | undefined; readonly exceptionsNotCounted: number };
  readonly shareWithTestedControl: number | undefined;
  readonly shareWithExitOnTrack: number | undefined;
  readonly unused30Days: { readonly share: number | undefined; readonly unknown: number };
  readonly invalidOwners: number;
  readonly decisionsByDelegate: number;
  /** Share of the votes that count which the busiest approver cast. */
  readonly shareOfBusiestApprover: number | undefined;
}

export function measure(samples: readonly Sample[], counted: Counted): RegisterMetrics {
  const open = samples.filter((sample) => sample.isOpen);
  const live = samples.flatMap((sample) => sample.live ?? []);
  return {
    openByCategory: tallyBy(open, (sample) => sample.category),
    openByUnit: tallyBy(open, (sample) => sample.unit),
    openByRisk: tallyBy(open, (sample) => sample.risk, RISKS),
    newLast30Days: samples.filter((sample) => sample.isNew).length,
    endedLast30Days: samples.filter((sample) => sample.endedLately).length,
    trueAgeDays: quantilesOf(
      live.flatMap((sample) => sample.trueAgeDays ?? []),
      0.5,
      0.9,
      (median, p90) => ({ median, p90 }),
    ),
    renewalsPerLineage: average(renewalsByLineage(samples)),
    repeatRate: share(samples, (sample) => sample.isRepeat),
    ...reviewFigures(samples),
    ...removalFigures(samples, counted),
    ...exposureFigures(live, counted),
    ...trustFigures(live, samples),
  };
}

function reviewFigures(samples: readonly Sample[]): Pick<RegisterMetrics, "reviews" | "revokeShare"> {
  const decided = total(samples, (sample) => sample.verdicts.all);
  return {
    reviews: {
      onTime: total(samples, (sample) => sample.reviews.onTime),
      overdue: total(samples, (sample) => sample.reviews.overdue),
      unanswered: total(samples, (sample) => sample.reviews.unanswered),
    },
    revokeShare: decided === 0 ? undefined : total(samples, (sample) => sample.verdicts.revoke) / decided,
  };
}

type Removal = Pick<RegisterMetrics, "overstays" | "minutesToRevoke" | "removalsNotSupported" | "unregisteredBypasses">;

function removalFigures(samples: readonly Sample[], { unregisteredBypasses }: Counted): Removal {
  return {
    overstays: {
      open: total(samples, (sample) => sample.overstays.open),
      count: total(samples, (sample) => sample.overstays.count),
      minutes: total(samples, (sample) => sample.overstays.minutes),
    },
    minutesToRevoke: quantilesOf(
      samples.flatMap((sample) => sample.minutesToRevoke),
      0.5,
      0.95,
      (p50, p95) => ({ p50, p95 }),
    ),
    removalsNotSupported: total(samples, (sample) => sample.removalsNotSupported),
    unregisteredBypasses,
  };
}

function exposureFigures(
  live: readonly LiveSample[],
  { identitiesInAll }: Counted,
): Pick<RegisterMetrics, "peopleExposed" | "unused30Days"> {
  const exceptionsNotCounted = live.filter((sample) => sample.identities === undefined).length;
  // Where nothing was counted the count is not zero: nobody knows it.
  const isKnown = live.length === 0 || exceptionsNotCounted < live.length;
  const count = new Set(live.flatMap((sample) => sample.identities ?? [])).size;
  const use = live.filter((sample) => sample.isUnused !== undefined);
  return {
    peopleExposed: {
      count: isKnown ? count : undefined,
      share: isKnown && identitiesInAll > 0 ? count / identitiesInAll : undefined,
      exceptionsNotCounted,
    },
    unused30Days: { share: share(use, (sample) => sample.isUnused === true), unknown: live.length - use.length },
  };
}

type Trust = Pick<
  RegisterMetrics,
  "shareWithTestedControl" | "shareWithExitOnTrack" | "invalidOwners" | "decisionsByDelegate" | "shareOfBusiestApprover"
>;

function trustFigures(live: readonly LiveSample[], samples: readonly Sample[]): Trust {
  const votes = samples.flatMap((sample) => sample.votes);
  const byApprover = Object.values(tallyBy(votes, (vote) => vote.person));
  return {
    shareWithTestedControl: share(live, (sample) => sample.isTested),
    shareWithExitOnTrack: share(live, (sample) => sample.isExitOnTrack),
    invalidOwners: live.filter((sample) => sample.isOwnerInvalid).length,
    decisionsByDelegate: votes.filter((vote) => vote.isByDelegate).length,
    shareOfBusiestApprover: votes.length === 0 ? undefined : byApprover.reduce((most, n) => Math.max(most, n), 0) / votes.length,
  };
}

function renewalsByLineage(samples: readonly Sample[]): readonly number[] {
  const renewals = new Map<string, number>();
  for (const { renewals: own } of samples) {
    if (own !== undefined) renewals.set(own.root, Math.max(renewals.get(own.root) ?? 0, own.count));
  }
  return [...renewals.values()];
}

function total(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return samples.reduce((sum, sample) => sum + of(sample), 0);
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
