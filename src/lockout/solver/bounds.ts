/** Between which two numbers a probability lies that is too costly to compute. */
import type { Bounds } from "./analysis.ts";
import { isCoherent, type Local } from "./modules.ts";
import { nodesOfFunction, type Solved } from "./solved.ts";

interface Asked {
  readonly solved: readonly Solved[];
  /** Nodes of the graph. */
  readonly size: number;
  readonly top: { readonly node: number; readonly sign: 0 | 1 };
}

/** Events are known exactly; a module that is whole is exact where its leaves are. */
export function boundsOf({ solved, size, top }: Asked, eventChances: Float64Array): Bounds {
  const least = new Float64Array(size);
  const most = new Float64Array(size);
  least.set(eventChances);
  most.set(eventChances);
  for (const each of solved) {
    const [low, high] = each.whole === null ? alongGates(each.local, least, most) : alongDiagram(each, least, most);
    least[each.local.node] = low;
    most[each.local.node] = high;
  }
  const [low, high] = [least[top.node]!, most[top.node]!];
  return top.sign === 0 ? { least: low, most: high } : { least: 1 - high, most: 1 - low };
}

type Range = readonly [number, number];

function alongDiagram({ whole, local, order }: Solved, least: Float64Array, most: Float64Array): Range {
  const { bdd, root } = whole!;
  const lows = new Float64Array((root >> 1) + 1);
  const highs = new Float64Array((root >> 1) + 1);
  lows[0] = highs[0] = 1;
  const low = (ref: number) => ((ref & 1) === 0 ? lows[ref >> 1]! : 1 - highs[ref >> 1]!);
  const high = (ref: number) => ((ref & 1) === 0 ? highs[ref >> 1]! : 1 - lows[ref >> 1]!);
  for (const node of nodesOfFunction(bdd, root)) {
    const leaf = local.leaves[order[bdd.level(node * 2)]!]!;
    const then = bdd.high(node * 2);
    const otherwise = bdd.low(node * 2);
    const at = (p: number, of: (ref: number) => number) => p * of(then) + (1 - p) * of(otherwise);
    lows[node] = Math.min(at(least[leaf]!, low), at(most[leaf]!, low));
    highs[node] = Math.max(at(least[leaf]!, high), at(most[leaf]!, high));
  }
  return [low(root), high(root)];
}

/**
 * Where all leaves only ever push upwards, what they decide pulls the same way (Harris): two parts hold together at least as often
 * as if they had nothing to do with each other. Elsewhere only what holds of any two events is used.
 */
function alongGates(local: Local, least: Float64Array, most: Float64Array): Range {
  const { leaves, args, leasts, flipped } = local;
  const size = leaves.length + args.length;
  const lows = new Float64Array(size * 2);
  const highs = new Float64Array(size * 2);
  leaves.forEach((node, leaf) => put(leaf, least[node]!, most[node]!));
  const pulls = isCoherent(local);
  for (let gate = 0; gate < args.length; gate += 1) {
    const of = args[gate]!;
    const [low, high] = leasts[gate] === of.length ? together(of) : counted(of, leasts[gate]!);
    put(leaves.length + gate, low, high);
  }
  return [lows[(size - 1) * 2 + flipped]!, highs[(size - 1) * 2 + flipped]!];

  function put(node: number, low: number, high: number): void {
    lows[node * 2] = low;
    highs[node * 2] = high;
    lows[node * 2 + 1] = 1 - high;
    highs[node * 2 + 1] = 1 - low;
  }

  function together(of: readonly number[]): Range {
    const high = of.reduce((min, literal) => Math.min(min, highs[literal]!), 1);
    if (pulls) return [of.reduce((product, literal) => product * lows[literal]!, 1), high];
    return [
      Math.max(
        0,
        of.reduce((sum, literal) => sum + lows[literal]!, 1 - of.length),
      ),
      high,
    ];
  }

  /** Some k of n: at least as likely as the first k in order of their chance, at most the sum of chances over k (Markov). */
  function counted(of: readonly number[], needed: number): Range {
    const first = of
      .map((literal) => lows[literal]!)
      .toSorted((a, b) => b - a)
      .slice(0, needed);
    const sum = of.reduce((all, literal) => all + highs[literal]!, 0);
    const low = pulls
      ? first.reduce((product, each) => product * each, 1)
      : Math.max(
          0,
          first.reduce((all, each) => all + each, 1 - needed),
        );
    return [low, Math.min(1, sum / needed)];
  }
}
