/** `postern lockout FILE`: what has to fail together before the top event of an Open-PSA model happens, or before nobody gets in. Needs no server. */
import { readFile } from "node:fs/promises";

import { Refused, type Refusal, refusal } from "../kernel/problem.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { readFaultTree } from "../lockout/open-psa/read-fault-tree.ts";
import { analyse } from "../lockout/solver/analyse.ts";
import type { Analysis } from "../lockout/solver/analysis.ts";
import type { FaultTree, Formula } from "../lockout/solver/fault-tree.ts";
import { treeOfOperation } from "../lockout/tree-of-operation.ts";
import { type Command, type CommandInput, UsageFault } from "./command.ts";

const MOST_SETS = 10;
const DEFAULT_SECONDS = 60;

/** Reads the model out of an estate file; what it takes is loaded only then. */
export type ReadModelFile = (
  text: string,
) => Promise<{ readonly ok: true; readonly model: LockoutModel } | { readonly ok: false; readonly faults: readonly Refusal[] }>;

export const lockoutCommand = (readModelFile: ReadModelFile): Command => ({
  name: "lockout",
  usage: "MODEL [--operation KEY] [--what-if EVENT,EVENT] [--max-order N] [--top GATE] [--sets N] [--seconds N] [--json]",
  summary: "What has to fail together before nobody gets in (estate.yaml), or the top event of an Open-PSA file happens",
  options: {
    operation: { type: "string" },
    "what-if": { type: "string" },
    "max-order": { type: "string" },
    top: { type: "string" },
    sets: { type: "string" },
    seconds: { type: "string" },
    json: { type: "boolean" },
  },
  async run(input) {
    const [file, ...more] = input.args;
    if (file === undefined || more.length > 0) throw new UsageFault("name one file");
    const { tree, failed } = await treeOf(file, input, readModelFile);
    const end = performance.now() + (wholeNumber(input, "seconds") ?? DEFAULT_SECONDS) * 1000;
    const analysis = analyse(tree, { maxOrder: wholeNumber(input, "max-order"), outOfTime: () => performance.now() > end });
    const most = wholeNumber(input, "sets") ?? MOST_SETS;
    input.print(
      input.options["json"] === true ? JSON.stringify(answerOf(tree, failed, analysis, most)) : inWords(tree, failed, analysis, most),
    );
    return 0;
  },
});

async function treeOf(
  file: string,
  { options }: CommandInput,
  readModelFile: ReadModelFile,
): Promise<{ tree: FaultTree; failed: readonly string[] }> {
  const text = await readFile(file, "utf8");
  const top = options["top"];
  const read = /\.ya?ml$/i.test(file)
    ? { tree: treeInEstate(await readModelFile(text), options["operation"]) }
    : readFaultTree(text, { file, top: typeof top === "string" ? top : undefined });
  if ("refused" in read) throw new Refused(read.refused);
  const wanted = options["what-if"];
  const failed = typeof wanted === "string" ? wanted.split(",").map((name) => name.trim()) : [];
  const unknown = failed.filter((name) => !read.tree.events.has(name));
  if (unknown.length > 0) throw new Refused(unknown.map((name) => refusal("lockout.failureUnknown", `${file} has no basic event ${name}`)));
  return { tree: afterFailures(read.tree, new Set(failed)), failed };
}

/** The operation that is named, or the only one. */
function treeInEstate(reading: Awaited<ReturnType<ReadModelFile>>, named: string | boolean | undefined): FaultTree {
  if (!reading.ok) throw new Refused(reading.faults);
  const { operations } = reading.model;
  const keys = operations.map(({ key }) => key);
  const key = typeof named === "string" ? named : keys.length === 1 ? keys[0]! : undefined;
  if (key === undefined) throw new UsageFault(`name one of its operations with --operation: ${keys.join(", ")}`);
  const tree = treeOfOperation(reading.model, key);
  if (!("kind" in tree)) return tree;
  throw new Refused([refusal("lockout.notFound", `There is no operation "${key}"; there are ${keys.join(", ")}.`)]);
}

function wholeNumber({ options }: CommandInput, name: string): number | undefined {
  const text = options[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageFault(`--${name} wants a whole number from 1, not "${text}"`);
  return value;
}

/** The tree once these have failed: they are no events any more, they are so. */
function afterFailures(tree: FaultTree, failed: ReadonlySet<string>): FaultTree {
  if (failed.size === 0) return tree;
  const after = (formula: Formula): Formula => {
    if ("event" in formula) return failed.has(formula.event) ? { constant: true } : formula;
    if ("not" in formula) return { not: after(formula.not) };
    if ("and" in formula) return { and: formula.and.map(after) };
    if ("or" in formula) return { or: formula.or.map(after) };
    if ("xor" in formula) return { xor: formula.xor.map(after) };
    return "of" in formula ? { atLeast: formula.atLeast, of: formula.of.map(after) } : formula;
  };
  return {
    ...tree,
    gates: new Map([...tree.gates].map(([name, formula]) => [name, after(formula)])),
    events: new Map([...tree.events].filter(([name]) => !failed.has(name))),
  };
}

function answerOf(tree: FaultTree, failed: readonly string[], analysis: Analysis, most: number) {
  const { minimalCutSets, histogram, completeToOrder, topEventProbability, probabilityBounds } = analysis;
  return {
    name: tree.name,
    top: tree.top,
    failed,
    minimalCutSets: String(minimalCutSets),
    histogram: histogram.map(String),
    completeToOrder,
    topEventProbability,
    probabilityBounds,
    smallest: analysis.sets(most, "size"),
    mostProbable: topEventProbability === null ? [] : analysis.sets(most, "probability"),
    birnbaum: analysis.birnbaum === null ? null : Object.fromEntries(analysis.birnbaum),
  };
}

function inWords(tree: FaultTree, failed: readonly string[], analysis: Analysis, most: number): string {
  const { minimalCutSets, histogram, completeToOrder, topEventProbability, probabilityBounds } = analysis;
  const sizes = histogram.flatMap((count, size) => (count === 0n ? [] : `${count} of ${size}`));
  const smallest = analysis.sets(most, "size");
  return [
    `${tree.top}${failed.length === 0 ? "" : `, once ${failed.join(", ")} has failed`}`,
    `  ${minimalCutSets} minimal sets of failures${sizes.length === 0 ? "" : `: ${sizes.join(", ")}`}`,
    completeToOrder === null
      ? "  complete: there are no others"
      : `  complete up to ${completeToOrder} simultaneous failures; there may be larger ones`,
    likelihoodLine(topEventProbability, probabilityBounds),
    ...(smallest.length === 0 ? [] : ["", "Smallest", ...setLines(smallest)]),
    ...(topEventProbability === null ? [] : ["", "Most probable", ...setLines(analysis.sets(most, "probability"))]),
  ].join("\n");
}

function likelihoodLine(probability: number | null, bounds: Analysis["probabilityBounds"]): string {
  if (probability !== null) return `  probability ${probability}`;
  return bounds === null ? "  no probability: some event has none" : `  probability at least ${bounds.least}, at most ${bounds.most}`;
}

function setLines(sets: readonly (readonly string[])[]): string[] {
  return sets.map((set) => `  ${set.length === 0 ? "nothing has to fail" : set.join(" + ")}`);
}
