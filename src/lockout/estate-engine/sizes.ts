/** How many minimal sets of each size, counted along the diagram of them and never by listing them. */
import { BASE, EMPTY, type Zbdd } from "../solver/zbdd.ts";
import { addProduct, BIG_INTEGERS, NUMBERS, type Ring, sizesOfVariable, type Variable } from "./variable.ts";

const EXACT = 2 ** 53;

/** By size from 0. `byLevel`: the variable at each level of the diagram. */
export function sizesOf(zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly bigint[] {
  if (root === EMPTY) return [];
  const counts = inRing(zbdd, root, byLevel, NUMBERS);
  // No count on the way is more than the sum at the end: when that is exact, all were.
  return counts.reduce((sum, count) => sum + count, 0) < EXACT ? counts.map(BigInt) : inRing(zbdd, root, byLevel, BIG_INTEGERS);
}

function inRing<T>(zbdd: Zbdd, root: number, byLevel: readonly Variable[], ring: Ring<T>): readonly T[] {
  const factors = byLevel.map((variable) => sizesOfVariable(variable, ring));
  const counts: (readonly T[])[] = [[], [ring.one]];
  for (let node = BASE + 1; node <= root; node += 1) {
    counts.push(addProduct(counts[zbdd.low(node)]!, counts[zbdd.high(node)]!, factors[zbdd.level(node)]!, ring));
  }
  return counts[root]!;
}
