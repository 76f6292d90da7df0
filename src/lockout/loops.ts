/** Components that need each other in a circle: after a cold start none of them comes up first. */
import type { Component } from "../estate/component.ts";
import { keysOf } from "../estate/expression.ts";

type Needs = ReadonlyMap<string, readonly string[]>;

/**
 * Every knot of components that need each other, each told by a shortest circle through it, which begins and ends with the same
 * key. What is retired needs nothing.
 */
export function loopsOf(components: readonly Pick<Component, "key" | "requires" | "status">[]): readonly (readonly string[])[] {
  const active = components.filter(({ status }) => status === "active");
  const needs: Needs = new Map(active.map(({ key, requires }) => [key, keysOf(requires)]));
  return knots(needs).map((knot) => shortestCircle(knot, needs));
}

/** Strongly connected groups with a circle in them, by Tarjan's walk with a stack of its own: chains may be long. */
function knots(needs: Needs): readonly ReadonlySet<string>[] {
  const met = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: ReadonlySet<string>[] = [];
  const enter = (key: string) => {
    met.set(key, met.size);
    low.set(key, met.get(key)!);
    open.push(key);
    isOpen.add(key);
    return { key, next: (needs.get(key) ?? [])[Symbol.iterator]() };
  };
  const lower = (key: string, by: number) => low.set(key, Math.min(low.get(key)!, by));
  const leave = (key: string) => {
    if (low.get(key) !== met.get(key)) return;
    const knot = new Set(open.splice(open.lastIndexOf(key)));
    for (const each of knot) isOpen.delete(each);
    if (knot.size > 1 || needs.get(key)?.includes(key) === true) found.push(knot);
  };
  for (const root of needs.keys()) {
    if (met.has(root)) continue;
    const walk = [enter(root)];
    while (walk.length > 0) {
      const at = walk.at(-1)!;
      const { value, done } = at.next.next();
      if (done === true) {
        walk.pop();
        leave(at.key);
        if (walk.length > 0) lower(walk.at(-1)!.key, low.get(at.key)!);
      } else if (!met.has(value)) walk.push(enter(value));
      else if (isOpen.has(value)) lower(at.key, met.get(value)!);
    }
  }
  return found;
}

/** Through the first key of the knot by name, so that the same knot is always told alike. */
function shortestCircle(knot: ReadonlySet<string>, needs: Needs): readonly string[] {
  const start = [...knot].sort()[0]!;
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const at of queue) {
    for (const next of needs.get(at) ?? []) {
      if (next === start) return [...trail(at, start, cameFrom), start];
      if (!knot.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  throw new Error(`No circle through ${start}.`);
}

function trail(last: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const found = [last];
  for (let at = last; at !== start;) {
    at = cameFrom.get(at)!;
    found.unshift(at);
  }
  return found;
}
