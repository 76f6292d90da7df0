/** The estate as one graph of failures: who fails when what fails, and from what height, so that news travels upwards only once. */
import { ALWAYS, type Family, familyOfLeaf, isSame, NEVER } from "./family.ts";
import type { FamilyAlgebra } from "./family-algebra.ts";

/** `any`: fails when any argument does. `least`: when so many do. `broken`: is not there, so it does not work. */
export type NodeKind = "leaf" | "broken" | "any" | "all" | "least" | "operation";

export interface Node {
  /** Of a leaf: the number it has in families. */
  readonly id: number;
  kind: NodeKind;
  least: number;
  args: readonly Node[];
  parents: Node[];
  /** More than that of every argument. */
  level: number;
  /** Of an operation always NEVER: its sets are many, and made of its paths' when somebody asks. */
  family: Family;
  /** Key of the component, the cause (as a leaf's name), or the operation this stands for; undefined for what is between. */
  readonly name: string | undefined;
  /** Of a leaf: how likely it fails; null where nobody said. */
  chance: number | null;
  /** Scratch of whoever looks at one operation after the other: counts for nothing in another round. */
  round: number;
  uses: number;
  place: number;
}

/** Levels of what has not been reckoned yet, and of what is waiting for its arguments. */
const NEVER_MET = -1;
const ENTERED = -2;

/** Until there are some: most nodes never have more than one parent, and an empty list that grows takes room for many. */
const NOBODY: Node[] = [];

export function createNode(id: number, kind: NodeKind, name?: string): Node {
  return {
    id,
    kind,
    least: 0,
    args: NOBODY,
    parents: NOBODY,
    level: -1,
    family: firstFamily(id, kind),
    name,
    chance: null,
    round: 0,
    uses: 0,
    place: 0,
  };
}

function firstFamily(id: number, kind: NodeKind): Family {
  if (kind === "leaf") return familyOfLeaf(id);
  return kind === "broken" ? ALWAYS : NEVER;
}

export function connect(node: Node, kind: NodeKind, args: readonly Node[], least = 0): void {
  disconnect(node);
  node.kind = kind;
  node.least = least;
  node.args = args;
  for (const each of args) {
    if (each.parents === NOBODY) each.parents = [node];
    else each.parents.push(node);
  }
}

export function disconnect(node: Node): void {
  for (const { parents } of node.args) {
    const at = parents.lastIndexOf(node);
    parents[at] = parents.at(-1)!;
    parents.pop();
  }
  node.args = NOBODY;
}

/** Whether a node hangs on itself. */
export function isInCircle(node: Node): boolean {
  const seen = new Set<Node>();
  const queue = [...node.args];
  for (const at of queue) {
    if (at === node) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    queue.push(...at.args);
  }
  return false;
}

/** Lifts nodes, and what is above them, over their arguments. */
export function lift(nodes: Iterable<Node>): void {
  const queue = [...nodes];
  for (const node of queue) {
    let level = 0;
    for (const each of node.args) if (each.level >= level) level = each.level + 1;
    if (level <= node.level) continue;
    node.level = level;
    queue.push(...node.parents);
  }
}

/** Reckons what has never been, and all it hangs on, arguments first. False when that closes a circle. */
export function reckon(root: Node, algebra: FamilyAlgebra): boolean {
  const walk = [root];
  while (walk.length > 0) {
    const node = walk.at(-1)!;
    if (node.level === NEVER_MET) {
      node.level = ENTERED;
      for (const each of node.args) {
        if (each.level === ENTERED) return false;
        if (each.level === NEVER_MET) walk.push(each);
      }
      continue;
    }
    walk.pop();
    if (node.level !== ENTERED) continue;
    node.level = 0;
    for (const each of node.args) if (each.level >= node.level) node.level = each.level + 1;
    node.family = familyOf(node, algebra);
  }
  return true;
}

export function familyOf(node: Node, algebra: FamilyAlgebra): Family {
  if (node.kind === "leaf") return node.family;
  if (node.kind === "broken") return ALWAYS;
  if (node.kind === "operation") return NEVER;
  if (node.args.length === 1 && node.kind !== "least") return node.args[0]!.family;
  const of = node.args.map(({ family }) => family);
  if (node.kind === "any") return algebra.union(of);
  return node.kind === "all" ? algebra.product(of) : algebra.atLeast(node.least, of);
}

export interface Spread {
  /** What each node that changed held before. */
  readonly before: ReadonlyMap<Node, Family>;
  /** Operations with a path that changed. */
  readonly operations: ReadonlySet<Node>;
}

/** Reckons nodes anew, and upwards from each that changed; what comes out as it was goes no further. */
export function spread(dirty: Iterable<Node>, algebra: FamilyAlgebra): Spread {
  const before = new Map<Node, Family>();
  const operations = new Set<Node>();
  const waiting = new Set<Node>();
  const byLevel: Node[][] = [];
  const add = (node: Node) => {
    if (node.kind === "operation") operations.add(node);
    else if (!waiting.has(node)) {
      waiting.add(node);
      (byLevel[node.level] ??= []).push(node);
    }
  };
  for (const node of dirty) add(node);
  // The list grows while it is read, always above.
  for (let level = 0; level < byLevel.length; level += 1) {
    for (const node of byLevel[level] ?? []) {
      const family = familyOf(node, algebra);
      if (isSame(family, node.family)) continue;
      before.set(node, node.family);
      node.family = family;
      for (const parent of node.parents) add(parent);
    }
  }
  return { before, operations };
}
