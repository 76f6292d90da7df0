import type { Db, Tx } from "../platform/db.ts";
import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import { type Connection, type ConnectionEvent, evolve } from "./connection.ts";

type Tables = {
  connection: {
    id: string;
    version: number;
    state: unknown;
    key: string;
    status: string;
    scanned_at: string | null;
    scan_words: string | null;
    broke_off_at: string | null;
    broke_off_words: string | null;
    changes_cursor: string | null;
  };
  connection_secret: { connection: string; sealed: string };
};

export interface StoredConnection {
  readonly version: number;
  readonly connection: Connection;
  /** When it was last read in full, and what that gave. */
  readonly scannedAt: Instant | undefined;
  readonly scanWords: string | undefined;
  /** The last reading, where it did not come to its end. */
  readonly brokeOff: { readonly at: Instant; readonly words: string } | undefined;
  readonly changesCursor: string | undefined;
}

/** Rows of connections; the only file here that knows SQL. */
export function createConnectionStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const stored = (row: Tables["connection"]): StoredConnection => ({
    version: row.version,
    connection: row.state as Connection,
    scannedAt: (row.scanned_at ?? undefined) as Instant | undefined,
    scanWords: row.scan_words ?? undefined,
    brokeOff: row.broke_off_at === null ? undefined : { at: row.broke_off_at as Instant, words: row.broke_off_words ?? "" },
    changesCursor: row.changes_cursor ?? undefined,
  });
  return {
    async find(id: string): Promise<StoredConnection | undefined> {
      const row = await db.selectFrom("connection").selectAll().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    async findByKey(key: string): Promise<StoredConnection | undefined> {
      const row = await db.selectFrom("connection").selectAll().where("key", "=", key).executeTakeFirst();
      return row && stored(row);
    },
    async list(): Promise<StoredConnection[]> {
      const rows = await db.selectFrom("connection").selectAll().orderBy("key").execute();
      return rows.map(stored);
    },
    async sealedSecret(id: string): Promise<string | undefined> {
      const row = await db.selectFrom("connection_secret").select("sealed").where("connection", "=", id).executeTakeFirst();
      return row?.sealed;
    },
    async listSecrets(): Promise<{ connection: string; sealed: string }[]> {
      return db.selectFrom("connection_secret").selectAll().orderBy("connection").execute();
    },
    /** Puts another sealing in the place of this one. False when the secret was changed meanwhile. */
    async replaceSecret(id: string, before: string, sealed: string): Promise<boolean> {
      const done = await db
        .updateTable("connection_secret")
        .set({ sealed })
        .where("connection", "=", id)
        .where("sealed", "=", before)
        .executeTakeFirst();
      return done.numUpdatedRows === 1n;
    },
    async putSecret(tx: Tx, id: string, sealed: string): Promise<void> {
      await tx
        .withTables<Tables>()
        .insertInto("connection_secret")
        .values({ connection: id, sealed })
        .onConflict((conflict) => conflict.column("connection").doUpdateSet({ sealed }))
        .execute();
    },
    async dropSecret(tx: Tx, id: string): Promise<void> {
      await tx.withTables<Tables>().deleteFrom("connection_secret").where("connection", "=", id).execute();
    },
    async noteScan(id: string, at: Instant, words: string): Promise<void> {
      const done = { scanned_at: at, scan_words: words, broke_off_at: null, broke_off_words: null };
      await db.updateTable("connection").set(done).where("id", "=", id).execute();
    },
    /** When it was last read in full stays as it is. */
    async noteBrokeOff(id: string, at: Instant, words: string): Promise<void> {
      await db.updateTable("connection").set({ broke_off_at: at, broke_off_words: words }).where("id", "=", id).execute();
    },
    /** In the transaction that keeps what was read up to there. False when another replica has read on meanwhile. */
    async moveChangesCursor(tx: Tx, id: string, before: string | undefined, after: string): Promise<boolean> {
      const done = await tx
        .withTables<Tables>()
        .updateTable("connection")
        .set({ changes_cursor: after })
        .where("id", "=", id)
        .where("changes_cursor", before === undefined ? "is" : "=", before ?? null)
        .executeTakeFirst();
      return done.numUpdatedRows === 1n;
    },
  };
}
export type ConnectionStore = ReturnType<typeof createConnectionStore>;

/** The change that takes a connection from a version through its events. */
export function connectionChange(before: StoredConnection | undefined, events: readonly ConnectionEvent[]): SubjectChange {
  const state = events.reduce<Connection | undefined>(evolve, before?.connection)!;
  return {
    kind: "connection",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "connection",
    columns: { key: state.key, status: state.status },
  };
}
