import { type RawBuilder, sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Replays } from "../journal/replay.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { evolve } from "./evolve.ts";
import type { Finding, FindingEvent, FindingKind, FindingState, FindingSubject, Severity } from "./finding.ts";

export interface StoredFinding {
  readonly version: number;
  readonly finding: Finding;
}

export interface FindingFilter {
  readonly state?: FindingState;
  readonly kind?: FindingKind;
  readonly severity?: Severity;
  readonly source?: string;
  /** Null: those that nobody owns. */
  readonly owner?: string | null;
  readonly overdue?: boolean;
  readonly subject?: FindingSubject;
}

/** When a source last told what it sees, and when it last could not. */
export interface SourceRead {
  readonly name: string;
  readonly readAt: Instant | null;
  readonly failedAt: Instant | null;
  readonly words: string | null;
}

export interface FindingCount {
  readonly kind: FindingKind;
  readonly state: FindingState;
  readonly severity: Severity;
  readonly overdue: boolean;
  readonly count: number;
}

type Row = { readonly version: number; readonly state: unknown };
const stored = ({ version, state }: Row): StoredFinding => ({ version, finding: state as Finding });

/** What holds at a moment, as standingAt says it. */
const standing = (now: Instant) =>
  sql`(case when status = 'accepted' and accepted_until <= ${now}::timestamptz then 'open' else status end)`;
const overdue = (now: Instant) => sql`(${standing(now)} = 'open' and due_at <= ${now}::timestamptz)`;

/** Rows of findings; the only file here that knows SQL. */
export function createFindingStore(db: Db) {
  return {
    async find(id: string): Promise<StoredFinding | undefined> {
      const { rows } = await sql<Row>`select version, state from finding where id = ${id}`.execute(db);
      return rows[0] && stored(rows[0]);
    },
    async findMany(ids: readonly string[]): Promise<StoredFinding[]> {
      if (ids.length === 0) return [];
      const { rows } = await sql<Row>`select version, state from finding where id = any(${[...ids]}::text[])`.execute(db);
      return rows.map(stored);
    },
    /** Of all that a source ever found: what is there, and what had one of these keys. */
    async ofSource(source: string, keys: readonly string[]): Promise<StoredFinding[]> {
      const { rows } = await sql<Row>`
        select version, state from finding where source = ${source} and (status <> 'mended' or key = any(${[...keys]}::text[]))`.execute(
        db,
      );
      return rows.map(stored);
    },
    async accepted(): Promise<StoredFinding[]> {
      const { rows } = await sql<Row>`select version, state from finding where status = 'accepted'`.execute(db);
      return rows.map(stored);
    },
    /** What is due first comes first. */
    async list(filter: FindingFilter, page: { limit: number; cursor?: string }, now: Instant) {
      const [dueAt, id] = page.cursor === undefined ? [undefined, undefined] : readCursor(page.cursor, ["instant", "text"]);
      const after = dueAt === undefined ? sql`true` : sql`(due_at, id) > (${dueAt}::timestamptz, ${id})`;
      const { rows } = await sql<Row>`
        select version, state from finding where ${narrowed(filter, now)} and ${after} order by due_at, id limit ${page.limit + 1}`.execute(
        db,
      );
      const items = rows.slice(0, page.limit).map(stored);
      const last = items.at(-1)?.finding;
      return { items, next: rows.length > page.limit && last !== undefined ? writeCursor([last.dueAt, last.id]) : undefined };
    },
    async count(filter: FindingFilter, now: Instant): Promise<FindingCount[]> {
      const { rows } = await sql<FindingCount>`
        select kind, ${standing(now)} as state, severity, ${overdue(now)} as overdue, count(*)::int as count from finding
        where ${narrowed(filter, now)} group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
      return rows;
    },
    /** Owners of what is open and due before an instant; null is nobody. */
    async ownersDueBefore(until: Instant): Promise<(string | null)[]> {
      const { rows } = await sql<{ owner: string | null }>`
        select distinct owner from finding where status <> 'mended' and due_at < ${until}::timestamptz`.execute(db);
      return rows.map(({ owner }) => owner);
    },
    /** What is there of an owner's, what is due first first; null is nobody. */
    async ownedBy(owner: string | null, limit: number): Promise<Finding[]> {
      const { rows } = await sql<Row>`
        select version, state from finding where status <> 'mended' and owner is not distinct from ${owner}
        order by due_at, id limit ${limit}`.execute(db);
      return rows.map((row) => stored(row).finding);
    },
    async sources(): Promise<SourceRead[]> {
      const { rows } = await sql<SourceRead>`
        select name, read_at as "readAt", failed_at as "failedAt", words from finding_source order by name`.execute(db);
      return rows;
    },
    async noteRead(source: string, at: Instant): Promise<void> {
      await sql`insert into finding_source (name, read_at) values (${source}, ${at})
        on conflict (name) do update set read_at = excluded.read_at, failed_at = null, words = null`.execute(db);
    },
    async noteFailed(source: string, at: Instant, words: string): Promise<void> {
      await sql`insert into finding_source (name, failed_at, words) values (${source}, ${at}, ${words})
        on conflict (name) do update set failed_at = excluded.failed_at, words = excluded.words`.execute(db);
    },
  };
}
export type FindingStore = ReturnType<typeof createFindingStore>;

function narrowed(filter: FindingFilter, now: Instant): RawBuilder<unknown> {
  const { state, kind, severity, source, owner, overdue: isOverdue, subject } = filter;
  const wanted = [
    state !== undefined && sql`${standing(now)} = ${state}`,
    kind !== undefined && sql`kind = ${kind}`,
    severity !== undefined && sql`severity = ${severity}`,
    source !== undefined && sql`source = ${source}`,
    owner !== undefined && sql`owner is not distinct from ${owner}`,
    isOverdue !== undefined && (isOverdue ? overdue(now) : sql`not ${overdue(now)}`),
    subject !== undefined && sql`subject_kind = ${subject.kind} and subject_id = ${subject.id}`,
  ].filter((each) => each !== false);
  return wanted.length === 0 ? sql`true` : sql.join(wanted, sql` and `);
}

/** The change that takes a finding through events. */
export function findingChange(before: StoredFinding | undefined, events: readonly FindingEvent[]): SubjectChange & { state: Finding } {
  const state = events.reduce<Finding | undefined>(evolve, before?.finding)!;
  const fromVersion = before?.version ?? 0;
  return { kind: "finding", subject: state.id, fromVersion, entries: events, state, table: "finding", columns: columnsOf(state) };
}

/** What lists find a finding by; all of it follows from the state. */
function columnsOf(finding: Finding) {
  const { state: status, source, key, kind, severity, subject, owner, dueAt } = finding;
  const acceptedUntil = finding.state === "accepted" ? finding.acceptance.until : null;
  const about = { subject_kind: subject.kind, subject_id: subject.id };
  return { status, source, key, kind, severity, ...about, owner, due_at: dueAt, accepted_until: acceptedUntil };
}

export const findingReplays: Replays = {
  finding: {
    table: "finding",
    evolve: (state, { type, data }: JournalEntry) => evolve(state as Finding | undefined, { type, data } as FindingEvent),
    columns: (state) => columnsOf(state as Finding),
  },
};
