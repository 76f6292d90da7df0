/**
 * One operation cut down to what has to be looked at: without the failures that are enough by themselves, without what is decided
 * by that, and with every part that shares nothing with the rest as a single variable.
 */
import { createNode, type Node } from "./node.ts";
import type { Variable } from "./variable.ts";

/** What a node can turn out to be before anything is drawn. */
export const ALWAYS_FAILS = -1;
export const NEVER_FAILS = -2;

/** Fails when so many of its arguments do. */
export interface Gate {
  readonly least: number;
  readonly args: readonly number[];
}

export type Item = Variable | Gate;

export interface Reduced {
  /** A constant, or a number of `items`. */
  readonly root: number;
  /** Arguments come before what uses them. */
  readonly items: readonly Item[];
}

export const isGate = (item: Item): item is Gate => "args" in item;

/** `enough`: leaves that fail the operation alone. */
export function reduce(operation: Node, enough: readonly Node[]): Reduced {
  const order = fromBelow(operation);
  const builder = createBuilder();
  for (const node of order) node.place = enough.includes(node) ? NEVER_FAILS : placeOf(node, builder);
  return { root: operation.place, items: builder.items };
}

/** On the walk, above a node whose arguments come before it. */
const CLOSE = createNode(0, "broken");

/** Counts up over all estates: a node is in one only. */
let round = 0;

/** All an operation hangs on, arguments first; counts how often each is used in it. */
function fromBelow(operation: Node): readonly Node[] {
  round += 1;
  const found: Node[] = [];
  const walk: Node[] = [operation];
  while (walk.length > 0) {
    const node = walk.pop()!;
    if (node === CLOSE) found.push(walk.pop()!);
    else if (node.round === round) node.uses += 1;
    else {
      node.round = round;
      node.uses = 1;
      walk.push(node, CLOSE);
      for (const each of node.args) walk.push(each);
    }
  }
  return found;
}

function placeOf(node: Node, builder: Builder): number {
  if (node.kind === "broken") return ALWAYS_FAILS;
  if (node.kind === "leaf") return builder.add({ leaf: node }, node.uses);
  let { least } = node;
  if (node.kind !== "least") least = node.kind === "any" ? 1 : node.args.length;
  const args: number[] = [];
  for (const { place } of node.args) {
    if (place === ALWAYS_FAILS) least -= 1;
    else if (place !== NEVER_FAILS) args.push(place);
  }
  if (least <= 0) return ALWAYS_FAILS;
  return least > args.length ? NEVER_FAILS : builder.gate(least, args, node.uses);
}

interface Builder {
  readonly items: readonly Item[];
  readonly add: (item: Item, uses: number) => number;
  readonly gate: (least: number, args: readonly number[], uses: number) => number;
}

function createBuilder(): Builder {
  const items: Item[] = [];
  /** How often each is used: counted too high where something turned out not to matter, never too low. */
  const used: number[] = [];
  const add = (item: Item, uses: number): number => {
    used.push(uses);
    return items.push(item) - 1;
  };
  const isOwn = (at: number): boolean => used[at] === 1 && !isGate(items[at]!);

  /** Any or all of some: takes up what is of its kind, and what only it uses becomes one. */
  const simple = (isAny: boolean, given: readonly number[], uses: number): number => {
    const own: Variable[] = [];
    const rest: number[] = [];
    const take = (at: number): void => {
      const item = items[at]!;
      if (used[at] === 1 && isGate(item) && isKind(item, isAny)) for (const each of item.args) take(each);
      else if (isOwn(at)) own.push(item as Variable);
      else if (!rest.includes(at)) rest.push(at);
    };
    for (const each of given) take(each);
    if (own.length > 0 && rest.length === 0) return add(joined(isAny, own), uses);
    const args = own.length === 0 ? rest : [add(joined(isAny, own), 1), ...rest];
    if (args.length > 1) return add({ least: isAny ? 1 : args.length, args }, uses);
    // Whoever used the gate uses its argument instead.
    used[args[0]!]! += uses - 1;
    return args[0]!;
  };

  return {
    items,
    add,
    gate(least, args, uses) {
      if (least === 1 || least === args.length) return simple(least === 1, args, uses);
      if (!args.every(isOwn)) return add({ least, args }, uses);
      return add({ least, parts: args.map((each) => items[each] as Variable) }, uses);
    },
  };
}

const isKind = ({ least, args }: Gate, isAny: boolean): boolean => least === (isAny ? 1 : args.length);

/** Any or all of some variables, with those of the same kind taken up. */
function joined(isAny: boolean, of: readonly Variable[]): Variable {
  if (of.length === 1) return of[0]!;
  const parts = of.flatMap((each) => ("parts" in each && each.least === (isAny ? 1 : each.parts.length) ? each.parts : [each]));
  return { least: isAny ? 1 : parts.length, parts };
}
