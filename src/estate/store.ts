import { sql } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Replays } from "../journal/replay.ts";
import { readCursor, searchQuery, searchText, writeCursor } from "../kernel/paging.ts";
import type { Db } from "../platform/db.ts";
import {
  type Application,
  type DeviceClass,
  type EstateEvent,
  type EstateFact,
  applicationFacts,
  deviceClassFacts,
  ORGANISATION_ID,
  type Organisation,
  type Vendor,
  vendorFacts,
} from "./estate.ts";
import {
  evolveApplication,
  evolveCommonCause,
  evolveComponent,
  evolveDeviceClass,
  evolveOperation,
  evolveOrganisation,
  evolveVendor,
} from "./evolve.ts";
import { keysOf } from "./expression.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation, ModelEvent } from "./model-event.ts";
import { pathKeys } from "./needs.ts";

export interface Stored<State> {
  readonly version: number;
  readonly state: State;
}

export interface ItemFilter {
  /** Words; each must occur as the beginning of a word of name or key. */
  readonly search?: string;
  /** Columns that must have these values. */
  readonly where?: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string;
}

/** States of one kind by what their module calls them. */
export interface Items {
  readonly application: Application;
  readonly deviceClass: DeviceClass;
  readonly vendor: Vendor;
  readonly component: KeptComponent;
  readonly commonCause: KeptCommonCause;
  readonly operation: KeptOperation;
}
export type ItemKind = keyof Items;

interface Spec<State> {
  readonly table: string;
  readonly evolve: (state: State | undefined, event: never) => State;
  readonly columns: (state: State) => Readonly<Record<string, unknown>>;
  readonly facts: (before: State | undefined, after: State) => readonly EstateFact[];
}

const named = ({ key, name }: { readonly key: string; readonly name: string }) => ({ key, sort_name: name.toLowerCase() });

const SPECS: { readonly [K in ItemKind]: Spec<Items[K]> } = {
  application: {
    table: "application",
    evolve: evolveApplication,
    columns: (state) => ({ ...named(state), owner: state.owner, tier: state.tier, status: state.status }),
    facts: applicationFacts,
  },
  deviceClass: {
    table: "device_class",
    evolve: evolveDeviceClass,
    columns: (state) => ({ ...named(state), lead: state.lead, status: state.status }),
    facts: deviceClassFacts,
  },
  vendor: {
    table: "vendor",
    evolve: evolveVendor,
    columns: (state) => ({ ...named(state), manager: state.manager }),
    facts: vendorFacts,
  },
  component: {
    table: "component",
    evolve: evolveComponent,
    columns: (state) => {
      const { kind, layer, owner, connection, status, requires } = state;
      return { ...named(state), kind, layer, owner, connection, status, needs: keysOf(requires) };
    },
    facts: () => [],
  },
  commonCause: {
    table: "common_cause",
    evolve: evolveCommonCause,
    columns: (state) => ({ ...named(state), kind: state.kind, status: state.status, needs: state.members }),
    facts: () => [],
  },
  operation: {
    table: "operation",
    evolve: evolveOperation,
    columns: (state) => {
      const { criticality, application, businessOwner: owner, status } = state;
      return { ...named(state), criticality, application, owner, status, needs: pathKeys(state) };
    },
    facts: () => [],
  },
};

type Row = { version: number; state: unknown; sort_name: string; id: string };

