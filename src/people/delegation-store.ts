import { type Kysely, sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Replay } from "../journal/replay.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { type Delegation, type DelegationEvent, evolveDelegation } from "./delegation.ts";

type Tables = {
  delegation: {
    id: string;
    version: number;
    state: unknown;
    from_person: string;
    to_person: string;
    valid_from: string;
    valid_until: string;
    role: string | null;
    revoked: boolean;
  };
};

export interface StoredDelegation {
  readonly version: number;
  readonly delegation: Delegation;
}

export interface DelegationFilter {
  /** On either side of it. */
  readonly person?: string;
  /** Not over and not revoked at this moment. */
  readonly openAt?: Instant;
  readonly limit: number;
  readonly cursor?: string;
}

/** Rows of delegations. */
export function createDelegationStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const delegations = () => db.selectFrom("delegation").select(["id", "version", "state"]);
  const concerning = (person: string) => delegations().where((of) => of.or([of("from_person", "=", person), of("to_person", "=", person)]));
  return {
    async find(id: string): Promise<StoredDelegation | undefined> {
      const row = await delegations().where("id", "=", id).executeTakeFirst();
      return row && stored(row);
    },
    /** Those on either side of which the person is and that are in force at this moment. */
    async inForce(person: string, now: Instant): Promise<Delegation[]> {
      const rows = await concerning(person)
        .where("revoked", "=", false)
        .where("valid_from", "<=", now)
        .where("valid_until", ">", now)
        .orderBy("id")
        .execute();
      return rows.map((row) => stored(row).delegation);
    },
    /** What a person holds from others, unless it is over or revoked. */
    heldBy: (person: string, now: Instant): Promise<Delegation[]> => heldBy(db, person, now),
    /** The same, and nobody else delegates from or to these people until the transaction ends. */
    async heldStill(tx: Tx, { from, to }: Pick<Delegation, "from" | "to">, now: Instant): Promise<Delegation[]> {
      await sql`select id from person where id in (${from}, ${to}) order by id for update`.execute(tx);
      return heldBy(tx.withTables<Tables>(), from, now);
    },
    /** Newest first. */
    async list(filter: DelegationFilter): Promise<{ items: StoredDelegation[]; next: string | undefined }> {
      let query = filter.person === undefined ? delegations() : concerning(filter.person);
      if (filter.openAt !== undefined) query = query.where("revoked", "=", false).where("valid_until", ">", filter.openAt);
      if (filter.cursor !== undefined) query = query.where("id", "<", readCursor(filter.cursor, 1)[0]!);
      const rows = await query
        .orderBy("id", "desc")
        .limit(filter.limit + 1)
        .execute();
      const page = rows.slice(0, filter.limit);
      const last = page.at(-1);
      return { items: page.map(stored), next: rows.length > filter.limit && last !== undefined ? writeCursor([last.id]) : undefined };
    },
  };
}
export type DelegationStore = ReturnType<typeof createDelegationStore>;

async function heldBy(db: Kysely<Tables>, person: string, now: Instant): Promise<Delegation[]> {
  const rows = await db
    .selectFrom("delegation")
    .select(["version", "state"])
    .where("to_person", "=", person)
    .where("revoked", "=", false)
    .where("valid_until", ">", now)
    .execute();
  return rows.map((row) => stored(row).delegation);
}

function stored(row: { version: number; state: unknown }): StoredDelegation {
  return { version: row.version, delegation: row.state as Delegation };
}

function columnsOf({ from, to, validFrom, validUntil, role, revoked }: Delegation) {
  return { from_person: from, to_person: to, valid_from: validFrom, valid_until: validUntil, role, revoked: revoked !== null };
}

/** The change that takes a delegation through events. */
export function delegationChange(before: StoredDelegation | undefined, events: readonly DelegationEvent[]): SubjectChange {
  const state = events.reduce<Delegation | undefined>(evolveDelegation, before?.delegation)!;
  return {
    kind: "delegation",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "delegation",
    columns: columnsOf(state),
  };
}

export const delegationReplay: Replay = {
  table: "delegation",
  evolve: (state, { type, data }) => evolveDelegation(state as Delegation | undefined, { type, data } as DelegationEvent),
  columns: (state) => columnsOf(state as Delegation),
};
