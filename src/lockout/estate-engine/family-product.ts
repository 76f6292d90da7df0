/**
 * Minimal sets of "both of these". Each set of the product is made once, of one reason, and only when no smaller one is in it; why
 * that needs so few checks: no set of a family contains another of the same family.
 */
import { type Family, isNever, NEVER, NONE, type Order } from "./family.ts";
import { createMarks, createNumbers, type Marks, type Numbers, push2, push3, setsOf, singlesOf } from "./numbers.ts";
import { createSetTable, type SetTable } from "./set-table.ts";

/** One of the two families, ready to be asked. */
interface Side {
  family: Family;
  readonly inSingles: Marks;
  readonly inPairs: SetTable;
  /** Singles that are not in the other family. */
  readonly own: Numbers;
  /** Pairs that do not fail the other side. */
  readonly open: Numbers;
}

export function createProduct(order: Order): (a: Family, b: Family) => Family {
  const left = createSide();
  const right = createSide();
  const list = createNumbers();
  const tripleTable = createSetTable();

  const singles = (): readonly number[] => {
    load(left);
    load(right);
    list.used = 0;
    for (let i = 0; i < left.family.singles.length; i += 1) {
      const leaf = left.family.singles[i]!;
      if (right.inSingles.has(leaf)) list.list[list.used++] = leaf;
      else left.own.list[left.own.used++] = leaf;
    }
    for (let i = 0; i < right.family.singles.length; i += 1) {
      const leaf = right.family.singles[i]!;
      if (!left.inSingles.has(leaf)) right.own.list[right.own.used++] = leaf;
    }
    return singlesOf(list);
  };

  const pairs = (): Int32Array => {
    list.used = 0;
    const mine = left.own.list;
    const theirs = right.own.list;
    const least = left.own.used;
    const many = right.own.used;
    for (let i = 0; i < least; i += 1) for (let j = 0; j < many; j += 1) push2(list, mine[i]!, theirs[j]!);
    if (order === 2 && left.family.pairs.length + right.family.pairs.length === 0) return setsOf(list);
    // Whether a pair is in both is asked of the right; beyond pairs of the left too.
    loadPairs(right);
    if (order > 2) loadPairs(left);
    takePairs(left, right, true);
    takePairs(right, left, false);
    return setsOf(list);
  };

  /** Pairs of one side that fail the other too. One that is in both is taken from the left. */
  const takePairs = (from: Side, other: Side, isFirst: boolean): void => {
    const { pairs } = from.family;
    for (let i = 0; i < pairs.length; i += 2) {
      const a = pairs[i]!;
      const b = pairs[i + 1]!;
      if (other.inSingles.has(a) || other.inSingles.has(b)) push2(list, a, b);
      else if (isFirst && other.inPairs.has(a, b, 0)) push2(list, a, b);
      else if (order > 2 && (isFirst || !other.inPairs.has(a, b, 0))) push2(from.open, a, b);
    }
  };

  const triples = (): Int32Array => {
    list.used = 0;
    pairsWithSingles(left, right);
    pairsWithSingles(right, left);
    pairsWithPairs();
    tripleTable.empty(0);
    addTriples(right.family.triples, tripleTable);
    takeTriples(left, right, tripleTable);
    takeTriples(right, left, undefined);
    return setsOf(list);
  };

  const pairsWithSingles = (from: Side, other: Side): void => {
    const open = from.open.list;
    const own = other.own.list;
    const count = other.own.used;
    for (let i = 0; i < from.open.used; i += 2) {
      const a = open[i]!;
      const b = open[i + 1]!;
      for (let j = 0; j < count; j += 1) {
        const leaf = own[j]!;
        if (!hasPair(from, a, leaf) && !hasPair(from, b, leaf)) push3(list, a, b, leaf);
      }
    }
  };

  /** Two pairs with one leaf in common. The third pair of the triple may make it anew, or make it no minimal set. */
  const pairsWithPairs = (): void => {
    const mine = left.open.list;
    const theirs = right.open.list;
    const count = right.open.used;
    for (let i = 0; i < left.open.used; i += 2) {
      for (let j = 0; j < count; j += 2) joinPairs(mine[i]!, mine[i + 1]!, theirs[j]!, theirs[j + 1]!);
    }
  };

  const joinPairs = (a: number, b: number, c: number, d: number): void => {
    const common = a === c || a === d ? a : b === c || b === d ? b : -1;
    if (common === -1) return;
    const x = a + b - common;
    const y = c + d - common;
    const isMine = hasPair(left, x, y);
    const isTheirs = hasPair(right, x, y);
    if (isMine && isTheirs) return;
    // The same triple comes of the third pair too: made by the lesser of the two.
    if (isMine && isLess(x, y, a, b)) return;
    if (isTheirs && isLess(x, y, c, d)) return;
    push3(list, common, x, y);
  };

  /** Triples of one side that fail the other too. One that is in both is taken from the side that is given a table. */
  const takeTriples = (from: Side, other: Side, same: SetTable | undefined): void => {
    const { triples } = from.family;
    for (let i = 0; i < triples.length; i += 3) {
      const a = triples[i]!;
      const b = triples[i + 1]!;
      const c = triples[i + 2]!;
      if (failsBySmaller(other, a, b, c) || same?.has(a, b, c) === true) push3(list, a, b, c);
    }
  };

  return (a, b) => {
    if (a === b || a.always) return b;
    if (b.always) return a;
    if (isNever(a) || isNever(b)) return NEVER;
    left.family = a;
    right.family = b;
    return { always: false, singles: singles(), pairs: order >= 2 ? pairs() : NONE, triples: order === 3 ? triples() : NONE };
  };
}

function createSide(): Side {
  return { family: NEVER, inSingles: createMarks(), inPairs: createSetTable(), own: createNumbers(), open: createNumbers() };
}

function load({ family: { singles }, inSingles, own, open }: Side): void {
  inSingles.clear();
  own.used = 0;
  open.used = 0;
  for (let i = 0; i < singles.length; i += 1) inSingles.set(singles[i]!);
}

function loadPairs({ family: { pairs }, inPairs }: Side): void {
  inPairs.empty(pairs.length / 2);
  for (let i = 0; i < pairs.length; i += 2) inPairs.add(pairs[i]!, pairs[i + 1]!, 0);
}

function addTriples(triples: Int32Array, table: SetTable): void {
  for (let i = 0; i < triples.length; i += 3) table.add(triples[i]!, triples[i + 1]!, triples[i + 2]!);
}

function hasPair({ inPairs }: Side, a: number, b: number): boolean {
  return a < b ? inPairs.has(a, b, 0) : inPairs.has(b, a, 0);
}

function failsBySmaller({ inSingles, inPairs }: Side, a: number, b: number, c: number): boolean {
  if (inSingles.has(a) || inSingles.has(b) || inSingles.has(c)) return true;
  return inPairs.has(a, b, 0) || inPairs.has(a, c, 0) || inPairs.has(b, c, 0);
}

/** Whether the pair x, y in any order comes before the sorted pair a, b. */
function isLess(x: number, y: number, a: number, b: number): boolean {
  const low = Math.min(x, y);
  return low < a || (low === a && Math.max(x, y) < b);
}
