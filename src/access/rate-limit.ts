/**
 * A token bucket per address or person, in memory: slows a flood of tries down before they cost a database row. It guards resources, not
 * secrets: nothing behind it can be guessed, so that several replicas need not share it.
 */
import { epochMs, type Instant } from "../kernel/time.ts";

export interface RateLimitSettings {
  /** Tries at once. */
  readonly burst: number;
  readonly perSecond: number;
  /** Addresses remembered; beyond that the one longest not heard of is forgotten. */
  readonly addresses: number;
}

/** A company behind one address signs in at nine o'clock: a minute's worth at once, one a second after that. */
export const PUBLIC_LIMIT: RateLimitSettings = { burst: 60, perSecond: 1, addresses: 10_000 };

/** By person. The form asks at most twice a second, while somebody types and pauses: two minutes of that, then one a second. */
export const PREVIEW_LIMIT: RateLimitSettings = { burst: 120, perSecond: 1, addresses: 10_000 };

export interface RateLimit {
  /** Undefined when the try may go on, else the whole seconds to wait. */
  take(address: string, now: Instant): number | undefined;
}

export function createRateLimit(settings: RateLimitSettings): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(address, now) {
      const key = networkOf(address);
      const at = epochMs(now);
      const before = buckets.get(key) ?? { left: settings.burst, at };
      const refilled = before.left + (Math.max(0, at - before.at) / 1000) * settings.perSecond;
      const left = Math.min(settings.burst, refilled);
      const allowed = left >= 1;
      // Taken out and put back, so that the map's order is the order of use.
      buckets.delete(key);
      buckets.set(key, { left: allowed ? left - 1 : left, at });
      if (buckets.size > settings.addresses) buckets.delete(buckets.keys().next().value!);
      return allowed ? undefined : Math.ceil((1 - left) / settings.perSecond);
    },
  };
}

/** Whoever has one IPv6 address has the other 2^64 of its network too. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::", 2);
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const whole =
    tail === undefined ? groups : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - after.length)).fill("0"), ...after];
  return whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
