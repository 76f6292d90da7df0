/** Module by module to minimal sets: whole where the limits allow, else up to a size. */
import { type Bdd, createBdd, OverBudget, type OutOfTime } from "./bdd.ts";
import { build, diagramOf } from "./diagram.ts";
import { minimalSets } from "./minimal-sets.ts";
import { type Local, wantedLiterals } from "./modules.ts";
import { type Order, ordersOf } from "./orders.ts";
import { leastWeightOf, limitsWithin } from "./residual.ts";
import { nodesOfFamily, type Solved } from "./solved.ts";
import { truncatedSets } from "./truncate.ts";
import { createZbdd, type Zbdd } from "./zbdd.ts";

export interface SolveLimits {
  readonly nodes: number;
  /** Sizes asked for; undefined: all. */
  readonly most: number | undefined;
  readonly outOfTime?: OutOfTime | undefined;
}

/** Sizes that are looked for whatever the time, while they take few nodes. */
const SURE = 3;
const SURE_NODES = 1_000_000;
/** Room made at once for the sets of a module. */
const MOST_ROOM = 1 << 14;
/** Beyond this nobody reads on, and the numbers of sets are astronomical. */
const MOST_TRUNCATED = 12;
/** For sets up to a size, and for all modules of one gate together: as much as one diagram may be where nothing is said. */
const MOST_NODES = 8_000_000;
/** Numbers that are kept to count the sets of one gate. */
const MOST_COUNTED = 50_000_000;

export function solve(locals: readonly Local[], events: number, limits: SolveLimits): Solved[] {
  const whole = new Map<number, Solved>();
  const simple = { bdd: createBdd(MOST_NODES), zbdd: createZbdd(MOST_NODES) };
  for (const local of locals) {
    const solved = local.args.length === 1 ? simply(local, simple) : wholeOf(local, limits);
    if (solved !== undefined) whole.set(local.node, solved);
  }
  if (whole.size === locals.length) return [...whole.values()];
  const task: Task = { locals, events, whole, orders: new Map() };
  if (limits.most === undefined) return asFarAsPossible(task, limits, MOST_TRUNCATED);
  const within = { nodes: MOST_NODES, outOfTime: limits.most > SURE ? limits.outOfTime : undefined };
  // At once, because the smaller sizes would be made again for each larger one.
  return unlessOver(() => upTo(task, limits.most!, within)) ?? asFarAsPossible(task, { ...limits, nodes: MOST_NODES }, limits.most - 1);
}

/** Undefined where it would outgrow what is allowed: in nodes, in time, or as deep as a call may go. */
function unlessOver<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof OverBudget || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A single gate: any order will do, and all of them are alike enough to share their diagrams. */
function simply(local: Local, { bdd, zbdd }: { readonly bdd: Bdd; readonly zbdd: Zbdd }): Solved | undefined {
  const [least, of] = [local.leasts[0]!, local.args[0]!.length];
  // Its diagram is a grid, and its sets are counted by size at each crossing.
  if (least < of && least * (of - least) * least > MOST_COUNTED) return undefined;
  const order = local.leaves.map((_, leaf) => leaf);
  return unlessOver(() => {
    const root = build(bdd, local, order);
    const sets = setsOf(local, order, bdd, root, zbdd);
    return { local, order, zbdd, sets, whole: { bdd, root }, limit: null };
  });
}

function wholeOf(local: Local, limits: SolveLimits): Solved | undefined {
  const diagram = diagramOf(local, limits);
  if (diagram === undefined) return undefined;
  const { bdd, root, order } = diagram;
  const zbdd = createZbdd(limits.nodes, undefined, limits.outOfTime, Math.min(MOST_ROOM, bdd.size() >> 2));
  return unlessOver(() => {
    const sets = setsOf(local, order, bdd, root, zbdd);
    return { local, order, zbdd, sets, whole: { bdd, root }, limit: null };
  });
}

