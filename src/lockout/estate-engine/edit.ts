/** Changes of the graph, all or none, with what they did to the ways into each operation. */
import type { Component } from "../../estate/component.ts";
import { loopsOf } from "../loops.ts";
import type { Change, EstateGraph } from "./estate-graph.ts";
import { ALWAYS, type Family, NEVER } from "./family.ts";
import type { FamilyAlgebra } from "./family-algebra.ts";
import { isInCircle, lift, type Node, spread } from "./node.ts";

/** What the ways into an operation held before and hold now. An operation that is not there has no sets, not even the empty one. */
export interface Moved {
  readonly node: Node;
  readonly before: readonly Family[];
  readonly after: readonly Family[];
}

/** Each circle begins and ends with the same key. */
export interface Loops {
  readonly kind: "loops";
  readonly loops: readonly (readonly string[])[];
}

export interface Applied {
  readonly moved: readonly Moved[];
  readonly undo: () => void;
}

export function applyChanges(changes: readonly Change[], graph: EstateGraph, algebra: FamilyAlgebra): Applied | Loops {
  const dirty = new Set<Node>();
  const argsBefore = new Map<string, readonly Node[] | undefined>();
  const undoing: Change[] = [];
  for (const change of changes) {
    const key = operationOf(change);
    if (key !== undefined && !argsBefore.has(key)) argsBefore.set(key, waysInto(key, graph));
    undoing.unshift(graph.change(change, dirty));
  }
  const undo = () => {
    applyChanges(undoing, graph, algebra);
  };
  if (changes.some((change) => "component" in change && isInCircle(graph.components.get(change.component.key)!.node))) {
    const loops = loopsOf(definitions(graph));
    // What is put back has been without a circle.
    undo();
    return { kind: "loops", loops };
  }
  lift(dirty);
  const { before, operations } = spread(dirty, algebra);
  const held = (path: Node) => before.get(path) ?? path.family;
  const moved = [...operations].map((node) => {
    const key = node.name!;
    const was = argsBefore.has(key) ? argsBefore.get(key) : node.args;
    return { node, before: was?.map(held) ?? [NEVER], after: waysInto(key, graph)?.map(({ family }) => family) ?? [NEVER] };
  });
  return { moved, undo };
}

function operationOf(change: Change): string | undefined {
  if ("operation" in change) return change.operation.key;
  return "noOperation" in change ? change.noOperation : undefined;
}

/** Undefined for an operation that is not there, or not any more. */
function waysInto(key: string, { operations }: EstateGraph): readonly Node[] | undefined {
  const place = operations.get(key);
  return place?.definition?.status === "active" ? place.node.args : undefined;
}

function definitions({ components }: EstateGraph): readonly Component[] {
  return [...components.values()].flatMap(({ definition }) => definition ?? []);
}

/** Makes some leaves fail, tells what `look` sees then, and puts everything back. */
export function withFailed<T>(failed: readonly Node[], algebra: FamilyAlgebra, look: (moved: readonly Moved[]) => T): T {
  const fresh = failed.filter(({ family }) => family !== ALWAYS);
  const own = new Map(fresh.map((leaf) => [leaf, leaf.family]));
  for (const leaf of fresh) leaf.family = ALWAYS;
  const { before, operations } = spread(new Set(fresh.flatMap(({ parents }) => parents)), algebra);
  try {
    return look(
      [...operations].map((node) => ({
        node,
        before: node.args.map((path) => before.get(path) ?? path.family),
        after: node.args.map(({ family }) => family),
      })),
    );
  } finally {
    for (const [node, family] of [...before, ...own]) node.family = family;
  }
}
