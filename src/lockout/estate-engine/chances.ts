/** How likely a function is, and how much that changes with each of its variables: once up the diagram and once down. */
import { type Bdd, FALSE } from "../solver/bdd.ts";
import type { Chance } from "./variable.ts";

interface Chances {
  /** That the function holds, and that it does not: one minus nearly one would lose what matters. */
  readonly holds: number;
  readonly fails: number;
  /** By level: how much `holds` changes with the chance of its variable. */
  readonly slopes: Float64Array;
  /** By level: whether the function hangs on its variable at all. */
  readonly matters: Uint8Array;
}

export type ChancesOf = (root: number, variables: readonly Chance[]) => Chances;

/** `variables`: chance of the variable at each level. Keeps its working memory from one function to the next. */
export function createChances(bdd: Bdd): ChancesOf {
  let holds = new Float64Array(256);
  let fails = new Float64Array(256);
  let weights = new Float64Array(256);
  let isReached = new Uint8Array(256);

  const prepare = (top: number): void => {
    if (holds.length <= top) {
      holds = new Float64Array(top * 2);
      fails = new Float64Array(top * 2);
      weights = new Float64Array(top * 2);
      isReached = new Uint8Array(top * 2);
    }
    weights.fill(0, 0, top);
    isReached.fill(0, 0, top);
    holds[0] = 1;
    fails[0] = 0;
    isReached[top] = 1;
    for (let node = top; node > 0; node -= 1) {
      if (isReached[node] === 0) continue;
      isReached[bdd.high(node * 2) >> 1] = 1;
      isReached[bdd.low(node * 2) >> 1] = 1;
    }
  };

  const goUp = (top: number, variables: readonly Chance[]): void => {
    for (let node = 1; node <= top; node += 1) {
      if (isReached[node] === 0) continue;
      const variable = variables[bdd.level(node * 2)]!;
      const high = bdd.high(node * 2) >> 1;
      const low = bdd.low(node * 2);
      const isPlain = (low & 1) === 0;
      holds[node] = variable.holds * holds[high]! + variable.fails * (isPlain ? holds : fails)[low >> 1]!;
      fails[node] = variable.holds * fails[high]! + variable.fails * (isPlain ? fails : holds)[low >> 1]!;
    }
  };

  const goDown = (root: number, variables: readonly Chance[], { slopes, matters }: Pick<Chances, "slopes" | "matters">): void => {
    const top = root >> 1;
    weights[top] = (root & 1) === 0 ? 1 : -1;
    for (let node = top; node > 0; node -= 1) {
      if (isReached[node] === 0) continue;
      const weight = weights[node]!;
      const level = bdd.level(node * 2);
      const high = bdd.high(node * 2) >> 1;
      const low = bdd.low(node * 2);
      const isPlain = (low & 1) === 0;
      const lowHolds = (isPlain ? holds : fails)[low >> 1]!;
      const lowFails = (isPlain ? fails : holds)[low >> 1]!;
      matters[level] = 1;
      // Of the two ways to say it the one whose numbers are small loses less.
      slopes[level]! += weight * (holds[high]! < 0.5 ? holds[high]! - lowHolds : lowFails - fails[high]!);
      weights[high]! += weight * variables[level]!.holds;
      weights[low >> 1]! += weight * variables[level]!.fails * (isPlain ? 1 : -1);
    }
  };

  return (root, variables) => {
    const found = { slopes: new Float64Array(variables.length), matters: new Uint8Array(variables.length) };
    const top = root >> 1;
    if (top === 0) return root === FALSE ? { holds: 0, fails: 1, ...found } : { holds: 1, fails: 0, ...found };
    prepare(top);
    goUp(top, variables);
    goDown(root, variables, found);
    const isPlain = (root & 1) === 0;
    return { holds: (isPlain ? holds : fails)[top]!, fails: (isPlain ? fails : holds)[top]!, ...found };
  };
}
