/** The register as somebody sees it who answers for the whole: who carries how much of the risk, how old it is, what stayed too long. */
import { type Instant, minutesBetween, subtractDuration } from "../kernel/time.ts";
import { trueAgeDays } from "./age.ts";
import type { ExceptionState } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { observedOverall, shownContent } from "./projection.ts";
import { REPEAT_WINDOW } from "./repeats.ts";
import { END_STATES } from "./transitions.ts";
import type { ExceptionId, PersonId } from "./version.ts";

/** Upper ends in days of true age; what is older is the last band. */
export const AGE_BANDS = ["under90", "under180", "under365", "older"] as const;
export type AgeBand = (typeof AGE_BANDS)[number];
const UPPER_DAYS: readonly number[] = [90, 180, 365];

/** How much of the risk is in force under one owner. */
export interface OwnerShare {
  /** Null: nobody answers for these. */
  readonly owner: PersonId | null;
  readonly exceptions: number;
  readonly byAge: Readonly<Record<AgeBand, number>>;
  readonly oldestDays: number;
  /** Those whose residual risk is high or critical. */
  readonly highRisk: number;
}

/** What a provider still held after the right to it had ended. */
export interface Stay {
  readonly id: ExceptionId;
  readonly ref: string;
  readonly title: string;
  readonly owner: PersonId | null;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly minutes: number;
}

/** What one exception adds to the board. */
export interface BoardSample {
  readonly held: { readonly owner: PersonId | null; readonly ageDays: number; readonly isHighRisk: boolean } | undefined;
  readonly stays: readonly Stay[];
  /** Nobody knows whether the provider holds it. */
  readonly isUnseen: boolean;
}

export function boardSampleOf(state: ExceptionState, now: Instant): BoardSample {
  const { dossier } = state;
  const content = shownContent(state);
  const owner = dossier.ownerInvalidSince === null ? dossier.owner : null;
  const risk = content?.residualRisk;
  const isOver = (END_STATES as readonly string[]).includes(state.state);
  const yearAgo = subtractDuration(now, REPEAT_WINDOW);
  const stays = dossier.bindings
    .flatMap((binding) => binding.overstays)
    .filter(({ from, to }) => to === null || (to > from && to > yearAgo))
    .map(({ from, to }) => ({ from, to, minutes: minutesBetween(from, to ?? now) }));
  return {
    held: isInForce(state, now)
      ? { owner, ageDays: trueAgeDays(dossier, now) ?? 0, isHighRisk: risk === "high" || risk === "critical" }
      : undefined,
    stays: stays.map((stay) => ({ id: dossier.id, ref: dossier.ref, title: content?.title ?? "", owner: dossier.owner, ...stay })),
    isUnseen: !isOver && observedOverall(dossier.bindings) === "unknown",
  };
}

/** By how much they carry, those for whom nobody answers first. */
export function sharesByOwner(samples: readonly BoardSample[]): readonly OwnerShare[] {
  const held = samples.flatMap((sample) => sample.held ?? []);
  const shares = [...Map.groupBy(held, ({ owner }) => owner)].map(([owner, ones]) => ({
    owner,
    exceptions: ones.length,
    byAge: Object.fromEntries(
      AGE_BANDS.map((band) => [band, ones.filter(({ ageDays }) => bandOf(ageDays) === band).length]),
    ) as OwnerShare["byAge"],
    oldestDays: ones.reduce((oldest, { ageDays }) => Math.max(oldest, ageDays), 0),
    highRisk: ones.filter(({ isHighRisk }) => isHighRisk).length,
  }));
  return shares.sort(
    (a, b) => Number(b.owner === null) - Number(a.owner === null) || b.exceptions - a.exceptions || b.oldestDays - a.oldestDays,
  );
}

function bandOf(ageDays: number): AgeBand {
  const at = UPPER_DAYS.findIndex((upper) => ageDays < upper);
  return AGE_BANDS[at === -1 ? AGE_BANDS.length - 1 : at]!;
}

/** What is still held first, then the longest. */
export function worstFirst(stays: readonly Stay[]): readonly Stay[] {
  return stays.toSorted((a, b) => Number(b.to === null) - Number(a.to === null) || b.minutes - a.minutes);
}
