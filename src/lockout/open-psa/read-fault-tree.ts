/** Open-PSA model exchange format (MEF), XML, as far as it says fault trees: into what the solver takes, or everything that is wrong with it. */
import { type Refusal, refusal } from "../../kernel/problem.ts";
import type { FaultTree, Formula } from "../solver/fault-tree.ts";
import { faultsOf, namesIn } from "../solver/tree-faults.ts";
import { type Definition, type Definitions, definitionsOf, type Problem, type Report } from "./definitions.ts";
import { type CommonCauses, commonCausesOf } from "./common-causes.ts";
import { type Values, valuesOf } from "./expressions.ts";
import { formulaIn } from "./formulas.ts";
import type { OpenPsaRefusal } from "./refusals.ts";
import { parseXml, type XmlElement } from "./xml.ts";

export interface ReadOptions {
  /** How the file is called in what is said of it. */
  readonly file: string;
  /** The gate that is asked about; without it the one that no other gate uses. */
  readonly top?: string | undefined;
}

export type ReadFaultTree = { readonly tree: FaultTree } | { readonly refused: readonly Refusal[] };

export function readFaultTree(text: string, { file, top }: ReadOptions): ReadFaultTree {
  const root = parseXml(text);
  if ("detail" in root) return { refused: [refused("lockout.fileUnreadable", root.detail, `${file}:${root.line}`)] };
  if (root.name !== "opsa-mef") {
    const detail = `the outermost element of an Open-PSA model is <opsa-mef>, not <${root.name}>`;
    return { refused: [refused("lockout.fileUnreadable", detail, `${file}:${root.line}`)] };
  }
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const definitions = definitionsOf(root, report);
  const values = valuesOf(definitions, report);
  const shared = commonCausesOf(definitions, values, report);
  const gates = gatesOf(definitions, shared, report);
  const events = new Map([...eventsOf(definitions, values, report), ...shared.events]);
  const refusals = problems.map(({ code, detail, line }) => refused(code, detail, `${file}:${line}`));
  const asked = topOf(gates, top);
  const tree = { name: nameOf(root), top: typeof asked === "string" ? asked : "", gates, events };
  refusals.push(...circlesIn(tree, file));
  // A circle leaves no gate on top; what is wrong then is the circle.
  if (typeof asked !== "string" && refusals.length === 0) refusals.push(refused("lockout.topUnclear", asked.detail, file));
  return refusals.length > 0 ? { refused: refusals } : { tree };
}

function nameOf(root: XmlElement): string {
  const tree = root.children.find(({ name }) => name === "define-fault-tree");
  return tree?.attributes.get("name") ?? root.attributes.get("name") ?? "";
}

function gatesOf(definitions: Definitions, { standsFor, gates }: CommonCauses, report: Report): ReadonlyMap<string, Formula> {
  const all = [...definitions.get("gate")!.values()];
  const written = new Map(all.map((each) => [each.name, formulaIn(each, definitions, standsFor, report)]));
  const used = new Set([...written.values()].flatMap((formula) => namesIn(formula).gates));
  for (const [name, formula] of gates) if (used.has(name)) written.set(name, formula);
  return written;
}

function eventsOf(definitions: Definitions, values: Values, report: Report): ReadonlyMap<string, number | null> {
  const probability = ({ name, element, scope }: Definition): number | null => {
    const value = values.of(element, scope);
    if (value === null || (value >= 0 && value <= 1)) return value;
    report({ code: "lockout.probabilityOutOfRange", detail: `the probability of ${name} is ${value}`, line: element.line });
    return null;
  };
  return new Map([...definitions.get("basic-event")!.values()].map((each) => [each.name, probability(each)]));
}

function circlesIn(tree: FaultTree, file: string): Refusal[] {
  return faultsOf(tree).flatMap((fault) =>
    fault.kind === "cycle" ? [refused("lockout.gatesInCircle", circleWords(fault.gates), file)] : [],
  );
}

const MOST_IN_CIRCLE = 30;

function circleWords(gates: readonly string[]): string {
  const [first, last] = [gates.slice(0, MOST_IN_CIRCLE), gates.at(-1)!];
  return gates.length <= MOST_IN_CIRCLE ? gates.join(" → ") : [...first, `… (${gates.length - first.length - 1} more)`, last].join(" → ");
}

const MOST_NAMED = 10;

function topOf(gates: ReadonlyMap<string, Formula>, wanted: string | undefined): string | { readonly detail: string } {
  if (wanted !== undefined) return gates.has(wanted) ? wanted : { detail: `there is no gate ${wanted}` };
  const used = new Set([...gates.values()].flatMap((formula) => namesIn(formula).gates));
  const free = [...gates.keys()].filter((gate) => !used.has(gate));
  if (free.length === 1) return free[0]!;
  if (gates.size === 0) return { detail: "the file defines no gate" };
  return {
    detail: `no other gate uses ${free.slice(0, MOST_NAMED).join(", ")}${free.length > MOST_NAMED ? ", …" : ""}: name the one that is asked about`,
  };
}

function refused(code: OpenPsaRefusal, detail: string, at: string): Refusal {
  return refusal(code, detail, { at });
}
