import { sql } from "kysely";

import type { ExceptionState } from "./exception.ts";

/**
 * How many before it in its year asked for the same, as an expression for its own row. What is alike is found first, and apart:
 * among those of a year it is rare, and a year of them is much to look through for it.
 */
export function earlierRequests({ dossier: { id, openedAt } }: ExceptionState, fingerprints: readonly string[]) {
  const same = fingerprints.filter((print) => print.startsWith("same:"));
  return sql`(
    with alike as materialized (select id, opened_at from exception where fingerprints && ${sql.val(same)}::text[])
    select count(*) from alike
    where (opened_at, id) < (${openedAt}::timestamptz, ${id}) and opened_at > ${openedAt}::timestamptz - interval '365 days')`;
}
