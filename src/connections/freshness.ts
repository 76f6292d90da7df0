/** How old what was read of a provider may be, before it is told as old. Pure. */
import { duration, durationMs, type Instant, msBetween } from "../kernel/time.ts";

/** Providers are read every quarter of an hour: after an hour four readings were missed, or one takes so long that its news are old. */
const FRESH_FOR_MS = durationMs(duration("PT1H"));

/** True also of what was never read, and of what was read by a clock that was far ahead. */
export function isStale(readAt: Instant | null | undefined, now: Instant): boolean {
  return readAt === null || readAt === undefined || Math.abs(msBetween(readAt, now)) > FRESH_FOR_MS;
}
