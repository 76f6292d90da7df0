/** One module, solved: its minimal sets, and where it was small enough its whole function. */
import type { Bdd } from "./bdd.ts";
import type { Local } from "./modules.ts";
import type { Order } from "./orders.ts";
import { BASE, type Zbdd } from "./zbdd.ts";

export interface Solved {
  readonly local: Local;
  /** The leaf at each level, of both diagrams. */
  readonly order: Order;
  readonly zbdd: Zbdd;
  readonly sets: number;
  /** The function itself; null where it is too large. */
  readonly whole: { readonly bdd: Bdd; readonly root: number } | null;
  /** Sets that weigh more are not among its sets; null when all are. */
  readonly limit: number | null;
}

/** Nodes of a family that are part of one of its sets' ways, smaller numbers first: children before parents. */
export function nodesOfFamily(zbdd: Zbdd, root: number): Int32Array {
  return reached(
    root,
    BASE,
    (node) => zbdd.high(node),
    (node) => zbdd.low(node),
  );
}

/** Nodes of a function, children before parents, without the constant; by number, not by reference. */
export function nodesOfFunction(bdd: Bdd, root: number): Int32Array {
  return reached(
    root >> 1,
    0,
    (node) => bdd.high(node * 2) >> 1,
    (node) => bdd.low(node * 2) >> 1,
  );
}

function reached(root: number, constants: number, high: (node: number) => number, low: (node: number) => number): Int32Array {
  const marks = new Uint8Array(root + 1);
  let count = 0;
  marks[root] = 1;
  for (let node = root; node > constants; node -= 1) {
    if (marks[node] === 0) continue;
    count += 1;
    marks[high(node)] = 1;
    marks[low(node)] = 1;
  }
  const nodes = new Int32Array(count);
  for (let node = constants + 1, at = 0; node <= root; node += 1) if (marks[node] === 1) nodes[at++] = node;
  return nodes;
}
