/** The first so many minimal sets, best first, without looking at the others. */
import type { Solved } from "./solved.ts";
import { nodesOfFamily } from "./solved.ts";
import { BASE, EMPTY } from "./zbdd.ts";

/** What each event costs; a set costs the sum. Of sets that cost the same, which comes first is not said. */
export type Costs = Float64Array;

/** What is still to be chosen, when the module at hand is done. */
interface Rest {
  readonly module: Module;
  readonly at: number;
  readonly next: Rest | null;
  /** The least that it costs, with what comes after it. */
  readonly least: number;
  /** The fewest events it takes, with what comes after it. */
  readonly fewest: number;
}

interface Chosen {
  readonly event: number;
  readonly before: Chosen | null;
}

interface Partial {
  readonly chosen: Chosen | null;
  readonly count: number;
  readonly spent: number;
  readonly rest: Rest | null;
  /** What it will cost at least; exact, because the least cost of every node is known. */
  readonly total: number;
}

interface Module {
  readonly solved: Solved;
  /** Least cost of a set, by node of the family. */
  readonly least: Float64Array;
  /** Fewest events of a set, by node of the family. */
  readonly fewest: Float64Array;
}

/** Sets of the last module, as events. Those of more than `mostEvents` are never begun: there may be more of them than anybody can count. */
export function bestSets(solved: readonly Solved[], events: number, costs: Costs, limit: number, mostEvents: number): number[][] {
  const modules = new Map<number, Module>();
  for (const each of solved) {
    const least = leastOf(each, (leaf) => (leaf <= events ? costs[leaf]! : rootOf(modules.get(leaf)!, "least")));
    const fewest = leastOf(each, (leaf) => (leaf <= events ? 1 : rootOf(modules.get(leaf)!, "fewest")));
    modules.set(each.local.node, { solved: each, least, fewest });
  }
  const enter = (module: Module, at: number, next: Rest | null): Rest | null =>
    at === BASE
      ? next
      : { module, at, next, least: module.least[at]! + (next?.least ?? 0), fewest: module.fewest[at]! + (next?.fewest ?? 0) };

  const found: number[][] = [];
  const heap = createHeap();
  const top = modules.get(solved.at(-1)!.local.node)!;
  const push = ({ chosen, count, spent }: Pick<Partial, "chosen" | "count" | "spent">, rest: Rest | null) => {
    const total = spent + (rest?.least ?? 0);
    if (total < Infinity && count + (rest?.fewest ?? 0) <= mostEvents) heap.push({ chosen, count, spent, rest, total });
  };
  push({ chosen: null, count: 0, spent: 0 }, enter(top, top.solved.sets, null));
  for (let best = heap.pop(); best !== undefined && found.length < limit; best = heap.pop()) {
    const { rest, chosen, count, spent } = best;
    if (rest === null) {
      found.push(eventsOf(chosen));
      continue;
    }
    const { zbdd, local, order } = rest.module.solved;
    const low = zbdd.low(rest.at);
    if (low !== EMPTY) push(best, enter(rest.module, low, rest.next));
    const node = local.leaves[order[zbdd.level(rest.at)]!]!;
    const after = enter(rest.module, zbdd.high(rest.at), rest.next);
    if (node <= events) push({ chosen: { event: node, before: chosen }, count: count + 1, spent: spent + costs[node]! }, after);
    else push(best, enter(modules.get(node)!, modules.get(node)!.solved.sets, after));
  }
  return found;
}

function rootOf(module: Module, what: "least" | "fewest"): number {
  return module[what][module.solved.sets]!;
}

/** By node of the family: the least that one of its sets comes to. `of`: what a leaf does. */
function leastOf({ zbdd, sets, local, order }: Solved, of: (leaf: number) => number): Float64Array {
  const least = new Float64Array(Math.max(2, sets + 1)).fill(Infinity);
  least[BASE] = 0;
  for (const node of nodesOfFamily(zbdd, sets)) {
    const leaf = local.leaves[order[zbdd.level(node)]!]!;
    least[node] = Math.min(least[zbdd.low(node)]!, least[zbdd.high(node)]! + of(leaf));
  }
  return least;
}

function eventsOf(chosen: Chosen | null): number[] {
  const events: number[] = [];
  for (let each = chosen; each !== null; each = each.before) events.push(each.event);
  return events.toSorted((a, b) => a - b);
}

/** A binary heap, least total first; of equal totals what has less left to choose. */
function createHeap() {
  const items: Partial[] = [];
  function push(item: Partial): void {
    let at = items.length;
    items.push(item);
    while (at > 0 && isBefore(item, items[(at - 1) >> 1]!)) {
      items[at] = items[(at - 1) >> 1]!;
      at = (at - 1) >> 1;
    }
    items[at] = item;
  }
  function pop(): Partial | undefined {
    const best = items[0];
    const item = items.pop();
    if (item === undefined || items.length === 0) return best;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child + 1 < items.length && isBefore(items[child + 1]!, items[child]!)) child += 1;
      if (child >= items.length || !isBefore(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
    return best;
  }
  return { push, pop };
}

function isBefore(a: Partial, b: Partial): boolean {
  if (a.total !== b.total) return a.total < b.total;
  return (a.rest === null ? 0 : 1) < (b.rest === null ? 0 : 1);
}
