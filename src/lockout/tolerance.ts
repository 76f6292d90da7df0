/** What an operation has to survive beside what it does survive. */
import type { Operation } from "../estate/operation.ts";

export const TOLERANCES = ["held", "broken", "lockedOut", "unknown"] as const;
export type Tolerance = (typeof TOLERANCES)[number];

/**
 * `smallest` is the size of the smallest set of failures that leaves no way in: 0 when there is none already, null when there is no such
 * set up to `completeTo`, which is null when every size was looked at.
 */
export interface Survives {
  readonly smallest: number | null;
  readonly completeTo: number | null;
}

export function toleranceOf({ tolerates }: Pick<Operation, "tolerates">, { smallest, completeTo }: Survives): Tolerance {
  if (smallest === 0) return "lockedOut";
  if (smallest !== null) return smallest > tolerates ? "held" : "broken";
  return completeTo === null || completeTo >= tolerates ? "held" : "unknown";
}
