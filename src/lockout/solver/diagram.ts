/** The diagram of one module: several orders race for it under a budget that grows until one of them makes it, and half drop out each time. */
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
const FIRST_NODES = 1 << 14;
const FIRST_NODES_EACH = 64;
/** So much more than the others may the one make that came furthest in the round before. */
const FAVOUR = 4;
/** The half that came less far leaves the race after each round, while more are in it. */
const FEWEST_RUNNING = 2;
/** Room made at once, by what most modules turned out to take. */
const ROOM_EACH = 32;
const MOST_ROOM = 1 << 14;
/** How many diagrams that fill the limit may be made in vain. */
const PATIENCE = 2;

/** Undefined when no order makes it within the limits. */
export function diagramOf(local: Local, limits: Limits): Diagram | undefined {
  const size = local.leaves.length + local.args.length;
  const build = createBuilder(local, limits);
  let running: Iterable<Order> = ordersOf(local);
  let favour = 1;
  let spent = 0;
  for (let budget = Math.max(FIRST_NODES, size * FIRST_NODES_EACH); ; budget *= 4) {
    const failed: Attempt[] = [];
    for (const order of running) {
      // Two ways of making one may agree.
      if (failed.some((other) => isSame(other.order, order))) continue;
      const allowed = Math.min(budget * (failed.length === 0 ? favour : 1), limits.nodes);
      const made = build(order, allowed);
      if ("root" in made) return made;
      failed.push(made);
      spent += made.nodes;
      if (spent >= limits.nodes * PATIENCE || limits.outOfTime?.() === true) return undefined;
    }
    if (budget >= limits.nodes) return undefined;
    // Gates are made in the same sequence whatever the order, so that who came further is likelier to arrive; of equals the dearer ones.
    const ranked = failed.toReversed().toSorted((one, other) => other.gates - one.gates);
    running = ranked.slice(0, Math.max(FEWEST_RUNNING, Math.ceil(ranked.length / 2))).map(({ order }) => order);
    favour = FAVOUR;
  }
}

/** An order that did not make it: what it made in vain, and how many gates it came to. */
interface Attempt {
  readonly order: Order;
  readonly nodes: number;
  readonly gates: number;
}

/** Tries one order after the other in the same memory. */
function createBuilder(local: Local, { outOfTime }: Limits): (order: Order, allowed: number) => Diagram | Attempt {
  const size = local.leaves.length + local.args.length;
  let bdd: Bdd | undefined;
  return (order, allowed) => {
    if (bdd === undefined) bdd = createBdd(allowed, outOfTime, Math.min(MOST_ROOM, size * ROOM_EACH));
    else bdd.reset(allowed);
    const progress = { gates: 0 };
    try {
      return { bdd, root: build(bdd, local, order, progress), order };
    } catch (error) {
      // As deep as a call may go is a limit like the others.
      if (error instanceof OverBudget || error instanceof RangeError) return { order, nodes: bdd.size(), gates: progress.gates };
      throw error;
    }
  };
}

const isSame = (one: Order, other: Order): boolean => one.every((leaf, at) => leaf === other[at]);

/** Of the module's own gate, in an order of its leaves. */
export function build(bdd: Bdd, { leaves, args, leasts, flipped }: Local, order: Order, progress = { gates: 0 }): number {
  const refs = new Int32Array(leaves.length + args.length);
  order.forEach((leaf, level) => (refs[leaf] = bdd.make(level, TRUE, FALSE)));
  for (let gate = 0; gate < args.length; gate += 1) {
    progress.gates = gate;
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
