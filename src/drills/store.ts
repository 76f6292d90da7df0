/** Rows of plans, drills and their evidence; the only file here that knows SQL. */
import { sql } from "kysely";

import type { Replays } from "../journal/replay.ts";
import { createSubjects, replayOf, type Stored, type SubjectFilter, type SubjectSpec } from "../journal/subjects.ts";
import { readCursor, writeCursor } from "../kernel/paging.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { type Drill, type DrillEvent, endedAt } from "./drill.ts";
import { evolveDrill, evolvePlan } from "./evolve.ts";
import type { DrillPlan, PlanEvent, Subject } from "./plan.ts";
import type { Held } from "./results.ts";
import { signedResult } from "./signing.ts";

const subjectText = ({ kind, key }: Subject) => `${kind} ${key}`;

const PLANS: SubjectSpec<DrillPlan, PlanEvent> = {
  kind: "drillPlan",
  table: "drill_plan",
  evolve: evolvePlan,
  columns: ({ status, exercise, subject }) => ({ status, exercise, subject: subjectText(subject) }),
};
const DRILLS: SubjectSpec<Drill, DrillEvent> = {
  kind: "drill",
  table: "drill",
  evolve: evolveDrill,
  columns: (drill) => ({ status: drill.state, plan: drill.plan, due_at: drill.dueAt, ended_at: endedAt(drill) }),
};

/** A plan with the drill that is to come or runs, and the last that ended. */
export interface PlanWithDrills {
  readonly plan: DrillPlan;
  readonly open: Drill | undefined;
  readonly last: Drill | undefined;
}

type Tables = {
  drill_evidence: { digest: string; bytes: Buffer; kept_at: string };
};

export type DrillStore = ReturnType<typeof createDrillStore>;

export function createDrillStore(db: Db) {
  const tables = db.withTables<Tables>();
  const plans = createSubjects(db, PLANS);
  const drills = createSubjects(db, DRILLS);
  return {
    plans,
    drills,
    findPlanOf: async (exercise: string, subject: Subject): Promise<DrillPlan | undefined> =>
      (await plans.list({ where: { exercise, subject: subjectText(subject), status: "active" }, limit: 1 })).items[0]?.state,
    findOpenOf: async (plan: string): Promise<Stored<Drill> | undefined> => {
      const { rows } = await sql<Stored<Drill>>`select version, state from drill where plan = ${plan} and ended_at is null`.execute(db);
      return rows[0];
    },
    listPlans: (page: Omit<SubjectFilter, "where">) => listPlans(db, page),
    listActivePlans: () => readPlans(db, sql`p.status = 'active'`),
    findPlanWithDrills: async (id: string): Promise<PlanWithDrills | undefined> => (await readPlans(db, sql`p.id = ${id}`, 1))[0],
    /** Drills that the clock has something to say about at a moment; running ones among them, few as they are. */
    async listDue(now: Instant): Promise<readonly string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from drill where ended_at is null and ((status = 'scheduled' and due_at <= ${now}) or status = 'running') order by id`.execute(
        db,
      );
      return rows.map(({ id }) => id);
    },
    /** Of the plans that need nobody: those that are to be held until then, and those that run. */
    async listUnattended(until: Instant): Promise<readonly string[]> {
      const { rows } = await sql<{ id: string }>`
        select d.id from drill d join drill_plan p on p.id = d.plan
        where d.ended_at is null and (
          (d.status = 'running' and (d.state #>> '{run,sheet,unattended}') = 'true')
          or (d.status in ('scheduled', 'overdue') and p.status = 'active' and (p.state ->> 'unattended') = 'true' and d.due_at <= ${until})
        ) order by d.due_at, d.id`.execute(db);
      return rows.map(({ id }) => id);
    },
    /** Those that are to come until then, and those that ended after. */
    async listTimed(since: Instant, until: Instant): Promise<readonly string[]> {
      const { rows } = await sql<{ id: string }>`
        select id from drill where (ended_at is null and due_at <= ${until}) or ended_at >= ${since} order by id`.execute(db);
      return rows.map(({ id }) => id);
    },
    /** What is to come or runs of the plans that a person answers for, and that takes people. */
    async listOpenOf(owner: string): Promise<readonly Drill[]> {
      const { rows } = await sql<{
        state: Drill;
      }>`
        select d.state from drill d join drill_plan p on p.id = d.plan
        where d.ended_at is null and p.state ->> 'owner' = ${owner} and p.state ->> 'unattended' is distinct from 'true'
        order by d.due_at, d.id limit 200`.execute(db);
      return rows.map(({ state }) => state);
    },
    /** Those that were finished since, without all that was written on their sheets. */
    async listHeld(since: Instant): Promise<readonly Held[]> {
      const { rows } = await sql<Held>`
        select id, state -> 'run' -> 'sheet' as sheet, state -> 'finished' as finished
        from drill where status = 'finished' and ended_at >= ${since}`.execute(db);
      return rows;
    },
    async keepEvidence(digest: string, bytes: Uint8Array, at: Instant): Promise<void> {
      const row = { digest, bytes: Buffer.from(bytes), kept_at: at };
      await tables
        .insertInto("drill_evidence")
        .values(row)
        // The same digest is the same bytes: what was damaged is whole again.
        .onConflict((conflict) => conflict.column("digest").doUpdateSet({ bytes: row.bytes }))
        .execute();
    },
    async readEvidence(digest: string): Promise<Uint8Array | undefined> {
      const row = await tables.selectFrom("drill_evidence").select("bytes").where("digest", "=", digest).executeTakeFirst();
      return row?.bytes;
    },
  };
}

/** Active plans, soonest due first. */
async function listPlans(
  db: Db,
  { limit, cursor }: Omit<SubjectFilter, "where">,
): Promise<{ items: PlanWithDrills[]; next: string | undefined }> {
  const [due, id] = cursor === undefined ? ["", ""] : readCursor(cursor, ["instant", "text"]);
  const after = cursor === undefined ? sql`true` : sql`(o.due_at, p.id) > (${due}::timestamptz, ${id})`;
  const found = await readPlans(db, sql`p.status = 'active' and ${after}`, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isMore = found.length > limit && last?.open !== undefined;
  return { items, next: isMore ? writeCursor([last.open.dueAt, last.plan.id]) : undefined };
}

async function readPlans(db: Db, where: ReturnType<typeof sql>, limit?: number): Promise<PlanWithDrills[]> {
  const { rows } = await sql<{ plan: DrillPlan; open: Drill | null; last: Drill | null }>`
    select p.state as plan, o.state as open, l.state as last
    from drill_plan p
    left join drill o on o.plan = p.id and o.ended_at is null
    left join lateral (select state from drill d where d.plan = p.id and d.ended_at is not null order by d.ended_at desc limit 1) l on true
    where ${where} order by o.due_at, p.id limit ${limit ?? null}`.execute(db);
  return rows.map(({ plan, open, last }) => ({ plan, open: open ?? undefined, last: last ?? undefined }));
}

export const drillReplays: Replays = {
  drillPlan: replayOf(PLANS),
  drill: { ...replayOf(DRILLS), decision: (before, entry, hash) => signedResult(before as Drill | undefined, entry, hash) },
};
