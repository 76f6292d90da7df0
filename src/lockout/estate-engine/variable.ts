/**
 * A part of what fails an operation that has nothing in common with the rest, so that it can be looked at by itself: a leaf, or so
 * many of several such parts. No leaf is in it twice.
 */
import type { Node } from "./node.ts";

export type Variable = { readonly leaf: Node } | { readonly least: number; readonly parts: readonly Variable[] };

export function leavesOf(variable: Variable, into: Node[] = []): Node[] {
  if ("leaf" in variable) into.push(variable.leaf);
  else for (const part of variable.parts) leavesOf(part, into);
  return into;
}

export interface Chance {
  readonly holds: number;
  /** Beside it: one minus nearly one would lose what matters. */
  readonly fails: number;
}

export type ChanceOf = (leaf: Node) => number;

export function chanceOfVariable(variable: Variable, chanceOf: ChanceOf): Chance {
  if ("leaf" in variable) {
    const holds = chanceOf(variable.leaf);
    return { holds, fails: 1 - holds };
  }
  const parts = variable.parts.map((part) => chanceOfVariable(part, chanceOf));
  if (variable.least === 1) return anyOf(parts.map(({ holds }) => holds));
  const [least, none] = tail(parts, variable.least);
  return { holds: least, fails: none };
}

/** That any of some independent things happen, and that none does. */
export function anyOf(chances: readonly number[]): Chance {
  let logarithm = 0;
  for (const chance of chances) logarithm += Math.log1p(-chance);
  return { holds: -Math.expm1(logarithm), fails: Math.exp(logarithm) };
}

/** That at least so many of some independent things happen, and that fewer do. */
function tail(parts: readonly Chance[], least: number): readonly [number, number] {
  const exactly = distribution(parts);
  const sum = (from: number, to: number) => exactly.slice(from, to).reduce((total, each) => total + each, 0);
  return [sum(least, exactly.length), sum(0, least)];
}

/** By number: how likely it is that exactly so many happen. */
function distribution(parts: readonly Chance[]): readonly number[] {
  const exactly = [1];
  for (const { holds, fails } of parts) {
    exactly.push(0);
    for (let n = exactly.length - 1; n >= 0; n -= 1) exactly[n] = exactly[n]! * fails + (n === 0 ? 0 : exactly[n - 1]! * holds);
  }
  return exactly;
}

/** For each leaf, in the order of {@link leavesOf}, how much the chance of the variable changes with its own, times `weight`. */
export function slopesOf(variable: Variable, chanceOf: ChanceOf, weight: number, into: number[]): void {
  if ("leaf" in variable) {
    into.push(weight);
    return;
  }
  const { least, parts } = variable;
  const chances = parts.map((part) => chanceOfVariable(part, chanceOf));
  const decisive = decisiveOf(chances, least);
  for (const [i, part] of parts.entries()) slopesOf(part, chanceOf, weight * decisive[i]!, into);
}

/** For each part: how likely it is that the others leave it to that part alone. */
function decisiveOf(chances: readonly Chance[], least: number): readonly number[] {
  if (least === 1) return productsWithout(chances.map(({ fails }) => fails));
  if (least === chances.length) return productsWithout(chances.map(({ holds }) => holds));
  return chances.map((_, i) => distribution(chances.filter((__, other) => other !== i))[least - 1]!);
}

/** For each: all others multiplied, without dividing by what may be 0. */
export function productsWithout(factors: readonly number[]): number[] {
  const products = factors.map(() => 1);
  let before = 1;
  let after = 1;
  for (let i = 0; i < factors.length; i += 1) {
    products[i]! *= before;
    before *= factors[i]!;
    const last = factors.length - 1 - i;
    products[last]! *= after;
    after *= factors[last]!;
  }
  return products;
}

/** How to count: with numbers while they are exact, else with big integers. */
export interface Ring<T> {
  readonly zero: T;
  readonly one: T;
  readonly plus: (a: T, b: T) => T;
  readonly times: (a: T, b: T) => T;
}

export const NUMBERS: Ring<number> = { zero: 0, one: 1, plus: (a, b) => a + b, times: (a, b) => a * b };
export const BIG_INTEGERS: Ring<bigint> = { zero: 0n, one: 1n, plus: (a, b) => a + b, times: (a, b) => a * b };

/** How many minimal sets of each size a variable has, from size 0. */
export function sizesOfVariable<T>(variable: Variable, ring: Ring<T>): readonly T[] {
  if ("leaf" in variable) return [ring.zero, ring.one];
  // After each part: the sets that are one of each of exactly n parts.
  const reached: (readonly T[])[] = [[ring.one], ...Array.from({ length: variable.least }, () => [])];
  for (const part of variable.parts) {
    const own = sizesOfVariable(part, ring);
    for (let n = variable.least; n >= 1; n -= 1) reached[n] = addProduct(reached[n]!, reached[n - 1]!, own, ring);
  }
  return reached[variable.least]!;
}

/** The sizes of `sum`, and of every union of a set of `a` and one of `b`. */
export function addProduct<T>(sum: readonly T[], a: readonly T[], b: readonly T[], ring: Ring<T>): readonly T[] {
  if (a.length === 0 || b.length === 0) return sum;
  const result = [...sum];
  while (result.length < a.length + b.length - 1) result.push(ring.zero);
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < b.length; j += 1) result[i + j] = ring.plus(result[i + j]!, ring.times(a[i]!, b[j]!));
  }
  return result;
}
