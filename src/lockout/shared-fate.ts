/**
 * How far a fallback shares the fate of what it stands in for. A: one failure takes both. B: both hang on the same thing, and one of them
 * can do without it. C: each has its own, but of the same layer: identity with identity, network with network.
 */
import type { Layer } from "../estate/component.ts";
import type { AccessPath } from "../estate/operation.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles } from "./singles.ts";
import { createSupport } from "./support.ts";
import { type Standing, standingAfter } from "./what-if.ts";

export const FATES = ["A", "B", "C"] as const;
export type Fate = (typeof FATES)[number];

/** One thing that a way in and what stands in for it share. */
export interface Share {
  readonly grade: Fate;
  /** A and B: a failure, as a leaf. C: a layer. */
  readonly by: string;
  /** How each hangs on it, from the first it needs; for a layer, on the nearest of that layer. */
  readonly chains: { readonly primary: readonly string[]; readonly fallback: readonly string[] };
}

export interface SharedFate {
  readonly primary: string;
  readonly fallback: string;
  /** The worst there is; null: they have nothing in common. */
  readonly grade: Fate | null;
  /** Of each grade the nearest few, the worst grade first. */
  readonly shares: readonly Share[];
  /** How many of each grade there are. */
  readonly counts: Readonly<Record<Fate, number>>;
}

/** Layers where being alike says nothing: everything has people and applications. */
const TELLING: readonly Layer[] = ["identity", "device", "network", "facility", "provider"];
/** Of each grade. Who reads on asks what is behind the first. */
const MOST_SHARES = 8;

type Way = Pick<AccessPath, "needs">;

export function createSharedFates(model: LockoutModel) {
  const singles = createSingles(model);
  const support = createSupport(model);
  const layers = new Map(model.components.filter(({ layer }) => TELLING.includes(layer)).map(({ key, layer }) => [key, layer]));
  // The same few failures take both almost everywhere.
  const known = new Map<string, Standing>();
  const standing = (failure: string): Standing => {
    const found = known.get(failure) ?? standingAfter(model, [failure]);
    known.set(failure, found);
    return found;
  };
  const takesBoth = (primary: Way, fallback: Way): readonly string[] => {
    const [one, other] = [singles.ofPath(primary), singles.ofPath(fallback)];
    return one === "down" || other === "down" ? [] : [...one].filter((failure) => other.has(failure));
  };
  const takenBoth = (primary: Way, fallback: Way, by: string): Share => {
    const after = standing(by);
    return { grade: "A", by, chains: { primary: after.chain(primary), fallback: after.chain(fallback) } };
  };
  const fateOf = (primary: AccessPath, fallback: AccessPath): SharedFate => {
    const [one, other] = [support.chainsBelow(primary.needs), support.chainsBelow(fallback.needs)];
    const both = new Set(takesBoth(primary, fallback));
    const theirs = new Set(other.failures);
    const common = one.failures.filter((failure) => theirs.has(failure));
    const doneWithout = common.filter((failure) => !both.has(failure));
    const alike = alikeIn(layers, new Set(common), [one.failures, other.failures]);
    const share = (grade: Fate, by: string, [a, b]: readonly [string, string] = [by, by]): Share => {
      return { grade, by, chains: { primary: one.to(a), fallback: other.to(b) } };
    };
    const shares = [
      ...common
        .filter((failure) => both.has(failure))
        .slice(0, MOST_SHARES)
        .map((by) => takenBoth(primary, fallback, by)),
      ...doneWithout.slice(0, MOST_SHARES).map((by) => share("B", by)),
      ...alike.map(({ layer, ends }) => share("C", layer, ends)),
    ];
    const counts = { A: both.size, B: doneWithout.length, C: alike.length };
    return { primary: primary.key, fallback: fallback.key, grade: shares[0]?.grade ?? null, shares, counts };
  };
  /** `takesBoth` and `takenBoth`: the failures of grade A alone, and one of them with its chains, which costs little. */
  return { fateOf, takesBoth, takenBoth };
}

/** Layers in which each has something of its own, with the nearest of each. */
function alikeIn(layers: ReadonlyMap<string, Layer>, common: ReadonlySet<string>, both: readonly [readonly string[], readonly string[]]) {
  const nearest = (failures: readonly string[]): ReadonlyMap<Layer, string> => {
    const found = new Map<Layer, string>();
    for (const failure of failures) {
      const layer = layers.get(failure);
      if (layer !== undefined && !common.has(failure) && !found.has(layer)) found.set(layer, failure);
    }
    return found;
  };
  const [one, other] = [nearest(both[0]), nearest(both[1])];
  return [...one].flatMap(([layer, first]) => {
    const second = other.get(layer);
    return second === undefined ? [] : [{ layer, ends: [first, second] as const }];
  });
}

/** Each primary path with each that stands in for it. */
export function pairsOf(paths: readonly AccessPath[]): readonly (readonly [AccessPath, AccessPath])[] {
  const primaries = paths.filter(({ role }) => role === "primary");
  return primaries.flatMap((primary) =>
    paths
      .filter(({ role, population }) => role !== "primary" && role !== "rollback" && population === primary.population)
      .map((fallback) => [primary, fallback] as const),
  );
}
