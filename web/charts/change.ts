/** What became better or worse: one whole month held against an earlier one. */
import type { MonthValue } from "./months.ts";

/** How many months back, unless less was recorded. */
const BACK = 3;

export interface Compared {
  readonly from: MonthValue;
  readonly to: MonthValue;
}

/** The last whole month and the one three before, or else the first that is known; undefined while there are no two. */
export function comparedOf(values: readonly MonthValue[]): Compared | undefined {
  const whole = values.filter(({ isWhole }) => isWhole);
  const to = whole.at(-1);
  const before = whole.slice(-1 - BACK, -1);
  const from = before.find(({ value }) => value !== null);
  if (to === undefined || to.value === null || from === undefined) return undefined;
  return { from, to };
}

export type Verdict = "better" | "worse" | "same" | "unknown";

/** For figures of which less is better. */
export function verdictOf(compared: Compared | undefined): Verdict {
  const { from, to } = { from: compared?.from.value ?? null, to: compared?.to.value ?? null };
  if (from === null || to === null) return "unknown";
  if (from === to) return "same";
  return to < from ? "better" : "worse";
}
