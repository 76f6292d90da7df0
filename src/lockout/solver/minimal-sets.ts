/** From a function to its minimal sets: the smallest sets of failures that make it true while all else works. */
import { type Bdd, FALSE, TRUE } from "./bdd.ts";
import { BASE, EMPTY, type Zbdd } from "./zbdd.ts";

/**
 * The least function that never turns false by a further failure and is true wherever f is. It has the same minimal sets, so what
 * holds of coherent functions helps with all.
 */
export function coherentHull(bdd: Bdd, f: number): number {
  const known = new Map<number, number>();
  const hull = (g: number): number => {
    if (g === TRUE || g === FALSE) return g;
    const before = known.get(g);
    if (before !== undefined) return before;
    const low = hull(bdd.low(g));
    const made = bdd.make(bdd.level(g), bdd.or(hull(bdd.high(g)), low), low);
    known.set(g, made);
    return made;
  };
  return hull(f);
}

/** Operation of ours in the memory of the family's operations. */
const DROP = 8;

/** Minimal sets of a coherent function (Rauzy): those with the topmost variable are kept when the function is false without it. */
export function minimalSets(bdd: Bdd, f: number, zbdd: Zbdd): number {
  const known = new Int32Array(bdd.size() * 2).fill(-1);

  function minimal(g: number): number {
    if (g === TRUE) return BASE;
    if (g === FALSE) return EMPTY;
    const before = known[g]!;
    if (before !== -1) return before;
    const low = bdd.low(g);
    const lows = minimal(low);
    const made = zbdd.make(bdd.level(g), drop(minimal(bdd.high(g)), low), lows);
    known[g] = made;
    return made;
  }

  /** Without the sets on which g is true. */
  function drop(z: number, g: number): number {
    if (g === FALSE) return z;
    if (g === TRUE || z === EMPTY) return EMPTY;
    // Coherent and no constant: false while nothing has failed.
    if (z === BASE) return BASE;
    const before = zbdd.recall(DROP, z, g);
    if (before !== undefined) return before;
    const top = zbdd.level(z);
    const its = bdd.level(g);
    let made: number;
    if (its < top) made = drop(z, bdd.low(g));
    else if (its === top) made = zbdd.make(top, drop(zbdd.high(z), bdd.high(g)), drop(zbdd.low(z), bdd.low(g)));
    else made = zbdd.make(top, drop(zbdd.high(z), g), drop(zbdd.low(z), g));
    zbdd.remember(DROP, z, g, made);
    return made;
  }

  return minimal(f);
}
