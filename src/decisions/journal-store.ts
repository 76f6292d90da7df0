/** What the follower reads: where the journal is, what is new in it, and what the subjects of the news are now. */
import { sql } from "kysely";

import type { ExceptionState } from "../exceptions/exception.ts";
import { findLogKey, findStates, listStates } from "../journal/store.ts";
import type { Person } from "../people/person.ts";
import type { Db } from "../platform/db.ts";
import type { Place } from "./book.ts";

export interface NewsEntry {
  readonly position: number;
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  /** Null as long as the sequencer has not got to it. */
  readonly leaf: number | null;
}

export interface News {
  /** Log key and entry at the place that was asked about, as they are now; compared by whoever asked. */
  readonly logKey: string;
  readonly lastEntry: string;
  /** Leaves from that place on, in order, then everything without a leaf. */
  readonly entries: readonly NewsEntry[];
  /** There is more than one look reads. */
  readonly isMore: boolean;
}

/** Leaves, and entries without one, that one look reads at most. */
const MOST = 2000;

type Connection = { readonly id: string; readonly key: string };

export function createJournalStore(db: Db) {
  return {
    /** The end of the log as it is now. */
    async findPlace(): Promise<Place> {
      const { rows } = await sql<{ leaf_index: number; id: string }>`
        select leaf_index, id from journal_entry where leaf_index is not null order by leaf_index desc limit 1`.execute(db);
      const last = rows[0];
      return { logKey: (await findLogKey(db)) ?? "", leaves: last === undefined ? 0 : last.leaf_index + 1, lastEntry: last?.id ?? "" };
    },
    /** One statement, so that all of it is of one moment: what has got its leaf in between is in one half or the other. */
    async readNews({ leaves }: Pick<Place, "leaves">, afterPosition: number): Promise<News> {
      const { rows } = await sql<{ part: number; position: number; id: string; kind: string; subject: string; leaf: number | null }>`
        (select 0 as part, 0 as position, verifier_key as id, '' as kind, '' as subject, null::bigint as leaf from journal_log)
        union all
        (select 1, position, id, subject_kind, subject, leaf_index from journal_entry where leaf_index = ${leaves - 1})
        union all
        (select 2, position, id, subject_kind, subject, leaf_index from journal_entry
          where leaf_index >= ${leaves} order by leaf_index limit ${MOST})
        union all
        (select 3, position, id, subject_kind, subject, null from journal_entry
          where leaf_index is null and position > ${afterPosition} order by position limit ${MOST})`.execute(db);
      const part = (n: number) => rows.filter((row) => row.part === n);
      const sequenced = part(2).sort((a, b) => a.leaf! - b.leaf!);
      const waiting = part(3).sort((a, b) => a.position - b.position);
      return {
        logKey: part(0)[0]?.id ?? "",
        lastEntry: part(1)[0]?.id ?? "",
        entries: [...sequenced, ...waiting],
        isMore: sequenced.length === MOST || waiting.length === MOST,
      };
    },
    exceptions: states<ExceptionState>(db, "exception"),
    persons: states<Person>(db, "person"),
    connections: states<Connection>(db, "connection"),
  };
}
export type JournalStore = ReturnType<typeof createJournalStore>;

/** Subjects of one table, all of them in pages or some by id. */
function states<State>(db: Db, table: string) {
  return {
    async page(after: string, limit: number): Promise<{ readonly states: readonly State[]; readonly last: string | undefined }> {
      const rows = await listStates(db, table, after, limit);
      return { states: rows.map(({ state }) => state as State), last: rows.length < limit ? undefined : rows.at(-1)!.subject };
    },
    some: async (ids: readonly string[]): Promise<readonly State[]> =>
      ids.length === 0 ? [] : (await findStates(db, table, ids)).map(({ state }) => state as State),
  };
}
