/** How many minimal sets of each size: counted along the diagrams, never by listing them. */
import { nodesOfFamily, type Solved } from "./solved.ts";

/** Sets by size; index 0 is the empty set. */
export type Histogram = readonly bigint[];

const EXACT = 2 ** 53;

/** Of the last of the modules, which are given smaller ones first. Sizes above `most` are left out. */
export function histogramOf(solved: readonly Solved[], events: number, most: number): Histogram {
  const byModule = new Map<number, readonly number[]>();
  for (const each of solved) {
    const counts = inNumbers(each, (node) => (node <= events ? undefined : byModule.get(node)!), most);
    // Every count on the way is at most the sum at the end: what is small enough for a number was exact all along.
    if (counts.reduce((sum, count) => sum + count, 0) >= EXACT) return inBigInts(solved, events, most);
    byModule.set(each.local.node, counts);
  }
  return byModule.get(solved.at(-1)!.local.node)!.map(BigInt);
}

/** `of`: counts of a leaf that is a module; undefined for an event, which is one set of size one. */
function inNumbers({ zbdd, sets, local, order }: Solved, of: (node: number) => readonly number[] | undefined, most: number): number[] {
  if (sets === 0) return [0];
  const nodes = nodesOfFamily(zbdd, sets);
  const factors = order.map((leaf) => of(local.leaves[leaf]!) ?? ONE_EVENT);
  // All counts in one array: where those of a node start, and the greatest size among its sets. Of the empty family there is none.
  const starts = new Int32Array(sets + 2);
  const degrees = new Int32Array(sets + 2);
  degrees[0] = -1;
  let room = 1;
  for (const node of nodes) {
    const high = degrees[zbdd.high(node)]! + factors[zbdd.level(node)]!.length - 1;
    degrees[node] = Math.min(most, Math.max(high, degrees[zbdd.low(node)]!));
    starts[node] = room;
    room += degrees[node] + 1;
  }
  const counts = new Float64Array(room);
  counts[0] = 1;
  for (const node of nodes) {
    const into = starts[node]!;
    const low = zbdd.low(node);
    const lowStart = starts[low]!;
    for (let size = 0; size <= degrees[low]!; size += 1) counts[into + size]! += counts[lowStart + size]!;
    const high = zbdd.high(node);
    addShifted(counts, factors[zbdd.level(node)]!, { from: starts[high]!, degree: degrees[high]!, into, most: degrees[node]! });
  }
  return [...counts.subarray(starts[sets], starts[sets]! + degrees[sets]! + 1)];
}

interface Shift {
  readonly from: number;
  readonly degree: number;
  readonly into: number;
  readonly most: number;
}

/** Adds a part of the counts, times a factor, to another part. */
function addShifted(counts: Float64Array, factor: readonly number[], { from, degree, into, most }: Shift): void {
  for (let more = 0; more < factor.length; more += 1) {
    const times = factor[more]!;
    const last = times === 0 ? -1 : Math.min(degree, most - more);
    for (let size = 0; size <= last; size += 1) counts[into + size + more]! += times * counts[from + size]!;
  }
}

const ONE_EVENT: readonly number[] = [0, 1];
const ONE_EVENT_BIG: readonly bigint[] = [0n, 1n];

function inBigInts(solved: readonly Solved[], events: number, most: number): bigint[] {
  const byModule = new Map<number, readonly bigint[]>();
  for (const { zbdd, sets, local, order } of solved) {
    const factors = order.map((leaf) => (local.leaves[leaf]! <= events ? ONE_EVENT_BIG : byModule.get(local.leaves[leaf]!)!));
    const counts = new Map<number, readonly bigint[]>([
      [0, []],
      [1, [1n]],
    ]);
    for (const node of nodesOfFamily(zbdd, sets)) {
      const sum = [...counts.get(zbdd.low(node))!];
      addProduct(sum, factors[zbdd.level(node)]!, counts.get(zbdd.high(node))!, most);
      counts.set(node, sum);
    }
    byModule.set(local.node, counts.get(sets)!);
  }
  return [...byModule.get(solved.at(-1)!.local.node)!];
}

function addProduct(into: bigint[], a: readonly bigint[], b: readonly bigint[], most: number): void {
  a.forEach((times, more) => {
    if (times === 0n) return;
    for (let size = 0; size < b.length && size + more <= most; size += 1) {
      while (into.length <= size + more) into.push(0n);
      into[size + more]! += times * b[size]!;
    }
  });
}
