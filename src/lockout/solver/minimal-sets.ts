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
  // From the leaves up, on no stack: a gate over tens of thousands of events is as many levels deep.
  const sets = new Int32Array(f + 2);
  sets[TRUE] = BASE;
  sets[FALSE] = EMPTY;
  const wanted = wantedFunctions(bdd, f);
  for (let g = 2; g <= f; g += 1) {
    if (wanted[g] === 0) continue;
    const low = bdd.low(g);
    sets[g] = zbdd.make(bdd.level(g), drop(sets[bdd.high(g)]!, low), sets[low]!);
  }
  return sets[f]!;

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
}

/** By reference: f and what it is made of. */
function wantedFunctions(bdd: Bdd, f: number): Uint8Array {
  const wanted = new Uint8Array((f | 1) + 1);
  wanted[f] = 1;
  for (let g = f; g > FALSE; g -= 1) {
    if (wanted[g] === 0) continue;
    wanted[bdd.high(g)] = 1;
    wanted[bdd.low(g)] = 1;
  }
  return wanted;
}
