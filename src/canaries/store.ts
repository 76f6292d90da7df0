import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Canary, type CanaryEvent, columnsOf, evolve } from "./canary.ts";

type Tables = {
  canary: {
    id: string;
    version: number;
    state: unknown;
    key: string;
    status: string;
    connection: string | null;
    account: string;
    subject_key: string | null;
  };
  canary_secret: { canary: string; sealed: string; worked_at: string | null };
};

export interface StoredCanary {
  readonly version: number;
  readonly canary: Canary;
  /** When the secret in use last let it in. */
  readonly workedAt: Instant | null;
}

/** Rows of canaries; the only file here that knows SQL. */
export function createCanaryStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const rows = () =>
    db
      .selectFrom("canary")
      .leftJoin("canary_secret", "canary_secret.canary", "canary.id")
      .select(["canary.id", "canary.version", "canary.state", "canary_secret.worked_at"]);
  return {
    async find(id: string): Promise<StoredCanary | undefined> {
      const row = await rows().where("canary.id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    async findByKey(key: string): Promise<StoredCanary | undefined> {
      const row = await rows().where("canary.key", "=", key).executeTakeFirst();
      return row && stored(row);
    },
    /** An account may be tried in several ways. */
    async ofAccount(connection: string, account: string): Promise<StoredCanary[]> {
      const found = await rows()
        .where("canary.status", "=", "active")
        .where("canary.connection", "=", connection)
        .where("canary.account", "=", account)
        .orderBy("canary.key")
        .execute();
      return found.map(stored);
    },
    async list(): Promise<StoredCanary[]> {
      return (await rows().orderBy("canary.key").execute()).map(stored);
    },
    /** Keys of subjects that exceptions are granted to for drills. */
    async subjectKeys(): Promise<ReadonlySet<string>> {
      const found = await db
        .selectFrom("canary")
        .select("subject_key")
        .where("status", "=", "active")
        .where("subject_key", "is not", null)
        .execute();
      return new Set(found.map(({ subject_key }) => subject_key!));
    },
    async sealedSecret(id: string): Promise<string | undefined> {
      return (await db.selectFrom("canary_secret").select("sealed").where("canary", "=", id).executeTakeFirst())?.sealed;
    },
    async listSecrets(): Promise<{ canary: string; sealed: string }[]> {
      return db.selectFrom("canary_secret").select(["canary", "sealed"]).orderBy("canary").execute();
    },
    /** A new secret has let nobody in yet. */
    async putSecret(tx: Tx, id: string, sealed: string): Promise<void> {
      await tx
        .withTables<Tables>()
        .insertInto("canary_secret")
        .values({ canary: id, sealed, worked_at: null })
        .onConflict((conflict) => conflict.column("canary").doUpdateSet({ sealed, worked_at: null }))
        .execute();
    },
    /** Puts another sealing in the place of this one; false when the secret was changed meanwhile. */
    async replaceSecret(id: string, before: string, sealed: string): Promise<boolean> {
      const done = await db
        .updateTable("canary_secret")
        .set({ sealed })
        .where("canary", "=", id)
        .where("sealed", "=", before)
        .executeTakeFirst();
      return done.numUpdatedRows === 1n;
    },
    async dropSecret(tx: Tx, id: string): Promise<void> {
      await tx.withTables<Tables>().deleteFrom("canary_secret").where("canary", "=", id).execute();
    },
    async noteWorked(id: string, sealed: string, at: Instant): Promise<void> {
      await db.updateTable("canary_secret").set({ worked_at: at }).where("canary", "=", id).where("sealed", "=", sealed).execute();
    },
  };
}
export type CanaryStore = ReturnType<typeof createCanaryStore>;

function stored(row: { version: number; state: unknown; worked_at: string | null }): StoredCanary {
  return { version: row.version, canary: row.state as Canary, workedAt: row.worked_at as Instant | null };
}

/** The change that takes a canary from a version through its events. */
export function canaryChange(before: StoredCanary | undefined, events: readonly CanaryEvent[]): SubjectChange {
  const state = events.reduce<Canary | undefined>(evolve, before?.canary)!;
  return {
    kind: "canary",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "canary",
    columns: columnsOf(state),
  };
}
