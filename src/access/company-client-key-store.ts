/** The row of the key that Postern is a client of the company's provider with. */
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";

type Tables = { company_client_key: { id: string; kid: string; public_key: unknown; sealed: string; made_at: string } };

export interface StoredClientKey {
  readonly kid: string;
  /** JWK of the public half. */
  readonly publicKey: Readonly<Record<string, string>>;
  readonly sealed: string;
}

export type CompanyClientKeyStore = ReturnType<typeof createCompanyClientKeyStore>;

export function createCompanyClientKeyStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async find(): Promise<StoredClientKey | undefined> {
      const row = await db.selectFrom("company_client_key").selectAll().executeTakeFirst();
      return row && { kid: row.kid, publicKey: row.public_key as StoredClientKey["publicKey"], sealed: row.sealed };
    },
    /** Keeps it in place of `before`; of several replicas that do at once, the first one's is kept. */
    async keep(key: StoredClientKey, before: StoredClientKey | undefined, now: Instant): Promise<void> {
      const values = { kid: key.kid, public_key: JSON.stringify(key.publicKey), sealed: key.sealed, made_at: now };
      if (before === undefined) {
        await db
          .insertInto("company_client_key")
          .values({ id: "current", ...values })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      } else {
        await db.updateTable("company_client_key").set(values).where("kid", "=", before.kid).execute();
      }
    },
  };
}
