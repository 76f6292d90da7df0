/** What one look at the provider makes of what is known of an exception for a canary. */
import type { Instant } from "../kernel/time.ts";

interface Seen {
  readonly until: Instant;
  readonly aliveAt: Instant | null;
  readonly lingeredUntil: Instant | null;
  readonly goneAt: Instant | null;
}

/** Whether another look could tell anything new. */
export function isAwaited({ until, aliveAt, goneAt }: Seen, now: Instant): boolean {
  return now < until ? aliveAt === null : goneAt === null;
}

/** `isCovered`: another exception lets the subject through the same policy now, so that a yes says nothing of this one. */
export function afterLook<S extends Seen>(seen: S, letIn: boolean, isCovered: boolean, now: Instant): S {
  if (now < seen.until) return letIn && !isCovered ? { ...seen, aliveAt: now } : seen;
  if (!letIn) return { ...seen, goneAt: now };
  return isCovered ? seen : { ...seen, lingeredUntil: now };
}
