/** The slowest and plainest way to solve a fault tree: look at every combination of failures. */
import type { FaultTree, Formula } from "../../src/lockout/solver/fault-tree.ts";

export interface Truth {
  /** Whether the top event happens, by combination: bit n says that event n has failed. */
  readonly table: Uint8Array;
  readonly events: readonly string[];
}

export function truthOf(tree: FaultTree): Truth {
  const events = [...tree.events.keys()];
  const size = 2 ** events.length;
  const known = new Map<string, Uint8Array>();
  const number = new Map(events.map((name, at) => [name, at]));
  const of = (formula: Formula): Uint8Array => {
    if ("event" in formula) return ofEvent(size, number.get(formula.event)!);
    if ("gate" in formula) {
      const table = known.get(formula.gate) ?? of(tree.gates.get(formula.gate)!);
      known.set(formula.gate, table);
      return table;
    }
    if ("constant" in formula) return new Uint8Array(size).fill(formula.constant ? 1 : 0);
    if ("not" in formula) return of(formula.not).map((value) => 1 - value);
    if ("xor" in formula) return sumOf(size, formula.xor.map(of)).map((count) => count & 1);
    const [least, parts] = leastOf(formula);
    return sumOf(size, parts.map(of)).map((count) => (count >= least ? 1 : 0));
  };
  return { table: of(tree.gates.get(tree.top)!), events };
}

function ofEvent(size: number, event: number): Uint8Array {
  const table = new Uint8Array(size);
  for (let each = 0; each < size; each += 1) table[each] = (each >> event) & 1;
  return table;
}

type Counting = Extract<Formula, { and: unknown } | { or: unknown } | { atLeast: unknown }>;

function leastOf(formula: Counting): [number, readonly Formula[]] {
  if ("and" in formula) return [formula.and.length, formula.and];
  return "or" in formula ? [1, formula.or] : [formula.atLeast, formula.of];
}

function sumOf(size: number, tables: readonly Uint8Array[]): Uint8Array {
  const counts = new Uint8Array(size);
  for (const table of tables) for (let each = 0; each < size; each += 1) counts[each]! += table[each]!;
  return counts;
}

/** Combinations that happen and of which no smaller part does. */
export function minimalSetsOf({ table, events }: Truth): number[] {
  const reached = table.slice();
  const minimal: number[] = [];
  for (let each = 0; each < table.length; each += 1) {
    let smaller = 0;
    for (let event = 0; event < events.length; event += 1) if ((each >> event) & 1) smaller |= reached[each ^ (1 << event)]!;
    if (table[each] === 1 && smaller === 0) minimal.push(each);
    reached[each]! |= smaller;
  }
  return minimal;
}

/** The chance that the top event happens, by whether one event has: never looked at, has not, has. */
export function chanceOf({ table, events }: Truth, probabilities: ReadonlyMap<string, number | null>): number {
  let values = Float64Array.from(table);
  for (let event = events.length - 1; event >= 0; event -= 1) {
    const p = probabilities.get(events[event]!)!;
    const half = values.length / 2;
    const next = new Float64Array(half);
    for (let each = 0; each < half; each += 1) next[each] = (1 - p) * values[each]! + p * values[each + half]!;
    values = next;
  }
  return values[0]!;
}

/** By how much that chance differs with an event certain and impossible. */
export function birnbaumOf(truth: Truth, probabilities: ReadonlyMap<string, number | null>, event: string): number {
  const given = (value: number) => chanceOf(truth, new Map(probabilities).set(event, value));
  return given(1) - given(0);
}
