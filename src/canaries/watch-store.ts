import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";

export interface Watched {
  readonly exception: string;
  /** Id of the connection. */
  readonly connection: string;
  readonly policy: string;
  readonly subjectKey: string;
  readonly ref: string;
  readonly until: Instant;
}

/** Of the register at the moment of the look: not kept with what was seen. */
export interface Granted extends Watched {
  readonly endedEarly: boolean;
}

export interface Watch extends Watched {
  readonly lookedAt: Instant;
  readonly aliveAt: Instant | null;
  readonly lingeredUntil: Instant | null;
  readonly goneAt: Instant | null;
}

type Tables = {
  canary_watch: {
    exception: string;
    connection: string;
    policy: string;
    subject_key: string;
    ref: string;
    until: string;
    looked_at: string;
    alive_at: string | null;
    lingered_until: string | null;
    gone_at: string | null;
  };
};

/** Rows of what was seen of exceptions for canaries. */
export function createWatchStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async find({ exception, connection, policy, subjectKey }: Watched): Promise<Watch | undefined> {
      const row = await db
        .selectFrom("canary_watch")
        .selectAll()
        .where("exception", "=", exception)
        .where("connection", "=", connection)
        .where("policy", "=", policy)
        .where("subject_key", "=", subjectKey)
        .executeTakeFirst();
      return row && watchOf(row);
    },
    async put(watch: Watch): Promise<void> {
      const row = {
        until: watch.until,
        looked_at: watch.lookedAt,
        alive_at: watch.aliveAt,
        lingered_until: watch.lingeredUntil,
        gone_at: watch.goneAt,
      };
      const { exception, connection, policy, subjectKey: subject_key, ref } = watch;
      await db
        .insertInto("canary_watch")
        .values({ exception, connection, policy, subject_key, ref, ...row })
        .onConflict((conflict) => conflict.columns(["exception", "connection", "policy", "subject_key"]).doUpdateSet(row))
        .execute();
    },
  };
}

function watchOf(row: Tables["canary_watch"]): Watch {
  return {
    exception: row.exception,
    connection: row.connection,
    policy: row.policy,
    subjectKey: row.subject_key,
    ref: row.ref,
    until: row.until as Instant,
    lookedAt: row.looked_at as Instant,
    aliveAt: row.alive_at as Instant | null,
    lingeredUntil: row.lingered_until as Instant | null,
    goneAt: row.gone_at as Instant | null,
  };
}