/** Rows of applications, device classes and vendors: alike but for a few columns. */
export function createItemStore<K extends ItemKind>(db: Db, kind: K) {
  const table = sql.table(SPECS[kind].table);
  const stored = (row: Row): Stored<Items[K]> => ({ version: row.version, state: row.state as Items[K] });
  const findBy = async (column: "id" | "key", value: string): Promise<Stored<Items[K]> | undefined> => {
    const { rows } = await sql<Row>`select version, state from ${table} where ${sql.ref(column)} = ${value}`.execute(db);
    return rows[0] && stored(rows[0]);
  };
  return {
    find: (id: string) => findBy("id", id),
    findByKey: (key: string) => findBy("key", key),
    async all(): Promise<Stored<Items[K]>[]> {
      const { rows } = await sql<Row>`select version, state from ${table} order by key`.execute(db);
      return rows.map(stored);
    },
    async list(filter: ItemFilter): Promise<{ items: Stored<Items[K]>[]; next: string | undefined }> {
      const conditions = Object.entries(filter.where ?? {}).map(([column, value]) => sql<boolean>`${sql.ref(column)} = ${value}`);
      const words = searchQuery(filter.search);
      if (words !== undefined) conditions.push(sql`search @@ to_tsquery('simple', ${words})`);
      if (filter.cursor !== undefined) {
        const [name, id] = readCursor(filter.cursor, 2);
        conditions.push(sql`(sort_name, id) > (${name}, ${id})`);
      }
      const { rows } = await sql<Row>`
        select version, state, sort_name, id from ${table}
        where ${sql.join([sql`true`, ...conditions], sql` and `)}
        order by sort_name, id limit ${filter.limit + 1}`.execute(db);
      const page = rows.slice(0, filter.limit);
      const last = page.at(-1);
      const next = rows.length > filter.limit && last !== undefined ? writeCursor([last.sort_name, last.id]) : undefined;
      return { items: page.map(stored), next };
    },
  };
}
export type ItemStore<K extends ItemKind> = ReturnType<typeof createItemStore<K>>;

export async function findOrganisation(db: Db): Promise<Stored<Organisation> | undefined> {
  const { rows } = await sql<Row>`select version, state from organisation where id = ${ORGANISATION_ID}`.execute(db);
  return rows[0] && { version: rows[0].version, state: rows[0].state as Organisation };
}

export interface Folded<State> {
  readonly change: SubjectChange;
  readonly after: State;
  readonly facts: readonly EstateFact[];
}

/** The change that takes an item through events, and what others act on. */
export function itemChange<K extends ItemKind>(
  kind: K,
  before: Stored<Items[K]> | undefined,
  events: readonly (EstateEvent | ModelEvent)[],
): Folded<Items[K]> {
  const spec: Spec<Items[K]> = SPECS[kind];
  const after = events.reduce<Items[K] | undefined>((state, event) => spec.evolve(state, event as never), before?.state)!;
  const change: SubjectChange = {
    kind,
    subject: after.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state: after,
    table: spec.table,
    columns: { ...spec.columns(after), search: sql`to_tsvector('simple', ${searchText(`${after.name} ${after.key}`)})` },
  };
  return { change, after, facts: spec.facts(before?.state, after) };
}

export function organisationChange(before: Stored<Organisation> | undefined, events: readonly EstateEvent[]): Folded<Organisation> {
  const after = events.reduce<Organisation | undefined>((state, event) => evolveOrganisation(state, event as never), before?.state)!;
  const change: SubjectChange = {
    kind: "organisation",
    subject: after.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state: after,
    table: "organisation",
  };
  return { change, after, facts: [] };
}

function replayOf(kind: ItemKind): Replays[string] {
  const { table, evolve, columns } = SPECS[kind];
  return {
    table,
    evolve: (state, { type, data }) => evolve(state as never, { type, data } as never),
    columns: (state) => columns(state as never),
  };
}

/** How everything of the estate is rebuilt from its journal entries, for the verifier. */
export const estateReplays: Replays = {
  organisation: {
    table: "organisation",
    evolve: (state, { type, data }) => evolveOrganisation(state as Organisation | undefined, { type, data } as never),
  },
  application: replayOf("application"),
  deviceClass: replayOf("deviceClass"),
  vendor: replayOf("vendor"),
  component: replayOf("component"),
  commonCause: replayOf("commonCause"),
  operation: replayOf("operation"),
};
