/** Fault trees made by chance, the same ones for the same seed: shared gates, k of n, common causes, now and then "not" and "xor". */
import type { FaultTree, Formula } from "../../src/lockout/solver/fault-tree.ts";

export type Dice = () => number;

/** Numbers between 0 and 1 (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface RandomTreeShape {
  readonly events: number;
  readonly gates: number;
  /** Events that fail several others with them: OR-ed into each. */
  readonly commonCauses: number;
  readonly coherent: boolean;
  readonly mostArguments: number;
  /** Whether no gate has an argument twice. */
  readonly distinct?: boolean;
}

export function randomTree(dice: Dice, shape: RandomTreeShape): FaultTree {
  const below = (count: number) => Math.floor(dice() * count);
  const events = new Map<string, number>();
  const gates = new Map<string, Formula>();
  const leaves: Formula[] = [];
  for (let each = 0; each < shape.events; each += 1) {
    events.set(`e${each}`, dice() < 0.05 ? below(2) : dice());
    leaves.push({ event: `e${each}` });
  }
  for (let cause = 0; cause < shape.commonCauses; cause += 1) {
    events.set(`c${cause}`, dice());
    for (let member = 0; member < leaves.length; member += 1) {
      if (dice() < 0.3) leaves[member] = { or: [leaves[member]!, { event: `c${cause}` }] };
    }
  }
  const parts: Formula[] = [...leaves];
  for (let gate = 0; gate < shape.gates; gate += 1) {
    const count = 2 + below(shape.mostArguments - 1);
    const of = Array.from({ length: count }, () => pick());
    gates.set(`g${gate}`, combined(shape.distinct === true ? withoutRepeats(of) : of));
    parts.push({ gate: `g${gate}` });
  }
  return { name: "random", top: `g${shape.gates - 1}`, gates, events };

  /** Later parts more often, so that the top reaches most of them. */
  function pick(): Formula {
    const part = dice() < 0.4 ? parts[parts.length - 1 - below(Math.min(4, parts.length))]! : parts[below(parts.length)]!;
    if (shape.coherent || dice() > 0.15) return part;
    return { not: part };
  }

  function combined(of: Formula[]): Formula {
    if (of.length === 1) return of[0]!;
    const kind = dice();
    if (kind < 0.4) return { or: of };
    if (kind < 0.75) return { and: of };
    if (kind < 0.93 || shape.coherent) return { atLeast: 1 + below(of.length), of };
    return dice() < 0.1 ? { and: [...of, { constant: dice() < 0.5 }] } : { xor: of };
  }
}

/** Neither one thing twice, nor beside its complement. */
function withoutRepeats(of: readonly Formula[]): Formula[] {
  return [...new Map(of.map((part) => [JSON.stringify("not" in part ? part.not : part), part])).values()];
}
