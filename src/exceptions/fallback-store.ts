import { sql } from "kysely";

import type { Db } from "../platform/db.ts";

/** Whatever any fallback depends on, beside what it stands in for: as the projection writes it, each once. */
export async function allRestsOn(db: Db): Promise<string[]> {
  const { rows } = await sql<{ rests_on: string }>`select distinct rests_on from exception where rests_on is not null`.execute(db);
  return rows.map(({ rests_on: text }) => text);
}
