/**
 * A fault tree as a part of the model: its events become components, its top an operation. Failure is turned into need. What
 * treeOfOperation (tree-of-operation.ts) wrote reads back as what it was; of other trees every argument of an AND on top is a way in.
 */
import type { Unavailability } from "../estate/component.ts";
import type { CommonCauseItem, ComponentItem, ModelItems, OperationItem, PathItem } from "../estate/file.ts";
import { type Expression, partsOf } from "../estate/expression.ts";
import { slugOf } from "../estate/proposals.ts";
import { type Refusal, refusal } from "../kernel/problem.ts";
import type { PlainDate } from "../kernel/time.ts";
import { readLeaf } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import type { FaultTree, Formula } from "./solver/fault-tree.ts";

export interface ImportOptions {
  /** Key the operation is to have. */
  readonly operation: string;
  /** What is there already keeps its name, owner and everything the tree does not say. */
  readonly model: LockoutModel;
  readonly today: PlainDate;
}

export type ModelOfTree = { readonly items: ModelItems } | { readonly refused: readonly Refusal[] };

/** What is needed; or whether it works whatever happens: true always, false never. */
type Need = Expression | boolean;

const MOST_PARTS = 1500;
const DEEPEST = 16;

interface Reading {
  readonly tree: FaultTree;
  /** Keys of components by the names of events. */
  readonly keys: ReadonlyMap<string, string>;
  /** Gates that are a component's whole failure, with its event. */
  readonly own: ReadonlyMap<string, string>;
  readonly faults: Map<string, Refusal>;
  parts: number;
}

export function modelOfTree(tree: FaultTree, options: ImportOptions): ModelOfTree {
  const own = ownGates(tree);
  const reading: Reading = { tree, keys: keysOf(tree), own, faults: new Map(), parts: 0 };
  const causes = causesOf(reading);
  const components = [...tree.events.keys()]
    .filter((event) => !causes.has(event))
    .map((event) => componentOf(reading, event, causes, options));
  const operation = operationOf(reading, options);
  if (reading.faults.size > 0) return { refused: [...reading.faults.values()] };
  const commonCauses = [...causes].map(([event, members]) => causeOf(tree, event, members, options));
  return { items: { components, commonCauses, operations: [operation] } };
}

/** `fails_KEY` that is an OR with KEY among its arguments: what treeOfOperation makes of a component. */
function ownGates(tree: FaultTree): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [gate, formula] of tree.gates) {
    const event = gate.startsWith("fails_") ? gate.slice("fails_".length) : "";
    if ("or" in formula && formula.or.some((part) => "event" in part && part.event === event)) found.set(gate, event);
  }
  return found;
}

/** Keys of its members by the event of a common cause, where such an event stands in nothing but the failures of components. */
function causesOf({ tree, own, keys }: Reading): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>();
  const elsewhere = new Set<string>();
  for (const [gate, formula] of tree.gates) {
    const event = own.get(gate);
    const direct = event !== undefined && "or" in formula ? formula.or.filter((part) => "event" in part).map((part) => part.event) : [];
    if (event !== undefined)
      for (const each of direct) if (readLeaf(each).kind === "cause") members.set(each, [...(members.get(each) ?? []), keys.get(event)!]);
    for (const each of eventsIn(formula)) if (!direct.includes(each)) elsewhere.add(each);
  }
  return new Map([...members].filter(([event]) => !elsewhere.has(event)));
}

function eventsIn(formula: Formula): readonly string[] {
  if ("event" in formula) return [formula.event];
  return argumentsOf(formula).flatMap(eventsIn);
}

function argumentsOf(formula: Formula): readonly Formula[] {
  if ("and" in formula) return formula.and;
  if ("or" in formula) return formula.or;
  if ("xor" in formula) return formula.xor;
  if ("of" in formula) return formula.of;
  return "not" in formula ? [formula.not] : [];
}

/** Names as keys, each its own. */
function keysOf(tree: FaultTree): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  for (const event of tree.events.keys()) {
    const wanted = slugOf(event);
    let key = wanted;
    for (let n = 2; taken.has(key); n++) key = `${wanted}-${n}`;
    taken.add(key);
    keys.set(event, key);
  }
  return keys;
}

function componentOf(
  reading: Reading,
  event: string,
  causes: ReadonlyMap<string, unknown>,
  { model, today }: ImportOptions,
): ComponentItem {
  const key = reading.keys.get(event)!;
  const known = model.components.find((each) => each.key === key);
  const gate = reading.tree.gates.get(`fails_${event}`);
  const isOwn = reading.own.has(`fails_${event}`) && gate !== undefined && "or" in gate;
  const rest = isOwn ? gate.or.filter((part) => !("event" in part && (part.event === event || causes.has(part.event)))) : [];
  const need = limited(reading, `fails_${event}`, { or: rest });
  if (need === false) note(reading, "lockout.treeNotAModel", event, `${event} fails always; leave it out of the file.`);
  return {
    ...(known ?? { key, name: event.slice(0, 200), kind: "external", layer: "provider", endpoints: [], status: "active" }),
    requires: typeof need === "boolean" ? null : need,
    unavailability: awayOf(known, reading.tree.events.get(event) ?? null, today),
  };
}

