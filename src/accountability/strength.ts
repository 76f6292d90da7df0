/** How strong the sign-in of a path is: as somebody said, or else as far as what it needs tells. */
import type { ComponentKind } from "../estate/component.ts";
import { type Expression, partsOf } from "../estate/expression.ts";
import type { AccessPath, Assurance } from "../estate/operation.ts";

/** `weak`: it can be talked or listened out of somebody. `bound`: it takes something one has to hold. */
export const RANKS = ["weak", "bound"] as const;
export type Rank = (typeof RANKS)[number];

export interface Strength {
  /** Null: nobody said. */
  readonly said: Assurance | null;
  /** Null: not known. */
  readonly rank: Rank | null;
}

/** What kinds of components say about a sign-in; all others say nothing. */
const OF_KIND: Partial<Readonly<Record<ComponentKind, Rank>>> = {
  sms: "weak",
  telecom: "weak",
  helpdesk: "weak",
  authenticator: "bound",
  certificate: "bound",
  hsm: "bound",
  "device-trust": "bound",
};

export function strengthOf({ needs, assurance }: AccessPath, kindOf: (component: string) => ComponentKind | undefined): Strength {
  const said = assurance ?? null;
  if (said !== null) return { said, rank: said.aal === 1 ? "weak" : "bound" };
  return { said, rank: rankOf(needs, kindOf) };
}

/** The weakest that whoever attacks can choose; where that says nothing, not known. */
function rankOf(needs: Expression, kindOf: (component: string) => ComponentKind | undefined): Rank | null {
  const ways = waysOf(needs, kindOf);
  if (ways.has("weak")) return "weak";
  return ways.has("bound") && !ways.has(null) ? "bound" : null;
}

/** How strong each of the ways is in which it can be had; of one way, the strongest of what it takes. Null: that says nothing. */
function waysOf(needs: Expression, kindOf: (component: string) => ComponentKind | undefined): ReadonlySet<Rank | null> {
  if (typeof needs === "string") return new Set([OF_KIND[kindOf(needs) ?? "external"] ?? null]);
  const parts = partsOf(needs).map((part) => waysOf(part, kindOf));
  const chosen = "all" in needs ? parts.length : "any" in needs ? 1 : needs.atLeast;
  const silent = parts.filter((part) => part.has(null)).length;
  const without = parts.filter((part) => part.has(null) || part.has("weak")).length;
  const found = new Set<Rank | null>();
  if (silent >= chosen) found.add(null);
  if (without >= chosen && parts.some((part) => part.has("weak"))) found.add("weak");
  if (parts.some((part) => part.has("bound"))) found.add("bound");
  return found;
}

/** Why a path is weaker than the one it stands in for; undefined where it is not, or where that is not known. */
export function weakerBecause(path: Strength, primary: Strength): string | undefined {
  const [a, b] = [path.said, primary.said];
  if (a !== null && b !== null) {
    if (a.aal < b.aal) return `AAL${a.aal} instead of AAL${b.aal}`;
    return b.phishingResistant && !a.phishingResistant ? "a false page can take it" : undefined;
  }
  if (path.rank !== "weak" || primary.rank !== "bound") return undefined;
  return a === null ? "it goes over the telephone, a text message or the help desk alone" : `only AAL${a.aal}`;
}
