import { sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Drift, type DriftEvent, evolve, objectKey, type OriginStep } from "./drift.ts";

type Tables = {
  drift: { id: string; version: number; state: unknown; connection: string; seen_at: string; key: string };
  membership_origin: { connection: string; subject_key: string; object: string; by: string | null };
};

/** Drifts of one reading of a log. */
export interface DriftsRead {
  readonly at: Instant;
  /** Governed objects were changed as such, or deleted: more than that somebody was put in or taken out. */
  readonly whole: boolean;
  readonly count: number;
}

/** Who put a subject into an object; undefined when nobody is named, or it was Postern. */
export type OriginOf = (subjectKey: string, object: string) => string | undefined;

/** Rows of drifts and of who put each member where it is; with the connection's, the only SQL of this module. */
export function createDriftStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    /** Which of these were recorded before. */
    async known(connection: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
      if (keys.length === 0) return new Set();
      const rows = await db
        .selectFrom("drift")
        .select("key")
        .where("connection", "=", connection)
        .where("key", "in", [...keys])
        .execute();
      return new Set(rows.map(({ key }) => key));
    },
    /** The latest read first. */
    async list(connection: string, limit: number, before: string | undefined): Promise<readonly Drift[]> {
      let query = db.selectFrom("drift").select("state").where("connection", "=", connection).orderBy("id", "desc").limit(limit);
      if (before !== undefined) query = query.where("id", "<", before);
      return (await query.execute()).map(({ state }) => state as Drift);
    },
    /** What was read since, by when it was read. */
    async readSince(connection: string, since: Instant): Promise<readonly DriftsRead[]> {
      const { rows } = await sql<DriftsRead>`
        select seen_at as at, state ->> 'subject' is null and state ->> 'action' in ('modified', 'deleted') as whole, count(*)::int as count
        from drift where connection = ${connection} and seen_at >= ${since} group by 1, 2 order by 1, 2`.execute(db);
      return rows;
    },
    async applySteps(tx: Tx, connection: string, steps: readonly OriginStep[]): Promise<void> {
      for (const step of steps) await applyStep(tx, connection, step);
    },
    /** Who put these subjects where they are, by object; nothing where the log names nobody. */
    async origins(connection: string, subjectKeys: readonly string[]): Promise<OriginOf> {
      const rows = await db
        .selectFrom("membership_origin")
        .select(["subject_key", "object", "by"])
        .where("connection", "=", connection)
        .where("subject_key", "in", ["", ...subjectKeys])
        .execute();
      const known = new Map(rows.map(({ subject_key, object, by }) => [`${subject_key} ${object}`, by ?? undefined]));
      return (subjectKey, object) => known.get(`${subjectKey} ${objectKey(object)}`);
    },
  };
}
export type DriftStore = ReturnType<typeof createDriftStore>;

async function applyStep(tx: Tx, connection: string, step: OriginStep): Promise<void> {
  const tables = tx.withTables<Tables>();
  if (step.kind === "none") return;
  if (step.kind === "put") {
    await tables
      .insertInto("membership_origin")
      .values({ connection, subject_key: step.subjectKey, object: step.object, by: step.by })
      .onConflict((conflict) => conflict.columns(["connection", "subject_key", "object"]).doUpdateSet({ by: step.by }))
      .execute();
    return;
  }
  const gone = tables.deleteFrom("membership_origin").where("connection", "=", connection).where("object", "=", step.object);
  await (step.kind === "taken" ? gone.where("subject_key", "=", step.subjectKey) : gone).execute();
}

/** The change that records a drift; `key` is the digest by which it is known again. */
export function driftChange(event: DriftEvent, key: string): SubjectChange {
  const state = evolve(undefined, event);
  const columns = { ...driftColumns(state), key };
  return { kind: "drift", subject: state.id, fromVersion: 0, entries: [event], state, table: "drift", columns };
}

/** What lists find a drift by; all of it follows from the state. */
export function driftColumns({ connection, seenAt }: Drift) {
  return { connection, seen_at: seenAt };
}
