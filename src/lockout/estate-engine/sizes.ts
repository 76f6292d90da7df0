/** How many minimal sets of each size, counted along the diagram of them and never by listing them. */
import { BASE, EMPTY, type Zbdd } from "../solver/zbdd.ts";
import type { Variable } from "./reduced.ts";

const EXACT = 2 ** 53;

/** By size from 0. `byLevel`: the variable at each level of the diagram. */
export function sizesOf(zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly bigint[] {
  if (root === EMPTY) return [];
  const counts = inNumbers(zbdd, root, byLevel);
  // No count on the way is more than the sum at the end: when that is exact, all were.
  return counts.reduce((sum, count) => sum + count, 0) < EXACT ? counts.map(BigInt) : inBigInts(zbdd, root, byLevel);
}

/** A variable is as many sets of one leaf as it has leaves, or one set of all of them. */
const sizeOf = ({ kind, leaves }: Variable): number => (kind === "any" ? 1 : leaves.length);
const countOf = ({ kind, leaves }: Variable): number => (kind === "any" ? leaves.length : 1);

function inNumbers(zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly number[] {
  const counts: number[][] = [[], [1]];
  for (let node = BASE + 1; node <= root; node += 1) {
    const variable = byLevel[zbdd.level(node)]!;
    const sum = counts[zbdd.low(node)]!.slice();
    const high = counts[zbdd.high(node)]!;
    const times = countOf(variable);
    const more = sizeOf(variable);
    while (sum.length < high.length + more) sum.push(0);
    for (let size = 0; size < high.length; size += 1) sum[size + more]! += times * high[size]!;
    counts.push(sum);
  }
  return counts[root]!;
}

function inBigInts(zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly bigint[] {
  const counts: bigint[][] = [[], [1n]];
  for (let node = BASE + 1; node <= root; node += 1) {
    const variable = byLevel[zbdd.level(node)]!;
    const sum = counts[zbdd.low(node)]!.slice();
    const high = counts[zbdd.high(node)]!;
    const times = BigInt(countOf(variable));
    const more = sizeOf(variable);
    while (sum.length < high.length + more) sum.push(0n);
    high.forEach((count, size) => {
      sum[size + more]! += times * count;
    });
    counts.push(sum);
  }
  return counts[root]!;
}
