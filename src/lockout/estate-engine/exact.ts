/** Everything about one operation, whatever the size of the sets: how many there are, how likely it is, and what it hangs on most. */
import { type Bdd, createBdd, FALSE, OverBudget, type OutOfTime, TRUE } from "../solver/bdd.ts";
import { minimalSets } from "../solver/minimal-sets.ts";
import { createZbdd, type Zbdd } from "../solver/zbdd.ts";
import { type ChancesOf, createChances } from "./chances.ts";
import type { Node } from "./node.ts";
import { ALWAYS_FAILS, type Gate, isGate, NEVER_FAILS, reduce, type Reduced } from "./reduced.ts";
import { createSizes } from "./sizes.ts";
import { anyOf, chanceOfVariable, leavesOf, productsWithout, slopesOf, type Variable } from "./variable.ts";

export interface Exact {
  /** How many minimal sets of each size; index 0 is the empty set. */
  readonly histogram: readonly bigint[];
  readonly minimalSets: bigint;
  /** Null when some leaf in a set has no probability. */
  readonly probability: number | null;
  /** Every leaf that is in some set, by name. */
  readonly leaves: readonly string[];
  /** Their probabilities; where one is not known, null. */
  readonly chances: readonly (number | null)[];
  /**
   * Birnbaum's importance of each: by how much the operation's probability changes with the leaf's own. Without a probability: of
   * leaves that are as likely to fail as not, which tells what hangs on each by the structure alone.
   */
  readonly birnbaum: readonly number[];
}

export interface ExactLimits {
  /** Most nodes of a diagram. */
  readonly nodes?: number;
  readonly outOfTime?: OutOfTime;
}

/** Enough for anything that an estate of people and services is likely to show. */
const MOST_NODES = 1_000_000;
/** A diagram that has grown beyond this is not kept for the next operation: to wipe it takes longer than to make a new one. */
const KEPT_NODES = 1 << 14;

/** Answers for one operation after the other with one diagram; undefined where it would be too large. `enough`: leaves that lock it out alone. */
export function createExact({ nodes = MOST_NODES, outOfTime }: ExactLimits = {}): (
  operation: Node,
  enough: readonly Node[],
) => Exact | undefined {
  let workshop = createWorkshop(nodes, outOfTime);
  return (operation, enough) => {
    const { bdd, zbdd } = workshop;
    if (bdd.size() + zbdd.size() > KEPT_NODES) workshop = createWorkshop(nodes, outOfTime);
    else {
      bdd.reset(nodes);
      zbdd.reset();
    }
    try {
      return answer(reduce(operation, enough), enough, workshop);
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      workshop = createWorkshop(nodes, outOfTime);
      return undefined;
    }
  };
}

/** What keeps its memory from one operation to the next. */
interface Workshop {
  readonly bdd: Bdd;
  readonly zbdd: Zbdd;
  readonly sizesOf: ReturnType<typeof createSizes>;
  readonly chancesOf: ChancesOf;
}

function createWorkshop(nodes: number, outOfTime: OutOfTime | undefined): Workshop {
  const bdd = createBdd(nodes, outOfTime);
  return { bdd, zbdd: createZbdd(nodes, undefined, outOfTime), sizesOf: createSizes(), chancesOf: createChances(bdd) };
}

function answer(reduced: Reduced, enough: readonly Node[], { bdd, zbdd, sizesOf, chancesOf }: Workshop): Exact {
  const byLevel = variablesInOrder(reduced);
  const root = functionOf(bdd, reduced, byLevel);
  const histogram = [...sizesOf(zbdd, minimalSets(bdd, root, zbdd), byLevel)];
  if (enough.length > 0) {
    while (histogram.length < 2) histogram.push(0n);
    histogram[1]! += BigInt(enough.length);
  }
  return { histogram, minimalSets: histogram.reduce((sum, count) => sum + count, 0n), ...importanceOf(root, byLevel, enough, chancesOf) };
}