/** The minimal sets of a module, from its function. */
function setsOf(local: Local, order: Order, bdd: Bdd, root: number, zbdd: Zbdd): number {
  const wanted = wantedLiterals(local);
  return minimalSets(bdd, root, zbdd, (level) => wanted[order[level]! * 2 + 1] === 1);
}

interface Task {
  readonly locals: readonly Local[];
  readonly events: number;
  /** Modules that are solved whole. */
  readonly whole: ReadonlyMap<number, Solved>;
  /** Of the others, once made. */
  readonly orders: Map<number, Order>;
}

/** One size more each time, while the limits allow. */
function asFarAsPossible(task: Task, { nodes, outOfTime }: Pick<SolveLimits, "nodes" | "outOfTime">, most: number): Solved[] {
  let known = upTo(task, 1, { nodes: Infinity });
  for (let limit = 2; limit <= most; limit += 1) {
    const next = unlessOver(() => upTo(task, limit, limit <= SURE ? { nodes: Math.min(nodes, SURE_NODES) } : { nodes, outOfTime }));
    if (next === undefined) return known;
    known = next;
  }
  return known;
}

function upTo(task: Task, limit: number, limits: { readonly nodes: number; readonly outOfTime?: OutOfTime | undefined }): Solved[] {
  const { locals, whole, orders } = task;
  const weights = leastWeights(task);
  const allowed = allowedWeights(task, weights, limit);
  return locals.map((local) => {
    const ready = whole.get(local.node);
    if (ready !== undefined) return ready;
    const order = orders.get(local.node) ?? bestGuess(local);
    orders.set(local.node, order);
    const own = Float64Array.from(local.leaves, (node) => weights.get(node) ?? 1);
    const sets = truncatedSets(local, order, { weights: own, limit: allowed.get(local.node)! }, limits);
    return { ...sets, limit };
  });
}

/** What the smallest set of each module weighs at least; exact where it is solved and all below it are. */
function leastWeights({ locals, whole }: Task): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  for (const local of locals) {
    const own = Float64Array.from(local.leaves, (node) => weights.get(node) ?? 1);
    const solved = whole.get(local.node);
    weights.set(local.node, solved === undefined ? leastWeightOf(local, own)() : smallestOf(solved, own));
  }
  return weights;
}

/** What the sets of each module may weigh so that a set of the last one of the limit may hold them. */
function allowedWeights({ locals, whole }: Task, weights: ReadonlyMap<number, number>, limit: number): ReadonlyMap<number, number> {
  const allowed = new Map([[locals.at(-1)!.node, limit]]);
  const matters = new Set<number>();
  for (const { node, leaves } of locals) if (!whole.has(node) || leaves.some((leaf) => matters.has(leaf))) matters.add(node);
  for (const local of locals.toReversed()) {
    if (!local.leaves.some((leaf) => matters.has(leaf))) continue;
    const own = Float64Array.from(local.leaves, (node) => weights.get(node) ?? 1);
    const within = limitsWithin(local, own, allowed.get(local.node)!, (leaf) => matters.has(local.leaves[leaf]!));
    local.leaves.forEach((node, leaf) => allowed.set(node, within[leaf]!));
  }
  return allowed;
}

/** Of the orders that are quick to make the second: FORCE, which is seldom bad. */
function bestGuess(local: Local): Order {
  const [first, second] = ordersOf(local).take(2);
  return second ?? first!;
}

function smallestOf({ zbdd, sets, order }: Solved, weights: Float64Array): number {
  const least = new Float64Array(Math.max(2, sets + 1)).fill(Infinity);
  least[1] = 0;
  for (const node of nodesOfFamily(zbdd, sets)) {
    const weight = weights[order[zbdd.level(node)]!]!;
    least[node] = Math.min(least[zbdd.low(node)]!, least[zbdd.high(node)]! + weight);
  }
  return least[sets]!;
}
