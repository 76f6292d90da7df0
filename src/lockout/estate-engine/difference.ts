/** What an edit, or a failure, changes in the sets of operations. */
import type { Moved } from "./edit.ts";
import { countsOf, type Family, isSame } from "./family.ts";
import type { FamilyAlgebra } from "./family-algebra.ts";
import { createSetTable } from "./set-table.ts";

/** Numbers of minimal sets with no leaf, one, two and three; beyond the order always 0. */
export type Counts = readonly [number, number, number, number];

/** An operation whose sets are others than before. */
export interface Touched {
  readonly operation: string;
  readonly gained: Counts;
  readonly lost: Counts;
  /** Size of the smallest set; null: none up to the order. */
  readonly smallestBefore: number | null;
  readonly smallestAfter: number | null;
}

export interface Difference {
  readonly touched: readonly Touched[];
  /** Over all of them. */
  readonly gained: Counts;
  readonly lost: Counts;
}

export function differenceOf(moved: readonly Moved[], algebra: FamilyAlgebra): Difference {
  const countMissing = createCounter();
  const gained: [number, number, number, number] = [0, 0, 0, 0];
  const lost: [number, number, number, number] = [0, 0, 0, 0];
  const touched: Touched[] = [];
  for (const { node, ...families } of moved) {
    if (areSame(families.before, families.after)) continue;
    const before = algebra.product(families.before);
    const after = algebra.product(families.after);
    if (isSame(before, after)) continue;
    const one = { operation: node.name!, gained: countMissing(after, before), lost: countMissing(before, after) };
    if (![...one.gained, ...one.lost].some((count) => count > 0)) continue;
    touched.push({ ...one, smallestBefore: smallestOf(before), smallestAfter: smallestOf(after) });
    for (let size = 0; size < gained.length; size += 1) {
      gained[size]! += one.gained[size]!;
      lost[size]! += one.lost[size]!;
    }
  }
  return { touched, gained, lost };
}

const areSame = (a: readonly Family[], b: readonly Family[]): boolean => a.length === b.length && a.every((each, i) => each === b[i]);

export function smallestOf(family: Family): number | null {
  const size = countsOf(family).findIndex((count) => count > 0);
  return size === -1 ? null : size;
}

/** How many sets of one family, by size, are not in another. */
function createCounter(): (of: Family, other: Family) => Counts {
  const table = createSetTable();
  return (of, other) => {
    const counts: [number, number, number, number] = [0, 0, 0, 0];
    const [, ones, twos, threes] = countsOf(other);
    table.empty(ones + twos + threes);
    // Leaves are numbered from 0, so -1 is no leaf.
    for (const leaf of other.singles) table.add(leaf, -1, -1);
    for (let i = 0; i < other.pairs.length; i += 2) table.add(other.pairs[i]!, other.pairs[i + 1]!, -1);
    for (let i = 0; i < other.triples.length; i += 3) table.add(other.triples[i]!, other.triples[i + 1]!, other.triples[i + 2]!);
    if (of.always && !other.always) counts[0] = 1;
    for (const leaf of of.singles) if (!table.has(leaf, -1, -1)) counts[1] += 1;
    for (let i = 0; i < of.pairs.length; i += 2) if (!table.has(of.pairs[i]!, of.pairs[i + 1]!, -1)) counts[2] += 1;
    for (let i = 0; i < of.triples.length; i += 3) {
      if (!table.has(of.triples[i]!, of.triples[i + 1]!, of.triples[i + 2]!)) counts[3] += 1;
    }
    return counts;
  };
}
