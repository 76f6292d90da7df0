/** `postern lockout FILE`: what has to fail together before the top event of an Open-PSA model happens, or before nobody gets in. Needs no server. */
import { readFile } from "node:fs/promises";

import { Refused, type Refusal, refusal } from "../kernel/problem.ts";
import { leafName } from "../lockout/leaf.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { namesIn } from "../lockout/names.ts";
import { readFaultTree } from "../lockout/open-psa/read-fault-tree.ts";
import { analyse } from "../lockout/solver/analyse.ts";
import type { Analysis } from "../lockout/solver/analysis.ts";
import type { FaultTree, Formula } from "../lockout/solver/fault-tree.ts";
import { treeOfOperation } from "../lockout/tree-of-operation.ts";
import type { NamesOf } from "../lockout/words.ts";
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
    const question = await questionOf(file, input, readModelFile);
    if ("model" in question) {
      const { estateAnswer, estateInWords } = await import("./lockout-estate.ts");
      const asked = { order: orderOf(input), failed: question.failed, most: wholeNumber(input, "sets") ?? MOST_SETS };
      input.print(
        input.options["json"] === true ? JSON.stringify(estateAnswer(question.model, asked)) : estateInWords(question.model, asked),
      );
      return 0;
    }
    const { tree, failed, names } = question;
    const end = performance.now() + (wholeNumber(input, "seconds") ?? DEFAULT_SECONDS) * 1000;
    const analysis = analyse(tree, { maxOrder: wholeNumber(input, "max-order"), outOfTime: () => performance.now() > end });
    const most = wholeNumber(input, "sets") ?? MOST_SETS;
    input.print(
      input.options["json"] === true
        ? JSON.stringify(answerOf(tree, failed, analysis, most))
        : inWords(tree, failed, analysis, { most, names }),
    );
    return 0;
  },
});

/** One tree, or all operations of an estate file that names several. */
type Asked = { readonly failed: readonly string[] } & (
  | { readonly tree: FaultTree; readonly names?: NamesOf }
  | { readonly model: LockoutModel }
);

async function questionOf(file: string, input: CommandInput, readModelFile: ReadModelFile): Promise<Asked> {
  const text = await readFile(file, "utf8");
  const { "what-if": wanted, top } = input.options;
  const failed = typeof wanted === "string" ? wanted.split(",").map((name) => name.trim()) : [];
  if (/\.ya?ml$/i.test(file)) return inEstate(await readModelFile(text), { file, failed, operation: input.options["operation"] });
  const read = readFaultTree(text, { file, top: typeof top === "string" ? top : undefined });
  if ("refused" in read) throw new Refused(read.refused);
  const unknown = unknownFailures(failed, read.tree.events, file);
  if (unknown.length > 0) throw new Refused(unknown);
  return { tree: afterFailures(read.tree, new Set(failed)), failed };
}

/** The operation that is named, or the only one, or all of them. */
function inEstate(
  reading: Awaited<ReturnType<ReadModelFile>>,
  {
    file,
    failed,
    operation,
  }: { readonly file: string; readonly failed: readonly string[]; readonly operation: string | boolean | undefined },
): Asked {
  if (!reading.ok) throw new Refused(reading.faults);
  const { model } = reading;
  const leaves = [...model.components.map(({ key }) => key), ...model.commonCauses.map(({ key }) => leafName({ kind: "cause", key }))];
  const keys = model.operations.flatMap(({ key, status }) => (status === "active" ? [key] : []));
  const key = typeof operation === "string" ? operation : keys.length === 1 ? keys[0]! : undefined;
  const missing = key === undefined || keys.includes(key) ? [] : [notFound(key, keys)];
  const faults = [...missing, ...unknownFailures(failed, new Set(leaves), file)];
  if (faults.length > 0) throw new Refused(faults);
  if (key === undefined) return { model, failed };
  const tree = treeOfOperation(model, key);
  if ("kind" in tree) throw new Refused(tree.kind === "loops" ? tree.loops.map(circle) : [notFound(key, keys)]);
  return { tree: afterFailures(tree, new Set(failed)), failed, names: namesIn(model) };
}

const notFound = (key: string, keys: readonly string[]): Refusal =>
  refusal("lockout.notFound", `There is no operation "${key}"; there ${keys.length === 0 ? "is none" : `are ${keys.join(", ")}`}.`);

const circle = (loop: readonly string[]): Refusal => refusal("lockout.circle", `These need each other in a circle: ${loop.join(" → ")}.`);

function unknownFailures(failed: readonly string[], known: { has(name: string): boolean }, file: string): readonly Refusal[] {
  const unknown = failed.filter((name) => !known.has(name));
  return unknown.map((name) => refusal("lockout.failureUnknown", `${file} has nothing called ${name} that could fail`));
}

function orderOf(input: CommandInput): 1 | 2 | 3 {
  const asked = wholeNumber(input, "max-order") ?? 2;
  if (asked <= 3) return asked as 1 | 2 | 3;
  throw new UsageFault("of all operations at once, sets of up to 3 failures are found; --operation tells larger ones of one");
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

/** With names, of an operation of the estate; else in the words of the file. */
function inWords(
  { name, top }: FaultTree,
  failed: readonly string[],
  analysis: Analysis,
  { most, names }: { readonly most: number; readonly names: NamesOf | undefined },
): string {
  const { minimalCutSets, histogram, completeToOrder, topEventProbability, probabilityBounds } = analysis;
  const sizes = histogram.flatMap((count, size) => (count === 0n ? [] : `${count} of ${size}`));
  const smallest = analysis.sets(most, "size");
  const subject = names === undefined ? top : `${names.operation(name)} (${name}): no way in is left`;
  const nameOf = (failure: string) => names?.failure(failure) ?? failure;
  return [
    `${subject}${failed.length === 0 ? "" : `, once ${failed.map(nameOf).join(", ")} has failed`}`,
    `  ${minimalCutSets} minimal sets of failures${sizes.length === 0 ? "" : `: ${sizes.join(", ")}`}`,
    completeToOrder === null
      ? "  complete: there are no others"
      : `  complete up to ${completeToOrder} simultaneous failures; there may be larger ones`,
    likelihoodLine(topEventProbability, probabilityBounds),
    ...(smallest.length === 0 ? [] : ["", "Smallest", ...setLines(smallest, nameOf)]),
    ...(topEventProbability === null ? [] : ["", "Most probable", ...setLines(analysis.sets(most, "probability"), nameOf)]),
  ].join("\n");
}

function likelihoodLine(probability: number | null, bounds: Analysis["probabilityBounds"]): string {
  if (probability !== null) return `  probability ${probability}`;
  return bounds === null ? "  no probability: some event has none" : `  probability at least ${bounds.least}, at most ${bounds.most}`;
}

function setLines(sets: readonly (readonly string[])[], nameOf: (failure: string) => string): string[] {
  return sets.map((set) => `  ${set.length === 0 ? "nothing has to fail" : set.map(nameOf).join(" + ")}`);
}
