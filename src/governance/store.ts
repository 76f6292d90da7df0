import { sql } from "kysely";

import { resourceText } from "../exceptions/repeats.ts";
import type { SubjectChange } from "../journal/append.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Replay, Replays } from "../journal/replay.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { DesignIssue, DesignIssueEvent } from "./design-issue.ts";
import { evolveIssue, evolveRisk } from "./evolve.ts";
import type { RiskAcceptance, RiskAcceptanceEvent } from "./risk-acceptance.ts";
import { signedAcceptance } from "./signing.ts";

export interface Stored<State> {
  readonly version: number;
  readonly state: State;
}

interface Spec<State, Event> {
  readonly kind: "designIssue" | "riskAcceptance";
  readonly table: string;
  readonly evolve: (state: State | undefined, event: Event) => State;
  readonly columns: (state: State) => Readonly<Record<string, string>>;
}

const ISSUES: Spec<DesignIssue, DesignIssueEvent> = {
  kind: "designIssue",
  table: "design_issue",
  evolve: evolveIssue,
  columns: ({ state, about, owner }) => ({ status: state, about: resourceText(about), owner }),
};
const RISKS: Spec<RiskAcceptance, RiskAcceptanceEvent> = {
  kind: "riskAcceptance",
  table: "risk_acceptance",
  evolve: evolveRisk,
  columns: ({ state, executive, until }) => ({ status: state, executive, accepted_until: until }),
};

export interface Filter {
  /** Column → value, each equal. */
  readonly where: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string;
}

/** More than one person answers for. */
const MOST_ANSWERED = 200;

/** Rows of design issues and risk acceptances; the only file here that knows SQL. */
export function createGovernanceStore(db: Db) {
  const issues = createSubjects(db, ISSUES);
  const risks = createSubjects(db, RISKS);
  return {
    issues,
    risks,
    async listTimed(since: Instant, until: Instant): Promise<string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from design_issue where status = 'open'
        union all select id from risk_acceptance where status = 'reopened'
        union all select id from risk_acceptance where status = 'accepted' and accepted_until between ${since} and ${until}`.execute(db);
      return rows.map(({ id }) => id);
    },
    /** Accepted, and not over: more than a few hundred would not be governed. */
    async inForce(now: Instant): Promise<RiskAcceptance[]> {
      const { rows } = await sql<{ state: RiskAcceptance }>`
        select state from risk_acceptance where status = 'accepted' and accepted_until > ${now} order by id`.execute(db);
      return rows.map(({ state }) => state);
    },
    /** The newest of what a person answers for. */
    async answeredBy(person: string): Promise<{ issues: DesignIssue[]; risks: RiskAcceptance[] }> {
      const limit = MOST_ANSWERED;
      const open = await issues.list({ where: { owner: person, status: "open" }, limit });
      const accepted = await risks.list({ where: { executive: person, status: "accepted" }, limit });
      return { issues: open.items.map(({ state }) => state), risks: accepted.items.map(({ state }) => state) };
    },
    findOpenAbout: async (about: DesignIssue["about"]): Promise<DesignIssue | undefined> =>
      (await issues.list({ where: { about: resourceText(about), status: "open" }, limit: 1 })).items[0]?.state,
  };
}
export type GovernanceStore = ReturnType<typeof createGovernanceStore>;

function createSubjects<State extends { readonly id: string }, Event extends { readonly type: string; readonly data: unknown }>(
  untyped: Db,
  spec: Spec<State, Event>,
) {
  const db = untyped.withTables<Record<string, { id: string; version: number; state: unknown }>>();
  const rows = () => db.selectFrom(spec.table).select(["id", "version", "state"]);
  const stored = (row: { version: number; state: unknown }): Stored<State> => ({ version: row.version, state: row.state as State });
  return {
    async find(id: string): Promise<Stored<State> | undefined> {
      const row = await rows().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    /** Newest first. */
    async list({ where, limit, cursor }: Filter): Promise<{ items: Stored<State>[]; next: string | undefined }> {
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
    change(before: Stored<State> | undefined, events: readonly Event[]): { change: SubjectChange; after: Stored<State> } {
      const state = events.reduce<State | undefined>(spec.evolve, before?.state)!;
      const fromVersion = before?.version ?? 0;
      const { kind, table } = spec;
      const change = { kind, subject: state.id, fromVersion, entries: events, state, table, columns: spec.columns(state) };
      return { change, after: { version: fromVersion + events.length, state } };
    },
  };
}

function replayOf<State, Event>({ table, evolve, columns }: Spec<State, Event>): Replay {
  return {
    table,
    evolve: (state, { type, data }: JournalEntry) => evolve(state as State | undefined, { type, data } as Event),
    columns: (state) => columns(state as State),
  };
}

export const governanceReplays: Replays = {
  designIssue: replayOf(ISSUES),
  riskAcceptance: {
    ...replayOf(RISKS),
    decision: (before, entry, hash) => signedAcceptance(before as RiskAcceptance | undefined, entry, hash),
  },
};
