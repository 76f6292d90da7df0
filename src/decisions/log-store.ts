import { type RawBuilder, sql } from "kysely";

import { type Instant, instantOfEpochMs } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Day, Tally } from "./tally.ts";

/** What one replica writes at once. */
export interface Batch {
  readonly replica: string;
  /** Each batch has the next number: one that was committed already is not written again. */
  readonly number: number;
  readonly beganAt: Instant;
  readonly heardAt: Instant;
  readonly entries: readonly LogEntry[];
  readonly tallies: readonly Tally[];
}

/** Rows of a statement: questions wait while one is put together, and so does whoever needs the one connection to an embedded database. */
const ROWS = 200;
const DAY_MS = 86_400_000;

export type LogStore = ReturnType<typeof createLogStore>;

export function createLogStore(db: Db) {
  async function remove(oldest: RawBuilder<unknown>): Promise<number> {
    const gone = await sql`delete from decision_log where id in (select id from decision_log where ${oldest})`.execute(db);
    return Number(gone.numAffectedRows ?? 0n);
  }
  return {
    /** All of it or nothing; nothing when it was written before. `covered`: keys of resources to remember as asked about. */
    async write(batch: Batch, covered: ReadonlySet<string>): Promise<void> {
      await db.transaction().execute(async (tx) => {
        if (!(await claim(tx, batch))) return;
        for (let at = 0; at < batch.entries.length; at += ROWS) await insertEntries(tx, batch.entries.slice(at, at + ROWS));
        // In one order on every replica: two that add to the same rows wait for each other and never for themselves.
        for (const tally of batch.tallies.toSorted((a, b) => a.day - b.day)) await addTally(tx, tally, covered);
      });
    },
    async noteEnd(replica: string, at: Instant): Promise<void> {
      await sql`update decision_replica set ended_at = ${at}, heard_at = ${at} where replica = ${replica}`.execute(db);
    },
    /** Number of the newest entry, 0 where there is none. */
    async newest(): Promise<number> {
      const { rows } = await sql<{ newest: number }>`select coalesce(max(id), 0)::bigint as newest from decision_log`.execute(db);
      return rows[0]!.newest;
    },
    /** Removes the oldest before an instant; how many went. */
    pruneBefore: (before: Instant, atOnce: number): Promise<number> => remove(sql`at < ${before} order by at limit ${atOnce}`),
    /** Removes the oldest up to a number. Each asks one index: asked for both at once, all of the table is read where nothing is to go. */
    pruneUpTo: (id: number, atOnce: number): Promise<number> => remove(sql`id <= ${id} order by id limit ${atOnce}`),
    async pruneReplicas(before: Instant): Promise<void> {
      await sql`delete from decision_replica where heard_at < ${before}`.execute(db);
    },
  };
}

/** False when this batch, or a later one of the same replica, is in already. */
async function claim(tx: Tx, { replica, number, beganAt, heardAt, tallies }: Batch): Promise<boolean> {
  const kept = sum(tallies, ({ kept }) => kept);
  const lost = sum(tallies, ({ lost }) => lost);
  const { rows } = await sql`
    insert into decision_replica as known (replica, batch, began_at, heard_at, kept, lost)
    values (${replica}, ${number}, ${beganAt}, ${heardAt}, ${kept}, ${lost})
    on conflict (replica) do update set batch = excluded.batch, heard_at = excluded.heard_at,
      kept = known.kept + excluded.kept, lost = known.lost + excluded.lost
    where known.batch < excluded.batch
    returning batch`.execute(tx);
  return rows.length > 0;
}

const COLUMNS = [
  ["at", "timestamptz"],
  ["caller", "text"],
  ["request_id", "text"],
  ["rule_set", "text"],
  ["permit", "boolean"],
  ["code", "text"],
  ["words", "text"],
  ["rule", "text"],
  ["exception", "text"],
  ["exception_ref", "text"],
  ["requestable", "boolean"],
  ["obligations", "text"],
  ["subject_type", "text"],
  ["subject_id", "text"],
  ["action", "text"],
  ["resource_type", "text"],
  ["resource_id", "text"],
  ["method", "text"],
  ["question", "text"],
  ["whole", "boolean"],
  ["sequence", "bigint"],
  ["age_ms", "bigint"],
] as const;

const NAMES = COLUMNS.map(([name]) => name).join(", ");
const TYPED = COLUMNS.map(([, type], i) => `(r.v ->> ${i})::${type}`).join(", ");

/** As one text of JSON: arrays of a column each are put together value by value, at ten times the cost. */
async function insertEntries(tx: Tx, entries: readonly LogEntry[]): Promise<void> {
  const rows = JSON.stringify(entries.map(rowOf));
  await sql`insert into decision_log (${sql.raw(NAMES)})
    select ${sql.raw(TYPED)} from jsonb_array_elements(${rows}::jsonb) with ordinality as r (v, n) order by n`.execute(tx);
}

