/** Everything a drill can be of. What a drill was run by stays with it: a change here changes none that was started. */
import type { Tier } from "../estate/estate.ts";
import { ACCESS_EXERCISES } from "./catalogue-access.ts";
import { TRUST_EXERCISES } from "./catalogue-trust.ts";
import type { Exercise } from "./exercise.ts";

const ALL = [...ACCESS_EXERCISES, ...TRUST_EXERCISES];
export type ExerciseKey = (typeof ALL)[number]["key"];

export const CATALOGUE: readonly Exercise[] = ALL;
export const EXERCISE_KEYS: readonly ExerciseKey[] = ALL.map(({ key }) => key);

export function exerciseOf(key: ExerciseKey): Exercise {
  return ALL.find((each) => each.key === key)!;
}

/** Days between two drills of it, at most. */
export function longestCadence({ everyDays }: Pick<Exercise, "everyDays">, tier: Tier): number {
  return everyDays[tier - 1]!;
}
