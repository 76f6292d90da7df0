/**
 * A fault tree in its normal form: gates that hold when at least so many of their arguments do, over signed references. All of
 * them is AND; OR is the complement of AND over complements; equal gates are one gate.
 */

/** A reference: twice the node's number, plus one for the complement. */
export type Literal = number;
export const ALWAYS: Literal = 0;
export const NEVER: Literal = 1;

export interface Graph {
  /** Basic events are the nodes 1 to this; node 0 is the constant, gates follow. */
  readonly events: number;
  /** Arguments of a gate, ascending, no node twice. Children have lower numbers than their parents. */
  args(node: number): readonly Literal[];
  /** How many of its arguments make a gate hold; 0 for what is no gate. */
  least(node: number): number;
  size(): number;
  and(of: readonly Literal[]): Literal;
  or(of: readonly Literal[]): Literal;
  xor(a: Literal, b: Literal): Literal;
  atLeast(least: number, of: readonly Literal[]): Literal;
}

const NO_ARGS: readonly Literal[] = [];

export function createGraph(events: number): Graph {
  const args: (readonly Literal[])[] = [];
  const leasts: number[] = [];
  let heads = new Int32Array(256);
  const next: number[] = [];
  for (let node = 0; node <= events; node += 1) {
    args.push(NO_ARGS);
    leasts.push(0);
    next.push(0);
  }

  function hashOf(least: number, of: readonly Literal[]): number {
    let mixed = Math.imul(least, 0x9e3779b1);
    for (let at = 0; at < of.length; at += 1) mixed = Math.imul(mixed ^ of[at]!, 0x85ebca6b) ^ (mixed >>> 13);
    return mixed ^ (mixed >>> 15);
  }

  function same(node: number, least: number, of: readonly Literal[]): boolean {
    const theirs = args[node]!;
    if (leasts[node] !== least || theirs.length !== of.length) return false;
    for (let at = 0; at < of.length; at += 1) if (theirs[at] !== of[at]) return false;
    return true;
  }

  function gate(least: number, of: readonly Literal[]): Literal {
    const slot = hashOf(least, of) & (heads.length - 1);
    for (let node = heads[slot]!; node !== 0; node = next[node]!) if (same(node, least, of)) return node * 2;
    const node = args.length;
    args.push(of);
    leasts.push(least);
    next.push(heads[slot]!);
    heads[slot] = node;
    if (args.length > heads.length) widen();
    return node * 2;
  }

  function widen(): void {
    heads = new Int32Array(heads.length * 4);
    for (let node = events + 1; node < args.length; node += 1) {
      const slot = hashOf(leasts[node]!, args[node]!) & (heads.length - 1);
      next[node] = heads[slot]!;
      heads[slot] = node;
    }
  }

  function and(of: readonly Literal[]): Literal {
    const kept = ascending(of);
    let count = 0;
    let before = ALWAYS;
    for (let at = 0; at < kept.length; at += 1) {
      const literal = kept[at]!;
      if (literal === before) continue;
      if (literal === NEVER || (literal === (before ^ 1) && before !== ALWAYS)) return NEVER;
      kept[count] = literal;
      count += 1;
      before = literal;
    }
    if (count === 0) return ALWAYS;
    if (count < kept.length) kept.length = count;
    return count === 1 ? kept[0]! : gate(count, kept);
  }

  const or = (of: readonly Literal[]): Literal => and(of.map((each) => each ^ 1)) ^ 1;

  function atLeast(least: number, of: readonly Literal[]): Literal {
    const { needed, kept, twice } = counted(least, of);
    if (twice !== undefined) {
      const others = kept.filter((each) => each !== twice);
      const weight = kept.length - others.length;
      return or([and([twice, atLeast(needed - weight, others)]), atLeast(needed, others)]);
    }
    if (needed <= 0) return ALWAYS;
    if (needed > kept.length) return NEVER;
    if (needed === 1) return or(kept);
    if (needed === kept.length) return and(kept);
    // Not at least k of n: at least n - k + 1 of the complements. The form whose first argument is plain stands for both.
    if ((kept[0]! & 1) === 0) return gate(needed, kept);
    return (
      gate(
        kept.length - needed + 1,
        kept.map((each) => each ^ 1),
      ) ^ 1
    );
  }

  return {
    events,
    args: (node) => args[node]!,
    least: (node) => leasts[node]!,
    size: () => args.length,
    and,
    or,
    xor: (a, b) => and([and([a, b]) ^ 1, and([a ^ 1, b ^ 1]) ^ 1]),
    atLeast,
  };
}

/** Without constants and without a literal beside its complement (one of the two always holds); says which is there twice. */
function counted(least: number, of: readonly Literal[]): { needed: number; kept: Literal[]; twice: Literal | undefined } {
  let needed = least;
  const kept: Literal[] = [];
  for (const literal of ascending(of)) {
    const last = kept.at(-1);
    if (literal === ALWAYS) needed -= 1;
    else if (literal !== NEVER && last !== undefined && literal === (last ^ 1)) {
      kept.pop();
      needed -= 1;
    } else if (literal !== NEVER) kept.push(literal);
  }
  return { needed, kept, twice: kept.find((each, at) => at > 0 && kept[at - 1] === each) };
}

/** A sorted copy. By insertion: nearly all are short, and many are sorted. */
function ascending(of: readonly Literal[]): Literal[] {
  const sorted = of.slice();
  if (sorted.length > 32) return sorted.sort((a, b) => a - b);
  for (let at = 1; at < sorted.length; at += 1) {
    const each = sorted[at]!;
    let to = at;
    for (; to > 0 && sorted[to - 1]! > each; to -= 1) sorted[to] = sorted[to - 1]!;
    sorted[to] = each;
  }
  return sorted;
}

/** Whether a node is a gate that needs all of its arguments. */
export function isAnd(graph: Graph, node: number): boolean {
  const least = graph.least(node);
  return least > 0 && least === graph.args(node).length;
}