/** In the order of COLUMNS. */
function rowOf({ atMs, asked, question, ...entry }: LogEntry): readonly (string | number | boolean | null)[] {
  const { subject, action, resource } = question;
  const method = action.properties?.["method"];
  return [
    instantOfEpochMs(Math.trunc(atMs)),
    storable(asked.caller),
    asked.requestId === null ? null : storable(asked.requestId),
    storable(asked.ruleSet),
    entry.permit,
    entry.code,
    storable(entry.words),
    entry.rule === null ? null : storable(entry.rule),
    entry.exception,
    entry.exceptionRef,
    entry.requestable,
    JSON.stringify(entry.obligations),
    storable(subject.type),
    storable(subject.id),
    storable(action.name),
    storable(resource.type),
    storable(resource.id),
    typeof method === "string" ? storable(method) : null,
    JSON.stringify(question),
    entry.whole,
    Math.trunc(asked.sequence),
    Math.max(0, Math.trunc(asked.ageMs)),
  ];
}

/** A text of the database holds no zero character and no half of a pair: one such name would keep the whole batch from being written. */
function storable(text: string): string {
  if (text.length <= MAX_TEXT && text.isWellFormed() && !text.includes("\0")) return text;
  return text.slice(0, MAX_TEXT).toWellFormed().replaceAll("\0", "\uFFFD");
}

const MAX_TEXT = 400;

async function addTally(
  tx: Tx,
  { day, answers, grants, resources, edges, kept, leftOut, lost }: Tally,
  covered: ReadonlySet<string>,
): Promise<void> {
  const date = dateOf(day);
  await sql`
    insert into decision_day as known (day, kept, left_out, lost) values (${date}::date, ${kept}, ${leftOut}, ${lost})
    on conflict (day) do update set kept = known.kept + excluded.kept, left_out = known.left_out + excluded.left_out,
      lost = known.lost + excluded.lost`.execute(tx);
  const counts = [...answers].flatMap(([caller, codes]) => [...codes].map(([code, times]) => ({ caller: storable(caller), code, times })));
  if (counts.length > 0) {
    await sql`
      insert into decision_count as known (day, caller, code, times)
      select ${date}::date, caller, code, sum(times)::bigint from unnest(${counts.map((one) => one.caller)}::text[],
        ${counts.map((one) => one.code)}::text[], ${counts.map((one) => one.times)}::bigint[]) as counted (caller, code, times)
      group by caller, code order by caller, code
      on conflict (day, caller, code) do update set times = known.times + excluded.times`.execute(tx);
  }
  if (edges.size > 0) {
    await sql`
      insert into decision_edge (day, caller) select ${date}::date, unnest(${[...edges].map(storable).sort()}::text[])
      on conflict do nothing`.execute(tx);
  }
  await addUses(tx, date, grants);
  await addResources(tx, date, resources, covered);
}

export function keyOfResource(kind: string, id: string): string {
  return JSON.stringify([kind, id]);
}

async function addResources(tx: Tx, date: string, resources: Tally["resources"], covered: ReadonlySet<string>): Promise<void> {
  const asked = [...resources].flatMap(([kind, ids]) =>
    [...ids].filter(([id]) => covered.has(keyOfResource(kind, id))).map(([id, seen]) => ({ kind, id, ...seen })),
  );
  if (asked.length === 0) return;
  await sql`
    insert into decision_resource as known (day, kind, id, times, last_at)
    select ${date}::date, kind, id, times, last_at
    from unnest(${asked.map((one) => one.kind)}::text[], ${asked.map((one) => one.id)}::text[], ${asked.map((one) => one.times)}::bigint[],
      ${asked.map((one) => instantOfEpochMs(Math.trunc(one.lastMs)))}::timestamptz[]) as asked (kind, id, times, last_at)
    order by kind, id
    on conflict (day, kind, id) do update set times = known.times + excluded.times,
      last_at = greatest(known.last_at, excluded.last_at)`.execute(tx);
}

async function addUses(tx: Tx, date: string, grants: Tally["grants"]): Promise<void> {
  const uses = [...grants]
    .flatMap(([exception, callers]) =>
      [...callers].flatMap(([caller, codes]) => [...codes].map(([code, seen]) => ({ exception, caller: storable(caller), code, ...seen }))),
    )
    .sort((a, b) => (a.exception < b.exception ? -1 : a.exception > b.exception ? 1 : 0));
  for (let at = 0; at < uses.length; at += ROWS) {
    const some = uses.slice(at, at + ROWS);
    await sql`
      insert into exception_use as known (exception, day, caller, code, times, first_at, last_at)
      select exception, ${date}::date, caller, code, sum(times)::bigint, min(first_at), max(last_at)
      from unnest(${some.map((one) => one.exception)}::text[], ${some.map((one) => one.caller)}::text[],
        ${some.map((one) => one.code)}::text[], ${some.map((one) => one.times)}::bigint[],
        ${some.map((one) => instantOfEpochMs(Math.trunc(one.firstMs)))}::timestamptz[],
        ${some.map((one) => instantOfEpochMs(Math.trunc(one.lastMs)))}::timestamptz[])
        as used (exception, caller, code, times, first_at, last_at)
      group by exception, caller, code order by exception, caller, code
      on conflict (exception, day, caller, code) do update set times = known.times + excluded.times,
        first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`.execute(tx);
  }
}

function dateOf(day: Day): string {
  return instantOfEpochMs(day * DAY_MS).slice(0, 10);
}

function sum(tallies: readonly Tally[], of: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + of(tally), 0);
}
