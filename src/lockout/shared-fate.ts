/**
 * How far a fallback shares the fate of what it stands in for. A: one failure takes both. B: both hang on the same thing, and each can do
 * without it. C: nothing in common but a layer of the same kind: identity with identity, network with network.
 */
import type { Layer } from "../estate/component.ts";
import type { AccessPath } from "../estate/operation.ts";
import type { LockoutModel } from "./model.ts";
import { createSingles } from "./singles.ts";
import { createSupport } from "./support.ts";
import { type Standing, standingAfter } from "./what-if.ts";

export const FATES = ["A", "B", "C"] as const;
export type Fate = (typeof FATES)[number];

export interface SharedFate {
  readonly primary: string;
  readonly fallback: string;
  /** Null: they have nothing in common. */
  readonly grade: Fate | null;
  /** By grade: failures that take both, things both hang on, or layers. */
  readonly shared: readonly string[];
  /** For the first that takes both: how each hangs on it. */
  readonly chains: { readonly primary: readonly string[]; readonly fallback: readonly string[] } | null;
}

/** Layers where being alike says nothing: everything has people and applications. */
const TELLING: readonly Layer[] = ["identity", "device", "network", "facility", "provider"];

export function createSharedFates(model: LockoutModel) {
  const singles = createSingles(model);
  const support = createSupport(model);
  const layerOf = new Map(model.components.map(({ key, layer }) => [key, layer]));
  const layersBelow = ({ needs }: Pick<AccessPath, "needs">) =>
    new Set([...support.componentsBelow(needs)].flatMap((key) => layerOf.get(key) ?? []).filter((layer) => TELLING.includes(layer)));
  // The same few failures take both almost everywhere.
  const known = new Map<string, Standing>();
  const standing = (failure: string): Standing => {
    const found = known.get(failure) ?? standingAfter(model, [failure]);
    known.set(failure, found);
    return found;
  };
  const takesBoth = (primary: AccessPath, fallback: AccessPath): readonly string[] => {
    const [one, other] = [singles.ofPath(primary), singles.ofPath(fallback)];
    return one === "down" || other === "down" ? [] : [...one].filter((failure) => other.has(failure));
  };
  const fateOf = (primary: AccessPath, fallback: AccessPath): SharedFate => {
    const keys = { primary: primary.key, fallback: fallback.key };
    const both = takesBoth(primary, fallback);
    if (both.length > 0) {
      const after = standing(both[0]!);
      return { ...keys, grade: "A", shared: both, chains: { primary: after.chain(primary), fallback: after.chain(fallback) } };
    }
    const below = support.failuresBelow(fallback.needs);
    const common = [...support.failuresBelow(primary.needs)].filter((failure) => below.has(failure));
    if (common.length > 0) return { ...keys, grade: "B", shared: common, chains: null };
    const layers = layersBelow(fallback);
    const alike = [...layersBelow(primary)].filter((layer) => layers.has(layer));
    return { ...keys, grade: alike.length > 0 ? "C" : null, shared: alike, chains: null };
  };
  /** `takesBoth`: the failures of grade A alone, which costs little. */
  return { fateOf, takesBoth };
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
