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
    for (const change of what.changes) await saveState(tx, change);
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

/** RFC 8785 canonical JSON; undefined members are left out. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not representable as JSON");
  return text;
}
