/** Everything a decision needs, in memory. Replaced or grown by whoever follows the journal; a decision only reads it. */
import type { Register } from "./register.ts";
import type { RuleSet } from "./rule-set.ts";

export interface Snapshot {
  readonly register: Register;
  /** By name. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  /** When it was last known to hold everything the journal does, in milliseconds since 1970. */
  readonly freshAtMs: number;
  /** Older than that it answers no more: milliseconds. */
  readonly maxAgeMs: number;
}

/** Written so that an age that is no number is too old. */
export function isTooOld({ freshAtMs, maxAgeMs }: Pick<Snapshot, "freshAtMs" | "maxAgeMs">, nowMs: number): boolean {
  return !(nowMs - freshAtMs <= maxAgeMs);
}
