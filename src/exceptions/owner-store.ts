import { sql } from "kysely";

import type { Db } from "../platform/db.ts";

/** Who answers for exceptions; the only file here that knows SQL. */
export function createOwnerStore(db: Db) {
  return {
    /** Ids of persons by exception; one with nobody yet is left out. */
    async ownersOf(exceptions: readonly string[]): Promise<Map<string, string>> {
      const { rows } = await sql<{ id: string; owner: string }>`
        select id, owner from exception where id = any(${[...exceptions]}::text[]) and owner is not null`.execute(db);
      return new Map(rows.map(({ id, owner }) => [id, owner]));
    },
  };
}
export type OwnerStore = ReturnType<typeof createOwnerStore>;
