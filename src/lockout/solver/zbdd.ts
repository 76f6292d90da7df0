/**
 * Families of sets as zero-suppressed decision diagrams: a node says which sets with its element and which without belong to the
 * family. Twelve sets or a hundred million: what counts is what they have in common, and none is ever listed.
 */
import { BOTTOM, OverBudget, type OutOfTime } from "./bdd.ts";

/** The family without a set, and the family of the empty set alone. */
export const EMPTY = 0;
export const BASE = 1;

export interface Zbdd {
  /** The sets of `high` with the level's element added, and those of `low`. */
  make(level: number, high: number, low: number): number;
  level(z: number): number;
  high(z: number): number;
  low(z: number): number;
  /** Those of `a` that hold no set of `b`. */
  without(a: number, b: number): number;
  /** The minimal ones among the sets of both. */
  union(a: number, b: number): number;
  /** The minimal ones among all unions of one of `a` and one of `b` that weigh no more than `limit`. */
  product(a: number, b: number, limit: number): number;
  /** Results by two operands, for operations of others; `op` from 8 on. Undefined when not known any more. */
  recall(op: number, a: number, b: number): number | undefined;
  remember(op: number, a: number, b: number, result: number): void;
  /** Nodes ever made, with the two constants. Children have lower numbers than their parents. */
  size(): number;
  /** Forgets everything; keeps its memory. */
  reset(): void;
}

const STRIDE = 4;
const SMALLEST = 1 << 8;
const LARGEST_CACHE = 1 << 21;
const UNION = 1;
const WITHOUT = 2;
/** With the limit added. */
const PRODUCT = 64;

function hash(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}

/** `weights`: what an element of each level weighs, for products with a limit. `room`: nodes to make room for at once. */
export function createZbdd(budget: number, weights?: ArrayLike<number>, outOfTime?: OutOfTime, room = 0): Zbdd {
  let capacity = SMALLEST;
  while (capacity < room) capacity *= 2;
  // level, high, low, next in the chain of the unique table
  let nodes = new Int32Array(capacity * STRIDE);
  let heads = new Int32Array(capacity);
  // operation, first, second, result
  let cache = new Int32Array(capacity * 4);
  let cacheMask = capacity - 1;
  let count = 2;
  nodes[0] = BOTTOM;
  nodes[STRIDE] = BOTTOM;

  function grow(): void {
    if (count >= budget || outOfTime?.() === true) throw new OverBudget(`more than ${count} nodes`);
    if (count < capacity) return;
    capacity *= 2;
    const wider = new Int32Array(capacity * STRIDE);
    wider.set(nodes);
    nodes = wider;
    heads = new Int32Array(capacity);
    for (let node = 2; node < count; node += 1) chain(node);
    if (capacity > LARGEST_CACHE) return;
    const old = cache;
    cache = new Int32Array(capacity * 4);
    cacheMask = capacity - 1;
    for (let at = 0; at < old.length; at += 4) {
      if (old[at] !== 0) remember(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!);
    }
  }

  function chain(node: number): void {
    const at = node * STRIDE;
    const slot = hash(nodes[at]!, nodes[at + 1]!, nodes[at + 2]!) & (capacity - 1);
    nodes[at + 3] = heads[slot]!;
    heads[slot] = node;
  }

  function make(level: number, high: number, low: number): number {
    if (high === EMPTY) return low;
    const key = hash(level, high, low);
    let node = heads[key & (capacity - 1)]!;
    while (node !== 0) {
      const at = node * STRIDE;
      if (nodes[at + 1] === high && nodes[at + 2] === low && nodes[at] === level) return node;
      node = nodes[at + 3]!;
    }
    if (count >= capacity || count >= budget || ((count & 0xfff) === 0 && outOfTime !== undefined)) grow();
    node = count;
    count += 1;
    const at = node * STRIDE;
    const slot = key & (capacity - 1);
    nodes[at] = level;
    nodes[at + 1] = high;
    nodes[at + 2] = low;
    nodes[at + 3] = heads[slot]!;
    heads[slot] = node;
    return node;
  }

  function remember(op: number, a: number, b: number, result: number): void {
    const at = (hash(a, b, op) & cacheMask) * 4;
    cache[at] = op;
    cache[at + 1] = a;
    cache[at + 2] = b;
    cache[at + 3] = result;
  }

  function recall(op: number, a: number, b: number): number | undefined {
    const at = (hash(a, b, op) & cacheMask) * 4;
    return cache[at] === op && cache[at + 1] === a && cache[at + 2] === b ? cache[at + 3] : undefined;
  }

  function reset(): void {
    heads.fill(0);
    cache.fill(0);
    count = 2;
  }

  const level = (z: number) => nodes[z * STRIDE]!;
  const high = (z: number) => nodes[z * STRIDE + 1]!;
  const low = (z: number) => nodes[z * STRIDE + 2]!;

  /** Sets with the element of a level that is not below the family's, without it; and those without. */
  const highAt = (z: number, top: number) => (level(z) === top ? high(z) : EMPTY);
  const lowAt = (z: number, top: number) => (level(z) === top ? low(z) : z);

  function hasEmptySet(z: number): boolean {
    let at = z;
    while (at > BASE) at = low(at);
    return at === BASE;
  }

  function without(a: number, b: number): number {
    if (a === b || b === BASE || a === EMPTY) return EMPTY;
    if (b === EMPTY) return a;
    if (a === BASE) return hasEmptySet(b) ? EMPTY : BASE;
    if (level(b) < level(a)) return without(a, low(b));
    const known = recall(WITHOUT, a, b);
    if (known !== undefined) return known;
    const top = level(a);
    let result: number;
    if (level(b) === top) result = make(top, without(without(high(a), high(b)), low(b)), without(low(a), low(b)));
    else result = make(top, without(high(a), b), without(low(a), b));
    remember(WITHOUT, a, b, result);
    return result;
  }

  function union(a: number, b: number): number {
    if (a === b || b === EMPTY) return a;
    if (a === EMPTY) return b;
    if (a === BASE || b === BASE) return BASE;
    if (a > b) return union(b, a);
    const known = recall(UNION, a, b);
    if (known !== undefined) return known;
    const top = Math.min(level(a), level(b));
    const lows = union(lowAt(a, top), lowAt(b, top));
    const highs = union(highAt(a, top), highAt(b, top));
    const result = make(top, without(highs, lows), lows);
    remember(UNION, a, b, result);
    return result;
  }

  function product(a: number, b: number, limit: number): number {
    if (a === EMPTY || b === EMPTY) return EMPTY;
    if (a > b) return product(b, a, limit);
    if (a === BASE && b === BASE) return BASE;
    const known = recall(PRODUCT + limit, a, b);
    if (known !== undefined) return known;
    const top = Math.min(level(a), level(b));
    const aHigh = highAt(a, top);
    const bHigh = highAt(b, top);
    const aLow = lowAt(a, top);
    const bLow = lowAt(b, top);
    const lows = product(aLow, bLow, limit);
    const rest = limit - (weights?.[top] ?? 1);
    let highs = EMPTY;
    if (rest >= 0) {
      // (a1 + a0)(b1 + b0) with the element: a1 b1 + a1 b0 + a0 b1 = a1 (b1 + b0) + a0 b1.
      highs = union(product(aHigh, union(bHigh, bLow), rest), product(aLow, bHigh, rest));
    }
    const result = make(top, without(highs, lows), lows);
    remember(PRODUCT + limit, a, b, result);
    return result;
  }

  return { make, level, high, low, without, union, product, recall, remember, size: () => count, reset };
}
