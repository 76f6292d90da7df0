/** Rows of one kind of subject, kept beside its entries: found, listed, taken on by events, and rebuilt. What most stores begin with. */
import type { IdKind } from "../kernel/id.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Db } from "../platform/db.ts";
import type { SubjectChange } from "./append.ts";
import type { Replay } from "./replay.ts";

export interface Stored<State> {
  readonly version: number;
  readonly state: State;
}

export interface SubjectSpec<State, Event> {
  readonly kind: IdKind;
  readonly table: string;
  readonly evolve: (state: State | undefined, event: Event) => State;
  /** What lists find one by; all of it follows from the state. */
  readonly columns: (state: State) => Readonly<Record<string, unknown>>;
}

export interface SubjectFilter {
  /** Column → value, each equal. */
  readonly where: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string;
}

export function createSubjects<State extends { readonly id: string }, Event extends { readonly type: string; readonly data: unknown }>(
  untyped: Db,
  spec: SubjectSpec<State, Event>,
) {
  const db = untyped.withTables<Record<string, { id: string; version: number; state: unknown }>>();
  const rows = () => db.selectFrom(spec.table).select(["id", "version", "state"]);
  const stored = (row: { version: number; state: unknown }): Stored<State> => ({ version: row.version, state: row.state as State });
  return {
    async find(id: string): Promise<Stored<State> | undefined> {
      const row = await rows().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    /** In the order of their ids, those that exist. */
    async findAll(ids: readonly string[]): Promise<readonly Stored<State>[]> {
      if (ids.length === 0) return [];
      const found = await rows()
        .where("id", "in", [...ids])
        .orderBy("id")
        .execute();
      return found.map(stored);
    },
    all: async (): Promise<readonly Stored<State>[]> => (await rows().orderBy("id").execute()).map(stored),
    /** Newest first. */
    async list({ where, limit, cursor }: SubjectFilter): Promise<{ items: Stored<State>[]; next: string | undefined }> {
      let query = rows();
      for (const [column, value] of Object.entries(where)) query = query.where(column as "id", "=", value);
      if (cursor !== undefined) query = query.where("id", "<", readCursor(cursor, 1)[0]!);
      const found = await query
        .orderBy("id", "desc")
        .limit(limit + 1)
        .execute();
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { items: page.map(stored), next: found.length > limit && last !== undefined ? writeCursor([last.id]) : undefined };
    },
    /** The change that takes one through events, and what it is then. */
    change(before: Stored<State> | undefined, events: readonly Event[]): { change: SubjectChange; after: State } {
      const after = events.reduce<State | undefined>(spec.evolve, before?.state)!;
      const { kind, table, columns } = spec;
      const fromVersion = before?.version ?? 0;
      return { change: { kind, subject: after.id, fromVersion, entries: events, state: after, table, columns: columns(after) }, after };
    },
  };
}

/** How a kind is rebuilt from its entries, for the verifier. */
export function replayOf<State, Event>({ table, evolve, columns }: Omit<SubjectSpec<State, Event>, "kind">): Replay {
  return {
    table,
    evolve: (state, { type, data }) => evolve(state as State | undefined, { type, data } as Event),
    columns: (state) => columns(state as State),
  };
}
