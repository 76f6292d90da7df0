/** What hangs on what, by the keys of components: the graph in which no circle may be. */
import type { Component } from "./component.ts";
import { keysOf } from "./expression.ts";
import type { Operation } from "./operation.ts";

/** Keys of the components each component needs. */
export type Needs = ReadonlyMap<string, readonly string[]>;

export function needsOf(components: readonly Pick<Component, "key" | "requires">[]): Map<string, readonly string[]> {
  return new Map(components.map(({ key, requires }) => [key, keysOf(requires)]));
}

/** Keys of every component any path of an operation names. */
export function pathKeys({ paths }: Pick<Operation, "paths">): readonly string[] {
  return [...new Set(paths.flatMap(({ needs }) => keysOf(needs)))];
}

/** The shortest circle through a component, beginning and ending with it; undefined when it is on none. */
export function cycleThrough(key: string, needs: Needs): readonly string[] | undefined {
  const from = new Map<string, string>();
  // The list grows while it is read: breadth first, and no recursion, however long a chain is.
  const queue = [key];
  for (const at of queue) {
    for (const next of needs.get(at) ?? []) {
      if (next === key) return trail(key, at, from);
      if (from.has(next)) continue;
      from.set(next, at);
      queue.push(next);
    }
  }
  return undefined;
}

function trail(key: string, last: string, from: ReadonlyMap<string, string>): readonly string[] {
  const found = [key];
  for (let at = last; at !== key; at = from.get(at)!) found.unshift(at);
  return [key, ...found];
}

/** Whether there is any circle: what needs nothing that is left is taken away until nothing more can be. */
export function hasCycle(needs: Needs): boolean {
  const open = new Map([...needs].map(([key, list]) => [key, new Set(list.filter((each) => needs.has(each))).size]));
  const edges = [...needs].flatMap(([key, list]) => [...new Set(list)].map((each) => ({ key, each })));
  const neededBy = Map.groupBy(edges, ({ each }) => each);
  const free = [...open].flatMap(([key, count]) => (count === 0 ? [key] : []));
  for (const key of free) {
    for (const { key: above } of neededBy.get(key) ?? []) {
      const left = open.get(above)! - 1;
      open.set(above, left);
      if (left === 0) free.push(above);
    }
  }
  return free.length < needs.size;
}
