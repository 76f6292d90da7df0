import { sql, type SelectQueryBuilder } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import { readCursor, searchQuery, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import { type Db, executeSql, type Tx } from "../platform/db.ts";
import { earlierRequests } from "./earlier-store.ts";
import type { ExceptionEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { ExceptionState, StateName } from "./exception.ts";
import { isLive, project, searchWords } from "./projection.ts";
import { isDownwards, type ListSort, placeOf, SORTS } from "./sort-store.ts";
import { END_STATES } from "./transitions.ts";

type ExceptionRow = {
  id: string;
  version: number;
  state: unknown;
  ref: string;
  status: StateName;
  category: string;
  unit: string;
  title: string;
  owner: string | null;
  requester: string;
  opened_at: string;
  first_granted_at: string | null;
  ends_at: string;
  due_at: string | null;
  observed: string;
  overstay_from: string | null;
  awaits: string[];
  notice_due_at: string | null;
  review_due_at: string | null;
  review_asks: string[];
  notice_asks: string[];
  fingerprints: string[];
  headcount: number | null;
  repeats: number;
};
type BindingRow = {
  exception: string;
  id: string;
  connection: string;
  policy: string;
  subject_key: string;
  grant_ref: string;
  bypass_key: string | null;
  desired: string;
  observed: string;
  live: boolean;
  last_read_at: string | null;
};
type Tables = {
  exception: ExceptionRow;
  exception_binding: BindingRow;
  exception_import: { source: string; external_id: string; exception: string };
};

export interface StoredException {
  readonly version: number;
  readonly exception: ExceptionState;
}

/** With what a row of a list says beside the state. */
export interface ListedException extends StoredException {
  /** Requests for the same within the 365 days before this one. */
  readonly repeats: number;
}

export interface ListFilter {
  readonly statuses?: readonly StateName[];
  readonly category?: string;
  readonly unit?: string;
  readonly owner?: string;
  readonly requester?: string;
  readonly awaitsAnyOf?: readonly string[];
  /** With the sort `notices` or `reviews`: only those that ask any of these. */
  readonly asksAnyOf?: readonly string[];
  readonly notRequestedBy?: string;
  readonly overstaying?: boolean;
  readonly sharedFate?: boolean;
  readonly restsOnAnyOf?: readonly string[];
  /** Words; each must occur, the last may be unfinished. */
  readonly search?: string;
  readonly endsBefore?: Instant;
  readonly sort: ListSort;
  readonly descending: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

/** Rows of the register; the only file here that knows SQL. */
export function createExceptionStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async find(id: string): Promise<StoredException | undefined> {
      const row = await db.selectFrom("exception").select(["version", "state"]).where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    async findByRef(ref: string): Promise<StoredException | undefined> {
      const row = await db.selectFrom("exception").select(["version", "state"]).where("ref", "=", ref).executeTakeFirst();
      return row && stored(row);
    },
    async nextRef(now: Instant): Promise<string> {
      const { rows } = await executeSql(untyped, "select nextval('exception_ref') as n");
      return `EXC-${now.slice(0, 4)}-${String((rows[0] as { n: number }).n).padStart(4, "0")}`;
    },
    list: (filter: ListFilter) => list(db, filter),
    /** Ids of all that a filter lets through, in its order: which they are at one moment. */
    async listIds(filter: Narrowing): Promise<string[]> {
      const { by, direction } = orderOf(filter);
      const rows = await narrowed(db.selectFrom("exception").select("id"), filter)
        .orderBy(by, direction)
        .orderBy("id", direction)
        .execute();
      return rows.map(({ id }) => id);
    },
    /** Those of these ids that there are, in the order of the ids. */
    findMany: (ids: readonly string[]) => findMany(db, ids),
    /** Requests for the same within the 365 days before this one. */
    async repeatsOf(id: string): Promise<number> {
      return (await db.selectFrom("exception").select("repeats").where("id", "=", id).executeTakeFirst())?.repeats ?? 0;
    },
    /** All there are, in the order they were opened. */
    async inIdOrder(after: string, limit: number): Promise<StoredException[]> {
      const rows = await db
        .selectFrom("exception")
        .select(["version", "state"])
        .where("id", ">", after)
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(stored);
    },
    /** Exceptions the tick has to look at, longest overdue first. */
    async due(now: Instant, limit: number): Promise<StoredException[]> {
      const rows = await db
        .selectFrom("exception")
        .select(["version", "state"])
        .where("due_at", "<=", now)
        .orderBy("due_at")
        .limit(limit)
        .execute();
      return rows.map(stored);
    },
    /** When the tick is to look at it next, unless it changed meanwhile. */
    async setDue(id: string, version: number, at: Instant | undefined): Promise<void> {
      await db
        .updateTable("exception")
        .set({ due_at: at ?? null })
        .where("id", "=", id)
        .where("version", "=", version)
        .execute();
    },
    /** Others with any of these fingerprints since an instant, newest first. */
    async withFingerprints(fingerprints: readonly string[], since: Instant): Promise<StoredException[]> {
      if (fingerprints.length === 0) return [];
      const rows = await db
        .with(
          (name) => name("alike").materialized(),
          (query) =>
            query
              .selectFrom("exception")
              .select(["version", "state", "opened_at"])
              .where(sql<boolean>`fingerprints && ${sql.val([...fingerprints])}::text[]`),
        )
        .selectFrom("alike")
        .select(["version", "state"])
        .where("opened_at", ">=", since)
        .orderBy("opened_at", "desc")
        .limit(500)
        .execute();
      return rows.map(stored);
    },
    async ownedBy(owner: string): Promise<StoredException[]> {
      const rows = await db.selectFrom("exception").select(["version", "state"]).where("owner", "=", owner).execute();
      return rows.map(stored);
    },
    /** All of a category that are in none of these states. */
    async inCategory(category: string, except: readonly StateName[]): Promise<StoredException[]> {
      const rows = await db
        .selectFrom("exception")
        .select(["version", "state"])
        .where("category", "=", category)
        .where("status", "not in", [...except])
        .execute();
      return rows.map(stored);
    },
    /** Every binding of a connection: whose grant a bypass belongs to. */
    async bindingsOf(connection: string) {
      return db.selectFrom("exception_binding").selectAll().where("connection", "=", connection).execute();
    },
    /** Exceptions that are asked for, granted, or not seen to be gone, and need this connection; a suspended one may come back. */
    async countNeeding(connection: string): Promise<number> {
      const needing = JSON.stringify([{ content: { weakenedControl: { connection } } }]);
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from exception
        where status not in (${sql.join(["draft", ...END_STATES])}) and state->'dossier'->'versions' @> ${needing}::jsonb`.execute(db);
      return rows[0]!.n;
    },
    /** Exceptions with live bindings not read since an instant, longest unread first. What was read ahead of `now` counts as unread. */
    async unreadSince(connection: string, readBefore: Instant, now: Instant, limit: number): Promise<string[]> {
      const { rows } = await sql<{ exception: string }>`
        select exception from exception_binding
        where connection = ${connection} and live and (last_read_at is null or last_read_at < ${readBefore} or last_read_at > ${now})
        group by exception order by min(last_read_at) nulls first limit ${limit}`.execute(db);
      return rows.map((row) => row.exception);
    },
    /** That somebody looked, where the look was no news to the journal. */
    async noteRead(exception: string, binding: string, at: Instant): Promise<void> {
      await db
        .updateTable("exception_binding")
        .set({ last_read_at: at })
        .where("exception", "=", exception)
        .where("id", "=", binding)
        .execute();
    },
    async countsByStatus(): Promise<Record<string, number>> {
      const { rows } = await sql<{ status: string; n: number }>`select status, count(*) as n from exception group by status`.execute(db);
      return Object.fromEntries(rows.map((row) => [row.status, row.n]));
    },
    /** Most first. */
    async load(): Promise<{ asked: string; votes: number; reviews: number; firstDueAt: Instant | null }[]> {
      const { rows } = await sql<{ asked: string; votes: number; reviews: number; first_due_at: Instant | null }>`
        select asked, count(*) filter (where kind = 'vote') as votes, count(*) filter (where kind = 'review') as reviews,
          min(due_at) as first_due_at
        from (
          select unnest(awaits) as asked, 'vote' as kind, null::timestamptz as due_at from exception where awaits <> '{}'
          union all
          select unnest(review_asks), 'review', review_due_at from exception where review_due_at is not null
        ) as waiting
        group by asked order by count(*) desc, asked limit 500`.execute(db);
      return rows.map(({ first_due_at, ...row }) => ({ ...row, firstDueAt: first_due_at }));
    },
    async countOverstaying(): Promise<number> {
      const { rows } = await sql<{ n: number }>`select count(*) as n from exception where overstay_from is not null`.execute(db);
      return rows[0]!.n;
    },
    async findImported(source: string, externalIds: readonly string[]): Promise<Map<string, string>> {
      if (externalIds.length === 0) return new Map();
      const rows = await db
        .selectFrom("exception_import")
        .selectAll()
        .where("source", "=", source)
        .where("external_id", "in", [...externalIds])
        .execute();
      return new Map(rows.map((row) => [row.external_id, row.exception]));
    },
    async noteImported(tx: Tx, source: string, externalId: string, exception: string): Promise<void> {
      await tx.withTables<Tables>().insertInto("exception_import").values({ source, external_id: externalId, exception }).execute();
    },
  };
}
export type ExceptionStore = ReturnType<typeof createExceptionStore>;

function stored(row: { version: number; state: unknown }): StoredException {
  return { version: row.version, exception: row.state as ExceptionState };
}

type Query<Output> = SelectQueryBuilder<Tables, "exception", Output>;
type Narrowing = Omit<ListFilter, "limit" | "cursor">;

function orderOf({ sort, descending }: Narrowing) {
  return { by: SORTS[sort], direction: isDownwards(sort, descending) ? "desc" : "asc" } as const;
}

async function list(db: ReturnType<typeof typed>, filter: ListFilter): Promise<{ items: ListedException[]; next: string | undefined }> {
  const { by, direction } = orderOf(filter);
  let query = narrowed(db.selectFrom("exception").select(["id", "version", "state", "repeats", by.as("place")]), filter);
  if (filter.cursor !== undefined) {
    const [value, id] = readCursor(filter.cursor, [placeOf(filter.sort), "text"]);
    const past = direction === "desc" ? sql`<` : sql`>`;
    query = query.where(sql<boolean>`(${by}, id) ${past} (${value}, ${id})`);
  }
  const rows = await query
    .orderBy(by, direction)
    .orderBy("id", direction)
    .limit(filter.limit + 1)
    .execute();
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  const next = rows.length > filter.limit && last ? writeCursor([String(last.place ?? ""), last.id]) : undefined;
  return { items: items.map((row) => ({ ...stored(row), repeats: row.repeats })), next };
}

async function findMany(db: ReturnType<typeof typed>, ids: readonly string[]): Promise<ListedException[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("exception")
    .select(["id", "version", "state", "repeats"])
    .where("id", "in", [...ids])
    .execute();
  const found = new Map(rows.map((row) => [row.id, { ...stored(row), repeats: row.repeats }]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

const typed = (untyped: Db) => untyped.withTables<Tables>();

function narrowed<Output>(query: Query<Output>, filter: Narrowing): Query<Output> {
  let narrowing = query;
  if (filter.statuses !== undefined) narrowing = narrowing.where("status", "in", [...filter.statuses]);
  for (const name of ["category", "unit", "owner", "requester"] as const) {
    const value = filter[name];
    if (value !== undefined) narrowing = narrowing.where(name, "=", value);
  }
  if (filter.awaitsAnyOf !== undefined) narrowing = narrowing.where(sql<boolean>`awaits && ${sql.val([...filter.awaitsAnyOf])}::text[]`);
  narrowing = waiting(narrowing, filter);
  if (filter.notRequestedBy !== undefined) narrowing = narrowing.where("requester", "<>", filter.notRequestedBy);
  if (filter.overstaying === true) narrowing = narrowing.where("overstay_from", "is not", null);
  if (filter.restsOnAnyOf !== undefined) narrowing = narrowing.where(restsOnAnyOf(filter.restsOnAnyOf));
  if (filter.endsBefore !== undefined) narrowing = narrowing.where("ends_at", "<", filter.endsBefore);
  const words = searchQuery(filter.search);
  if (words !== undefined) narrowing = narrowing.where(sql<boolean>`search @@ to_tsquery('simple', ${words})`);
  return narrowing;
}

/** By the number that the index is over, for a text may be longer than an index holds. */
function restsOnAnyOf(texts: readonly string[]) {
  const asked = sql`${sql.val([...texts])}::text[]`;
  return sql<boolean>`hashtextextended(rests_on, 0) = any(array(select hashtextextended(t, 0) from unnest(${asked}) as t)) and rests_on = any(${asked})`;
}

/** With the sorts that list what waits for somebody: only what does, and for whom. Indexed without the rows that have none. */
function waiting<Output>(query: Query<Output>, { sort, asksAnyOf }: Narrowing): Query<Output> {
  if (sort !== "notices" && sort !== "reviews") return query;
  const found = query.where(sql<boolean>`${SORTS[sort]} is not null`);
  if (asksAnyOf === undefined) return found;
  return found.where(sql<boolean>`${sql.ref(sort === "notices" ? "notice_asks" : "review_asks")} && ${sql.val([...asksAnyOf])}::text[]`);
}

export interface FoldedChange {
  readonly change: SubjectChange;
  readonly after: ExceptionState;
  /** Writes the rows that hang on the exception; part of the same transaction. */
  readonly alongside: (tx: Tx) => Promise<void>;
}

/** The change that takes an exception through its events. */
export function exceptionChange(
  before: StoredException | undefined,
  events: readonly ExceptionEvent[],
  derive: { dueAt: (state: ExceptionState) => Instant | undefined; fingerprints: (state: ExceptionState) => readonly string[] },
): FoldedChange {
  const after = events.reduce<ExceptionState | undefined>(evolve, before?.exception)!;
  const entries = events.map(({ type, ...data }) => ({ type, data }));
  const fingerprints = derive.fingerprints(after);
  const change: SubjectChange = {
    kind: "exception",
    subject: after.dossier.id,
    fromVersion: before?.version ?? 0,
    entries,
    state: after,
    table: "exception",
    columns: {
      ...project(after, derive.dueAt(after)),
      fingerprints,
      repeats: earlierRequests(after, fingerprints),
      search: sql`to_tsvector('simple', ${searchWords(after).replaceAll(/[^\p{L}\p{N}]+/gu, " ")})`,
    },
  };
  return { change, after, alongside: (tx) => saveBindings(tx, before?.exception, after) };
}

async function saveBindings(tx: Tx, before: ExceptionState | undefined, after: ExceptionState): Promise<void> {
  const { id, bindings } = after.dossier;
  const known = new Map((before?.dossier.bindings ?? []).map((binding) => [binding.id, JSON.stringify(binding)]));
  const closedNow = before?.state !== after.state;
  const rows = bindings
    .filter((binding) => closedNow || known.get(binding.id) !== JSON.stringify(binding))
    .map((binding): BindingRow => ({
      exception: id,
      id: binding.id,
      connection: binding.connection,
      policy: binding.policy,
      subject_key: binding.subject.key,
      grant_ref: binding.grantRef,
      bypass_key: binding.origin.kind === "found" ? binding.origin.bypassKey : null,
      desired: binding.desired,
      observed: binding.observed,
      live: isLive(after, binding),
      last_read_at: binding.lastReadAt,
    }));
  if (rows.length === 0) return;
  await tx
    .withTables<Tables>()
    .insertInto("exception_binding")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["exception", "id"]).doUpdateSet((excluded) => ({
        desired: excluded.ref("excluded.desired"),
        observed: excluded.ref("excluded.observed"),
        live: excluded.ref("excluded.live"),
        last_read_at: sql`greatest(exception_binding.last_read_at, excluded.last_read_at)`,
      })),
    )
    .execute();
}
