/** Families of minimal sets of leaves, complete up to a size: what fails something. No set in one contains another. */

/** How many failures at once are looked at. */
export type Order = 1 | 2 | 3;

/**
 * Sets of one, two and three leaves, each set's leaves ascending, one set after the other. Singles are few and in plain lists, which
 * cost less than short typed ones; the others can be many, and take half the room in typed ones.
 */
export interface Family {
  /** True when it fails although nothing has: its one minimal set is the empty one. */
  readonly always: boolean;
  readonly singles: readonly number[];
  readonly pairs: Int32Array;
  readonly triples: Int32Array;
}

export const NO_LEAVES: readonly number[] = [];
export const NONE = new Int32Array(0);
/** Fails by no set of so few leaves. */
export const NEVER: Family = { always: false, singles: NO_LEAVES, pairs: NONE, triples: NONE };
export const ALWAYS: Family = { always: true, singles: NO_LEAVES, pairs: NONE, triples: NONE };

export function familyOfLeaf(leaf: number): Family {
  return { always: false, singles: [leaf], pairs: NONE, triples: NONE };
}

/** How many sets of size 0, 1, 2 and 3. */
export function countsOf({ always, singles, pairs, triples }: Family): readonly [number, number, number, number] {
  return [always ? 1 : 0, singles.length, pairs.length / 2, triples.length / 3];
}

export function isNever({ always, singles, pairs, triples }: Family): boolean {
  return !always && singles.length + pairs.length + triples.length === 0;
}

/**
 * Whether two families hold the same sets in the same order. Those that hold the same in another order count as different: that
 * costs some work and no answer.
 */
export function isSame(a: Family, b: Family): boolean {
  if (a === b) return true;
  return a.always === b.always && areSame(a.singles, b.singles) && areSame(a.pairs, b.pairs) && areSame(a.triples, b.triples);
}

function areSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Every set of a family, the smaller ones first. */
export function* setsOf({ always, singles, pairs, triples }: Family): Generator<readonly number[]> {
  if (always) yield [];
  for (const leaf of singles) yield [leaf];
  for (let i = 0; i < pairs.length; i += 2) yield [pairs[i]!, pairs[i + 1]!];
  for (let i = 0; i < triples.length; i += 3) yield [triples[i]!, triples[i + 1]!, triples[i + 2]!];
}
