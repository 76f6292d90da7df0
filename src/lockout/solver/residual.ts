/** How much of a size limit is left for a part, once what else is needed beside it is counted. What cannot matter is then never made. */
import type { Literal } from "./graph.ts";
import { type Local, wantedLiterals } from "./modules.ts";

/** Gives a lower bound of what the smallest set of a module weighs, when the leaves with a mark are there for nothing. */
export function leastWeightOf(local: Local, weights: Float64Array): (free?: Uint8Array) => number {
  const { leaves, args, leasts, flipped } = local;
  const size = leaves.length + args.length;
  const wanted = wantedLiterals(local);
  const least = new Float64Array(size * 2);
  return (free) => {
    for (let leaf = 0; leaf < leaves.length; leaf += 1) least[leaf * 2] = free?.[leaf] === 1 ? 0 : weights[leaf]!;
    for (let gate = 0; gate < args.length; gate += 1) {
      const of = args[gate]!;
      const at = (leaves.length + gate) * 2;
      const needed = leasts[gate]!;
      if (wanted[at] === 1) least[at] = leastOf(least, of, 0, needed, leaves.length);
      if (wanted[at + 1] === 1) least[at + 1] = leastOf(least, of, 1, of.length - needed + 1, leaves.length);
    }
    return least[(size - 1) * 2 + flipped]!;
  };
}

/** So many of them: at least the dearest of the cheapest so many, and all that leaves cost, which never are the same. */
function leastOf(least: Float64Array, of: readonly Literal[], sign: number, needed: number, leaves: number): number {
  if (needed === 1) {
    let cheapest = Infinity;
    for (let at = 0; at < of.length; at += 1) {
      const weight = least[of[at]! ^ sign]!;
      if (weight < cheapest) cheapest = weight;
    }
    return cheapest;
  }
  if (needed < of.length) return of.map((literal) => least[literal ^ sign]!).toSorted((a, b) => a - b)[needed - 1]!;
  let dearest = 0;
  let ofLeaves = 0;
  for (let at = 0; at < of.length; at += 1) {
    const literal = of[at]! ^ sign;
    const weight = least[literal]!;
    if (literal >> 1 < leaves) ofLeaves += weight;
    else if (weight > dearest) dearest = weight;
  }
  return Math.max(dearest, ofLeaves);
}

/**
 * By local node: the most that one of its sets may weigh when the module's may weigh `limit`. Only leaves for which it is asked get
 * a limit of their own; the others get what the module gets.
 */
export function limitsWithin(local: Local, weights: Float64Array, limit: number, asked: (leaf: number) => boolean): Float64Array {
  const { leaves, args } = local;
  const size = leaves.length + args.length;
  const limits = new Float64Array(size).fill(limit);
  const words = (leaves.length + 31) >> 5;
  const below = new Int32Array(size * words);
  const free = new Uint8Array(leaves.length);
  const least = leastWeightOf(local, weights);
  for (let node = 0; node < size; node += 1) {
    if (node < leaves.length) below[node * words + (node >> 5)] = 1 << (node & 31);
    else for (const literal of args[node - leaves.length]!) addAll(below, words, node, literal >> 1);
    if (node < leaves.length && !asked(node)) continue;
    for (let leaf = 0; leaf < leaves.length; leaf += 1) free[leaf] = (below[node * words + (leaf >> 5)]! >>> (leaf & 31)) & 1;
    limits[node] = limit - least(free);
  }
  return limits;
}

function addAll(below: Int32Array, words: number, into: number, from: number): void {
  for (let word = 0; word < words; word += 1) below[into * words + word]! |= below[from * words + word]!;
}
