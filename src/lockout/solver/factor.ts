/** What a glance at one module shows: what makes it fail alone, what it cannot fail without, and what in it is independent. */
import type { Literal } from "./graph.ts";
import type { Local } from "./modules.ts";

export interface Forces {
  /** Local literals each of which makes the module hold alone. */
  readonly any: readonly Literal[];
  /** Local literals without any of which the module does not hold. */
  readonly all: readonly Literal[];
}

/** One pass over the gates with sets of bits: for each gate the literals that alone decide it, for and against. */
export function forcesOf(local: Local): Forces {
  const { leaves, args, leasts } = local;
  const words = (leaves.length * 2 + 31) >> 5;
  const size = leaves.length + args.length;
  // By local literal: the literals that alone make it hold. What makes its complement hold makes it fail.
  const sets = new Int32Array(size * 2 * words);
  for (let leaf = 0; leaf < leaves.length * 2; leaf += 1) sets[leaf * words + (leaf >> 5)] = 1 << (leaf & 31);
  for (let gate = 0; gate < args.length; gate += 1) {
    const into = (leaves.length + gate) * 2 * words;
    const of = args[gate]!;
    if (leasts[gate] === of.length) decideAnd(sets, words, of, into);
    else decideAtLeast(sets, words, of, into, leasts[gate]!);
  }
  const root = (size - 1) * 2 + local.flipped;
  return { any: membersOf(sets, words, root), all: membersOf(sets, words, root ^ 1).map((each) => each ^ 1) };
}

function decideAnd(sets: Int32Array, words: number, of: readonly Literal[], into: number): void {
  for (let word = 0; word < words; word += 1) {
    let holds = -1;
    let fails = 0;
    for (let at = 0; at < of.length; at += 1) {
      holds &= sets[of[at]! * words + word]!;
      fails |= sets[(of[at]! ^ 1) * words + word]!;
    }
    sets[into + word] = holds;
    sets[into + words + word] = fails;
  }
}

function decideAtLeast(sets: Int32Array, words: number, of: readonly Literal[], into: number, least: number): void {
  for (let word = 0; word < words; word += 1) {
    for (let bit = 0; bit < 32; bit += 1) {
      let holding = 0;
      let failing = 0;
      for (let at = 0; at < of.length; at += 1) {
        holding += (sets[of[at]! * words + word]! >>> bit) & 1;
        failing += (sets[(of[at]! ^ 1) * words + word]! >>> bit) & 1;
      }
      if (holding >= least) sets[into + word]! |= 1 << bit;
      if (failing > of.length - least) sets[into + words + word]! |= 1 << bit;
    }
  }
}

function membersOf(sets: Int32Array, words: number, literal: Literal): Literal[] {
  const members: Literal[] = [];
  for (let word = 0; word < words; word += 1) {
    for (let bits = sets[literal * words + word]!; bits !== 0; bits &= bits - 1) members.push(word * 32 + 31 - Math.clz32(bits & -bits));
  }
  return members;
}

/** Groups of positions of the arguments of the module's own gate: those of different groups have no leaf and no gate in common. */
export function clustersOf(local: Local): readonly (readonly number[])[] {
  const { leaves, args } = local;
  const top = args.at(-1)!;
  const leader = top.map((_, at) => at);
  const lead = (at: number): number => {
    while (leader[at] !== at) at = leader[at]!;
    return at;
  };
  const owner = new Int32Array(leaves.length + args.length).fill(-1);
  top.forEach((literal, position) => {
    const trail = [literal >> 1];
    for (let node = trail.pop(); node !== undefined; node = trail.pop()) {
      if (owner[node] !== -1) {
        leader[lead(owner[node]!)] = lead(position);
        continue;
      }
      owner[node] = position;
      if (node >= leaves.length) for (const each of args[node - leaves.length]!) trail.push(each >> 1);
    }
  });
  const groups = new Map<number, number[]>();
  leader.forEach((_, position) => {
    const of = groups.get(lead(position));
    if (of === undefined) groups.set(lead(position), [position]);
    else of.push(position);
  });
  return [...groups.values()];
}
