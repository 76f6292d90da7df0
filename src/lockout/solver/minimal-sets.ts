/** From a function to its minimal sets: the smallest sets of failures that make it true while all else works. */
import { type Bdd, FALSE, TRUE } from "./bdd.ts";
import { BASE, EMPTY, type Zbdd } from "./zbdd.ts";

/** Operation of ours in the memory of the family's operations. */
const DROP = 8;

/**
 * Sets with the topmost variable are kept when they hold none without it. Where the function without it is coherent, it says so itself
 * (Rauzy): it is smaller than its family. Elsewhere its family is asked: a coherent function over one that is not can be larger by
 * factors of a thousand. `isWantedWorking` tells the levels whose variable may have to be false for the function to be true.
 */
export function minimalSets(bdd: Bdd, f: number, zbdd: Zbdd, isWantedWorking: (level: number) => boolean = () => false): number {
  const wanted = wantedFunctions(bdd, f);
  // From the leaves up, on no stack: a gate over tens of thousands of events is as many levels deep.
  const sets = new Int32Array(f + 2);
  const isCoherent = new Uint8Array(f + 2);
  sets[TRUE] = BASE;
  sets[FALSE] = EMPTY;
  isCoherent[TRUE] = 1;
  isCoherent[FALSE] = 1;
  for (let g = 2; g <= f; g += 1) {
    if (wanted[g] === 0) continue;
    const level = bdd.level(g);
    const low = bdd.low(g);
    const high = bdd.high(g);
    isCoherent[g] = isWantedWorking(level) ? 0 : isCoherent[low]! & isCoherent[high]!;
    const kept = isCoherent[low] === 1 ? drop(sets[high]!, low) : zbdd.without(sets[high]!, sets[low]!);
    sets[g] = zbdd.make(level, kept, sets[low]!);
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
