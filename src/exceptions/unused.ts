/** When an exception counts as unused: never while nobody watches whether it is. Pure. */
import { addDuration, duration, type Instant, latest } from "../kernel/time.ts";
import type { ExceptionState } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { lastDecisionAt } from "./recertification.ts";
import type { Use } from "./use.ts";

const UNUSED_AFTER = duration("P30D");

/** Since when nothing came of it that would be asked about: it began, was decided on, or was used. Undefined while it is not in force. */
export function idleSince(state: ExceptionState, lastUsedAt: Instant | null, now: Instant): Instant | undefined {
  const begun = state.dossier.grants[0]?.validFrom;
  if (begun === undefined || !isInForce(state, now)) return undefined;
  return [lastDecisionAt(state), ...(lastUsedAt === null ? [] : [lastUsedAt])].reduce(latest, begun);
}

/** Since when it is unused, where that is known and has lasted thirty days. */
export function unusedSince(state: ExceptionState, use: Use | undefined, now: Instant): Instant | undefined {
  const since = use?.isWatched === true ? idleSince(state, use.lastAt, now) : undefined;
  return since !== undefined && addDuration(since, UNUSED_AFTER) <= now ? since : undefined;
}
