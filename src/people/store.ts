import { type ExpressionBuilder, type SelectQueryBuilder, sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Replays } from "../journal/replay.ts";
import { readCursor, searchQuery, searchText, writeCursor } from "../kernel/paging.ts";
import type { Db, Tx } from "../platform/db.ts";
import { delegationReplay } from "./delegation-store.ts";
import { evolve, isSameAccount } from "./evolve.ts";
import type { Account, Person, PersonEvent, PersonId } from "./person.ts";
import type { Role } from "./role.ts";
import { teamReplay } from "./team-store.ts";

type PersonRow = {
  id: string;
  version: number;
  state: unknown;
  key: string | null;
  sort_name: string;
  active: boolean;
  roles: string[];
  unit: string | null;
  manager: string | null;
  deputy: string | null;
};
type Tables = { person: PersonRow; person_account: { connection: string; key: string; person: string } };

export interface StoredPerson {
  readonly version: number;
  readonly person: Person;
}

export interface PersonFilter {
  readonly ids?: readonly string[];
  readonly role?: Role;
  readonly unit?: string;
  readonly manager?: string;
  readonly active?: boolean;
  /** Words; each must occur as the beginning of a word of name, e-mail, unit or key. */
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

type AccountRef = Pick<Account, "connection" | "key">;

/** Rows of persons; the only file here that knows their SQL. */
export function createPersonStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const where = async (condition: (of: ExpressionBuilder<Tables, "person">) => ReturnType<typeof sql<boolean>>) => {
    const rows = await db.selectFrom("person").select(["version", "state"]).where(condition).orderBy("id").execute();
    return rows.map(stored);
  };
  return {
    async find(id: string): Promise<StoredPerson | undefined> {
      const row = await db.selectFrom("person").select(["version", "state"]).where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    findAll: (ids: readonly string[]) => (ids.length === 0 ? Promise.resolve([]) : where(() => sql`id = any(${[...ids]}::text[])`)),
    findByKeys: (keys: readonly string[]) => (keys.length === 0 ? Promise.resolve([]) : where(() => sql`key = any(${[...keys]}::text[])`)),
    /** Those who are here and have one of these addresses, however it is written. */
    findByMails: (mails: readonly string[]) =>
      mails.length === 0
        ? Promise.resolve([])
        : where(() => sql`active and lower(state ->> 'email') = any(${mails.map((mail) => mail.trim().toLowerCase())}::text[])`),
    /** Persons of these accounts; an index that lies finds nobody, since the person has to have the account too. */
    async findByAccounts(accounts: readonly AccountRef[]): Promise<StoredPerson[]> {
      if (accounts.length === 0) return [];
      // Looked up one by one by their key, whatever the planner knows of a table that has just been filled.
      const { rows } = await sql<{ version: number; state: unknown }>`
        select version, state from person where id in (
          select a.person
          from unnest(${accounts.map((each) => each.connection)}::text[], ${accounts.map((each) => each.key)}::text[]) as wanted (connection, key)
          cross join lateral (
            select person from person_account where connection = wanted.connection and key = wanted.key limit 1) as a)
        order by id`.execute(db);
      return rows.map(stored).filter(({ person }) => person.accounts.some((has) => accounts.some((each) => isSameAccount(has, each))));
    },
    /** Persons with an enabled or disabled account in a connection, in pages by id. */
    async ofConnection(connection: string, afterId: string, limit: number): Promise<StoredPerson[]> {
      const { rows } = await sql<{ version: number; state: unknown }>`
        select version, state from person where id in (
          select distinct person from person_account where connection = ${connection} and person > ${afterId} order by person limit ${limit})
        order by id`.execute(db);
      return rows.map(stored);
    },
    withRole: (role: Role) => where(() => sql`active and roles <> '{}' and roles @> ${[role]}::text[]`),
    deputisedBy: (deputy: string) => where(() => sql`active and deputy = ${deputy}`),
    list: (filter: PersonFilter) => list(db, filter),
    /** Persons an estate file gave a key, in the order of their keys. */
    async listKeyed(limit: number): Promise<StoredPerson[]> {
      const rows = await db
        .selectFrom("person")
        .select(["version", "state"])
        .where("key", "is not", null)
        .orderBy("key")
        .limit(limit)
        .execute();
      return rows.map(stored);
    },
  };
}
export type PersonStore = ReturnType<typeof createPersonStore>;

function stored(row: { version: number; state: unknown }): StoredPerson {
  return { version: row.version, person: row.state as Person };
}

type Query = SelectQueryBuilder<Tables, "person", { version: number; state: unknown; sort_name: string; id: string }>;

async function list(db: ReturnType<typeof typed>, filter: PersonFilter): Promise<{ items: StoredPerson[]; next: string | undefined }> {
  let query: Query = narrowed(db.selectFrom("person").select(["version", "state", "sort_name", "id"]), filter);
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
  const next = rows.length > filter.limit && last !== undefined ? writeCursor([last.sort_name, last.id]) : undefined;
  return { items: page.map(stored), next };
}

const typed = (untyped: Db) => untyped.withTables<Tables>();

function narrowed(query: Query, filter: PersonFilter): Query {
  let narrowing = query;
  for (const name of ["unit", "manager"] as const) {
    const value = filter[name];
    if (value !== undefined) narrowing = narrowing.where(name, "=", value);
  }
  if (filter.ids !== undefined) narrowing = narrowing.where(sql<boolean>`id = any(${[...filter.ids]}::text[])`);
  if (filter.active !== undefined) narrowing = narrowing.where("active", "=", filter.active);
  if (filter.role !== undefined) narrowing = narrowing.where(sql<boolean>`roles <> '{}' and roles @> ${[filter.role]}::text[]`);
  const words = searchQuery(filter.search);
  if (words !== undefined) narrowing = narrowing.where(sql<boolean>`search @@ to_tsquery('simple', ${words})`);
  return narrowing;
}

function columnsOf(person: Person) {
  const { key, displayName, active, roles, unit, manager, deputy } = person;
  return { key, sort_name: displayName.toLowerCase(), active, roles, unit, manager, deputy };
}

/** An account that became a person's. */
export interface AccountRow {
  readonly connection: string;
  readonly key: string;
  readonly person: PersonId;
}

/** The change that takes a person through events, and the accounts they gain by it. */
export function personChange(
  before: StoredPerson | undefined,
  events: readonly PersonEvent[],
): { readonly change: SubjectChange; readonly after: Person; readonly gained: readonly AccountRow[] } {
  const after = events.reduce<Person | undefined>(evolve, before?.person)!;
  const words = [after.displayName, after.email, after.unit, after.key].filter((text) => text !== null);
  const change: SubjectChange = {
    kind: "person",
    subject: after.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state: after,
    table: "person",
    columns: { ...columnsOf(after), search: sql`to_tsvector('simple', ${searchText(words.join(" "))})` },
  };
  const had = before?.person.accounts ?? [];
  const gained = after.accounts
    .filter((account) => !had.some((known) => isSameAccount(known, account)))
    .map(({ connection, key }) => ({ connection, key, person: after.id }));
  return { change, after, gained };
}

/** Fails on the table's key when an account is another person's: two imports at once make one person, not two. */
export async function keepAccounts(tx: Tx, rows: readonly AccountRow[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .withTables<Tables>()
      .insertInto("person_account")
      .values([...rows])
      .execute();
}

/**
 * Active administrators as this transaction leaves them. Transactions that unmake one wait for each other here: two
 * administrators who unmake one another would each have seen the other remain.
 */
export async function countAdministratorsAlone(tx: Tx): Promise<number> {
  await sql`select pg_advisory_xact_lock(${ADMINISTRATORS_LOCK})`.execute(tx);
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from person where active and roles <> '{}' and roles @> '{administrator}'::text[]`.execute(tx);
  return rows[0]?.n ?? 0;
}

const ADMINISTRATORS_LOCK = 7_350_283_610;

/** How persons, teams and delegations are rebuilt from their journal entries, for the verifier. */
export const peopleReplays: Replays = {
  person: {
    table: "person",
    evolve: (state, { type, data }) => evolve(state as Person | undefined, { type, data } as PersonEvent),
    columns: (state) => columnsOf(state as Person),
  },
  team: teamReplay,
  delegation: delegationReplay,
};
