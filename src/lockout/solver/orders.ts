/** Orders of a module's leaves that diagrams may stay small in. None is best for all: several are tried, cheap ones first. */
import type { Local } from "./modules.ts";

/** Leaves by position, the topmost variable first. */
export type Order = readonly number[];

interface Shape {
  readonly leaves: number;
  readonly size: number;
  /** Children of each local gate, as nodes. */
  readonly children: readonly (readonly number[])[];
}

/** One order after the other, made only when asked for; those first that were best most often. */
export function* ordersOf(local: Local): Generator<Order> {
  const shape: Shape = {
    leaves: local.leaves.length,
    size: local.leaves.length + local.args.length,
    children: local.args.map((args) => args.map((literal) => literal >> 1)),
  };
  const placed = mostPlacedFirst(shape);
  yield placed;
  yield force(shape, placed);
  const small = depthFirst(shape, bySize(shape));
  yield force(shape, small);
  const weighted = depthFirst(shape, byWeight(shape));
  yield force(shape, weighted);
  yield small;
  yield weighted;
}

type Rank = (children: readonly number[]) => readonly number[];

function depthFirst(shape: Shape, rank: Rank): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(shape.size);
  const trail = [shape.size - 1];
  for (let node = trail.pop(); node !== undefined; node = trail.pop()) {
    if (seen[node] === 1) continue;
    seen[node] = 1;
    if (node < shape.leaves) order.push(node);
    else trail.push(...rank(shape.children[node - shape.leaves]!).toReversed());
  }
  return order;
}

/** Smaller parts first, as a tree would be counted. */
function bySize(shape: Shape): Rank {
  const sizes = new Float64Array(shape.size).fill(1);
  shape.children.forEach((children, gate) => {
    sizes[shape.leaves + gate] = children.reduce((sum, child) => sum + sizes[child]!, 1);
  });
  return (children) => children.toSorted((a, b) => sizes[a]! - sizes[b]!);
}

/** What more hangs on comes first: every gate passes its weight on to its arguments in equal parts. */
function byWeight(shape: Shape): Rank {
  const weights = new Float64Array(shape.size);
  weights[shape.size - 1] = 1;
  for (let gate = shape.children.length - 1; gate >= 0; gate -= 1) {
    const children = shape.children[gate]!;
    for (const child of children) weights[child]! += weights[shape.leaves + gate]! / children.length;
  }
  return (children) => children.toSorted((a, b) => weights[b]! - weights[a]!);
}

/** Depth first, and of several arguments always next the one of which most has its place already. */
function mostPlacedFirst(shape: Shape): number[] {
  const below = leavesBelow(shape);
  const order: number[] = [];
  const placed = new Uint8Array(shape.size);
  const share = (node: number): number => {
    const leaves = below[node]!;
    let there = 0;
    for (const leaf of leaves) there += placed[leaf]!;
    return there / leaves.length - leaves.length * 1e-6;
  };
  const visit = (node: number): void => {
    if (placed[node] === 1) return;
    placed[node] = 1;
    if (node < shape.leaves) {
      order.push(node);
      return;
    }
    const left = new Set(shape.children[node - shape.leaves]);
    while (left.size > 0) {
      let best = -1;
      let most = -Infinity;
      for (const child of left) {
        const its = share(child);
        if (its > most) [best, most] = [child, its];
      }
      left.delete(best);
      visit(best);
    }
  };
  visit(shape.size - 1);
  return order;
}

function leavesBelow(shape: Shape): readonly (readonly number[])[] {
  const below: (readonly number[])[] = Array.from({ length: shape.leaves }, (_, leaf) => [leaf]);
  const stamp = new Int32Array(shape.leaves).fill(-1);
  shape.children.forEach((children, gate) => {
    const all: number[] = [];
    for (const child of children) {
      for (const leaf of below[child]!) {
        if (stamp[leaf] === gate) continue;
        stamp[leaf] = gate;
        all.push(leaf);
      }
    }
    below.push(all);
  });
  return below;
}

const FORCE_ROUNDS = 30;

/** FORCE (Aloul, Markov, Sakallah): every gate pulls what it connects to the middle of it, until the pulls are in balance. */
function force(shape: Shape, seed: Order): number[] {
  let order = [...seed];
  let best = order;
  let least = Infinity;
  const position = new Float64Array(shape.size);
  for (let round = 0; round < FORCE_ROUNDS; round += 1) {
    order.forEach((leaf, at) => (position[leaf] = at));
    const span = spanOf(shape, position);
    if (span >= least) break;
    [least, best] = [span, order];
    order = pulled(shape, position, order);
  }
  return best;
}

/** How far apart the arguments of each gate lie, in total; gates lie in the middle of theirs. */
function spanOf(shape: Shape, position: Float64Array): number {
  let total = 0;
  shape.children.forEach((children, gate) => {
    let first = Infinity;
    let last = -Infinity;
    let sum = 0;
    for (const child of children) {
      const at = position[child]!;
      first = Math.min(first, at);
      last = Math.max(last, at);
      sum += at;
    }
    position[shape.leaves + gate] = sum / children.length;
    total += last - first;
  });
  return total;
}

function pulled(shape: Shape, position: Float64Array, order: Order): number[] {
  const sums = new Float64Array(shape.size);
  const pulls = new Float64Array(shape.size);
  shape.children.forEach((children, gate) => {
    const own = shape.leaves + gate;
    const middle = children.reduce((sum, child) => sum + position[child]!, position[own]!) / (children.length + 1);
    for (const node of [...children, own]) {
      sums[node]! += middle;
      pulls[node]! += 1;
    }
  });
  const to = (node: number) => sums[node]! / pulls[node]!;
  for (let node = shape.leaves; node < shape.size; node += 1) position[node] = to(node);
  return order.toSorted((a, b) => to(a) - to(b));
}
