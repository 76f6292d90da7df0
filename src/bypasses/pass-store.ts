import { sql } from "kysely";

import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";

type Tables = {
  scan_pass: {
    connection: string;
    generation: number;
    begun_at: string;
    checkpoint: string | null;
    found: number;
    reader: number;
    alive_until: string | null;
  };
};

/** One whole reading of a provider, by however many processes, one after the other: a count of its own for each connection. */
export interface Pass {
  readonly connection: string;
  readonly generation: number;
  readonly begunAt: Instant;
  /** Where it broke off; undefined when it begins. */
  readonly checkpoint: string | undefined;
  /** How many bypasses were new, up to there. */
  readonly found: number;
  /** Counts who took the reading up: a reader whose number is not the newest has lost it. */
  readonly reader: number;
}

/** Who has not said for so long that it goes on is taken to be dead. */
const SILENT_AFTER = duration("PT30S");

/** The newest pass of each connection, and who reads it. */
export function createPassStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  const own = ({ connection, generation, reader }: Pass, by: Db | Tx = untyped) =>
    by
      .withTables<Tables>()
      .updateTable("scan_pass")
      .where("connection", "=", connection)
      .where("generation", "=", generation)
      .where("reader", "=", reader);
  return {
    /** Takes up the pass that broke off and began after `notBefore`, else begins a new one; undefined while somebody reads. */
    async take(connection: string, notBefore: Instant, now: Instant): Promise<Pass | undefined> {
      const goesOn = sql<boolean>`scan_pass.checkpoint is not null and scan_pass.begun_at > ${notBefore}`;
      const aliveUntil = addDuration(now, SILENT_AFTER);
      // What was said for later than this was said before the clock was set back; by less than that clocks of two processes may differ.
      const credible = addDuration(aliveUntil, SILENT_AFTER);
      const row = await db
        .insertInto("scan_pass")
        .values({ connection, generation: 1, begun_at: now, checkpoint: null, found: 0, reader: 1, alive_until: aliveUntil })
        .onConflict((taken) =>
          taken
            .column("connection")
            .doUpdateSet({
              generation: sql`scan_pass.generation + case when ${goesOn} then 0 else 1 end`,
              begun_at: sql`case when ${goesOn} then scan_pass.begun_at else excluded.begun_at end`,
              checkpoint: sql`case when ${goesOn} then scan_pass.checkpoint end`,
              found: sql`case when ${goesOn} then scan_pass.found else 0 end`,
              reader: sql`scan_pass.reader + 1`,
              alive_until: aliveUntil,
            })
            .where(sql<boolean>`(scan_pass.alive_until is null or scan_pass.alive_until <= ${now} or scan_pass.alive_until > ${credible})`),
        )
        .returningAll()
        .executeTakeFirst();
      return row && passOf(row);
    },
    async stayAlive(pass: Pass, now: Instant): Promise<void> {
      await own(pass)
        .set({ alive_until: addDuration(now, SILENT_AFTER) })
        .execute();
    },
    /** Within the commit of the sightings it stands for. False when somebody else reads by now: then it must not be committed. */
    async keep(tx: Tx, pass: Pass, checkpoint: string | undefined, found: number): Promise<boolean> {
      const { numUpdatedRows } = await own(pass, tx)
        .set({ found, ...(checkpoint !== undefined && { checkpoint }) })
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** There is nothing to go on with: it is whole, or where it stood is of no use. */
    async end(pass: Pass): Promise<void> {
      await own(pass).set({ checkpoint: null }).execute();
    },
    /** Whoever comes next may read. */
    async release(pass: Pass, now: Instant): Promise<void> {
      await own(pass).set({ alive_until: now }).execute();
    },
    /** For a process that is alone with its database: whoever read was cut off with the process before. */
    async releaseCutOff(): Promise<void> {
      await db.updateTable("scan_pass").set({ alive_until: null }).execute();
    },
    /** When each connection was last being read, whole or not. */
    async lastRead(): Promise<ReadonlyMap<string, Instant>> {
      const rows = await db.selectFrom("scan_pass").select(["connection", "alive_until"]).execute();
      return new Map(rows.flatMap(({ connection, alive_until }) => (alive_until === null ? [] : [[connection, alive_until as Instant]])));
    },
  };
}
export type PassStore = ReturnType<typeof createPassStore>;

function passOf({ connection, generation, begun_at, checkpoint, found, reader }: Tables["scan_pass"]): Pass {
  return { connection, generation, begunAt: begun_at as Instant, checkpoint: checkpoint ?? undefined, found, reader };
}
