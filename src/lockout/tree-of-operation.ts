/** One operation of the estate as a fault tree: the top fails when no way in is left. */
import type { CommonCause, Component } from "../estate/component.ts";
import { type Expression, keysOf } from "../estate/expression.ts";
import { leafName } from "./leaf.ts";
import { loopsOf } from "./loops.ts";
import type { LockoutModel } from "./model.ts";
import type { FaultTree, Formula } from "./solver/fault-tree.ts";
import { type Question, waysIn } from "./ways-in.ts";

export type TreeFault =
  | { readonly kind: "unknownOperation"; readonly key: string }
  /** A circle begins and ends with the same key. */
  | { readonly kind: "loops"; readonly loops: readonly (readonly string[])[] };

/** What is not there, or not any more, does not work. */
const FAILED: Formula = { constant: true };

/**
 * Events are leaves (leaf.ts). Gates: `operation_KEY` at the top, `path_KEY` for each way in, `fails_KEY` for each component. A
 * fault names every circle among the components the operation hangs on.
 */
export function treeOfOperation(model: LockoutModel, key: string, question: Question = {}): FaultTree | TreeFault {
  const operation = model.operations.find((each) => each.key === key && each.status === "active");
  if (operation === undefined) return { kind: "unknownOperation", key };
  const paths = waysIn(operation, question);
  const components = reached(
    model,
    paths.flatMap(({ needs }) => keysOf(needs)),
  );
  const loops = loopsOf([...components.values()]);
  if (loops.length > 0) return { kind: "loops", loops };

  const top = `operation_${key}`;
  const fails = (of: string): Formula => (components.has(of) ? { gate: `fails_${of}` } : FAILED);
  const gates = new Map<string, Formula>([[top, and(paths.map((path) => ({ gate: `path_${path.key}` })))]]);
  for (const path of paths) gates.set(`path_${path.key}`, failureOf(path.needs, fails));
  const events = new Map<string, number | null>();
  const causes = causesByMember(model, components);
  for (const component of components.values()) {
    const own = leavesOf(component, causes.get(component.key) ?? []);
    for (const [event, p] of own) events.set(event, p);
    const needed = component.requires === null ? [] : [failureOf(component.requires, fails)];
    gates.set(`fails_${component.key}`, { or: [...own.map(([event]) => ({ event })), ...needed] });
  }
  return { name: key, top, gates, events };
}

/** What makes a component fail whatever it needs: itself, and what takes it along. */
function leavesOf(component: Component, causes: readonly CommonCause[]): readonly (readonly [string, number | null])[] {
  return [
    [component.key, component.unavailability?.p ?? null],
    ...causes.map(({ key, unavailability }) => [leafName({ kind: "cause", key }), unavailability?.p ?? null] as const),
  ];
}

/** Success turned into failure: all of them needed, so any one fails it; k of n needed, so n - k + 1 fail it. */
function failureOf(expression: Expression, fails: (key: string) => Formula): Formula {
  const of = (parts: readonly Expression[]) => parts.map((part) => failureOf(part, fails));
  if (typeof expression === "string") return fails(expression);
  if ("all" in expression) return or(of(expression.all));
  if ("any" in expression) return and(of(expression.any));
  return failureAtLeast(expression.of.length - expression.atLeast + 1, of(expression.of));
}

/** Without any way everybody is locked out. */
const and = (of: readonly Formula[]): Formula => (of.length === 0 ? FAILED : { and: of });
const or = (of: readonly Formula[]): Formula => (of.length === 0 ? { constant: false } : { or: of });

function failureAtLeast(least: number, of: readonly Formula[]): Formula {
  if (least <= 0) return FAILED;
  return least > of.length ? { constant: false } : { atLeast: least, of };
}

/** The active components that are named, and all they hang on. */
function reached(model: LockoutModel, named: readonly string[]): ReadonlyMap<string, Component> {
  const active = new Map(model.components.filter(({ status }) => status === "active").map((each) => [each.key, each]));
  const found = new Map<string, Component>();
  const queue = [...named];
  for (const key of queue) {
    const component = active.get(key);
    if (component === undefined || found.has(key)) continue;
    found.set(key, component);
    queue.push(...keysOf(component.requires));
  }
  return found;
}

function causesByMember(model: LockoutModel, components: ReadonlyMap<string, Component>): ReadonlyMap<string, readonly CommonCause[]> {
  const found = new Map<string, CommonCause[]>();
  for (const cause of model.commonCauses) {
    if (cause.status !== "active") continue;
    for (const member of new Set(cause.members)) {
      if (components.has(member)) found.set(member, [...(found.get(member) ?? []), cause]);
    }
  }
  return found;
}
