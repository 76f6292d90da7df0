import { describe, expect, test } from "vitest";

import { diceOf, randomTree } from "../../../test/support/random-trees.ts";
import { birnbaumOf, chanceOf, minimalSetsOf, type Truth, truthOf } from "../../../test/support/truth-table.ts";
import { analyse } from "./analyse.ts";
import type { Analysis, AnalysisOptions } from "./analysis.ts";
import type { FaultTree } from "./fault-tree.ts";

const TREES = 20_000;
/** Each part by itself, so that they can run beside each other and one that fails says where. */
const PARTS = 8;

describe.each(Array.from({ length: PARTS }, (_, part) => part))("random trees, part %i", (part) => {
  test("count, sizes, sets, probability and importances are those of the full truth table", () => {
    for (let at = part; at < TREES; at += PARTS) {
      const tree = treeOf(at);
      const truth = truthOf(tree);
      const wrong = differences(tree, truth, analyse(tree), at);
      if (wrong.length > 0) expect({ tree: shown(tree), at, wrong }).toEqual("as the truth table says");
    }
  });
});

function treeOf(seed: number): FaultTree {
  const dice = diceOf(seed);
  const commonCauses = Math.floor(dice() * 3);
  const events = 1 + Math.floor(dice() * (10 - commonCauses));
  const gates = 1 + Math.floor(dice() * 12);
  return randomTree(dice, { events, gates, commonCauses, coherent: seed % 4 !== 0, mostArguments: 5 });
}

function differences(tree: FaultTree, truth: Truth, found: Analysis, seed: number): string[] {
  const sets = minimalSetsOf(truth);
  const sizes = histogramOf(sets);
  const name = (set: number) =>
    truth.events
      .filter((_, event) => (set >> event) & 1)
      .toSorted()
      .join(" ");
  const listed = found.sets(2000, seed % 2 === 0 ? "size" : "probability");
  const ours = listed.map((set) => set.toSorted().join(" ")).toSorted();
  return [
    ...differs("complete to", found.completeToOrder, null),
    ...differs("count", found.minimalCutSets, BigInt(sets.length)),
    ...differs("sizes", found.histogram.join(" "), sizes.join(" ")),
    ...differs("sets", ours.join("|"), sets.map(name).toSorted().join("|")),
    ...orderFaults(tree, listed, seed % 2 === 0),
    ...chancesDiffer(tree, truth, found, seed),
    ...partDiffers(tree, sizes, { maxOrder: 1 + (seed % 3), nodes: seed % 2 === 0 ? 2 : undefined }, chanceOf(truth, tree.events)),
    ...stoppedDiffers(tree, sizes, sets.map(name), seed),
  ];
}

function differs(what: string, ours: unknown, theirs: unknown): string[] {
  return ours === theirs ? [] : [`${what} ${String(ours)}, not ${String(theirs)}`];
}

function chancesDiffer(tree: FaultTree, truth: Truth, found: Analysis, seed: number): string[] {
  const chance = chanceOf(truth, tree.events);
  const wrong = near(found.topEventProbability!, chance) ? [] : [`probability ${found.topEventProbability}, not ${chance}`];
  const even = new Map(truth.events.map((event) => [event, 0.5]));
  for (const event of truth.events) {
    const [ours, theirs] = [found.birnbaum!.get(event)!, birnbaumOf(truth, tree.events, event)];
    if (!near(ours, theirs)) wrong.push(`importance of ${event}: ${ours}, not ${theirs}`);
    if (seed % 5 !== 0) continue;
    const [shape, table] = [found.structural!.get(event)!, birnbaumOf(truth, even, event)];
    if (!near(shape, table)) wrong.push(`structural importance of ${event}: ${shape}, not ${table}`);
  }
  if (found.birnbaum!.size !== truth.events.length) wrong.push(`importances of ${found.birnbaum!.size} events`);
  return wrong;
}

/** The same tree up to a size, in half of the cases without any whole diagram. */
function partDiffers(tree: FaultTree, sizes: readonly number[], options: AnalysisOptions, chance: number): string[] {
  const most = options.maxOrder!;
  const { histogram, completeToOrder, probabilityBounds } = analyse(tree, options);
  const { least, most: highest } = probabilityBounds!;
  return [
    ...differs(`up to ${most}`, trimmed(histogram), trimmed(sizes.slice(0, most + 1))),
    ...differs("complete to", completeToOrder ?? most, most),
    ...(completeToOrder === null ? differs("called complete, of", trimmed(histogram), trimmed(sizes)) : []),
    ...(least > chance + 1e-12 || highest < chance - 1e-12 ? [`${chance} is not within ${least} and ${highest}`] : []),
  ];
}

