/** Module by module to minimal sets: whole where the limits allow, else up to a size. */
import { OverBudget, type OutOfTime } from "./bdd.ts";
import { isCoherent } from "./bounds.ts";
import { diagramOf } from "./diagram.ts";
import { coherentHull, minimalSets } from "./minimal-sets.ts";
import type { Local } from "./modules.ts";
import { type Order, ordersOf } from "./orders.ts";
import { nodesOfFamily, type Solved } from "./solved.ts";
import { truncatedSets } from "./truncate.ts";
import { createZbdd } from "./zbdd.ts";

export interface SolveLimits {
  readonly nodes: number;
  /** Sizes asked for; undefined: all. */
  readonly most: number | undefined;
  readonly outOfTime?: OutOfTime | undefined;
}

/** Beyond this nobody reads on, and the numbers of sets are astronomical. */
const MOST_TRUNCATED = 12;

export function solve(locals: readonly Local[], events: number, limits: SolveLimits): Solved[] {
  const solved: Solved[] = [];
  const smallest = new Map<number, number>();
  for (const local of locals) {
    const weights = Float64Array.from(local.leaves, (node) => (node <= events ? 1 : smallest.get(node)!));
    const each = wholeOf(local, limits) ?? partOf(local, weights, limits);
    smallest.set(local.node, smallestOf(each, weights));
    solved.push(each);
  }
  return solved;
}

function wholeOf(local: Local, limits: SolveLimits): Solved | undefined {
  const diagram = diagramOf(local, limits);
  if (diagram === undefined) return undefined;
  const { bdd, root, order } = diagram;
  const zbdd = createZbdd(limits.nodes, undefined, limits.outOfTime);
  try {
    const sets = minimalSets(bdd, isCoherent(local) ? root : coherentHull(bdd, root), zbdd);
    return { local, order, zbdd, sets, whole: { bdd, root }, limit: null };
  } catch (error) {
    if (error instanceof OverBudget) return undefined;
    throw error;
  }
}

/** As many sizes as the limits allow, one more each time; the first whatever time is left. */
function partOf(local: Local, weights: Float64Array, { nodes, most, outOfTime }: SolveLimits): Solved {
  const order = bestGuess(local);
  if (most !== undefined) return truncatedSets(local, order, weights, most, { nodes: Infinity });
  let known = truncatedSets(local, order, weights, 1, { nodes: Infinity });
  for (let limit = 2; limit <= MOST_TRUNCATED; limit += 1) {
    try {
      known = truncatedSets(local, order, weights, limit, { nodes, outOfTime });
    } catch (error) {
      if (error instanceof OverBudget) return known;
      throw error;
    }
  }
  return known;
}

/** Of the orders that are quick to make the second: FORCE, which is seldom bad. */
function bestGuess(local: Local): Order {
  const [first, second] = ordersOf(local).take(2);
  return second ?? first!;
}

/** What its smallest set weighs; more than the limit when there is none within it. */
function smallestOf({ zbdd, sets, order, limit }: Solved, weights: Float64Array): number {
  const least = new Float64Array(Math.max(2, sets + 1)).fill(Infinity);
  least[1] = 0;
  for (const node of nodesOfFamily(zbdd, sets)) {
    const weight = weights[order[zbdd.level(node)]!]!;
    least[node] = Math.min(least[zbdd.low(node)]!, least[zbdd.high(node)]! + weight);
  }
  return sets === 0 && limit !== null ? limit + 1 : least[sets]!;
}
