/** How many minimal sets of each size, counted along the diagram of them and never by listing them. */
import { BASE, EMPTY, type Zbdd } from "../solver/zbdd.ts";
import { addProduct, BIG_INTEGERS, NUMBERS, sizesOfVariable, type Variable } from "./variable.ts";

const EXACT = 2 ** 53;

/** By size from 0. `byLevel`: the variable at each level of the diagram. Keeps its working memory from one diagram to the next. */
export function createSizes(): (zbdd: Zbdd, root: number, byLevel: readonly Variable[]) => readonly bigint[] {
  const inNumbers = createCounter();
  return (zbdd, root, byLevel) => {
    if (root === EMPTY) return [];
    const counts = inNumbers(zbdd, root, byLevel);
    // No count on the way is more than the sum at the end: when that is exact, all were.
    return counts.reduce((sum, count) => sum + count, 0) < EXACT ? counts.map(BigInt) : inBigIntegers(zbdd, root, byLevel);
  };
}

function inBigIntegers(zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly bigint[] {
  const factors = byLevel.map((variable) => sizesOfVariable(variable, BIG_INTEGERS));
  const counts: (readonly bigint[])[] = [[], [1n]];
  for (let node = BASE + 1; node <= root; node += 1) {
    counts.push(addProduct(counts[zbdd.low(node)]!, counts[zbdd.high(node)]!, factors[zbdd.level(node)]!, BIG_INTEGERS));
  }
  return counts[root]!;
}

/** Of every node the counts one after the other in one list: where they start, and how many there are. */
function createCounter() {
  let starts = new Int32Array(256);
  let lengths = new Int32Array(256);
  let counts = new Float64Array(4096);

  const prepare = (zbdd: Zbdd, root: number, factors: readonly (readonly number[])[]): void => {
    if (starts.length <= root) {
      starts = new Int32Array(root * 2);
      lengths = new Int32Array(root * 2);
    }
    lengths[EMPTY] = 0;
    lengths[BASE] = 1;
    starts[BASE] = 0;
    let room = 1;
    for (let node = BASE + 1; node <= root; node += 1) {
      const high = lengths[zbdd.high(node)]!;
      const grown = high === 0 ? 0 : high + factors[zbdd.level(node)]!.length - 1;
      lengths[node] = Math.max(lengths[zbdd.low(node)]!, grown);
      starts[node] = room;
      room += lengths[node]!;
    }
    if (counts.length < room) counts = new Float64Array(room * 2);
    counts.fill(0, 0, room);
    counts[0] = 1;
  };

  return (zbdd: Zbdd, root: number, byLevel: readonly Variable[]): readonly number[] => {
    const factors = byLevel.map((variable) => sizesOfVariable(variable, NUMBERS));
    prepare(zbdd, root, factors);
    for (let node = BASE + 1; node <= root; node += 1) {
      const into = starts[node]!;
      const low = zbdd.low(node);
      for (let size = 0; size < lengths[low]!; size += 1) counts[into + size] = counts[starts[low]! + size]!;
      const high = zbdd.high(node);
      const factor = factors[zbdd.level(node)]!;
      for (let more = 0; more < factor.length; more += 1) {
        const times = factor[more]!;
        if (times === 0) continue;
        for (let size = 0; size < lengths[high]!; size += 1) counts[into + more + size]! += times * counts[starts[high]! + size]!;
      }
    }
    return [...counts.subarray(starts[root], starts[root]! + lengths[root]!)];
  };
}
