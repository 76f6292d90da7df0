/** Whether anybody answers for a bypass: what a provider shows, held against the exceptions that are in force. */
import type { Bypass, BypassSubject } from "../connectors/port.ts";
import type { Instant } from "../kernel/time.ts";

/** What an exception says it lets past, and when. */
export interface Documented {
  readonly exception: string;
  readonly subject: Pick<BypassSubject, "kind" | "key">;
  /** The object that lets it past (a policy, a group); undefined: whichever. */
  readonly object?: string;
  readonly from: Instant;
  readonly until: Instant;
}

export interface Accounted {
  readonly bypass: Bypass;
  /** The exception that covers it; undefined: nobody answers for it. */
  readonly exception: string | undefined;
}

/**
 * An exception covers what it names and nothing else: a person is not covered by an exception for a group of the same key, nor
 * two people by an exception for one. One that is over, or has not begun, covers nobody.
 */
export function accountFor(bypasses: readonly Bypass[], documented: readonly Documented[], now: Instant): readonly Accounted[] {
  const inForce = new Map<string, Documented[]>();
  for (const each of documented) {
    if (each.from > now || each.until <= now) continue;
    const key = keyOf(each.subject);
    inForce.set(key, [...(inForce.get(key) ?? []), each]);
  }
  return bypasses.map((bypass) => {
    const covering = inForce.get(keyOf(bypass.subject))?.find(({ object }) => object === undefined || object === bypass.object);
    return { bypass, exception: covering?.exception };
  });
}

/** Those nobody answers for. */
export function undocumented(accounted: readonly Accounted[]): readonly Bypass[] {
  return accounted.filter(({ exception }) => exception === undefined).map(({ bypass }) => bypass);
}

/** Providers compare their ids without regard to case. */
function keyOf({ kind, key }: Pick<BypassSubject, "kind" | "key">): string {
  return `${kind} ${key.toLowerCase()}`;
}