/** What was known stays, with how it is known, unless the tree says another share of time. */
function awayOf(known: { readonly unavailability: Unavailability | null } | undefined, p: number | null, today: PlainDate) {
  const before = known?.unavailability ?? null;
  return p === null || before?.p === p ? before : { p, source: "expert" as const, asOf: today };
}

function causeOf(tree: FaultTree, event: string, members: readonly string[], { model, today }: ImportOptions): CommonCauseItem {
  const key = slugOf(readLeaf(event).key);
  const known = model.commonCauses.find((each) => each.key === key);
  return {
    ...(known ?? { key, name: readLeaf(event).key.slice(0, 200), kind: "tenant", status: "active" }),
    members: [...new Set([...(known?.members ?? []), ...members])].toSorted(),
    unavailability: awayOf(known, tree.events.get(event) ?? null, today),
  };
}

function operationOf(reading: Reading, { operation: key, model }: ImportOptions): OperationItem {
  const { tree } = reading;
  const known = model.operations.find((each) => each.key === key);
  const top = tree.gates.get(tree.top)!;
  const ways = "and" in top && top.and.length > 0 ? top.and : [{ gate: tree.top }];
  const taken = new Set<string>();
  const paths = ways.flatMap((way, i): readonly PathItem[] => {
    const own = wayKey(way, i, taken);
    const needs = limited(reading, own, way);
    // A way that is never open is none.
    if (needs === false) return [];
    if (needs === true) {
      // Beside another fault this one may only follow from it.
      if (reading.faults.size === 0) note(reading, "lockout.treeNotAModel", own, `${own} never fails, so nobody could be locked out.`);
      return [];
    }
    const before = known?.paths.find((path) => path.key === own);
    return [{ ...(before ?? { key: own, name: own, population: "human", role: i === 0 ? "primary" : "fallback" }), needs }];
  });
  return {
    ...(known ?? { key, name: (tree.name === "" ? key : tree.name).slice(0, 200), criticality: 2, tolerates: 1, status: "active" }),
    paths,
  };
}

function wayKey(way: Formula, at: number, taken: Set<string>): string {
  const name = "gate" in way ? way.gate.replace(/^path_/, "") : "event" in way ? way.event : `way-${at + 1}`;
  const wanted = slugOf(name);
  const key = taken.has(wanted) ? `${wanted}-${at + 1}` : wanted;
  taken.add(key);
  return key;
}

function limited(reading: Reading, name: string, formula: Formula): Need {
  reading.parts = 0;
  const need = needOf(reading, formula);
  const isTooLarge = reading.parts > MOST_PARTS || (typeof need === "object" && depthOf(need) > DEEPEST);
  if (isTooLarge) {
    const detail = `Written out, ${name} is larger than anybody can check. Ask the file itself: postern lockout FILE.`;
    note(reading, "lockout.treeNotAModel", name, detail);
  }
  return need;
}

function depthOf(expression: Expression): number {
  return 1 + Math.max(0, ...partsOf(expression).map(depthOf));
}

function note(reading: Reading, code: string, name: string, detail: string): void {
  if (!reading.faults.has(`${code} ${name}`)) reading.faults.set(`${code} ${name}`, refusal(code, detail, { at: name }));
}

/** What has to work so that this does not fail. */
function needOf(reading: Reading, formula: Formula): Need {
  reading.parts += 1;
  if (reading.parts > MOST_PARTS) return true;
  if ("event" in formula) return reading.keys.get(formula.event)!;
  if ("constant" in formula) return !formula.constant;
  if ("gate" in formula) {
    const event = reading.own.get(formula.gate);
    return event === undefined ? needOf(reading, reading.tree.gates.get(formula.gate)!) : reading.keys.get(event)!;
  }
  if ("not" in formula || "xor" in formula) {
    const detail =
      "Something that has to fail so that something else works has no place in the model. Leave it out, or ask the file itself.";
    note(reading, "lockout.treeNotAModel", "not" in formula ? "not" : "xor", detail);
    return true;
  }
  const parts = argumentsOf(formula).map((part) => needOf(reading, part));
  const fewest = "and" in formula ? 1 : "or" in formula ? parts.length : parts.length - formula.atLeast + 1;
  return atLeast(fewest, parts);
}

function atLeast(fewest: number, parts: readonly Need[]): Need {
  const left = fewest - parts.filter((part) => part === true).length;
  const open = parts.filter((part) => part !== true && part !== false);
  if (left <= 0) return true;
  if (left > open.length) return false;
  if (open.length === 1) return open[0]!;
  if (left === open.length) return { all: open.flatMap((part) => (typeof part === "object" && "all" in part ? part.all : [part])) };
  if (left === 1) return { any: open.flatMap((part) => (typeof part === "object" && "any" in part ? part.any : [part])) };
  return { atLeast: left, of: open };
}
