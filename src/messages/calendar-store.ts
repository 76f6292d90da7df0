import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";

type Tables = {
  message_calendar: { person: string; secret_hash: string; made_at: Instant; used_at: Instant | null };
  message_key: { id: number; public_key: string; sealed: string };
};

export interface CalendarAddress {
  readonly madeAt: Instant;
  readonly usedAt: Instant | null;
}

/** Rows of calendar addresses and of the key that signs posts; the only file here that knows their SQL. */
export function createCalendarStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async find(person: string): Promise<CalendarAddress | undefined> {
      const row = await db.selectFrom("message_calendar").selectAll().where("person", "=", person).executeTakeFirst();
      return row && { madeAt: row.made_at, usedAt: row.used_at };
    },
    /** A new address ends the one before. */
    async save(person: string, secretHash: string, at: Instant): Promise<void> {
      const fresh = { secret_hash: secretHash, made_at: at, used_at: null };
      await db
        .insertInto("message_calendar")
        .values({ person, ...fresh })
        .onConflict((conflict) => conflict.column("person").doUpdateSet(fresh))
        .execute();
    },
    async remove(person: string): Promise<void> {
      await db.deleteFrom("message_calendar").where("person", "=", person).execute();
    },
    /** Whose it is, and notes that it was used. */
    async use(secretHash: string, at: Instant): Promise<string | undefined> {
      const row = await db
        .updateTable("message_calendar")
        .set({ used_at: at })
        .where("secret_hash", "=", secretHash)
        .returning("person")
        .executeTakeFirst();
      return row?.person;
    },
    async signingKey(): Promise<{ publicKey: string; sealed: string } | undefined> {
      const row = await db.selectFrom("message_key").selectAll().executeTakeFirst();
      return row && { publicKey: row.public_key, sealed: row.sealed };
    },
    /** Of two replicas that start at once the first one's stays. */
    async keepSigningKey(publicKey: string, sealed: string): Promise<void> {
      await db
        .insertInto("message_key")
        .values({ id: 1, public_key: publicKey, sealed })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    /** The same key under a newer seal, or a new key where the old one cannot be read any more. */
    async replaceSigningKey(publicKey: string, sealed: string, before: string): Promise<void> {
      await db.updateTable("message_key").set({ public_key: publicKey, sealed }).where("sealed", "=", before).execute();
    },
  };
}
export type CalendarStore = ReturnType<typeof createCalendarStore>;
