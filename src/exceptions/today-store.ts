/** What the start page asks of the register: the first few of each, found by an index. */
import { type RawBuilder, sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { ExceptionState, StateName } from "./exception.ts";

/** `person` narrows to what they asked for or answer for; undefined is everything. */
export interface Few {
  readonly person: string | undefined;
  readonly limit: number;
}

/** Where the provider has to hold it, or may hold it still. */
const STANDING: readonly StateName[] = ["activating", "active", "suspending", "suspended", "revoking", "verifying", "revoke_failed"];

type Row = { readonly state: ExceptionState };

export type TodayStore = ReturnType<typeof createTodayStore>;

export function createTodayStore(db: Db) {
  const few = async (where: RawBuilder<unknown>, order: RawBuilder<unknown>, { person, limit }: Few): Promise<ExceptionState[]> => {
    const { rows } = await sql<Row>`
      select state from exception where ${where} and ${concerns(person)} order by ${order}, id limit ${limit}`.execute(db);
    return rows.map(({ state }) => state);
  };
  return {
    drafts: (person: string, limit: number) => few(sql`status = 'draft' and requester = ${person}`, sql`opened_at desc`, all(limit)),

    notEnded: (asked: Few) =>
      few(sql`(overstay_from is not null or status = 'revoke_failed')`, sql`coalesce(overstay_from, ends_at)`, asked),

    unknown: (asked: Few) => few(sql`observed = 'unknown' and status = any(${sql.val([...STANDING])}::text[])`, sql`ends_at`, asked),

    /** Told by the journal, which finds the newest first. */
    async closedSince(from: Instant, { person, limit }: Few): Promise<{ state: ExceptionState; closedAt: Instant }[]> {
      const { rows } = await sql<Row & { closed_at: Instant }>`
        select exception.state, entry.at as closed_at
        from journal_entry as entry join exception on exception.id = entry.subject
        where entry.type = 'Closed' and entry.at >= ${from} and exception.status = 'closed' and ${concerns(person)}
        order by entry.at desc, entry.position desc limit ${limit}`.execute(db);
      return rows.map(({ state, closed_at }) => ({ state, closedAt: closed_at }));
    },
  };
}

const all = (limit: number): Few => ({ person: undefined, limit });

function concerns(person: string | undefined): RawBuilder<unknown> {
  return person === undefined ? sql`true` : sql`(owner = ${person} or requester = ${person})`;
}