/** In the order of a walk from the root, small parts first: what is near to each other in the estate stays so. */
function variablesInOrder({ items, root }: Reduced): readonly Variable[] {
  const sizes: number[] = [];
  for (const item of items) sizes.push(isGate(item) ? item.args.reduce((sum, each) => sum + sizes[each]!, 1) : 1);
  const seen = new Uint8Array(items.length);
  const found: Variable[] = [];
  const walk = root < 0 ? [] : [root];
  for (let at = walk.pop(); at !== undefined; at = walk.pop()) {
    if (seen[at] === 1) continue;
    seen[at] = 1;
    const item = items[at]!;
    if (isGate(item)) walk.push(...item.args.toSorted((one, other) => sizes[other]! - sizes[one]!));
    else found.push(item);
  }
  return found;
}

function functionOf(bdd: Bdd, { items, root }: Reduced, byLevel: readonly Variable[]): number {
  if (root === ALWAYS_FAILS) return TRUE;
  if (root === NEVER_FAILS) return FALSE;
  const levels = new Map(byLevel.map((variable, level) => [variable, level]));
  const functions: number[] = [];
  for (let at = 0; at <= root; at += 1) {
    const item = items[at]!;
    if (isGate(item)) functions.push(gateOf(bdd, item, functions));
    else {
      // Without a level it has become part of another.
      const level = levels.get(item);
      functions.push(level === undefined ? FALSE : bdd.make(level, TRUE, FALSE));
    }
  }
  return functions[root]!;
}

function gateOf(bdd: Bdd, { least, args }: Gate, functions: readonly number[]): number {
  if (least === 1) return args.reduce((result, each) => bdd.or(result, functions[each]!), FALSE);
  if (least === args.length) return args.reduce((result, each) => bdd.and(result, functions[each]!), TRUE);
  // After each argument: whether at least 0, 1, 2 … of those so far fail.
  const reached = [TRUE, ...Array.from({ length: least }, () => FALSE)];
  for (const each of args) {
    for (let n = least; n >= 1; n -= 1) reached[n] = bdd.or(reached[n]!, bdd.and(reached[n - 1]!, functions[each]!));
  }
  return reached[least]!;
}

type Importance = Pick<Exact, "probability" | "leaves" | "chances" | "birnbaum">;

/** Fails with any of those that are enough, or by the rest; the two have no leaf in common. */
function importanceOf(root: number, byLevel: readonly Variable[], enough: readonly Node[], chancesOf: ChancesOf): Importance {
  const leaves = byLevel.map((variable) => leavesOf(variable));
  const isKnown = enough.every(hasChance) && leaves.every((each) => each.every(hasChance));
  const chanceOf = isKnown ? ({ chance }: Node) => chance! : () => 0.5;
  const alone = anyOf(enough.map(chanceOf));
  const variables = byLevel.map((variable) => chanceOfVariable(variable, chanceOf));
  const rest = chancesOf(root, variables);
  const nodes = [...enough];
  const birnbaum = productsWithout(enough.map((leaf) => 1 - chanceOf(leaf))).map((product) => product * rest.fails);
  for (let level = 0; level < byLevel.length; level += 1) {
    if (rest.matters[level] === 0) continue;
    nodes.push(...leaves[level]!);
    slopesOf(byLevel[level]!, chanceOf, rest.slopes[level]! * alone.fails, birnbaum);
  }
  return {
    probability: isKnown ? alone.holds + alone.fails * rest.holds : null,
    leaves: nodes.map(({ name }) => name!),
    chances: nodes.map(({ chance }) => chance),
    birnbaum,
  };
}

const hasChance = ({ chance }: Node): boolean => chance !== null;

/**
 * Fussell–Vesely's importance of each leaf, as the share of the probability that would not be there had it never failed; null where the
 * operation has no probability, or 0.
 */
export function fussellVesely({ probability, chances, birnbaum }: Exact): readonly number[] | null {
  if (probability === null || probability === 0) return null;
  return chances.map((chance, i) => (chance! * birnbaum[i]!) / probability);
}
