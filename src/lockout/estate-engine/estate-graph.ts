/** Components, common causes and operations as nodes, and what an edit of one of them changes in the graph. */
import type { CommonCause, Component } from "../../estate/component.ts";
import { type Expression, partsOf } from "../../estate/expression.ts";
import type { AccessPath, Operation } from "../../estate/operation.ts";
import { leafName, readLeaf } from "../leaf.ts";
import type { LockoutModel } from "../model.ts";
import { isWayIn, type Question } from "../ways-in.ts";
import { connect, createNode, disconnect, type Node } from "./node.ts";

/** Something put in place of what has its key, or added. What is taken away is retired. */
export type Edit = { readonly component: Component } | { readonly commonCause: CommonCause } | { readonly operation: Operation };

/** An edit, or that something shall not be there again, to undo that it was added. */
export type Change = Edit | { readonly noComponent: string } | { readonly noCommonCause: string } | { readonly noOperation: string };

export interface ComponentPlace {
  definition: Component | undefined;
  readonly node: Node;
  readonly leaf: Node;
  gates: readonly Node[];
  /** Keys of the causes that list it. */
  causes: readonly string[];
}

export interface CausePlace {
  definition: CommonCause | undefined;
  readonly leaf: Node;
}

export interface PathPlace {
  readonly key: string;
  readonly node: Node;
  readonly gates: readonly Node[];
  readonly needs: Expression;
}

export interface OperationPlace {
  definition: Operation | undefined;
  readonly node: Node;
  paths: readonly PathPlace[];
}

export interface EstateGraph {
  readonly components: ReadonlyMap<string, ComponentPlace>;
  readonly causes: ReadonlyMap<string, CausePlace>;
  readonly operations: ReadonlyMap<string, OperationPlace>;
  /** The leaf with a number. */
  readonly leafAt: (id: number) => Node;
  readonly leafOf: (name: string) => Node | undefined;
  /** Changes the graph but reckons nothing. Gives what undoes it, and adds the nodes to reckon anew to `dirty`. */
  readonly change: (change: Change, dirty: Set<Node>) => Change;
}