/** The same tree where diagrams or time end early: whatever it is said to be complete up to is all there, and nothing else. */
function stoppedDiffers(tree: FaultTree, sizes: readonly number[], sets: readonly string[], seed: number): string[] {
  if (seed % 4 !== 0) return [];
  const found = analyse(tree, { nodes: 2 + (seed % 60), ...(seed % 8 === 0 && { outOfTime: () => true, maxOrder: 5 }) });
  const most = found.completeToOrder ?? 10;
  const listed = found.sets(2000, seed % 3 === 0 ? "probability" : "size").map((set) => set.toSorted().join(" "));
  const small = sets.filter((set) => (set === "" ? 0 : set.split(" ").length) <= most);
  return [
    ...differs(`stopped at ${most}`, trimmed(found.histogram), trimmed(sizes.slice(0, most + 1))),
    ...differs(`sets, stopped at ${most}`, listed.toSorted().join("|"), small.toSorted().join("|")),
  ];
}

/** A chance is a sum of up to a thousand terms: to fourteen places. */
function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12;
}

function histogramOf(sets: readonly number[]): number[] {
  const sizes: number[] = [];
  for (const set of sets) {
    const size = set.toString(2).replaceAll("0", "").length;
    while (sizes.length <= size) sizes.push(0);
    sizes[size]! += 1;
  }
  return sizes.length === 0 ? [0] : sizes;
}

const trimmed = (sizes: readonly (bigint | number)[]) => sizes.join(" ").replace(/( 0)+$/, "");

/** Best first means that no set is better than the one before it. */
function orderFaults(tree: FaultTree, sets: readonly (readonly string[])[], bySize: boolean): string[] {
  const worth = sets.map((set) => (bySize ? -set.length : set.reduce((product, event) => product * tree.events.get(event)!, 1)));
  return worth.flatMap((each, at) => (at > 0 && each > worth[at - 1]! + 1e-12 ? [`set ${at} is better than the one before`] : []));
}

function shown(tree: FaultTree): string {
  return JSON.stringify({ top: tree.top, gates: [...tree.gates], events: [...tree.events] });
}

const either = (from: number, count: number) => ({ or: Array.from({ length: count }, (_, at) => ({ event: `e${from + at}` })) });

describe("what is too large to be known whole", () => {
  const events = new Map([["a", 0.1], ...Array.from({ length: 200 }, (_, at) => [`e${at}`, 0.01] as const)] as const);
  /** One event alone, or one of each of twenty groups of ten: a hundred trillion trillion large sets. */
  const groups = Array.from({ length: 20 }, (_, group) => either(group * 10, 10));
  const wide: FaultTree = { name: "wide", top: "top", gates: new Map([["top", { or: [{ event: "a" }, { and: groups }] }]]), events };

  test.each(["size", "probability"] as const)("lists the small sets that were asked for, and walks past no others: by %s", (by) => {
    const found = analyse(wide, { maxOrder: 1 });
    expect(found.completeToOrder).toBe(1);
    expect(found.sets(10, by)).toEqual([["a"]]);
  });

  test("ends when the time does, also where sets of a size were asked for, and says how far it came", () => {
    const dice = diceOf(3);
    const some = () => ({ or: Array.from({ length: 6 }, () => ({ event: `e${Math.floor(dice() * 60)}` })) });
    const gates = new Map([["top", { and: Array.from({ length: 80 }, some) }]]);
    let asked = 0;
    const found = analyse({ name: "tangle", top: "top", gates, events }, { maxOrder: 12, outOfTime: () => ++asked > 5 });
    expect(found.completeToOrder).toBeGreaterThanOrEqual(3);
    expect(found.completeToOrder).toBeLessThan(12);
    expect(found.topEventProbability).toBeNull();
    expect(found.probabilityBounds!.least).toBeLessThanOrEqual(found.probabilityBounds!.most);
  });

  test("is also a single gate whose diagram would be", () => {
    const names = Array.from({ length: 4_000 }, (_, at) => `e${at}`);
    const gates = new Map([["top", { atLeast: 1_000, of: names.map((event) => ({ event })) }]]);
    const found = analyse({ name: "counted", top: "top", gates, events: new Map(names.map((name) => [name, 0.1])) });
    expect(found.completeToOrder).toBeGreaterThanOrEqual(3);
    expect(found.minimalCutSets).toBe(0n);
  });
});

test("an event without a name is an event", () => {
  const gates = new Map([["top", { and: [{ event: "" }, { event: "a" }] }]]);
  const found = analyse({
    name: "",
    top: "top",
    gates,
    events: new Map([
      ["", 0.5],
      ["a", 0.5],
    ]),
  });
  expect(found.sets(9, "size").map((set) => set.toSorted())).toEqual([["", "a"]]);
  expect(found.topEventProbability).toBe(0.25);
});

test.each(["or", "and"] as const)("a gate over many thousand events is no deeper than others: %s", (kind) => {
  const names = Array.from({ length: 30_000 }, (_, at) => `e${at}`);
  const of = names.map((event) => ({ event }));
  const gates = new Map([["top", kind === "or" ? { or: of } : { and: of }]]);
  const found = analyse({ name: kind, top: "top", gates, events: new Map(names.map((name) => [name, 1e-5])) });
  expect(found.minimalCutSets).toBe(kind === "or" ? 30_000n : 1n);
});
