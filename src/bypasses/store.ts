import { sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Bypass, type BypassEvent, type BypassStatus, evolve, THERE } from "./bypass.ts";

type Tables = {
  bypass: {
    id: string;
    version: number;
    state: unknown;
    connection: string;
    key: string;
    status: string;
    policy: string | null;
    subject_key: string;
    subject_name: string;
    form: string;
    critical: boolean;
    exception: string | null;
    first_seen_at: string;
    claim_until: string | null;
    last_seen_at: string;
    seen_in: number;
  };
  scan_pass: { connection: string; generation: number };
};

const RANKS: Readonly<Record<BypassStatus, number>> = { escalated: 0, unregistered: 1, claimed: 2, registered: 3, removed: 4, gone: 5 };
const RANK = sql`(case status ${sql.join(
  Object.entries(RANKS).map(([status, rank]) => sql`when ${sql.lit(status)} then ${sql.lit(rank)}`),
  sql` `,
)} end)`;

function cursorOf({ status, seen, firstSeenAt, id }: Bypass): string {
  return writeCursor([String(RANKS[status]), String(!seen.critical), firstSeenAt, id]);
}

export interface StoredBypass {
  readonly version: number;
  readonly bypass: Bypass;
  readonly lastSeenAt: Instant;
  /** The newest pass that showed it. */
  readonly seenIn: number;
}

/** Bypasses of a connection that nobody answers for, found or escalated or turned critical at one moment, that weaken one policy. */
export interface OpenGroup {
  readonly status: "unregistered" | "escalated";
  /** Until when they may be claimed; since when they are escalated. */
  readonly at: Instant;
  /** When they became critical, where they were not when they were found. */
  readonly criticalSince: Instant | null;
  readonly policy: string | null;
  readonly count: number;
}

export interface BypassFilter {
  readonly connection?: string;
  readonly statuses?: readonly BypassStatus[];
  readonly limit: number;
  /** Opaque; from the last page. */
  readonly cursor?: string;
}

