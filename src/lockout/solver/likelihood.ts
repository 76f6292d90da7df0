/** How likely the top event is and how much it hangs on each event: once up the diagrams and once down again. */
import type { Bounds } from "./analysis.ts";
import { boundsOf } from "./bounds.ts";
import { nodesOfFunction, type Solved } from "./solved.ts";

/** What is asked about a tree that has been solved. */
export interface Facts {
  /** Probabilities by name. */
  readonly events: ReadonlyMap<string, number | null>;
  /** Names of the events by node. */
  readonly names: readonly string[];
  /** Nodes of the graph. */
  readonly size: number;
  /** The top event: a node (0: always), or its complement; a module stands for what it is a variable for. */
  readonly top: { readonly node: number; readonly sign: 0 | 1 };
  readonly solved: readonly Solved[];
}

export interface Likelihood {
  readonly probability: number | null;
  readonly bounds: () => Bounds | null;
  readonly birnbaum: () => ReadonlyMap<string, number> | null;
  readonly structural: () => ReadonlyMap<string, number> | null;
}

export function likelihoodOf(facts: Facts): Likelihood {
  const { names, events, solved, size, top } = facts;
  const given = names.map((name, node) => (node === 0 ? 1 : (events.get(name) ?? null)));
  const known = given.every((chance) => chance !== null) ? Float64Array.from(given) : null;
  const isWhole = solved.every(({ whole }) => whole !== null);
  const chances = known !== null && isWhole ? chancesOf(solved, size, known) : null;
  const probability = chances === null ? null : (top.sign === 0 ? chances.holds : chances.fails)[top.node]!;
  const named = (all: Chances) => {
    const importance = birnbaumOf(facts, all);
    const byName = new Map([...events.keys()].map((name) => [name, 0]));
    for (let node = 1; node < names.length; node += 1) byName.set(names[node]!, importance[node]!);
    return byName;
  };
  return {
    probability,
    bounds() {
      if (probability !== null) return { least: probability, most: probability };
      return known === null ? null : boundsOf(facts, known);
    },
    birnbaum: once(() => (chances === null ? null : named(chances))),
    structural: once(() => (isWhole ? named(chancesOf(solved, size, new Float64Array(names.length).fill(0.5).fill(1, 0, 1))) : null)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What has a part for each node of the graph; of each both chances, because one minus nearly one would lose what matters. */
interface Chances {
  readonly holds: Float64Array;
  readonly fails: Float64Array;
}

/** Chances of every module, from those of the events. All modules have to be whole. */
function chancesOf(solved: readonly Solved[], size: number, eventChances: Float64Array): Chances {
  const holds = new Float64Array(size);
  const fails = new Float64Array(size);
  eventChances.forEach((chance, event) => {
    holds[event] = chance;
    fails[event] = 1 - chance;
  });
  for (const each of solved) {
    const up = upwards(each, { holds, fails });
    const root = each.whole!.root;
    holds[each.local.node] = chance(up, root);
    fails[each.local.node] = chance(up, root ^ 1);
  }
  return { holds, fails };
}

/** Of every node of one diagram, by number. */
function upwards({ whole, local, order }: Solved, leaves: Chances): Chances {
  const { bdd, root } = whole!;
  const holds = new Float64Array((root >> 1) + 1);
  const fails = new Float64Array((root >> 1) + 1);
  holds[0] = 1;
  for (const node of nodesOfFunction(bdd, root)) {
    const leaf = local.leaves[order[bdd.level(node * 2)]!]!;
    const high = bdd.high(node * 2);
    const low = bdd.low(node * 2);
    const p = leaves.holds[leaf]!;
    const q = leaves.fails[leaf]!;
    const [a, b] = (low & 1) === 0 ? [holds, fails] : [fails, holds];
    holds[node] = p * holds[high >> 1]! + q * a[low >> 1]!;
    fails[node] = p * fails[high >> 1]! + q * b[low >> 1]!;
  }
  return { holds, fails };
}

function chance({ holds, fails }: Chances, ref: number): number {
  return ((ref & 1) === 0 ? holds : fails)[ref >> 1]!;
}

/** By node of the graph: by how much the chance of the top event changes with the chance of that node (Birnbaum). */
function birnbaumOf({ solved, top }: Facts, chances: Chances): Float64Array {
  const importance = new Float64Array(chances.holds.length);
  importance[top.node] = top.sign === 0 ? 1 : -1;
  for (const each of solved.toReversed()) {
    const { whole, local, order } = each;
    const { bdd, root } = whole!;
    const up = upwards(each, chances);
    const weights = new Float64Array((root >> 1) + 1);
    weights[root >> 1] = importance[local.node]! * ((root & 1) === 0 ? 1 : -1);
    for (const node of nodesOfFunction(bdd, root).toReversed()) {
      const leaf = local.leaves[order[bdd.level(node * 2)]!]!;
      const weight = weights[node]!;
      const high = bdd.high(node * 2);
      const low = bdd.low(node * 2);
      importance[leaf]! += weight * difference(up, high, low);
      weights[high >> 1]! += weight * chances.holds[leaf]! * ((high & 1) === 0 ? 1 : -1);
      weights[low >> 1]! += weight * chances.fails[leaf]! * ((low & 1) === 0 ? 1 : -1);
    }
  }
  return importance;
}

/** Of the two ways to say it the one whose numbers are small loses less. */
function difference(up: Chances, high: number, low: number): number {
  const holding = chance(up, high);
  return holding < 0.5 ? holding - chance(up, low) : chance(up, low ^ 1) - chance(up, high ^ 1);
}
