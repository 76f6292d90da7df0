/**
 * The one writer. A change of state is committed as its journal entries, the state they fold to, and the work that follows
 * from it, in one transaction: all of it is there afterwards, or none.
 */
import canonicalize from "canonicalize";
import { sql } from "kysely";

import type { IdKind, Ids } from "../kernel/id.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type Db, isTransient, type Tx } from "../platform/db.ts";
import { markCarriedOut } from "../platform/idempotency.ts";
import { type Actor, type JournalEntry, MAX_ENTRY_BYTES, type NewEntry } from "./entry.ts";

/** A statement takes at most 65,535 parameters, eight for an entry; large applies and imports have more entries than that. */
const ROWS_PER_INSERT = 1000;

/** One subject's step from the version it was read at to the next. */
export interface SubjectChange {
  readonly kind: IdKind;
  readonly subject: string;
  /** Number of entries the subject had when it was read; 0 for a new one. */
  readonly fromVersion: number;
  readonly entries: readonly NewEntry[];
  /** The fold of all entries, as stored. */
  readonly state: unknown;
  /** Table with the columns `id`, `version`, `state`, and whatever `columns` names. */
  readonly table: string;
  /** Columns derived from the state, for lists and constraints. */
  readonly columns?: Readonly<Record<string, unknown>>;
}

export interface CommitContext {
  readonly db: Db;
  readonly ids: Ids;
}

export interface Commit {
  readonly at: Instant;
  readonly actor: Actor;
  readonly changes: readonly SubjectChange[];
  /** More work of the same transaction: rows of read models, jobs. Nothing slow: no network in here. */
  readonly alongside?: (tx: Tx) => Promise<void>;
}

/** Thrown when somebody else changed the subject meanwhile. The caller loads again and decides again. */
export class VersionConflict extends Error {
  override readonly name = "VersionConflict";
}

/**
 * Commits and returns the entries written. Throws {@link VersionConflict} when a subject moved on, {@link Refused}
 * `journal.entryTooLarge` when an entry exceeds 65,535 bytes; then nothing was written.
 */
export async function commit(context: CommitContext, what: Commit): Promise<readonly JournalEntry[]> {
  const rows = what.changes.flatMap((change) => change.entries.map((entry, i) => toRow(context.ids, what, change, entry, i)));
  await context.db.transaction().execute(async (tx) => {
    for (const run of runsOf(what.changes)) await (run.length === 1 ? saveState(tx, run[0]!) : saveStates(tx, run));
    for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
      await tx
        .withTables<{ journal_entry: EntryRow }>()
        .insertInto("journal_entry")
        .values(rows.slice(at, at + ROWS_PER_INSERT).map((row) => row.columns))
        .execute();
    }
    await what.alongside?.(tx);
    await markCarriedOut(
      tx,
      what.changes.map(({ subject }) => subject),
    );
  });
  return rows.map((row) => row.entry);
}

