/** When a window of requests begins anew. */
import type { WireAnswer } from "../http/wire.ts";

const MS_PER_SECOND = 1000;
/** A window is a minute; what lies further off is a mistake of somebody's clock. */
const LONGEST_PAUSE_MS = 90_000;

/** By Okta's own clock, so that ours may be wrong. */
export function untilResetMs({ headers }: Pick<WireAnswer, "headers">): number | undefined {
  const [reset, date] = [Number(headers["x-rate-limit-reset"]), Date.parse(headers["date"] ?? "")];
  if (!Number.isFinite(reset) || Number.isNaN(date)) return undefined;
  return Math.min(Math.max(reset * MS_PER_SECOND - date, MS_PER_SECOND), LONGEST_PAUSE_MS);
}