export function createEstateGraph({ components, commonCauses, operations }: LockoutModel, question: Question): EstateGraph {
  const nodes = createNodes();
  const componentPlaces = new Map<string, ComponentPlace>();
  const causePlaces = new Map<string, CausePlace>();
  const operationPlaces = new Map<string, OperationPlace>();

  const componentAt = (key: string): ComponentPlace =>
    componentPlaces.get(key) ??
    kept(componentPlaces, key, {
      definition: undefined,
      node: nodes.create("broken", key),
      leaf: nodes.createLeaf(key),
      gates: NO_GATES,
      causes: NO_KEYS,
    });
  const causeAt = (key: string): CausePlace =>
    causePlaces.get(key) ?? kept(causePlaces, key, { definition: undefined, leaf: nodes.createLeaf(leafName({ kind: "cause", key })) });
  const operationAt = (key: string): OperationPlace =>
    operationPlaces.get(key) ?? kept(operationPlaces, key, { definition: undefined, node: nodes.create("operation", key), paths: [] });

  const addCause = (member: string, key: string): void => {
    const place = componentAt(member);
    place.causes = [...place.causes, key];
  };

  /** The node that fails when an expression does not hold; what is between is made and added to `gates`. */
  const failureOf = (expression: Expression, gates: Node[]): Node => {
    if (typeof expression === "string") return componentAt(expression).node;
    const gate = nodes.create("any");
    gates.push(gate);
    connectTo(gate, expression, gates);
    return gate;
  };

  const connectTo = (node: Node, expression: Expression, gates: Node[]): void => {
    const args = (of: readonly Expression[]) => of.map((part) => failureOf(part, gates));
    if (typeof expression === "string") connect(node, "any", [failureOf(expression, gates)]);
    else if ("all" in expression) connect(node, "any", args(flat(expression)));
    else if ("any" in expression) connect(node, "all", args(flat(expression)));
    else connect(node, "least", args(expression.of), expression.of.length - expression.atLeast + 1);
  };

  const connectComponent = (place: ComponentPlace, dirty: Dirty): void => {
    const gates: Node[] = [];
    const { definition } = place;
    if (definition?.status !== "active") connect(place.node, "broken", []);
    else {
      const causes = place.causes.map(causeAt).filter((cause) => cause.definition?.status === "active");
      const needs = definition.requires === null ? [] : flat({ all: [definition.requires] });
      const needed = needs.map((part) => failureOf(part, gates));
      connect(place.node, "any", [place.leaf, ...causes.map(({ leaf }) => leaf), ...needed]);
    }
    for (const gate of place.gates) disconnect(gate);
    place.gates = gates.length === 0 ? NO_GATES : gates;
    mark(dirty, place.node, gates);
  };

  const putComponent = (key: string, definition: Component | undefined, dirty: Dirty): Change => {
    const place = componentAt(key);
    const before = place.definition;
    place.definition = definition;
    place.leaf.chance = definition?.unavailability?.p ?? null;
    connectComponent(place, dirty);
    return before === undefined ? { noComponent: key } : { component: before };
  };

  const putCause = (key: string, definition: CommonCause | undefined, dirty: Dirty): Change => {
    const place = causeAt(key);
    const before = place.definition;
    const old = membersOf(before);
    const members = membersOf(definition);
    place.definition = definition;
    place.leaf.chance = definition?.unavailability?.p ?? null;
    for (const member of old) componentAt(member).causes = componentAt(member).causes.filter((each) => each !== key);
    for (const member of new Set(members)) addCause(member, key);
    for (const member of new Set([...old, ...members])) connectComponent(componentAt(member), dirty);
    return before === undefined ? { noCommonCause: key } : { commonCause: before };
  };

  /** The path as it was where it is still the same. */
  const placePath = (old: PathPlace | undefined, { key, needs }: AccessPath, dirty: Dirty): PathPlace => {
    if (old !== undefined && isSameExpression(old.needs, needs)) return old;
    const gates: Node[] = [];
    const node = old?.node ?? nodes.create("any");
    connectTo(node, needs, gates);
    for (const gate of old?.gates ?? []) disconnect(gate);
    mark(dirty, node, gates);
    return { key, node, gates: gates.length === 0 ? NO_GATES : gates, needs };
  };

  const putOperation = (key: string, definition: Operation | undefined, dirty: Dirty): Change => {
    const place = operationAt(key);
    const { definition: before, paths: old } = place;
    const wanted = definition?.status === "active" ? definition.paths : [];
    place.definition = definition;
    const known = (path: AccessPath) => (old.length === 0 ? undefined : old.find(({ key: each }) => each === path.key));
    place.paths = wanted.map((path) => placePath(known(path), path, dirty));
    const args: Node[] = [];
    for (let i = 0; i < wanted.length; i += 1) if (isWayIn(wanted[i]!, definition!, question)) args.push(place.paths[i]!.node);
    connect(place.node, "operation", args);
    for (const { node, gates } of old) {
      if (!place.paths.some((path) => path.node === node)) for (const each of [node, ...gates]) disconnect(each);
    }
    dirty?.add(place.node);
    return before === undefined ? { noOperation: key } : { operation: before };
  };

  const change = (what: Change, dirty: Dirty): Change => {
    if ("component" in what) return putComponent(what.component.key, what.component, dirty);
    if ("commonCause" in what) return putCause(what.commonCause.key, what.commonCause, dirty);
    if ("operation" in what) return putOperation(what.operation.key, what.operation, dirty);
    if ("noComponent" in what) return putComponent(what.noComponent, undefined, dirty);
    if ("noCommonCause" in what) return putCause(what.noCommonCause, undefined, dirty);
    return putOperation(what.noOperation, undefined, dirty);
  };

  // Causes first: a component that comes later is then connected once.
  for (const cause of commonCauses) {
    const place = causeAt(cause.key);
    place.definition = cause;
    place.leaf.chance = cause.unavailability?.p ?? null;
    for (const member of new Set(cause.members)) addCause(member, cause.key);
  }
  for (const component of components) putComponent(component.key, component, undefined);
  for (const operation of operations) putOperation(operation.key, operation, undefined);
  const leafOf = (name: string) => {
    const { kind, key } = readLeaf(name);
    return (kind === "cause" ? causePlaces.get(key) : componentPlaces.get(key))?.leaf;
  };
  return { components: componentPlaces, causes: causePlaces, operations: operationPlaces, leafAt: nodes.leafAt, leafOf, change };
}

const membersOf = (cause: CommonCause | undefined): readonly string[] => cause?.members ?? [];

/** Gives numbers to nodes. Leaves have numbers of their own, from 0, so that what is kept by leaf stays small. */
function createNodes() {
  const leaves: Node[] = [];
  let others = 0;
  return {
    create(kind: Node["kind"], name?: string): Node {
      others -= 1;
      return createNode(others, kind, name);
    },
    createLeaf(name: string): Node {
      const leaf = createNode(leaves.length, "leaf", name);
      leaves.push(leaf);
      return leaf;
    },
    leafAt: (id: number) => leaves[id]!,
  };
}

/** Nodes to reckon anew; undefined while nothing has been reckoned. */
type Dirty = Set<Node> | undefined;

function mark(dirty: Dirty, node: Node, gates: readonly Node[]): void {
  if (dirty === undefined) return;
  for (const each of gates) dirty.add(each);
  dirty.add(node);
}

const NO_KEYS: readonly string[] = [];
/** Most have none: one empty list for all of them is what the collector has to carry. */
const NO_GATES: readonly Node[] = [];

function isSameExpression(a: Expression, b: Expression): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

const isKey = (part: Expression): part is string => typeof part === "string";

/** Parts of an expression with parts of the same kind taken up into it. */
function flat(expression: Exclude<Expression, string>): readonly Expression[] {
  const parts = partsOf(expression);
  if (parts.every(isKey)) return parts;
  return parts.flatMap((part) => {
    if (typeof part === "string") return [part];
    const isSameKind = ("all" in expression && "all" in part) || ("any" in expression && "any" in part);
    return isSameKind ? flat(part) : [part];
  });
}

function kept<V>(map: Map<string, V>, key: string, value: V): V {
  map.set(key, value);
  return value;
}
