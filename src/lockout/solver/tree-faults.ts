/** What keeps a fault tree from meaning anything: names nobody defined, gates that depend on themselves. */
import type { FaultTree, Formula } from "./fault-tree.ts";

export type TreeFault =
  | { readonly kind: "undefined"; readonly what: "gate" | "event"; readonly name: string; readonly in: string }
  | { readonly kind: "cycle"; readonly gates: readonly string[] }
  | { readonly kind: "atLeast"; readonly least: number; readonly of: number; readonly in: string }
  | { readonly kind: "probability"; readonly event: string; readonly value: number };

/** All that is wrong with a tree; none when it can be analysed. */
export function faultsOf(tree: FaultTree): TreeFault[] {
  const faults = [...tree.gates].flatMap(([gate, formula]) => faultsIn(tree, gate, formula));
  if (!tree.gates.has(tree.top)) faults.unshift({ kind: "undefined", what: "gate", name: tree.top, in: tree.name });
  for (const [event, value] of tree.events) {
    if (value !== null && !(value >= 0 && value <= 1)) faults.push({ kind: "probability", event, value });
  }
  return [...faults, ...cyclesOf(tree)];
}

function faultsIn(tree: FaultTree, gate: string, formula: Formula): TreeFault[] {
  const { gates, events, counts } = namesIn(formula);
  const undefinedOf = (what: "gate" | "event", names: readonly string[], known: ReadonlyMap<string, unknown>) =>
    names.filter((name) => !known.has(name)).map((name): TreeFault => ({ kind: "undefined", what, name, in: gate }));
  return [
    ...undefinedOf("gate", gates, tree.gates),
    ...undefinedOf("event", events, tree.events),
    ...counts
      .filter(({ least, of }) => !Number.isInteger(least) || least < 1 || least > of)
      .map(({ least, of }): TreeFault => ({ kind: "atLeast", least, of, in: gate })),
  ];
}

export interface Names {
  readonly gates: readonly string[];
  readonly events: readonly string[];
  readonly counts: readonly { readonly least: number; readonly of: number }[];
}

/** What a formula speaks of, in its order. */
export function namesIn(formula: Formula): Names {
  const gates = new Set<string>();
  const events = new Set<string>();
  const counts: { least: number; of: number }[] = [];
  const trail: Formula[] = [formula];
  for (let each = trail.pop(); each !== undefined; each = trail.pop()) {
    if ("gate" in each) gates.add(each.gate);
    else if ("event" in each) events.add(each.event);
    else if ("atLeast" in each) counts.push({ least: each.atLeast, of: each.of.length });
    for (const part of partsOf(each).toReversed()) trail.push(part);
  }
  return { gates: [...gates], events: [...events], counts };
}

export function partsOf(formula: Formula): readonly Formula[] {
  if ("and" in formula) return formula.and;
  if ("or" in formula) return formula.or;
  if ("atLeast" in formula) return formula.of;
  if ("xor" in formula) return formula.xor;
  return "not" in formula ? [formula.not] : [];
}

/** The gates that the top needs, each after those it needs in turn. */
export function gatesBelow(tree: FaultTree): string[] {
  return walk(tree, [tree.top]).order;
}

/** Each may be as long as the tree is deep: nobody mends more of them at once. */
const MOST_CYCLES = 20;

function cyclesOf(tree: FaultTree): TreeFault[] {
  return walk(tree, tree.gates.keys()).cycles.map((gates) => ({ kind: "cycle", gates }));
}

/** Depth first, on a stack of its own: a chain of a hundred thousand gates is deep, not wrong. */
function walk(tree: FaultTree, starts: Iterable<string>): { order: string[]; cycles: string[][] } {
  const order: string[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, "open" | "done">();
  const enter = (gate: string) => {
    state.set(gate, "open");
    const formula = tree.gates.get(gate);
    return { gate, next: (formula === undefined ? [] : gatesIn(formula, [])).values() };
  };
  for (const start of starts) {
    const trail = state.has(start) ? [] : [enter(start)];
    while (trail.length > 0) {
      const { gate, next } = trail.at(-1)!;
      const child = next.next().value;
      if (child === undefined) {
        state.set(gate, "done");
        order.push(gate);
        trail.pop();
      } else if (state.get(child) === "open") {
        if (cycles.length >= MOST_CYCLES) continue;
        const names = trail.map((each) => each.gate);
        cycles.push([...names.slice(names.indexOf(child)), child]);
      } else if (!state.has(child)) trail.push(enter(child));
    }
  }
  return { order, cycles };
}

function gatesIn(formula: Formula, found: string[]): string[] {
  if ("gate" in formula) found.push(formula.gate);
  else if (!("event" in formula)) for (const part of partsOf(formula)) gatesIn(part, found);
  return found;
}
