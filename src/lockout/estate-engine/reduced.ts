/**
 * One operation cut down to what has to be looked at: without the failures that are enough by themselves, without what is decided
 * by that, and with leaves that always act together as one variable.
 */
import type { Node } from "./node.ts";

/** What a node can turn out to be before anything is drawn. */
export const ALWAYS_FAILS = -1;
export const NEVER_FAILS = -2;

/** How a variable fails: with any of its leaves, or with all of them. */
export interface Variable {
  readonly kind: "any" | "all";
  readonly leaves: readonly Node[];
}

export interface Gate {
  kind: "any" | "all" | "least";
  least: number;
  args: number[];
}

export interface Reduced {
  /** Constants, or a number of `items`. */
  readonly root: number;
  /** Arguments come before what uses them. */
  readonly items: readonly (Variable | Gate)[];
}

export const isGate = (item: Variable | Gate): item is Gate => "args" in item;

/** Items by node, kept from one operation to the next: what belongs to an earlier round counts for nothing. */
export function createReducer(): (operation: Node, enough: readonly Node[]) => Reduced {
  const places = new Map<Node, number>();
  return (operation, enough) => {
    places.clear();
    const without = new Set(enough);
    const items: (Variable | Gate)[] = [];
    const add = (item: Variable | Gate): number => items.push(item) - 1;
    const placeOf = (node: Node): number => {
      if (node.kind === "broken") return ALWAYS_FAILS;
      if (node.kind === "leaf") return without.has(node) ? NEVER_FAILS : add({ kind: "any", leaves: [node] });
      const args = node.args.map((each) => places.get(each)!);
      if (node.kind === "least") return placeLeast(args, node.least, add);
      return node.kind === "any" ? placeAny(args, add) : placeAll(args, add);
    };
    const walk = [operation];
    while (walk.length > 0) {
      const node = walk.at(-1)!;
      const before = walk.length;
      for (const each of node.args) if (!places.has(each)) walk.push(each);
      if (walk.length > before) continue;
      walk.pop();
      if (!places.has(node)) places.set(node, placeOf(node));
    }
    return compact(items, places.get(operation)!);
  };
}

type Add = (item: Variable | Gate) => number;

function placeAny(args: readonly number[], add: Add): number {
  const left: number[] = [];
  for (const each of args) {
    if (each === ALWAYS_FAILS) return ALWAYS_FAILS;
    if (each !== NEVER_FAILS && !left.includes(each)) left.push(each);
  }
  if (left.length === 0) return NEVER_FAILS;
  return left.length === 1 ? left[0]! : add({ kind: "any", least: 1, args: left });
}

function placeAll(args: readonly number[], add: Add): number {
  const left: number[] = [];
  for (const each of args) {
    if (each === NEVER_FAILS) return NEVER_FAILS;
    if (each !== ALWAYS_FAILS && !left.includes(each)) left.push(each);
  }
  if (left.length === 0) return ALWAYS_FAILS;
  return left.length === 1 ? left[0]! : add({ kind: "all", least: left.length, args: left });
}

function placeLeast(args: readonly number[], asked: number, add: Add): number {
  const left = args.filter((each) => each >= 0);
  const least = asked - args.filter((each) => each === ALWAYS_FAILS).length;
  if (least <= 0) return ALWAYS_FAILS;
  if (least > left.length) return NEVER_FAILS;
  if (least === 1) return placeAny(left, add);
  return least === left.length ? placeAll(left, add) : add({ kind: "least", least, args: left });
}

/** Takes gates up into gates of their kind, and groups leaves, until nothing more comes of it; then drops what is not used. */
function compact(items: (Variable | Gate)[], root: number): Reduced {
  if (root < 0) return { root, items: [] };
  let top = root;
  let used = usesOf(items, top);
  for (let isChanged = true; isChanged;) {
    const taken = takeUp(items, used);
    if (taken) used = usesOf(items, top);
    const grouped = group(items, used);
    isChanged = grouped;
    if (grouped) {
      top = collapse(items, top);
      used = usesOf(items, top);
    }
  }
  return { root: top, items };
}

/** For each item the gates that use it, ascending; undefined for what the root does not reach. */
function usesOf(items: readonly (Variable | Gate)[], root: number): (number[] | undefined)[] {
  const uses: (number[] | undefined)[] = Array.from({ length: items.length });
  uses[root] = [];
  // Arguments have lower numbers than what uses them.
  for (let at = root; at >= 0; at -= 1) {
    const item = items[at]!;
    if (uses[at] === undefined || !isGate(item)) continue;
    for (const each of item.args) (uses[each] ??= []).push(at);
  }
  return uses;
}

function takeUp(items: (Variable | Gate)[], uses: readonly (readonly number[] | undefined)[]): boolean {
  let isChanged = false;
  for (let at = 0; at < items.length; at += 1) {
    const gate = items[at]!;
    if (uses[at] === undefined || !isGate(gate) || gate.kind === "least") continue;
    const isInner = (each: number) => {
      const inner = items[each]!;
      return isGate(inner) && inner.kind === gate.kind && uses[each]!.length === 1;
    };
    if (!gate.args.some(isInner)) continue;
    const all = gate.args.flatMap((each) => (isInner(each) ? (items[each] as Gate).args : [each]));
    gate.args = [...new Set(all)];
    isChanged = true;
  }
  return isChanged;
}

/** Variables that are used by the same gates, all of one kind, become one. */
function group(items: (Variable | Gate)[], uses: readonly (readonly number[] | undefined)[]): boolean {
  let isChanged = false;
  const first = new Map<string, number>();
  for (let at = 0; at < items.length; at += 1) {
    const variable = items[at]!;
    const by = uses[at];
    if (isGate(variable) || by === undefined || by.length === 0) continue;
    const { kind } = items[by[0]!] as Gate;
    if (kind === "least" || (variable.leaves.length > 1 && variable.kind !== kind)) continue;
    if (!by.every((each) => (items[each] as Gate).kind === kind)) continue;
    const key = by.join();
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, at);
      continue;
    }
    const one = items[other] as Variable;
    items[other] = { kind, leaves: [...one.leaves, ...variable.leaves] };
    for (const each of by) {
      const gate = items[each] as Gate;
      gate.args = gate.args.filter((arg) => arg !== at);
    }
    isChanged = true;
  }
  return isChanged;
}

/** Gates with one argument left are that argument. Gives where the root is now. */
function collapse(items: readonly (Variable | Gate)[], root: number): number {
  const stands: number[] = [];
  items.forEach((item, at) => {
    stands[at] = at;
    if (!isGate(item)) return;
    const args = item.args.map((each) => stands[each]!);
    item.args = item.kind === "least" ? args : [...new Set(args)];
    if (item.args.length === 1) stands[at] = item.args[0]!;
  });
  return stands[root]!;
}
