/**
 * Binary decision diagrams in one array of integers. A reference is twice a node's number, plus one where the function is its
 * complement; so a function and its complement are one node, and asking for the complement costs nothing.
 */

/** Thrown when a diagram would outgrow what the caller allowed, in nodes or in time. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/** References of the two constants. */
export const TRUE = 0;
export const FALSE = 1;
/** Level of the constants: below every variable. */
export const BOTTOM = 0x7fffffff;

export interface Bdd {
  /** The function that is `high` where the variable of the level holds and `low` where not; both must lie below the level. */
  make(level: number, high: number, low: number): number;
  and(f: number, g: number): number;
  or(f: number, g: number): number;
  xor(f: number, g: number): number;
  /** Level of the topmost variable, 0 first. */
  level(f: number): number;
  high(f: number): number;
  low(f: number): number;
  /** Nodes ever made, with the constant. Children have lower numbers than their parents. */
  size(): number;
  /** Forgets everything; keeps its memory. */
  reset(budget: number): void;
}

/** Whether the caller's patience is at an end; asked now and then. */
export type OutOfTime = () => boolean;

const STRIDE = 4;
const SMALLEST = 1 << 8;
const LARGEST_CACHE = 1 << 21;

function hash(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

// One function, because its arrays are replaced as they grow and every operation needs all of them.
/** `room`: nodes to make room for at once; it grows as needed. */
export function createBdd(firstBudget: number, outOfTime?: OutOfTime, room = 0): Bdd {
  let budget = firstBudget;
  let capacity = SMALLEST;
  while (capacity < room) capacity *= 2;
  // level, high, low, next in the chain of the unique table
  let nodes = new Int32Array(capacity * STRIDE);
  let heads = new Int32Array(capacity);
  // f, g, result; f is complemented bitwise for xor
  let cache = new Int32Array(capacity * 3);
  let cacheMask = capacity - 1;
  let count = 1;
  nodes[0] = BOTTOM;

  function grow(): void {
    if (count >= budget || outOfTime?.() === true) throw new OverBudget(`more than ${count} nodes`);
    if (count < capacity) return;
    capacity *= 2;
    const wider = new Int32Array(capacity * STRIDE);
    wider.set(nodes);
    nodes = wider;
    heads = new Int32Array(capacity);
    for (let node = 1; node < count; node += 1) chain(node);
    growCache();
  }

  function chain(node: number): void {
    const at = node * STRIDE;
    const slot = hash(nodes[at]!, nodes[at + 1]!, nodes[at + 2]!) & (capacity - 1);
    nodes[at + 3] = heads[slot]!;
    heads[slot] = node;
  }

  function growCache(): void {
    if (capacity > LARGEST_CACHE) return;
    const old = cache;
    cache = new Int32Array(capacity * 3);
    cacheMask = capacity - 1;
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] !== 0) remember(old[at]!, old[at + 1]!, old[at + 2]!);
    }
  }

  function remember(f: number, g: number, result: number): void {
    const at = (hash(f, g, 0) & cacheMask) * 3;
    cache[at] = f;
    cache[at + 1] = g;
    cache[at + 2] = result;
  }

  function make(level: number, high: number, low: number): number {
    if (high === low) return high;
    const sign = high & 1;
    const then = high ^ sign;
    const otherwise = low ^ sign;
    const key = hash(level, then, otherwise);
    let node = heads[key & (capacity - 1)]!;
    while (node !== 0) {
      const at = node * STRIDE;
      if (nodes[at + 1] === then && nodes[at + 2] === otherwise && nodes[at] === level) return (node << 1) | sign;
      node = nodes[at + 3]!;
    }
    if (count >= capacity || count >= budget || ((count & 0xfff) === 0 && outOfTime !== undefined)) grow();
    node = count;
    count += 1;
    const at = node * STRIDE;
    const slot = key & (capacity - 1);
    nodes[at] = level;
    nodes[at + 1] = then;
    nodes[at + 2] = otherwise;
    nodes[at + 3] = heads[slot]!;
    heads[slot] = node;
    return (node << 1) | sign;
  }

  function and(a: number, b: number): number {
    if (a === b || b === TRUE) return a;
    if (a === TRUE) return b;
    if (a === FALSE || b === FALSE || (a ^ b) === 1) return FALSE;
    if (a > b) return and(b, a);
    const at = (hash(a, b, 0) & cacheMask) * 3;
    if (cache[at] === a && cache[at + 1] === b) return cache[at + 2]!;
    const level = Math.min(nodes[(a >> 1) * STRIDE]!, nodes[(b >> 1) * STRIDE]!);
    const high = and(cofactor(a, level, 1), cofactor(b, level, 1));
    const result = make(level, high, and(cofactor(a, level, 2), cofactor(b, level, 2)));
    remember(a, b, result);
    return result;
  }

  function xor(a: number, b: number): number {
    const sign = (a ^ b) & 1;
    const f = (a < b ? a : b) & ~1;
    const g = (a < b ? b : a) & ~1;
    if (f === g) return FALSE ^ sign;
    if (f === TRUE) return g ^ 1 ^ sign;
    const at = (hash(~f, g, 0) & cacheMask) * 3;
    if (cache[at] === ~f && cache[at + 1] === g) return cache[at + 2]! ^ sign;
    const level = Math.min(nodes[(f >> 1) * STRIDE]!, nodes[(g >> 1) * STRIDE]!);
    const high = xor(cofactor(f, level, 1), cofactor(g, level, 1));
    const result = make(level, high, xor(cofactor(f, level, 2), cofactor(g, level, 2)));
    remember(~f, g, result);
    return result ^ sign;
  }

  /** What is left of f where the variable of the level holds (which 1) or not (which 2). */
  function cofactor(f: number, level: number, which: number): number {
    const at = (f >> 1) * STRIDE;
    return nodes[at] === level ? nodes[at + which]! ^ (f & 1) : f;
  }

  return {
    make,
    and,
    or: (f, g) => and(f ^ 1, g ^ 1) ^ 1,
    xor,
    level: (f) => nodes[(f >> 1) * STRIDE]!,
    high: (f) => nodes[(f >> 1) * STRIDE + 1]! ^ (f & 1),
    low: (f) => nodes[(f >> 1) * STRIDE + 2]! ^ (f & 1),
    size: () => count,
    reset(next) {
      budget = next;
      heads.fill(0);
      cache.fill(0);
      count = 1;
    },
  };
}
