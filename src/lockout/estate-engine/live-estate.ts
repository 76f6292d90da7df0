/** The minimal sets of up to three failures of every operation at once, kept while the estate is edited. */
import { loopsOf } from "../loops.ts";
import type { LockoutModel } from "../model.ts";
import type { Question } from "../ways-in.ts";
import { type Counts, type Difference, differenceOf } from "./difference.ts";
import { applyChanges, type Loops, type Moved, withFailed } from "./edit.ts";
import { createExact, type Exact, type ExactLimits } from "./exact.ts";
import { createEstateGraph, type Edit, type EstateGraph, type OperationPlace } from "./estate-graph.ts";
import { countsOf, type Family, type Order, setsOf } from "./family.ts";
import { createFamilyAlgebra, type FamilyAlgebra } from "./family-algebra.ts";
import { reckon } from "./node.ts";

/** Leaves by name (leaf.ts). */
export type LeafSet = readonly string[];

export interface WhatIf {
  /** Operations that have no way in then, and had one before. */
  readonly lockedOut: readonly string[];
  /** Ways in that do not work then, and did before, by operation: also of operations that have others left. */
  readonly lostPaths: ReadonlyMap<string, readonly string[]>;
  /** What it changes in the sets: fewer further failures are enough then. */
  readonly difference: Difference;
  /** The sets that remain of the operations that were asked about. */
  readonly remaining: ReadonlyMap<string, readonly LeafSet[]>;
}

export interface WhatIfOptions {
  /** Operations to tell the remaining sets of, each at most `limit`. */
  readonly remainingOf?: readonly string[];
  readonly limit?: number;
}

export interface LiveEstate {
  /** Sets are complete up to so many failures at once, and there are none larger. */
  readonly order: Order;
  /** Keys of the active operations. */
  readonly operations: () => readonly string[];
  readonly counts: (operation: string) => Counts | undefined;
  /** The smaller ones first; at most so many. */
  readonly sets: (operation: string, limit?: number) => readonly LeafSet[] | undefined;
  /** The same of one path by itself, whether it counts as a way in or not. */
  readonly setsOfPath: (operation: string, path: string, limit?: number) => readonly LeafSet[] | undefined;
  /** All sets of every size, and what can be said about all of them; null where that would take too much. */
  readonly exact: (operation: string) => Exact | null | undefined;
  /** For each leaf that is enough by itself, the operations that have no way in if it fails. Those that have none anyhow are left out. */
  readonly blast: () => ReadonlyMap<string, readonly string[]>;
  /** How things stand when some leaves have failed; names that are none change nothing. */
  readonly whatIf: (failed: Iterable<string>, options?: WhatIfOptions) => WhatIf;
  /** Makes all of some edits, or none. */
  readonly edit: (edits: readonly Edit[]) => Difference | Loops;
  /** What these edits would change. */
  readonly preview: (edits: readonly Edit[]) => Difference | Loops;
}

export interface LiveOptions {
  readonly order?: Order;
  readonly question?: Question;
  /** For what is asked exactly. */
  readonly limits?: ExactLimits;
}

export function createLiveEstate(model: LockoutModel, { order = 2, question = {}, limits = {} }: LiveOptions = {}): LiveEstate | Loops {
  const algebra = createFamilyAlgebra(order);
  const graph = createEstateGraph(model, question);
  if (!reckonAll(graph, algebra)) return { kind: "loops", loops: loopsOf(model.components) };
  const active = () => [...graph.operations.values()].filter(isActive);
  const ask = <T>(key: string, answer: (place: OperationPlace) => T): T | undefined => {
    const place = graph.operations.get(key);
    return place !== undefined && isActive(place) ? answer(place) : undefined;
  };
  const named = namerOf(graph);
  const edit = (edits: readonly Edit[], isKept: boolean): Difference | Loops => {
    const applied = applyChanges(edits, graph, algebra);
    if ("kind" in applied) return applied;
    const difference = differenceOf(applied.moved, algebra);
    if (!isKept) applied.undo();
    return difference;
  };
  const exact = createExact(limits);
  const alone = createFamilyAlgebra(1);
  const enoughFor = (place: OperationPlace) => productOf(place, alone).singles.map(graph.leafAt);
  const sets = (key: string, limit?: number) => ask(key, (place) => named(productOf(place, algebra), limit));

  return {
    order,
    operations: () => active().map(({ node }) => node.name!),
    counts: (key) => ask(key, (place) => countsOf(productOf(place, algebra))),
    sets,
    setsOfPath(key, path, limit) {
      const place = ask(key, ({ paths }) => paths.find((each) => each.key === path));
      return place === undefined ? undefined : named(place.node.family, limit);
    },
    exact: (key) => ask(key, (place) => exact(place.node, enoughFor(place)) ?? null),
    blast: () => blastOf(active(), graph),
    whatIf(failed, { remainingOf = [], limit } = {}) {
      const leaves = [...new Set(failed)].flatMap((name) => graph.leafOf(name) ?? []);
      return withFailed(leaves, algebra, (moved) => ({
        ...lostIn(moved, graph),
        difference: differenceOf(moved, algebra),
        remaining: new Map(remainingOf.map((key) => [key, sets(key, limit) ?? []])),
      }));
    },
    edit: (edits) => edit(edits, true),
    preview: (edits) => edit(edits, false),
  };
}

const isActive = ({ definition }: OperationPlace): boolean => definition?.status === "active";

function productOf({ node }: OperationPlace, algebra: FamilyAlgebra): Family {
  return algebra.product(node.args.map(({ family }) => family));
}

function namerOf({ leafAt }: EstateGraph) {
  return (family: Family, limit = Number.POSITIVE_INFINITY): readonly LeafSet[] =>
    setsOf(family)
      .take(limit)
      .map((set) => set.map((leaf) => leafAt(leaf).name!))
      .toArray();
}

/** False when there is a circle. */
function reckonAll({ components, operations }: EstateGraph, algebra: FamilyAlgebra): boolean {
  for (const { node } of components.values()) if (!reckon(node, algebra)) return false;
  for (const { node, paths } of operations.values()) {
    // Also paths that are no way in.
    for (const path of paths) reckon(path.node, algebra);
    reckon(node, algebra);
  }
  return true;
}

function blastOf(active: readonly OperationPlace[], { leafAt }: EstateGraph): ReadonlyMap<string, readonly string[]> {
  const { product } = createFamilyAlgebra(1);
  const found = new Map<string, string[]>();
  for (const { node } of active) {
    for (const leaf of product(node.args.map(({ family }) => family)).singles) {
      const name = leafAt(leaf).name!;
      const list = found.get(name);
      if (list === undefined) found.set(name, [node.name!]);
      else list.push(node.name!);
    }
  }
  return found;
}

function lostIn(moved: readonly Moved[], { operations }: EstateGraph): Pick<WhatIf, "lockedOut" | "lostPaths"> {
  const lostPaths = new Map<string, readonly string[]>();
  const lockedOut: string[] = [];
  for (const { node, before, after } of moved) {
    const lost = new Set(node.args.filter((_, i) => after[i]!.always && !before[i]!.always));
    if (lost.size === 0) continue;
    const keys = operations.get(node.name!)!.paths.flatMap((path) => (lost.has(path.node) ? [path.key] : []));
    lostPaths.set(node.name!, keys);
    if (after.every(({ always }) => always)) lockedOut.push(node.name!);
  }
  return { lockedOut, lostPaths };
}
