import { describe, expect, test } from "vitest";

import { diceOf, randomTree } from "../../../test/support/random-trees.ts";
import { birnbaumOf, chanceOf, minimalSetsOf, type Truth, truthOf } from "../../../test/support/truth-table.ts";
import { analyse } from "./analyse.ts";
import type { Analysis } from "./analysis.ts";
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
    ...partDiffers(tree, sizes, chanceOf(truth, tree.events), seed),
  ];
}

function differs(what: string, ours: unknown, theirs: unknown): string[] {
  return ours === theirs ? [] : [`${what} ${String(ours)}, not ${String(theirs)}`];
}

function chancesDiffer(tree: FaultTree, truth: Truth, found: Analysis, seed: number): string[] {
  const chance = chanceOf(truth, tree.events);
  const wrong = near(found.topEventProbability!, chance) ? [] : [`probability ${found.topEventProbability}, not ${chance}`];
  for (const event of seed % 5 === 0 ? truth.events : truth.events.slice(0, 2)) {
    const [ours, theirs] = [found.birnbaum!.get(event)!, birnbaumOf(truth, tree.events, event)];
    if (!near(ours, theirs)) wrong.push(`importance of ${event}: ${ours}, not ${theirs}`);
  }
  return wrong;
}

/** The same tree up to a size, in half of the cases without any whole diagram. */
function partDiffers(tree: FaultTree, sizes: readonly number[], chance: number, seed: number): string[] {
  const most = 1 + (seed % 3);
  const { histogram, completeToOrder, probabilityBounds } = analyse(tree, { maxOrder: most, nodes: seed % 2 === 0 ? 2 : undefined });
  const { least, most: highest } = probabilityBounds!;
  return [
    ...differs(`up to ${most}`, trimmed(histogram), trimmed(sizes.slice(0, most + 1))),
    ...differs("complete to", completeToOrder ?? most, most),
    ...(completeToOrder === null ? differs("called complete, of", trimmed(histogram), trimmed(sizes)) : []),
    ...(least > chance + 1e-12 || highest < chance - 1e-12 ? [`${chance} is not within ${least} and ${highest}`] : []),
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

test.each(["or", "and"] as const)("a gate over many thousand events is no deeper than others: %s", (kind) => {
  const names = Array.from({ length: 30_000 }, (_, at) => `e${at}`);
  const of = names.map((event) => ({ event }));
  const gates = new Map([["top", kind === "or" ? { or: of } : { and: of }]]);
  const found = analyse({ name: kind, top: "top", gates, events: new Map(names.map((name) => [name, 1e-5])) });
  expect(found.minimalCutSets).toBe(kind === "or" ? 30_000n : 1n);
});
