/**
 * What is counted of answers: exactly, whatever the log keeps of them. One tally a day, in UTC, because it is added to rows by day.
 */
import type { Asked } from "./asked.ts";
import type { Question } from "./question.ts";
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
  /** By type and id of what was asked about, where the register was asked. */
  readonly resources: Map<string, Map<string, Seen>>;
  /** Callers that follow the register to answer from it themselves. */
  readonly edges: Set<string>;
  /** Resources that are in it. */
  resourceCount: number;
  /** Kept in the log, left out by its setting, and lost because it was full. */
  kept: number;
  leftOut: number;
  lost: number;
}

const DAY_MS = 86_400_000;
/** A caller may name any resource; one that finds no room is not counted as asked about, which never claims too much. */
const MAX_RESOURCES = 2000;
/** The register's own ids are shorter. */
const MAX_RESOURCE_NAME = 200;
/** Callers are known by name; beyond this many in one tally they are counted as one. */
const MAX_CALLERS = 1000;
export const OTHER_CALLERS = "others";

export function dayOf(nowMs: number): Day {
  return Math.floor(nowMs / DAY_MS);
}

export function newTally(day: Day): Tally {
  const maps = { answers: new Map(), grants: new Map(), resources: new Map(), edges: new Set<string>() };
  return { day, ...maps, resourceCount: 0, kept: 0, leftOut: 0, lost: 0 };
}

/** Answers for which the register was asked who may use what. */
const OF_REGISTER: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  "permitted_by_exception",
  "exception_needed",
  "exception_not_started",
  "exception_ended",
  "exception_suspended",
  "outside_exception_scope",
]);

export function count(tally: Tally, { resource }: Question, { code, grant }: Verdict, { caller }: Asked, nowMs: number): void {
  const who = tally.answers.has(caller) || tally.answers.size < MAX_CALLERS ? caller : OTHER_CALLERS;
  const codes = within(tally.answers, who, newMap<ReasonCode, number>);
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (grant !== undefined)
    see(within(within(tally.grants, grant.exception, newMap<string, Map<ReasonCode, Seen>>), who, newMap<ReasonCode, Seen>), code, nowMs);
  if (OF_REGISTER.has(code)) tally.resourceCount += countResource(tally, resource.type, resource.id, nowMs);
}

function countResource({ resources, resourceCount }: Tally, type: string, id: string, nowMs: number): number {
  if (type.length > MAX_RESOURCE_NAME || id.length > MAX_RESOURCE_NAME) return 0;
  const isNew = resources.get(type)?.has(id) !== true;
  if (isNew && resourceCount >= MAX_RESOURCES) return 0;
  see(within(resources, type, newMap<string, Seen>), id, nowMs);
  return isNew ? 1 : 0;
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
