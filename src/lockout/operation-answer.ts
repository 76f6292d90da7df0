/** Everything that is said of one operation. */
import type { Component, Unavailability } from "../estate/component.ts";
import type { Operation } from "../estate/operation.ts";
import type { OperationSets } from "./analysis.ts";
import type { OperationStanding } from "./estate-answers.ts";
import { fixesOf, type TriedFix } from "./fixes.ts";
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { createSharedFates, pairsOf } from "./shared-fate.ts";
import { createSingles } from "./singles.ts";
import { createSupport } from "./support.ts";
import { toleranceOf } from "./tolerance.ts";
import { waysIn } from "./ways-in.ts";
import { standingAfter } from "./what-if.ts";

const MOST_SINGLES = 30;
const MOST_IMPORTANT = 20;
const FIGURES = 2;

export type OperationAnswer = ReturnType<typeof operationAnswer>;

/** Everything but what is known of the whole estate. Costs more the larger the model is: asked of the thread. */
export function operationAnswer(model: LockoutModel, operation: Operation, deep: OperationSets) {
  const singles = createSingles(model);
  const { fateOf } = createSharedFates(model);
  const alone = singles.ofOperation(operation);
  const open = waysIn(operation);
  const below = [...createSupport(model).failuresBelow({ all: open.map(({ needs }) => needs) })];
  const byKey = new Map(model.components.map((each) => [each.key, each]));
  return {
    standing: deepened(operation, alone, deep),
    paths: operation.paths.map((path) => {
      const own = singles.ofPath(path);
      return { path, isWayIn: open.includes(path), singles: own === "down" ? null : [...own] };
    }),
    chains: (alone === "down" ? [] : [...alone].slice(0, MOST_SINGLES)).map((failure) => {
      const standing = standingAfter(model, [failure]);
      return {
        failure,
        chains: open.map((path) => ({ path: path.key, chain: standing.chain(path) })).filter(({ chain }) => chain.length > 0),
      };
    }),
    fixes: fixesOf(model, operation).map((tried) => ({ tried, by: changerOf(tried, operation, byKey) })),
    fates: pairsOf(operation.paths).map(([primary, fallback]) => fateOf(primary, fallback)),
    ...likelihood(model, below, deep),
    /** Failures of everything it hangs on. */
    below,
  };
}

function deepened(operation: Operation, alone: ReadonlySet<string> | "down", { counts, completeTo }: OperationSets): OperationStanding {
  const first = counts.findIndex((count) => count !== "0");
  const smallest = alone === "down" ? 0 : alone.size > 0 ? 1 : first < 0 ? null : first;
  const tolerance = toleranceOf(operation, { smallest, completeTo });
  return { operation, singles: alone === "down" ? alone : [...alone], counts, completeTo, smallest, tolerance };
}

/** Who answers for what a fix changes. */
function changerOf({ fix }: TriedFix, { maintainer, businessOwner }: Operation, byKey: ReadonlyMap<string, Component>) {
  const owner = fix.kind === "alternative" && fix.component !== null ? byKey.get(fix.component)?.owner : undefined;
  return owner ?? maintainer ?? businessOwner;
}

function likelihood(model: LockoutModel, below: readonly string[], deep: OperationSets) {
  const said = new Map([...measured(model)].filter(([failure]) => below.includes(failure)));
  const { probability } = deep;
  return {
    probability: probability === null ? null : figures(probability),
    unmeasured: below.filter((failure) => !said.has(failure)).length,
    estimated: [...said.values()].filter(({ source }) => source === "expert").length,
    importance: importanceOf(said, deep),
  };
}

/** By Fussell–Vesely where that is known, else by the size of the smallest set, and of those by how often the part decides. */
function importanceOf(said: ReadonlyMap<string, Unavailability>, { sets, probability, birnbaum, structural }: OperationSets) {
  const smallest = new Map<string, number>();
  for (const set of sets) for (const failure of set) smallest.set(failure, Math.min(smallest.get(failure) ?? Infinity, set.length));
  const decisive = [...structural].flatMap(([failure, share]) => (share === 0 ? [] : [failure]));
  const fussellVesely = (failure: string): number | undefined => {
    const [of, p] = [birnbaum.get(failure), said.get(failure)?.p];
    return of === undefined || p === undefined || probability === null || probability === 0 ? undefined : (of * p) / probability;
  };
  return [...new Set([...smallest.keys(), ...decisive])]
    .map((failure) => ({
      failure,
      smallest: smallest.get(failure) ?? null,
      birnbaum: rounded(birnbaum.get(failure)),
      fussellVesely: rounded(fussellVesely(failure)),
      structural: rounded(structural.get(failure)),
    }))
    .toSorted(
      (a, b) =>
        (b.fussellVesely ?? 0) - (a.fussellVesely ?? 0) ||
        (a.smallest ?? Infinity) - (b.smallest ?? Infinity) ||
        (b.structural ?? 0) - (a.structural ?? 0) ||
        (a.failure < b.failure ? -1 : 1),
    )
    .slice(0, MOST_IMPORTANT);
}

/** How often each failure is, as far as somebody said it. */
function measured({ components, commonCauses }: LockoutModel): ReadonlyMap<string, Unavailability> {
  const found = new Map<string, Unavailability>();
  for (const { key, unavailability } of components) if (unavailability !== null) found.set(key, unavailability);
  for (const { key, unavailability } of commonCauses)
    if (unavailability !== null) found.set(leafName({ kind: "cause", key }), unavailability);
  return found;
}

const rounded = (value: number | undefined) => (value === undefined ? null : figures(value));

/** Nobody measured the third. */
function figures(value: number): number {
  return Number(value.toPrecision(FIGURES));
}
