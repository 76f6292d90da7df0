import { type RawBuilder, sql } from "kysely";

import type { Replays } from "../journal/replay.ts";
import { createSubjects, replayOf, type Stored, type SubjectSpec } from "../journal/subjects.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Db } from "../platform/db.ts";
import { evolveJourney, evolveRota } from "./evolve.ts";
import { identityText, type Journey, type JourneyEvent, type JourneyIdentity, seatedIn } from "./journey.ts";
import type { Rota, RotaEvent } from "./rota.ts";
import { signedApproval } from "./signing.ts";

export interface Page<State> {
  readonly items: readonly Stored<State>[];
  readonly next: string | undefined;
}

interface Spec<State, Event> extends SubjectSpec<State, Event> {
  /** The table's column that lists are ordered by. */
  readonly order: "identity" | "sort_name";
}

const JOURNEYS: Spec<Journey, JourneyEvent> = {
  kind: "journey",
  table: "journey",
  order: "identity",
  evolve: evolveJourney,
  columns: (journey) => ({ identity: identityText(journey), status: journey.status, rota: journey.rota, seats: seatedIn(journey) }),
};
const ROTAS: Spec<Rota, RotaEvent> = {
  kind: "rota",
  table: "rota",
  order: "sort_name",
  evolve: evolveRota,
  columns: ({ key, name, status }) => ({ key, sort_name: name.toLowerCase(), status }),
};

export interface JourneyFilter {
  readonly status?: string | undefined;
  /** Somebody, a team or a rota that it names. */
  readonly seat?: string | undefined;
  /** `application payroll` */
  readonly about?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Rows of journeys and rotas. */
export function createAccountabilityStore(db: Db) {
  const journeys = createOrdered(db, JOURNEYS);
  const rotas = createOrdered(db, ROTAS);
  return {
    journeys: {
      ...journeys,
      list({ status, seat, about, ...page }: JourneyFilter): Promise<Page<Journey>> {
        const where: RawBuilder<boolean>[] = [];
        if (status !== undefined) where.push(sql`status = ${status}`);
        if (seat !== undefined) where.push(sql`seats @> ${[seat]}::text[]`);
        // The words after it are the population and the class of devices.
        if (about !== undefined) where.push(sql`starts_with(identity, ${`${about} `})`);
        return journeys.page(where, page);
      },
      /** The one in use that is of the same population, to the same, on the same devices. */
      async findTwin(identity: JourneyIdentity): Promise<Journey | undefined> {
        const { items } = await journeys.page([sql`status = 'active' and identity = ${identityText(identity)}`], { limit: 1 });
        return items[0]?.state;
      },
      async countOn(rota: string): Promise<number> {
        const { rows } = await sql<{ count: string }>`
          select count(*) as count from journey where rota = ${rota} and status = 'active'`.execute(db);
        return Number(rows[0]!.count);
      },
    },
    rotas: {
      ...rotas,
      list: (filter: { status?: string | undefined; limit: number; cursor?: string | undefined }): Promise<Page<Rota>> =>
        rotas.page(filter.status === undefined ? [] : [sql`status = ${filter.status}`], filter),
      async findByKey(key: string): Promise<Stored<Rota> | undefined> {
        return (await rotas.page([sql`key = ${key}`], { limit: 1 })).items[0];
      },
    },
  };
}
export type AccountabilityStore = ReturnType<typeof createAccountabilityStore>;

type Row = { id: string; version: number; state: unknown; place: string };

function createOrdered<State extends { readonly id: string }, Event extends { readonly type: string; readonly data: unknown }>(
  db: Db,
  spec: Spec<State, Event>,
) {
  const table = sql.table(spec.table);
  const order = sql.ref(spec.order);
  async function page(where: readonly RawBuilder<boolean>[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const conditions = [sql`true`, ...where];
    if (cursor !== undefined) {
      const [place, id] = readCursor(cursor, 2);
      conditions.push(sql`(${order}, id) > (${place}, ${id})`);
    }
    const { rows } = await sql<Row>`
      select id, version, state, ${order} as place from ${table}
      where ${sql.join(conditions, sql` and `)} order by ${order}, id limit ${limit + 1}`.execute(db);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? writeCursor([last.place, last.id]) : undefined;
    return { items: items.map(({ version, state }): Stored<State> => ({ version, state: state as State })), next };
  }
  return { ...createSubjects(db, spec), page };
}

/** How journeys and rotas are rebuilt from their journal entries, for the verifier. */
export const accountabilityReplays: Replays = {
  journey: { ...replayOf(JOURNEYS), decision: (before, entry, hash) => signedApproval(before as Journey | undefined, entry, hash) },
  rota: replayOf(ROTAS),
};
