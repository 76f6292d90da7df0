import { type RawBuilder, sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { DeniedRow, LogFilter, LoggedRow } from "./logged.ts";

/** Of the newest denials so many are looked through: a flood of them keeps nobody waiting. */
const LOOKED_THROUGH = 20_000;

/** Entries that one page of a list looks through where no index leads to what is looked for: the embedded database answers nobody meanwhile. */
const LOOKED_THROUGH_A_PAGE = 500_000;

export type ReadingStore = ReturnType<typeof createReadingStore>;

export function createReadingStore(db: Db, lookedThrough: number = LOOKED_THROUGH_A_PAGE) {
  /** Undefined where that is the beginning of the log. */
  async function endOfLook(before: number | undefined): Promise<number | undefined> {
    const { rows } = await sql<{ oldest: number | null; newest: number | null }>`
      select min(id)::bigint as oldest, max(id)::bigint as newest from decision_log`.execute(db);
    const { oldest, newest } = rows[0]!;
    const end = (before ?? (newest ?? 0) + 1) - lookedThrough;
    return oldest !== null && end > oldest ? end : undefined;
  }
  return {
    /** The newest first; `before`: the number after which to go on. `goOn`: what is older than that was not looked through. */
    async list(
      filter: LogFilter,
      before: number | undefined,
      limit: number,
    ): Promise<{ readonly rows: readonly LoggedRow[]; readonly goOn: number | undefined }> {
      const goOn = isLedTo(filter) ? undefined : await endOfLook(before);
      const conditions = [...conditionsOf(filter, before), ...(goOn === undefined ? [] : [sql`id >= ${goOn}`])];
      const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
      return { rows: (await sql<LoggedRow>`select * from decision_log ${where} order by id desc limit ${limit}`.execute(db)).rows, goOn };
    },
    async find(id: number): Promise<LoggedRow | undefined> {
      return (await sql<LoggedRow>`select * from decision_log where id = ${id}`.execute(db)).rows[0];
    },
    /** By who asked for what: as it was answered last. */
    async denied(since: Instant, limit: number): Promise<readonly DeniedRow[]> {
      const of = sql.raw("subject_type, subject_id, resource_type, resource_id, action, method");
      const { rows } = await sql<DeniedRow>`
        with recent as (
          select id, at, caller, ${of} from decision_log where requestable order by id desc limit ${LOOKED_THROUGH}
        ), counted as (
          select ${of}, count(*)::int as times, max(at) as "lastAt", array_agg(distinct caller order by caller) as callers, max(id) as newest
          from recent where at >= ${since} group by ${of}
        )
        select ${sql.raw("counted.subject_type, counted.subject_id, counted.resource_type, counted.resource_id, counted.action, counted.method")},
          times, "lastAt", callers, answered.code, answered.words, answered.question, answered.rule_set
        from counted join decision_log answered on answered.id = newest order by newest desc limit ${limit}`.execute(db);
      return rows;
    },
    async callers(since: Instant): Promise<readonly { caller: string; permits: number; denials: number; byException: number }[]> {
      const { rows } = await sql<{ caller: string; permits: number; denials: number; byException: number }>`
        select caller,
          coalesce(sum(times) filter (where code like 'permitted%'), 0)::bigint as permits,
          coalesce(sum(times) filter (where code not like 'permitted%'), 0)::bigint as denials,
          coalesce(sum(times) filter (where code = 'permitted_by_exception'), 0)::bigint as "byException"
        from decision_count where day >= ${since.slice(0, 10)}::date group by caller order by sum(times) desc, caller limit 200`.execute(
        db,
      );
      return rows;
    },
    async lost(since: Instant): Promise<number> {
      const { rows } = await sql<{ lost: number }>`
        select coalesce(sum(lost), 0)::bigint as lost from decision_day where day >= ${since.slice(0, 10)}::date`.execute(db);
      return rows[0]!.lost;
    },
    /** Replicas that were heard of between these instants and did not say that they end. */
    async cutOff(since: Instant, silentSince: Instant): Promise<readonly { heardAt: Instant }[]> {
      const { rows } = await sql<{ heardAt: Instant }>`
        select heard_at as "heardAt" from decision_replica
        where ended_at is null and heard_at >= ${since} and heard_at < ${silentSince} order by heard_at desc limit 20`.execute(db);
      return rows;
    },
  };
}

/** Whether an index leads to what is looked for, or everything is. */
function isLedTo({ decision, code, caller, subject, resource, exception }: LogFilter): boolean {
  return (subject ?? resource ?? exception) !== undefined || (decision ?? code ?? caller) === undefined;
}

function conditionsOf(filter: LogFilter, before: number | undefined): readonly RawBuilder<unknown>[] {
  const { decision, code, caller, subject, resource, exception } = filter;
  const found: RawBuilder<unknown>[] = [];
  if (before !== undefined) found.push(sql`id < ${before}`);
  if (decision !== undefined) found.push(sql`permit = ${decision === "permit"}`);
  const same = { code, caller, subject_id: subject, resource_id: resource, exception };
  for (const [column, value] of Object.entries(same)) if (value !== undefined) found.push(sql`${sql.ref(column)} = ${value}`);
  return found;
}