/**
 * Loads, decides and commits again as long as another writer was faster: what was decided on is what is committed.
 * Gives up after `tries` with `journal.tooManyConflicts`.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, tries = 50): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof VersionConflict) && !isTransient(error)) throw error;
      if (round >= tries) {
        throw new Refused([refusal("journal.tooManyConflicts", "Too many people changed this at the same moment. Try again.")], 409);
      }
    }
  }
}

interface EntryRow {
  id: string;
  subject_kind: string;
  subject: string;
  subject_version: number;
  type: string;
  at: string;
  actor: string;
  body: string;
}

function toRow(ids: Ids, what: Commit, change: SubjectChange, entry: NewEntry, offset: number): { entry: JournalEntry; columns: EntryRow } {
  const full: JournalEntry = {
    v: 1,
    id: ids.next("entry"),
    kind: change.kind,
    subject: change.subject,
    version: change.fromVersion + 1 + offset,
    type: entry.type,
    at: what.at,
    actor: what.actor,
    data: entry.data,
  };
  const body = canonicalJson(full);
  if (Buffer.byteLength(body) > MAX_ENTRY_BYTES) {
    const detail = `A ${entry.type} entry would be ${Buffer.byteLength(body)} bytes; the journal takes ${MAX_ENTRY_BYTES}. Attach large evidence by digest.`;
    throw new Refused([refusal("journal.entryTooLarge", detail)]);
  }
  const columns: EntryRow = {
    id: full.id,
    subject_kind: full.kind,
    subject: full.subject,
    subject_version: full.version,
    type: full.type,
    at: full.at,
    actor: full.actor.id,
    body,
  };
  return { entry: full, columns };
}

async function saveState(tx: Tx, change: SubjectChange): Promise<void> {
  const version = change.fromVersion + change.entries.length;
  const derived = Object.entries(change.columns ?? {});
  const table = sql.table(change.table);
  const state = JSON.stringify(change.state);
  const result =
    change.fromVersion === 0
      ? await sql`
          insert into ${table} (id, version, state${sql.join(
            derived.map(([name]) => sql`, ${sql.ref(name)}`),
            sql``,
          )})
          values (${change.subject}, ${version}, ${state}::jsonb${sql.join(
            derived.map(([, value]) => sql`, ${value}`),
            sql``,
          )})
          on conflict (id) do nothing`.execute(tx)
      : await sql`
          update ${table} set version = ${version}, state = ${state}::jsonb${sql.join(
            derived.map(([name, value]) => sql`, ${sql.ref(name)} = ${value}`),
            sql``,
          )}
          where id = ${change.subject} and version = ${change.fromVersion}`.execute(tx);
  if (result.numAffectedRows !== 1n) throw new VersionConflict(`${change.subject} is not at version ${change.fromVersion} any more`);
}

/** Neighbours that one statement can save: of one table and the same columns, all of them new or none, as many entries each, each subject once. */
function runsOf(changes: readonly SubjectChange[]): SubjectChange[][] {
  const runs: SubjectChange[][] = [];
  const inRun = new Set<string>();
  for (const change of changes) {
    const run = runs.at(-1);
    const form = formOf(change);
    const fits = form !== undefined && run !== undefined && formOf(run[0]!) === form && run.length < ROWS_PER_INSERT;
    if (fits && !inRun.has(change.subject)) run.push(change);
    else {
      runs.push([change]);
      inRun.clear();
    }
    inRun.add(change.subject);
  }
  return runs;
}

function formOf({ table, columns = {}, fromVersion, entries }: SubjectChange): string | undefined {
  // An expression is for the database to work out, one by one.
  if (!Object.values(columns).every((value) => value === null || typeof value !== "object" || Array.isArray(value))) return undefined;
  return [table, fromVersion === 0, entries.length, ...Object.keys(columns)].join(" ");
}

/** Thousands that are found at once are saved in one statement; the table's own types read the values. */
async function saveStates(tx: Tx, run: readonly SubjectChange[]): Promise<void> {
  const [{ table: name, columns = {}, fromVersion, entries: steps }] = run as [SubjectChange, ...SubjectChange[]];
  const table = sql.table(name);
  const names = ["version", "state", ...Object.keys(columns)].map((column) => sql.ref(column));
  const rows = run.map(({ subject, fromVersion: version, entries, state, columns: derived }) => ({
    ...derived,
    id: subject,
    version: version + entries.length,
    state,
  }));
  const given = sql`jsonb_populate_recordset(null::${table}, ${JSON.stringify(rows)}::jsonb) as given`;
  const result =
    fromVersion === 0
      ? await sql`insert into ${table} (id, ${sql.join(names)}) select id, ${sql.join(names)} from ${given} on conflict (id) do nothing`.execute(
          tx,
        )
      : await sql`
          update ${table} as stored set ${sql.join(names.map((column) => sql`${column} = given.${column}`))}
          from ${given} where stored.id = given.id and stored.version = given.version - ${steps.length}::integer`.execute(tx);
  if (result.numAffectedRows !== BigInt(run.length))
    throw new VersionConflict(`one of ${run.length} in ${name} is not at the version read`);
}

/** RFC 8785 canonical JSON; undefined members are left out. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not representable as JSON");
  return text;
}
