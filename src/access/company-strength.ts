/** How strongly somebody has to have signed in at the company's provider, and whether they did. */
import type { Authentication } from "./company-account.ts";

export interface DemandedStrength {
  /** Authentication contexts any one of which is enough; empty when none is demanded. */
  readonly acr: readonly string[];
  /** Sets of methods (RFC 8176); all of any one set are enough; empty when none is demanded. */
  readonly amr: readonly (readonly string[])[];
}

/** What the provider says is believed to be long or wrong, and shown only so far. */
const SHOWN = 120;

/** What was demanded and what came, where it is not enough; undefined when it is. Nothing said is never enough. */
export function weaknessOf(demanded: DemandedStrength, came: Authentication): string | undefined {
  const acrFits = demanded.acr.length === 0 || (came.acr !== null && demanded.acr.includes(came.acr));
  const amrFits = demanded.amr.length === 0 || demanded.amr.some((all) => all.every((method) => came.amr.includes(method)));
  if (acrFits && amrFits) return undefined;
  const wanted = [
    ...(demanded.acr.length > 0 ? [`acr ${demanded.acr.join(" or ")}`] : []),
    ...(demanded.amr.length > 0 ? [`amr ${demanded.amr.map((all) => all.join(" and ")).join(", or ")}`] : []),
  ];
  return `Demanded: ${wanted.join("; ")}. What came: acr ${shown(came.acr ?? "")}; amr ${shown(came.amr.join(" and "))}.`;
}

function shown(text: string): string {
  if (text === "") return "none";
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
