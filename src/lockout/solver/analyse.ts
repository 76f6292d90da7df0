/** A fault tree in, an answer out. What a caller may not ask for is computed when it does. */
import type { Analysis, AnalysisOptions } from "./analysis.ts";
import { histogramOf } from "./counts.ts";
import type { FaultTree } from "./fault-tree.ts";
import { fromTree } from "./from-tree.ts";
import { type Facts, likelihoodOf } from "./likelihood.ts";
import { simplify } from "./simplify.ts";
import { solve } from "./solve.ts";
import { bestSets } from "./walk.ts";

const DEFAULT_NODES = 8_000_000;
/** Where only small sets are asked for, a whole diagram is made only if that is quick. */
const QUICK_NODES = 20_000;
/** What an impossible event costs in a walk to the most probable sets: they come last, and still come. */
const IMPOSSIBLE = 1e6;

/** The tree has to be sound: see faultsOf. */
export function analyse(tree: FaultTree, options: AnalysisOptions = {}): Analysis {
  const { maxOrder: most, nodes = most === undefined ? DEFAULT_NODES : QUICK_NODES, outOfTime } = options;
  const { names, ...given } = fromTree(tree);
  const { root, locals, graph } = simplify(given);
  const solved = solve(locals, graph.events, { nodes, most, outOfTime });
  const flipped = solved.at(-1)?.local.flipped ?? 0;
  const top = { node: root >> 1, sign: ((root & 1) ^ flipped) as 0 | 1 };
  const facts: Facts = { events: tree.events, names, size: graph.size(), top, solved };
  const families = top.node > graph.events && top.sign === 0 ? ofModules(facts, most) : ofOneLiteral(facts, most);
  const { birnbaum, structural, probability, bounds } = likelihoodOf(facts);
  return {
    ...families,
    topEventProbability: probability,
    get probabilityBounds() {
      return bounds();
    },
    get birnbaum() {
      return birnbaum();
    },
    get structural() {
      return structural();
    },
  };
}

type Families = Pick<Analysis, "minimalCutSets" | "histogram" | "completeToOrder" | "sets">;

function ofModules({ solved, names, events }: Facts, most: number | undefined): Families {
  const count = names.length - 1;
  const limits = solved.flatMap(({ limit }) => limit ?? []);
  const limit = Math.min(most ?? Infinity, ...limits);
  const all = histogramOf(solved, count, limits.length === 0 ? Infinity : limit);
  const histogram = withoutEmptyEnd(all.slice(0, Math.min(limit, all.length) + 1));
  const isAll = limits.length === 0 && all.length <= limit + 1;
  return {
    minimalCutSets: histogram.reduce((sum, each) => sum + each, 0n),
    histogram,
    completeToOrder: isAll ? null : limit,
    sets(atMost, by) {
      const chances = names.map((name) => events.get(name) ?? null);
      const known = by === "probability" && !chances.slice(1).includes(null);
      const costs = Float64Array.from(chances, (chance) => (known ? Math.min(IMPOSSIBLE, -Math.log(chance ?? 1)) : 1));
      return bestSets(solved, count, costs, atMost, limit).map((set) => set.map((event) => names[event]!));
    },
  };
}

/** The top event is a constant, or one event, or happens unless something else does: then it needs no failure. */
function ofOneLiteral({ top, names }: Facts, most = Infinity): Families {
  const isEvent = top.node > 0 && top.node < names.length && top.sign === 0;
  const never = top.node === 0 && top.sign === 1;
  const sets = never ? [] : [isEvent ? [names[top.node]!] : []];
  const known = sets.filter((set) => set.length <= most);
  const histogram = known.map((set) => (set.length === 0 ? [1n] : [0n, 1n]))[0] ?? [0n];
  return {
    minimalCutSets: BigInt(known.length),
    histogram,
    completeToOrder: known.length === sets.length ? null : most,
    sets: (atMost) => known.slice(0, atMost),
  };
}

/** No set is so large: not worth saying. */
function withoutEmptyEnd(histogram: readonly bigint[]): readonly bigint[] {
  return histogram.slice(0, Math.max(1, histogram.findLastIndex((count) => count > 0n) + 1));
}
