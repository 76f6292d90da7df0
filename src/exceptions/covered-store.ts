import { sql } from "kysely";

import type { Db } from "../platform/db.ts";
import { resourceText } from "./repeats.ts";
import type { Resource } from "./version.ts";

/** Of these, those that any exception was ever asked for. */
export async function coveredAmong<Named extends { readonly kind: string; readonly id: string }>(
  db: Db,
  resources: readonly Named[],
): Promise<readonly Named[]> {
  const texts = resources.map((resource) => `resource:${resourceText(resource as Resource)}`.toWellFormed().replaceAll("\0", "\uFFFD"));
  const { rows } = await sql<{ text: string }>`
    select distinct text from unnest(${texts}::text[]) as asked (text)
    where exists (select 1 from exception where fingerprints @> array[asked.text])`.execute(db);
  const known = new Set(rows.map(({ text }) => text));
  return resources.filter((_, i) => known.has(texts[i]!));
}
