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

/** All of several are as strong as the strongest of them; any of several as the weakest, for whoever attacks chooses. */
function rankOf(needs: Expression, kindOf: (component: string) => ComponentKind | undefined): Rank | null {
  if (typeof needs === "string") return OF_KIND[kindOf(needs) ?? "external"] ?? null;
  const ranks = partsOf(needs).flatMap((part) => rankOf(part, kindOf) ?? []);
  const [strong, weak] = [ranks.includes("bound"), ranks.includes("weak")];
  if ("all" in needs) return strong ? "bound" : weak ? "weak" : null;
  const chosen = "any" in needs ? 1 : needs.atLeast;
  // So many of them are weak that nothing else is needed.
  if (ranks.filter((rank) => rank === "weak").length >= chosen) return "weak";
  return strong ? "bound" : weak ? "weak" : null;
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
