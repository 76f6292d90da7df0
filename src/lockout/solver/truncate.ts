/** Minimal sets up to a size straight from the gates, for what is too large for a diagram. What was found is then complete so far. */
import type { OutOfTime } from "./bdd.ts";
import type { Literal } from "./graph.ts";
import { type Local, wantedLiterals } from "./modules.ts";
import type { Order } from "./orders.ts";
import { limitsWithin } from "./residual.ts";
import type { Solved } from "./solved.ts";
import { BASE, createZbdd, EMPTY, type Zbdd } from "./zbdd.ts";

export interface TruncateLimits {
  readonly nodes: number;
  readonly outOfTime?: OutOfTime | undefined;
}

/** What one is to weigh, by local leaf and in all. A leaf weighs as much as its smallest set. */
export interface Weighing {
  readonly weights: Float64Array;
  readonly limit: number;
}

/**
 * Sets that weigh no more than the limit. Every leaf has two levels, one for its failing and one for its working, which weighs
 * nothing and is left out in the end. Throws OverBudget.
 */
export function truncatedSets(local: Local, order: Order, weighing: Weighing, limits: TruncateLimits): Omit<Solved, "limit"> {
  const doubled = order.flatMap((leaf) => [leaf, leaf]);
  const levelWeights = doubled.map((leaf, level) => (level % 2 === 0 ? weighing.weights[leaf]! : 0));
  const zbdd = createZbdd(limits.nodes, levelWeights, limits.outOfTime);
  const sets = families(zbdd, local, order, weighing);
  const root = sets[(local.leaves.length + local.args.length - 1) * 2 + local.flipped]!;
  return { local, order: doubled, zbdd, sets: withoutWorking(zbdd, root), whole: null };
}

/** By local literal, for those that the module's own one needs. */
function families(zbdd: Zbdd, local: Local, order: Order, { weights, limit }: Weighing): Int32Array {
  const { leaves, args, leasts } = local;
  const needed = wantedLiterals(local);
  const within = limitsWithin(local, weights, limit, () => false);
  const sets = new Int32Array(needed.length);
  order.forEach((leaf, at) => {
    sets[leaf * 2] = weights[leaf]! <= limit ? zbdd.make(at * 2, BASE, EMPTY) : EMPTY;
    sets[leaf * 2 + 1] = zbdd.make(at * 2 + 1, BASE, EMPTY);
  });
  for (let gate = 0; gate < args.length; gate += 1) {
    const most = within[leaves.length + gate]!;
    for (const sign of most < 0 ? [] : [0, 1]) {
      const own = (leaves.length + gate) * 2 + sign;
      if (needed[own] === 0) continue;
      const wanted = args[gate]!.map((literal: Literal) => literal ^ sign);
      const least = sign === 0 ? leasts[gate]! : wanted.length - leasts[gate]! + 1;
      if (lightest(wanted, least, leaves.length, weights) > most) continue;
      const of = wanted.map((literal) => sets[literal]!);
      of.sort((a, b) => zbdd.level(b) - zbdd.level(a));
      sets[own] = atLeast(zbdd, least, of, most);
    }
  }
  return sets;
}

/** What so many different leaves weigh at least; 0 where gates or working leaves are among them. */
function lightest(wanted: readonly Literal[], least: number, leaves: number, weights: Float64Array): number {
  if (!wanted.every((literal) => literal >> 1 < leaves && (literal & 1) === 0)) return 0;
  const sorted = wanted.map((literal) => weights[literal >> 1]!).toSorted((a, b) => a - b);
  return sorted.slice(0, least).reduce((sum, each) => sum + each, 0);
}

function atLeast(zbdd: Zbdd, least: number, of: readonly number[], limit: number): number {
  if (least === of.length) return of.reduce((all, each) => zbdd.product(all, each, limit), BASE);
  // Those of one argument that weigh too much here are no use, though they may be elsewhere.
  const light = of.map((each) => zbdd.product(BASE, each, limit));
  if (least === 1) return light.reduce((all, each) => zbdd.union(all, each), EMPTY);
  const enough = [BASE, ...Array.from({ length: least }, () => EMPTY)];
  for (const each of light) {
    for (let needed = least; needed > 0; needed -= 1) {
      enough[needed] = zbdd.union(enough[needed]!, zbdd.product(each, enough[needed - 1]!, limit));
    }
  }
  return enough[least]!;
}

/** What fails in each of them, minimal; those that want one thing both failing and working are none. */
function withoutWorking(zbdd: Zbdd, root: number): number {
  const known = new Map<number, number>([
    [EMPTY, EMPTY],
    [BASE, BASE],
  ]);
  const clean = (z: number): number => {
    const before = known.get(z);
    if (before !== undefined) return before;
    const level = zbdd.level(z);
    const lows = clean(zbdd.low(z));
    let made: number;
    if (level % 2 === 1) made = zbdd.union(clean(zbdd.high(z)), lows);
    else {
      const high = zbdd.high(z);
      const possible = zbdd.level(high) === level + 1 ? zbdd.low(high) : high;
      made = zbdd.make(level, zbdd.without(clean(possible), lows), lows);
    }
    known.set(z, made);
    return made;
  };
  return clean(root);
}
