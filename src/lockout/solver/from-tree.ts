/** From gates with names to a graph with numbers. */
import type { FaultTree, Formula } from "./fault-tree.ts";
import { ALWAYS, createGraph, type Literal, NEVER } from "./graph.ts";
import type { Rooted } from "./rewrite.ts";
import { gatesBelow, partsOf } from "./tree-faults.ts";

export interface Numbered extends Rooted {
  /** Name of the event with each number; the first is not used. */
  readonly names: readonly string[];
}

/** The tree has to be sound: {@link file://./tree-faults.ts}. */
export function fromTree(tree: FaultTree): Numbered {
  const order = gatesBelow(tree);
  const names = eventsUnder(tree, order);
  const graph = createGraph(names.length - 1);
  const built = new Map<string, Literal>();
  const number = new Map(names.slice(1).map((name, at) => [name, at + 1]));
  const literalOf = (formula: Formula): Literal => {
    if ("event" in formula) return number.get(formula.event)! * 2;
    if ("gate" in formula) return built.get(formula.gate)!;
    if ("and" in formula) return graph.and(formula.and.map(literalOf));
    if ("or" in formula) return graph.or(formula.or.map(literalOf));
    if ("atLeast" in formula) return graph.atLeast(formula.atLeast, formula.of.map(literalOf));
    if ("not" in formula) return literalOf(formula.not) ^ 1;
    if ("xor" in formula) return formula.xor.map(literalOf).reduce((sum, each) => graph.xor(sum, each), NEVER);
    return formula.constant ? ALWAYS : NEVER;
  };
  for (const gate of order) built.set(gate, literalOf(tree.gates.get(gate)!));
  return { graph, root: built.get(tree.top)!, names };
}

/** Names of the events the gates speak of, in the order of the tree; those it does not reach cannot matter. */
function eventsUnder(tree: FaultTree, gates: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (formula: Formula): void => {
    if ("event" in formula) found.add(formula.event);
    else if (!("gate" in formula)) for (const part of partsOf(formula)) add(part);
  };
  for (const gate of gates) add(tree.gates.get(gate)!);
  return ["", ...found];
}
