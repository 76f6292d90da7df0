/** Equal functions in smaller graphs: nested gates made one, what was found out put in, arguments that go together made a gate. */
import { createGraph, type Graph, isAnd, type Literal } from "./graph.ts";

/** A graph and the reference that is asked about. */
export interface Rooted {
  readonly graph: Graph;
  readonly root: Literal;
}

/** What is known of a gate: any of `any` makes it hold, and without all of `all` it does not. Complemented when `flipped`. */
export interface Factors {
  readonly any: readonly Literal[];
  readonly all: readonly Literal[];
  readonly flipped: 0 | 1;
}

/** What a rewriting may use of what was found out about the gates of a graph. */
export interface Findings {
  /** Gates to write as their factors and what is left of them. */
  readonly factors: ReadonlyMap<number, Factors>;
  /** For nodes that are factors somewhere: what they are within the gate they were factored out of. */
  readonly fixed: ReadonlyMap<number, Literal>;
  /** AND gates whose arguments fall into groups with nothing in common. */
  readonly clusters: ReadonlyMap<number, readonly (readonly Literal[])[]>;
  /** Gates to leave as they are, though they would fit into their parents. */
  readonly keep: ReadonlySet<number>;
}

const NOTHING: Findings = { factors: new Map(), fixed: new Map(), clusters: new Map(), keep: new Set() };

/** Which nodes the root reaches, and how often gates refer to each. */
export function usesOf({ graph, root }: Rooted): Int32Array {
  const uses = new Int32Array(graph.size());
  uses[root >> 1] = 1;
  for (let node = root >> 1; node > graph.events; node -= 1) {
    if (uses[node] === 0) continue;
    for (const literal of graph.args(node)) uses[literal >> 1]! += 1;
  }
  return uses;
}

/** Writes a graph anew: AND within AND becomes one gate, and the findings take effect. */
export function rewrite(rooted: Rooted, findings: Findings = NOTHING): Rooted {
  const { graph, root } = rooted;
  const uses = usesOf(rooted);
  const fits = fitsIntoParent(rooted, uses, findings);
  const fresh = createGraph(graph.events);
  const built = new Int32Array(graph.size());
  const inlined = new Map<number, readonly Literal[]>();
  for (let node = 0; node <= graph.events; node += 1) built[node] = node * 2;

  const now = (literal: Literal): Literal => {
    const fixed = findings.fixed.get(literal >> 1);
    return (fixed ?? built[literal >> 1]!) ^ (literal & 1);
  };
  const argsNow = (args: readonly Literal[]): Literal[] => {
    const list: Literal[] = [];
    for (const literal of args) {
      const within = inlined.get(literal >> 1);
      if (within === undefined) list.push(now(literal));
      else for (const each of within) list.push(each);
    }
    return list;
  };
  const plain = (literal: Literal): Literal => built[literal >> 1]! ^ (literal & 1);

  for (let node = graph.events + 1; node <= root >> 1; node += 1) {
    if (uses[node] === 0) continue;
    const clusters = findings.clusters.get(node);
    if (clusters !== undefined) {
      built[node] = fresh.and(clusters.map((each) => fresh.and(argsNow(each))));
      continue;
    }
    const args = argsNow(graph.args(node));
    if (fits[node] === 1) {
      inlined.set(node, args);
      continue;
    }
    const literal = isAnd(graph, node) ? fresh.and(args) : fresh.atLeast(graph.least(node), args);
    const factors = findings.factors.get(node);
    built[node] = factors === undefined ? literal : factored(fresh, literal, factors, plain);
  }
  return { graph: fresh, root: built[root >> 1]! ^ (root & 1) };
}

function factored(fresh: Graph, rest: Literal, { any, all, flipped }: Factors, plain: (literal: Literal) => Literal): Literal {
  return fresh.or([...any.map(plain), fresh.and([...all.map(plain), rest ^ flipped])]) ^ flipped;
}

/** AND gates that only one other AND gate uses, as they are. */
function fitsIntoParent({ graph, root }: Rooted, uses: Int32Array, { factors, fixed, clusters, keep }: Findings): Uint8Array {
  const fits = new Uint8Array(graph.size());
  const isSpoken = (node: number) => factors.has(node) || fixed.has(node) || clusters.has(node) || keep.has(node);
  for (let node = graph.events + 1; node <= root >> 1; node += 1) {
    if (uses[node] === 0 || !isAnd(graph, node)) continue;
    for (const literal of graph.args(node)) {
      const child = literal >> 1;
      const isAlone = (literal & 1) === 0 && uses[child] === 1;
      if (isAlone && isAnd(graph, child) && !isSpoken(child)) fits[child] = 1;
    }
  }
  return fits;
}

/** Makes one argument of those that are always together: in the same AND gates, with the same sign, and nowhere else. */
export function group(rooted: Rooted): Rooted {
  const { graph, root } = rooted;
  const groups = togethers(rooted);
  if (groups.size === 0) return rooted;
  const fresh = createGraph(graph.events);
  const built = new Int32Array(graph.size());
  for (let node = 0; node <= graph.events; node += 1) built[node] = node * 2;
  const uses = usesOf(rooted);
  const now = (literal: Literal) => built[literal >> 1]! ^ (literal & 1);
  for (let node = graph.events + 1; node <= root >> 1; node += 1) {
    if (uses[node] === 0) continue;
    const args: Literal[] = [];
    for (const literal of graph.args(node)) {
      const together = groups.get(literal);
      if (together === undefined) args.push(now(literal));
      else if (together[0] === literal) args.push(fresh.and(together.map(now)));
    }
    built[node] = isAnd(graph, node) ? fresh.and(args) : fresh.atLeast(graph.least(node), args);
  }
  return { graph: fresh, root: now(root) };
}

/** For every literal that goes with others: all of them, ascending. */
function togethers(rooted: Rooted): ReadonlyMap<Literal, readonly Literal[]> {
  const { graph, root } = rooted;
  const uses = usesOf(rooted);
  const { kind, seen, lastGate } = kindsOfArguments(rooted, uses);
  const members = new Map<number, Literal[]>();
  for (let node = 1; node <= root >> 1; node += 1) {
    for (const literal of uses[node] === 0 ? [] : [node * 2, node * 2 + 1]) {
      if (seen[literal] === 0 || seen[literal] !== uses[node]) continue;
      const same = members.get(kind[literal]!);
      if (same === undefined) members.set(kind[literal]!, [literal]);
      else same.push(literal);
    }
  }
  const groups = new Map<Literal, readonly Literal[]>();
  for (const [each, same] of members) {
    const isWhole = same.length === graph.args(lastGate[each]!).length;
    if (same.length > 1 && !isWhole) for (const literal of same) groups.set(literal, same);
  }
  return groups;
}

/** Literals are of one kind when the same AND gates have them: every gate tells its arguments from the others of their kind. */
function kindsOfArguments({ graph, root }: Rooted, uses: Int32Array) {
  const kind = new Int32Array(graph.size() * 2);
  const seen = new Int32Array(graph.size() * 2);
  const becomes: number[] = [0];
  const lastGate: number[] = [0];
  for (let node = graph.events + 1; node <= root >> 1; node += 1) {
    if (uses[node] === 0 || !isAnd(graph, node)) continue;
    for (const literal of graph.args(node)) {
      const before = kind[literal]!;
      seen[literal]! += 1;
      if (lastGate[becomes[before]!] !== node) {
        becomes[before] = lastGate.length;
        becomes.push(0);
        lastGate.push(node);
      }
      kind[literal] = becomes[before]!;
    }
  }
  return { kind, seen, lastGate };
}
