import { sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { FeedSeen, FeedShift } from "./shifts.ts";

type Tables = {
  rota_feed: {
    rota: string;
    sealed: string;
    tried_at: Instant | null;
    read_at: Instant | null;
    read_from: Instant | null;
    read_until: Instant | null;
    shifts: unknown;
    failed_at: Instant | null;
    failed_words: string | null;
  };
};

/** Rows of calendars kept elsewhere: their sealed addresses, and what was read of them. */
export function createFeedStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async sealedAddress(rota: string): Promise<string | undefined> {
      return (await db.selectFrom("rota_feed").select("sealed").where("rota", "=", rota).executeTakeFirst())?.sealed;
    },
    /** Another address: what was read of the one before says nothing of it. */
    async putAddress(tx: Tx, rota: string, sealed: string): Promise<void> {
      const nothing = {
        tried_at: null,
        read_at: null,
        read_from: null,
        read_until: null,
        shifts: null,
        failed_at: null,
        failed_words: null,
      };
      await tx
        .withTables<Tables>()
        .insertInto("rota_feed")
        .values({ rota, sealed, ...nothing })
        .onConflict((conflict) => conflict.column("rota").doUpdateSet({ sealed, ...nothing }))
        .execute();
    },
    async removeAddress(tx: Tx, rota: string): Promise<void> {
      await tx.withTables<Tables>().deleteFrom("rota_feed").where("rota", "=", rota).execute();
    },
    async seen(rotas: readonly string[]): Promise<ReadonlyMap<string, FeedSeen>> {
      if (rotas.length === 0) return new Map();
      const rows = await db.selectFrom("rota_feed").selectAll().where("rota", "in", rotas).execute();
      return new Map(rows.map((row) => [row.rota, seenOf(row)]));
    },
    /** Those of rotas in use that were not tried since. */
    async due(before: Instant): Promise<readonly string[]> {
      const { rows } = await sql<{ rota: string }>`
        select f.rota from rota_feed f join rota r on r.id = f.rota
        where r.status = 'active' and (f.tried_at is null or f.tried_at <= ${before}) order by f.rota`.execute(untyped);
      return rows.map(({ rota }) => rota);
    },
    /** `sealed`: the address that was read; nothing is kept of one that was replaced meanwhile. */
    async keepReading(rota: string, sealed: string, read: NonNullable<FeedSeen["read"]>): Promise<void> {
      await db
        .updateTable("rota_feed")
        .set({
          tried_at: read.at,
          read_at: read.at,
          read_from: read.from,
          read_until: read.until,
          shifts: JSON.stringify(read.shifts),
          failed_at: null,
          failed_words: null,
        })
        .where("rota", "=", rota)
        .where("sealed", "=", sealed)
        .execute();
    },
    /** The last good reading stays, with its age. */
    async keepFailure(rota: string, sealed: string, failed: NonNullable<FeedSeen["failed"]>): Promise<void> {
      await db
        .updateTable("rota_feed")
        .set({ tried_at: failed.at, failed_at: failed.at, failed_words: failed.words })
        .where("rota", "=", rota)
        .where("sealed", "=", sealed)
        .execute();
    },
    listSealed: (): Promise<{ rota: string; sealed: string }[]> => db.selectFrom("rota_feed").select(["rota", "sealed"]).execute(),
    /** Puts another sealing of the same address in the place of this one. */
    async reseal(rota: string, before: string, sealed: string): Promise<void> {
      await db.updateTable("rota_feed").set({ sealed }).where("rota", "=", rota).where("sealed", "=", before).execute();
    },
  };
}
export type FeedStore = ReturnType<typeof createFeedStore>;

function seenOf(row: Tables["rota_feed"]): FeedSeen {
  const { read_at: at, read_from: from, read_until: until, failed_at: failedAt } = row;
  const isRead = at !== null && from !== null && until !== null;
  return {
    read: isRead ? { at, from, until, shifts: (row.shifts ?? []) as readonly FeedShift[] } : null,
    failed: failedAt === null ? null : { at: failedAt, words: row.failed_words ?? "" },
  };
}
