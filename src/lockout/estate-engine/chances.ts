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

/** `variables`: chance of the variable at each level. */
export function chancesOf(bdd: Bdd, root: number, variables: readonly Chance[]): Chances {
  const top = root >> 1;
  const up = variables.map(({ holds }) => holds);
  const down = variables.map(({ fails }) => fails);
  const slopes = new Float64Array(up.length);
  const matters = new Uint8Array(up.length);
  if (top === 0) return root === FALSE ? { holds: 0, fails: 1, slopes, matters } : { holds: 1, fails: 0, slopes, matters };
  const holds = new Float64Array(top + 1);
  const fails = new Float64Array(top + 1);
  const weights = new Float64Array(top + 1);
  const isReached = new Uint8Array(top + 1);
  holds[0] = 1;
  // What the root does not reach is reckoned too: that is less than finding out.
  for (let node = 1; node <= top; node += 1) {
    const level = bdd.level(node * 2);
    const high = bdd.high(node * 2) >> 1;
    const low = bdd.low(node * 2);
    const isPlain = (low & 1) === 0;
    holds[node] = up[level]! * holds[high]! + down[level]! * (isPlain ? holds : fails)[low >> 1]!;
    fails[node] = up[level]! * fails[high]! + down[level]! * (isPlain ? fails : holds)[low >> 1]!;
  }
  weights[top] = (root & 1) === 0 ? 1 : -1;
  isReached[top] = 1;
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
    isReached[high] = 1;
    isReached[low >> 1] = 1;
    // Of the two ways to say it the one whose numbers are small loses less.
    slopes[level]! += weight * (holds[high]! < 0.5 ? holds[high]! - lowHolds : lowFails - fails[high]!);
    weights[high]! += weight * up[level]!;
    weights[low >> 1]! += weight * down[level]! * (isPlain ? 1 : -1);
  }
  const isPlain = (root & 1) === 0;
  return { holds: (isPlain ? holds : fails)[top]!, fails: (isPlain ? fails : holds)[top]!, slopes, matters };
}
