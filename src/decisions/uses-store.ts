import { sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { UseAsked } from "../exceptions/use.ts";
import type { AskedDays } from "./uses.ts";
import type { ReasonCode } from "./verdict.ts";

export interface UsedSince {
  readonly times: number;
  readonly lastAt: Instant | null;
}

export interface UseByCaller {
  readonly caller: string;
  readonly code: ReasonCode;
  readonly times: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

const LET_THROUGH: ReasonCode = "permitted_by_exception";

export type UsesStore = ReturnType<typeof createUsesStore>;

/** Sums over the rows of a day, in UTC. */
export function createUsesStore(db: Db) {
  return {
    async since(asked: readonly Pick<UseAsked, "exception" | "since">[]): Promise<ReadonlyMap<string, UsedSince>> {
      const { rows } = await sql<{ exception: string } & UsedSince>`
        select asked.exception, coalesce(sum(times) filter (where day >= asked.since::date), 0)::bigint as times, max(last_at) as "lastAt"
        from unnest(${asked.map((one) => one.exception)}::text[], ${asked.map((one) => one.since.slice(0, 10))}::text[])
          as asked (exception, since)
        join exception_use using (exception) where code = ${LET_THROUGH}
        group by asked.exception`.execute(db);
      return new Map(rows.map(({ exception, ...used }) => [exception, used]));
    },
    /** By kind and id as `keyOf` makes it. */
    async askedDays(
      resources: readonly { readonly kind: string; readonly id: string }[],
      since: Instant,
      keyOf: (kind: string, id: string) => string,
    ): Promise<ReadonlyMap<string, AskedDays>> {
      const { rows } = await sql<{ kind: string; id: string } & AskedDays>`
        select kind, id, count(*)::int as days, max(last_at) as "lastAt"
        from decision_resource
        where (kind, id) in (select * from unnest(${resources.map(({ kind }) => kind)}::text[], ${resources.map(({ id }) => id)}::text[]))
          and day >= ${since.slice(0, 10)}::date
        group by kind, id`.execute(db);
      return new Map(rows.map(({ kind, id, ...days }) => [keyOf(kind, id), days]));
    },
    /** Whether anybody followed the register since a day, to answer from it elsewhere. */
    async hasEdges(since: Instant): Promise<boolean> {
      const { rows } = await sql`select 1 from decision_edge where day >= ${since.slice(0, 10)}::date limit 1`.execute(db);
      return rows.length > 0;
    },
    async byCaller(exception: string): Promise<readonly UseByCaller[]> {
      const { rows } = await sql<UseByCaller>`
        select caller, code, sum(times)::bigint as times, min(first_at) as "firstAt", max(last_at) as "lastAt"
        from exception_use where exception = ${exception}
        group by caller, code order by max(last_at) desc`.execute(db);
      return rows;
    },
    async byDay(exception: string, since: Instant): Promise<readonly { readonly day: string; readonly times: number }[]> {
      const { rows } = await sql<{ day: string; times: number }>`
        select day::text, sum(times)::bigint as times from exception_use
        where exception = ${exception} and code = ${LET_THROUGH} and day >= ${since.slice(0, 10)}::date
        group by day order by day`.execute(db);
      return rows;
    },
    /** Exceptions asked for outside of what they cover at least so often since a day, with by whom. */
    async attempts(since: Instant, atLeast: number, limit: number) {
      const { rows } = await sql<{ exception: string; callers: string[] }>`
        select exception, array_agg(distinct caller order by caller) as callers from exception_use
        where code = 'outside_exception_scope' and day >= ${since.slice(0, 10)}::date
        group by exception having sum(times) >= ${atLeast} order by exception limit ${limit}`.execute(db);
      return rows;
    },
  };
}
