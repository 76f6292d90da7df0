/** The diagram of one module: several orders race for it under a budget that grows until one of them makes it. */
import { type Bdd, createBdd, FALSE, OverBudget, type OutOfTime, TRUE } from "./bdd.ts";
import type { Literal } from "./graph.ts";
import type { Local } from "./modules.ts";
import { type Order, ordersOf } from "./orders.ts";

export interface Diagram {
  readonly bdd: Bdd;
  readonly root: number;
  /** The leaf at each level. */
  readonly order: Order;
}

export interface Limits {
  /** Most nodes of a diagram, with everything made on the way. */
  readonly nodes: number;
  readonly outOfTime?: OutOfTime | undefined;
}

/** What the first round of the race may make: enough for most modules with whatever order, and soon made in vain. */
const FIRST_NODES = 1 << 13;
const FIRST_NODES_EACH = 64;
/** So much more may the first order make: it is the best one most often, and never far from it. */
const FAVOUR = 4;
/** Room made at once, by what most modules turned out to take. */
const ROOM_EACH = 32;
const MOST_ROOM = 1 << 14;
/** How many diagrams that fill the limit may be made in vain. */
const PATIENCE = 2;

/** Undefined when no order makes it within the limits. */
export function diagramOf(local: Local, limits: Limits): Diagram | undefined {
  const orders = remembered(ordersOf(local));
  const size = local.leaves.length + local.args.length;
  let bdd: Bdd | undefined;
  let spent = 0;
  for (let budget = Math.max(FIRST_NODES, size * FIRST_NODES_EACH); ; budget *= 4) {
    let favour = FAVOUR;
    for (const order of orders()) {
      const allowed = Math.min(budget * favour, limits.nodes);
      favour = 1;
      if (bdd === undefined) bdd = createBdd(allowed, limits.outOfTime, Math.min(MOST_ROOM, size * ROOM_EACH));
      else bdd.reset(allowed);
      try {
        return { bdd, root: build(bdd, local, order), order };
      } catch (error) {
        // As deep as a call may go is a limit like the others.
        if (!(error instanceof OverBudget || error instanceof RangeError)) throw error;
        spent += bdd.size();
        if (spent >= limits.nodes * PATIENCE || limits.outOfTime?.() === true) return undefined;
      }
    }
    if (budget >= limits.nodes) return undefined;
  }
}

/** Orders to be gone through more than once, each made only once; what two ways of making one agree on is tried once. */
function remembered(source: Iterator<Order>): () => Generator<Order> {
  const made: Order[] = [];
  return function* () {
    yield* made;
    for (let next = source.next(); next.done !== true; next = source.next()) {
      const order = next.value;
      if (made.some((other) => other.every((leaf, at) => leaf === order[at]))) continue;
      made.push(order);
      yield order;
    }
  };
}

/** Of the module's own gate, in an order of its leaves. */
export function build(bdd: Bdd, { leaves, args, leasts, flipped }: Local, order: Order): number {
  const refs = new Int32Array(leaves.length + args.length);
  order.forEach((leaf, level) => (refs[leaf] = bdd.make(level, TRUE, FALSE)));
  for (let gate = 0; gate < args.length; gate += 1) {
    const of = args[gate]!.map((literal: Literal) => refs[literal >> 1]! ^ (literal & 1));
    // What lies deepest first: then each step works on top of what the one before made.
    of.sort((a, b) => bdd.level(b) - bdd.level(a));
    refs[leaves.length + gate] =
      leasts[gate] === of.length ? of.reduce((all, each) => bdd.and(all, each), TRUE) : atLeast(bdd, leasts[gate]!, of);
  }
  return refs.at(-1)! ^ flipped;
}

function atLeast(bdd: Bdd, least: number, of: readonly number[]): number {
  // By how many are still needed of those looked at so far.
  const enough = [TRUE, ...Array.from({ length: least }, () => FALSE)];
  for (const each of of) {
    for (let needed = least; needed > 0; needed -= 1) {
      enough[needed] = bdd.or(enough[needed]!, bdd.and(each, enough[needed - 1]!));
    }
  }
  return enough[least]!;
}
