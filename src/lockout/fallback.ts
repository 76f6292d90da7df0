/**
 * What an exception's fallback depends on, told of the model: what it names is looked up by key or by name, and compared with what the
 * exception weakens, which is the component that stands for its connection. Pure.
 */
import type { LockoutModel } from "./model.ts";
import { createSharedFates, type Fate } from "./shared-fate.ts";

export interface FallbackAsked {
  /** Key of the connection whose control is weakened. */
  readonly connection: string;
  /** As it was typed, one thing each. */
  readonly dependencies: readonly string[];
}

export interface FallbackFate {
  /** What was typed, and the component it means; null: the model does not know it. */
  readonly parts: readonly { readonly text: string; readonly component: string | null }[];
  /** Components that are what is weakened. */
  readonly front: readonly string[];
  /** Null also where one side is not in the model. */
  readonly grade: Fate | null;
  readonly shared: readonly string[];
  /** How the fallback hangs on the first of them. */
  readonly chain: readonly string[];
}

export function createFallbackFates(model: LockoutModel) {
  const { fateOf } = createSharedFates(model);
  const active = model.components.filter(({ status }) => status === "active");
  const byName = new Map(active.map(({ key, name }) => [name.trim().toLowerCase(), key]));
  const keys = new Set(active.map(({ key }) => key));
  const meant = (text: string) => (keys.has(text.trim()) ? text.trim() : (byName.get(text.trim().toLowerCase()) ?? null));
  return ({ connection, dependencies }: FallbackAsked): FallbackFate => {
    const parts = dependencies.map((text) => ({ text, component: meant(text) }));
    const known = parts.flatMap(({ component }) => component ?? []);
    const front = active.filter((each) => each.connection === connection).map(({ key }) => key);
    if (known.length === 0 || front.length === 0) return { parts, front, grade: null, shared: [], chain: [] };
    const { grade, shares } = fateOf(way(front), way(known));
    const worst = shares.filter((share) => share.grade === grade);
    return { parts, front, grade, shared: worst.map(({ by }) => by), chain: worst[0]?.chains.fallback ?? [] };
  };
}

function way(all: readonly string[]) {
  return { key: "", name: "", population: "human", role: "primary", needs: { all }, minutes: null } as const;
}
