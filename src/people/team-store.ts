import { sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Replay } from "../journal/replay.ts";
import { readCursor, searchQuery, searchText, writeCursor } from "../kernel/paging.ts";
import type { Db } from "../platform/db.ts";
import { evolveTeam, type Team, type TeamEvent } from "./team.ts";

type Tables = {
  team: {
    id: string;
    version: number;
    state: unknown;
    key: string;
    sort_name: string;
    status: string;
    members: string[];
    lead: string | null;
  };
};

export interface StoredTeam {
  readonly version: number;
  readonly team: Team;
}

export interface TeamFilter {
  readonly member?: string;
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** Rows of teams. */
export function createTeamStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const teams = () => db.selectFrom("team").select(["version", "state", "sort_name", "id"]);
  return {
    async find(id: string): Promise<StoredTeam | undefined> {
      const row = await teams().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    async findByKey(key: string): Promise<StoredTeam | undefined> {
      const row = await teams().where("key", "=", key).executeTakeFirst();
      return row && stored(row);
    },
    async all(): Promise<StoredTeam[]> {
      return (await teams().orderBy("key").execute()).map(stored);
    },
    async list(filter: TeamFilter): Promise<{ items: StoredTeam[]; next: string | undefined }> {
      let query = teams();
      if (filter.member !== undefined) query = query.where(sql<boolean>`members @> ${[filter.member]}::text[]`);
      const words = searchQuery(filter.search);
      if (words !== undefined) query = query.where(sql<boolean>`search @@ to_tsquery('simple', ${words})`);
      if (filter.cursor !== undefined) {
        const [name, id] = readCursor(filter.cursor, 2);
        query = query.where(sql<boolean>`(sort_name, id) > (${name}, ${id})`);
      }
      const rows = await query
        .orderBy("sort_name")
        .orderBy("id")
        .limit(filter.limit + 1)
        .execute();
      const page = rows.slice(0, filter.limit);
      const last = page.at(-1);
      return {
        items: page.map(stored),
        next: rows.length > filter.limit && last !== undefined ? writeCursor([last.sort_name, last.id]) : undefined,
      };
    },
  };
}
export type TeamStore = ReturnType<typeof createTeamStore>;

function stored(row: { version: number; state: unknown }): StoredTeam {
  return { version: row.version, team: row.state as Team };
}

function columnsOf({ key, name, status, members, lead }: Team) {
  return { key, sort_name: name.toLowerCase(), status, members, lead };
}

/** The change that takes a team through events. */
export function teamChange(before: StoredTeam | undefined, events: readonly TeamEvent[]): SubjectChange {
  const state = events.reduce<Team | undefined>(evolveTeam, before?.team)!;
  return {
    kind: "team",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "team",
    columns: { ...columnsOf(state), search: sql`to_tsvector('simple', ${searchText(`${state.name} ${state.key}`)})` },
  };
}

export const teamReplay: Replay = {
  table: "team",
  evolve: (state, { type, data }) => evolveTeam(state as Team | undefined, { type, data } as TeamEvent),
  columns: (state) => columnsOf(state as Team),
};
