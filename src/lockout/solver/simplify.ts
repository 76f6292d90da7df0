/** Takes a graph apart as far as looking at it goes, before any diagram is built. */
import { clustersOf, forcesOf } from "./factor.ts";
import type { Literal } from "./graph.ts";
import { isAnd } from "./graph.ts";
import { type Local, type Modules, modulesOf } from "./modules.ts";
import { type Factors, group, rewrite, type Rooted } from "./rewrite.ts";

/** Far more than any tree was seen to need; each round finds modules smaller than those before. */
const MOST_ROUNDS = 40;

export interface Simplified extends Rooted {
  /** Of every module, smaller ones first; empty when the tree is a constant or an event. */
  readonly locals: readonly Local[];
}

export function simplify(given: Rooted): Simplified {
  let rooted = rewrite(given);
  for (let round = 1; ; round += 1) {
    rooted = group(rooted);
    if (rooted.root >> 1 <= rooted.graph.events) return { ...rooted, locals: [] };
    const modules = modulesOf(rooted);
    const found = lookAt(rooted, modules);
    if (round === MOST_ROUNDS || (found.factors.size === 0 && found.clusters.size === 0)) {
      return { ...rooted, locals: modules.nodes.map((node) => modules.localOf(node)) };
    }
    rooted = rewrite(rooted, found);
  }
}

function lookAt({ graph }: Rooted, modules: Modules) {
  const factors = new Map<number, Factors>();
  const fixed = new Map<number, Literal>();
  const clusters = new Map<number, readonly (readonly Literal[])[]>();
  for (const node of modules.nodes) {
    // Nothing is shared within a single gate: it is as simple as it can be.
    if (modules.isSingle(node)) continue;
    const local = modules.localOf(node);
    const groups = isAnd(graph, local.node) ? clustersOf(local) : [];
    if (groups.length > 1) {
      const args = graph.args(local.node);
      clusters.set(
        local.node,
        groups.map((group) => group.map((at) => args[at]!)),
      );
      continue;
    }
    const { any, all } = forcesOf(local);
    if (any.length + all.length === 0) continue;
    const outside = (literal: Literal) => {
      const node = local.leaves[literal >> 1]!;
      return node * 2 + ((literal & 1) ^ (node > graph.events ? modules.flipOf(node) : 0));
    };
    factors.set(local.node, { any: any.map(outside), all: all.map(outside), flipped: local.flipped });
    for (const literal of any.map(outside)) fixed.set(literal >> 1, (literal & 1) ^ 1);
    for (const literal of all.map(outside)) fixed.set(literal >> 1, literal & 1);
  }
  return { factors, fixed, clusters, keep: new Set(modules.nodes) };
}
