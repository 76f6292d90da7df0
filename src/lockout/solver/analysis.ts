/** What the solver answers. */
import type { OutOfTime } from "./bdd.ts";

export interface AnalysisOptions {
  /** Only sets of up to so many failures: quick also where all of them would be too many. */
  readonly maxOrder?: number | undefined;
  /** Most nodes of one diagram; more memory and time when it is more. */
  readonly nodes?: number | undefined;
  /** Asked now and then; once it says yes, the answer is what is known by then. */
  readonly outOfTime?: OutOfTime | undefined;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * A minimal set is a set of events whose failure makes the top event happen while everything else works, and no part of which
 * does so. For a coherent tree these are its minimal cut sets; where a tree says "not", an event that has to work is left out.
 */
export interface Analysis {
  /** How many minimal sets, of sizes up to completeToOrder. */
  readonly minimalCutSets: bigint;
  /** How many of each size; index 0 is the empty set: the top event happens without any failure. */
  readonly histogram: readonly bigint[];
  /** All sets of up to so many failures are known, and none of more are counted; null: all sets of every size are known. */
  readonly completeToOrder: number | null;
  /** Exact; null when some event has no probability, or the tree is too large. */
  readonly topEventProbability: number | null;
  /** Between which it surely is; null when some event has no probability. */
  readonly probabilityBounds: Bounds | null;
  /** The first so many sets: smallest first, or most probable first (smallest where nobody said how probable). */
  sets(limit: number, by: "size" | "probability"): readonly (readonly string[])[];
  /** By event: how much the top event's probability changes with its own. Null where the probability is. */
  readonly birnbaum: ReadonlyMap<string, number> | null;
  /** The same with every event as likely to fail as not; null when the tree is too large. */
  readonly structural: ReadonlyMap<string, number> | null;
}
