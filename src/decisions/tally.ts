/**
 * What is counted of answers: exactly, whatever the log keeps of them. One tally a day, in UTC, because it is added to rows by day.
 */
import type { Asked } from "./asked.ts";
import type { ReasonCode, Verdict } from "./verdict.ts";

export interface Seen {
  times: number;
  firstMs: number;
  lastMs: number;
}

/** Days since 1970, in UTC. */
export type Day = number;

export interface Tally {
  readonly day: Day;
  /** By caller and reason. */
  readonly answers: Map<string, Map<ReasonCode, number>>;
  /** By exception that let through or nearly would have, caller and reason. */
  readonly grants: Map<string, Map<string, Map<ReasonCode, Seen>>>;
  /** Kept in the log, left out by its setting, and lost because it was full. */
  kept: number;
  leftOut: number;
  lost: number;
}

const DAY_MS = 86_400_000;
/** Callers are known by name; beyond this many in one tally they are counted as one. */
const MAX_CALLERS = 1000;
export const OTHER_CALLERS = "others";

export function dayOf(nowMs: number): Day {
  return Math.floor(nowMs / DAY_MS);
}

export function newTally(day: Day): Tally {
  return { day, answers: new Map(), grants: new Map(), kept: 0, leftOut: 0, lost: 0 };
}

export function count(tally: Tally, { code, grant }: Verdict, { caller }: Asked, nowMs: number): void {
  const who = tally.answers.has(caller) || tally.answers.size < MAX_CALLERS ? caller : OTHER_CALLERS;
  const codes = within(tally.answers, who, newMap<ReasonCode, number>);
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (grant !== undefined)
    see(within(within(tally.grants, grant.exception, newMap<string, Map<ReasonCode, Seen>>), who, newMap<ReasonCode, Seen>), code, nowMs);
}

function see<K>(map: Map<K, Seen>, key: K, nowMs: number): void {
  const seen = map.get(key);
  if (seen === undefined) map.set(key, { times: 1, firstMs: nowMs, lastMs: nowMs });
  else {
    seen.times += 1;
    if (nowMs > seen.lastMs) seen.lastMs = nowMs;
    if (nowMs < seen.firstMs) seen.firstMs = nowMs;
  }
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function newMap<K, V>(): Map<K, V> {
  return new Map();
}
