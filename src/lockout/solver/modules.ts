/** Parts of a graph that nothing outside shares: each is solved by itself, and is a single variable to what is around it. */
import type { Graph, Literal } from "./graph.ts";
import type { Rooted } from "./rewrite.ts";

/** One module by itself. Its leaves are events and smaller modules. */
export interface Local {
  /** Node of the graph that it is. */
  readonly node: number;
  /** Nodes of the graph that are its leaves; by position they are the nodes 0 to this of the local numbering. */
  readonly leaves: readonly number[];
  /** Gates follow in the local numbering, arguments before those that use them; the last one is the module's. */
  readonly leasts: readonly number[];
  readonly args: readonly (readonly Literal[])[];
  /** Whether the module is the complement of its node: as all that is a variable it is false while nothing has failed. */
  readonly flipped: 0 | 1;
}

export interface Modules {
  /** Gates that are modules, smaller ones first. */
  readonly nodes: readonly number[];
  /** What a node is while nothing has failed; a variable that stands for it is the complement where that is true. */
  flipOf(node: number): 0 | 1;
  /** Whether it is one gate over events and smaller modules. */
  isSingle(node: number): boolean;
  localOf(node: number): Local;
}

/** Finds them all by the dates of a walk: a gate is a module when the walk meets nothing below it before it or after it. */
export function modulesOf(rooted: Rooted): Modules {
  const { graph, root } = rooted;
  const top = root >> 1;
  const { entered, left, last } = walk(graph, top);
  const earliest = new Int32Array(top + 1).fill(0x7fffffff);
  const latest = new Int32Array(top + 1);
  const nodes: number[] = [];
  const isModule = new Uint8Array(top + 1);
  for (let node = graph.events + 1; node <= top; node += 1) {
    if (entered[node] === 0) continue;
    for (const literal of graph.args(node)) {
      const child = literal >> 1;
      earliest[node] = Math.min(earliest[node]!, entered[child]!, earliest[child]!);
      latest[node] = Math.max(latest[node]!, last[child]!, latest[child]!);
    }
    if (earliest[node]! <= entered[node]! || latest[node]! >= left[node]!) continue;
    nodes.push(node);
    isModule[node] = 1;
  }
  const flips = valuesAtRest(graph, top);
  const isLeaf = (node: number) => node <= graph.events || isModule[node] === 1;
  const places = new Int32Array(top + 1);
  return {
    nodes,
    flipOf: (node) => flips[node] as 0 | 1,
    isSingle: (node) => graph.args(node).every((literal) => isLeaf(literal >> 1)),
    localOf: (node) => localise(graph, node, isLeaf, flips, places),
  };
}

/** When each node is first entered, when it is left, and when it is met for the last time. */
function walk(graph: Graph, top: number) {
  const entered = new Int32Array(top + 1);
  const left = new Int32Array(top + 1);
  const last = new Int32Array(top + 1);
  const at = new Int32Array(top + 1);
  const trail = [top];
  let date = 1;
  entered[top] = date;
  while (trail.length > 0) {
    const node = trail.at(-1)!;
    const args = graph.args(node);
    date += 1;
    if (at[node]! >= args.length) {
      left[node] = last[node] = date;
      trail.pop();
      continue;
    }
    const child = args[at[node]!]! >> 1;
    at[node]! += 1;
    if (entered[child] !== 0) last[child] = date;
    else {
      entered[child] = date;
      trail.push(child);
    }
  }
  return { entered, left, last };
}

/** What every node is while nothing has failed. */
function valuesAtRest(graph: Graph, top: number): Uint8Array {
  const values = new Uint8Array(top + 1);
  values[0] = 1;
  for (let node = graph.events + 1; node <= top; node += 1) {
    let holding = 0;
    for (const literal of graph.args(node)) holding += values[literal >> 1]! ^ (literal & 1);
    values[node] = holding >= graph.least(node) ? 1 : 0;
  }
  return values;
}

/** `places` is scratch: zero before and after. */
function localise(graph: Graph, node: number, isLeaf: (node: number) => boolean, flips: Uint8Array, places: Int32Array): Local {
  const gates = [node];
  const leaves: number[] = [];
  places[node] = 1;
  for (let at = 0; at < gates.length; at += 1) {
    for (const literal of graph.args(gates[at]!)) {
      const child = literal >> 1;
      if (places[child] !== 0) continue;
      places[child] = 1;
      (isLeaf(child) ? leaves : gates).push(child);
    }
  }
  gates.sort((a, b) => a - b);
  for (let at = 0; at < leaves.length; at += 1) places[leaves[at]!] = at;
  for (let at = 0; at < gates.length; at += 1) places[gates[at]!] = leaves.length + at;
  const local = (literal: Literal): Literal => {
    const child = literal >> 1;
    return places[child]! * 2 + ((literal & 1) ^ (isLeaf(child) ? flips[child]! : 0));
  };
  const args = gates.map((gate) => graph.args(gate).map(local));
  const leasts = gates.map((gate) => graph.least(gate));
  for (const each of leaves) places[each] = 0;
  for (const each of gates) places[each] = 0;
  return { node, leaves, leasts, args, flipped: flips[node] as 0 | 1 };
}

/** By local literal: whether the module's own one depends on it, through whatever signs there are on the way. */
export function wantedLiterals({ leaves, args, flipped }: Local): Uint8Array {
  const size = leaves.length + args.length;
  const wanted = new Uint8Array(size * 2);
  wanted[(size - 1) * 2 + flipped] = 1;
  for (let gate = args.length - 1; gate >= 0; gate -= 1) {
    for (const sign of [0, 1]) {
      if (wanted[(leaves.length + gate) * 2 + sign] === 0) continue;
      for (const literal of args[gate]!) wanted[literal ^ sign] = 1;
    }
  }
  return wanted;
}

/** Whether no leaf is ever wanted working, wherever it is used. */
export function isCoherent(local: Local): boolean {
  const wanted = wantedLiterals(local);
  return local.leaves.every((_, leaf) => wanted[leaf * 2 + 1] === 0);
}
