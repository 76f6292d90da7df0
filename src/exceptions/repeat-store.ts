import { sql } from "kysely";

import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Duration, Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { RepeatLevel } from "./repeats.ts";
import type { ExceptionState } from "./exception.ts";
import type { StoredException } from "./store.ts";

type Tables = { exception: { id: string; version: number; state: unknown; status: string; opened_at: string } };

/** Exceptions that share a fingerprint. */
export interface Cluster {
  readonly key: string;
  readonly count: number;
  readonly newest: readonly string[];
}

export interface RepeatPage {
  readonly since: Instant;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Found<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Members of a cluster that are shown; its count is of all. */
const SHOWN = 20;

/** Rows of the register seen as needs that came back. */
export function createRepeatStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    /** Fingerprints of a level that two or more have, the most frequent first. */
    async clusters(level: Exclude<RepeatLevel, "split">, { since, limit, cursor }: RepeatPage): Promise<Found<Cluster>> {
      const [count, key] = cursor === undefined ? [] : readCursor(cursor, ["count", "text"]);
      const past = count === undefined ? sql`` : sql`and (count(*), key) < (${Number(count)}::bigint, ${key})`;
      const { rows } = await sql<{ key: string; n: number; newest: string[] }>`
        select key, count(*) as n, (array_agg(id order by opened_at desc))[1:${sql.lit(SHOWN)}] as newest
        from exception, unnest(fingerprints) as key
        where opened_at >= ${since} and starts_with(key, ${`${level}:`})
        group by key having count(*) > 1 ${past}
        order by count(*) desc, key desc limit ${limit + 1}`.execute(db);
      const items = rows.slice(0, limit).map(({ key, n, newest }) => ({ key, count: n, newest }));
      const last = items.at(-1);
      return { items, next: rows.length > limit && last !== undefined ? writeCursor([String(last.count), last.key]) : undefined };
    },
    /** Ids of what was asked for within this time of an earlier request for the same. */
    async repeated(within: Duration): Promise<ReadonlySet<string>> {
      const { rows } = await sql<{ id: string }>`
        select distinct id from (
          select id, opened_at, lag(opened_at) over (partition by key order by opened_at, id) as before
          from exception, unnest(fingerprints) as key where starts_with(key, 'same:')
        ) as asked where before > opened_at - ${within}::interval`.execute(db);
      return new Set(rows.map(({ id }) => id));
    },
    /** What was refused, the latest request first. */
    async refused({ since, limit, cursor }: RepeatPage): Promise<Found<StoredException>> {
      let query = db
        .selectFrom("exception")
        .select(["id", "version", "state"])
        .where("status", "=", "rejected")
        .where("opened_at", ">=", since);
      if (cursor !== undefined) query = query.where("id", "<", readCursor(cursor, 1)[0]!);
      const rows = await query
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      const last = rows.slice(0, limit).at(-1);
      return {
        items: rows.slice(0, limit).map(stored),
        next: rows.length > limit && last !== undefined ? writeCursor([last.id]) : undefined,
      };
    },
    async findAll(ids: readonly string[]): Promise<StoredException[]> {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom("exception")
        .select(["version", "state"])
        .where("id", "in", [...ids])
        .orderBy("opened_at", "desc")
        .execute();
      return rows.map(stored);
    },
  };
}
export type RepeatStore = ReturnType<typeof createRepeatStore>;

function stored(row: { version: number; state: unknown }): StoredException {
  return { version: row.version, exception: row.state as ExceptionState };
}