/** Rows of bypasses; the only file here that knows SQL. */
export function createBypassStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const stored = (row: Tables["bypass"]): StoredBypass => ({
    version: row.version,
    bypass: row.state as Bypass,
    lastSeenAt: row.last_seen_at as Instant,
    seenIn: row.seen_in,
  });
  return {
    async find(id: string): Promise<StoredBypass | undefined> {
      const row = await db.selectFrom("bypass").selectAll().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    async findByKey(connection: string, key: string): Promise<StoredBypass | undefined> {
      const row = await db.selectFrom("bypass").selectAll().where("connection", "=", connection).where("key", "=", key).executeTakeFirst();
      return row && stored(row);
    },
    async ofKeys(connection: string, keys: readonly string[]): Promise<Map<string, StoredBypass>> {
      if (keys.length === 0) return new Map();
      const ofConnection = db.selectFrom("bypass").selectAll().where("connection", "=", connection);
      const rows = await ofConnection.where("key", "in", [...keys]).execute();
      return new Map(rows.map((row) => [row.key, stored(row)]));
    },
    /** What a connection was last seen to hold, whoever answers for it. */
    async standing(connection: string): Promise<Bypass[]> {
      const rows = await db
        .selectFrom("bypass")
        .select("state")
        .where("connection", "=", connection)
        .where("status", "in", [...THERE])
        .execute();
      return rows.map(({ state }) => state as Bypass);
    },
    async hasStanding(connection: string): Promise<boolean> {
      const ofConnection = db.selectFrom("bypass").select("id").where("connection", "=", connection);
      return (
        (await ofConnection
          .where("status", "in", [...THERE])
          .limit(1)
          .executeTakeFirst()) !== undefined
      );
    },
    async openGroups(connection: string): Promise<OpenGroup[]> {
      const { rows } = await sql<OpenGroup>`
        select status, coalesce(state ->> 'claimUntil', state ->> 'at') as at, state ->> 'criticalSince' as "criticalSince", policy, count(*)::int as count
        from bypass where connection = ${connection} and status in ('unregistered', 'escalated')
        group by 1, 2, 3, 4 order by 1, 2, 4, 3 nulls first`.execute(db);
      return rows;
    },
    /** Of these connections. */
    async overdue(connections: readonly string[], now: Instant, limit: number): Promise<StoredBypass[]> {
      if (connections.length === 0) return [];
      const rows = await db
        .selectFrom("bypass")
        .selectAll()
        .where("status", "=", "unregistered")
        .where("claim_until", "<=", now)
        .where("connection", "in", [...connections])
        .orderBy("claim_until")
        .limit(limit)
        .execute();
      return rows.map(stored);
    },
    /** Worst first: escalated, then unregistered; critical ones leading, the longest known before the newer. */
    async list(filter: BypassFilter): Promise<{ items: StoredBypass[]; next: string | undefined }> {
      const order = sql`(${RANK}, not critical, first_seen_at, id)`;
      let query = db
        .selectFrom("bypass")
        .selectAll()
        .orderBy(order)
        .limit(filter.limit + 1);
      if (filter.connection !== undefined) query = query.where("connection", "=", filter.connection);
      if (filter.statuses !== undefined) query = query.where("status", "in", [...filter.statuses]);
      if (filter.cursor !== undefined) {
        const [rank, uncritical, since, id] = readCursor(filter.cursor, ["count", "flag", "instant", "text"]);
        query = query.where(sql<boolean>`${order} > (${rank}::int, ${uncritical}::boolean, ${since}::timestamptz, ${id})`);
      }
      const rows = await query.execute();
      const items = rows.slice(0, filter.limit).map(stored);
      return { items, next: rows.length > filter.limit ? cursorOf(items.at(-1)!.bypass) : undefined };
    },
    async countByStatus(): Promise<Record<string, number>> {
      const rows = await db
        .selectFrom("bypass")
        .select(["status", (of) => of.fn.countAll<number>().as("n")])
        .groupBy("status")
        .execute();
      return Object.fromEntries(rows.map((row) => [row.status, row.n]));
    },
    /** Marks what was seen with the newest pass that has begun. Returns how many of these are there: not those that somebody took for gone meanwhile. */
    async noteSeen(tx: Tx, connection: string, keys: readonly string[], at: Instant): Promise<number> {
      if (keys.length === 0) return 0;
      const { numUpdatedRows } = await tx
        .withTables<Tables>()
        .updateTable("bypass")
        .set((of) => ({
          last_seen_at: at,
          seen_in: of
            .selectFrom("scan_pass")
            .select((pass) => pass.fn.coalesce(pass.fn.max("generation"), sql.lit(0)).as("newest"))
            .where("connection", "=", connection),
        }))
        .where("connection", "=", connection)
        .where("key", "in", [...keys])
        .where("status", "in", [...THERE])
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
    async countSeenSince(connection: string, generation: number): Promise<number> {
      const { n } = await db
        .selectFrom("bypass")
        .select((of) => of.fn.countAll<number>().as("n"))
        .where("connection", "=", connection)
        .where("seen_in", ">=", generation)
        .where("status", "in", [...THERE])
        .executeTakeFirstOrThrow();
      return n;
    },
    /** What was there, and that no pass showed since this one began; by id. */
    async unseenSince(connection: string, generation: number, afterId: string, limit: number): Promise<StoredBypass[]> {
      const rows = await db
        .selectFrom("bypass")
        .selectAll()
        .where("connection", "=", connection)
        .where("seen_in", "<", generation)
        .where("status", "in", [...THERE])
        .where("id", ">", afterId)
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(stored);
    },
    /** Whether one of these was seen since this pass began; within the commit that would call them gone. */
    async isAnySeenSince(tx: Tx, ids: readonly string[], generation: number): Promise<boolean> {
      const among = tx
        .withTables<Tables>()
        .selectFrom("bypass")
        .select("id")
        .where("id", "in", [...ids]);
      return (await among.where("seen_in", ">=", generation).executeTakeFirst()) !== undefined;
    },
  };
}
export type BypassStore = ReturnType<typeof createBypassStore>;

/** The change that takes a bypass from a version through its events; `seenAt` is when the provider last showed it. */
export function bypassChange(before: StoredBypass | undefined, events: readonly BypassEvent[], seenAt: Instant): SubjectChange {
  const state = events.reduce<Bypass | undefined>(evolve, before?.bypass)!;
  return {
    kind: "bypass",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "bypass",
    columns: { ...bypassColumns(state), last_seen_at: seenAt },
  };
}

/** What lists find a bypass by; all of it follows from the state. */
export function bypassColumns(state: Bypass) {
  return {
    connection: state.connection,
    key: state.seen.key,
    status: state.status,
    policy: state.seen.policy ?? null,
    subject_key: state.seen.subject.key,
    subject_name: state.seen.subject.name,
    form: state.seen.form,
    critical: state.seen.critical,
    exception: "exception" in state ? state.exception : null,
    first_seen_at: state.firstSeenAt,
    claim_until: state.status === "unregistered" ? state.claimUntil : null,
  };
}
