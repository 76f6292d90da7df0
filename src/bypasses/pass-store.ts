import { sql } from "kysely";

import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";

type Tables = {
  scan_pass: { connection: string; generation: number; begun_at: string; checkpoint: string | null; found: number };
};

/** One whole reading of a provider, by however many processes: a count of its own for each connection. */
export interface Pass {
  readonly connection: string;
  readonly generation: number;
  readonly begunAt: Instant;
  /** Where it broke off; undefined when it begins. */
  readonly checkpoint: string | undefined;
  /** How many bypasses were new, up to there. */
  readonly found: number;
}

/** The newest pass of each connection. An older one that still runs keeps no checkpoints any more, and ends as if it had never kept any. */
export function createPassStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    /** The pass that broke off and began after `notBefore`; undefined when there is none. */
    async findBrokenOff(connection: string, notBefore: Instant): Promise<Pass | undefined> {
      const row = await db
        .selectFrom("scan_pass")
        .selectAll()
        .where("connection", "=", connection)
        .where("begun_at", ">", notBefore)
        .where("checkpoint", "is not", null)
        .executeTakeFirst();
      return row && passOf(row);
    },
    async begin(connection: string, now: Instant): Promise<Pass> {
      const row = await db
        .insertInto("scan_pass")
        .values({ connection, generation: 1, begun_at: now, checkpoint: null, found: 0 })
        .onConflict((taken) =>
          taken.column("connection").doUpdateSet({ generation: sql`scan_pass.generation + 1`, begun_at: now, checkpoint: null, found: 0 }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return passOf(row);
    },
    /** Within the commit of the sightings it stands for. */
    async keep(tx: Tx, { connection, generation }: Pass, checkpoint: string | undefined, found: number): Promise<void> {
      await tx
        .withTables<Tables>()
        .updateTable("scan_pass")
        .set({ found, ...(checkpoint !== undefined && { checkpoint }) })
        .where("connection", "=", connection)
        .where("generation", "=", generation)
        .execute();
    },
    /** There is nothing to go on with: it is whole, or where it stood is of no use. */
    async end({ connection, generation }: Pass): Promise<void> {
      const of = db.updateTable("scan_pass").set({ checkpoint: null });
      await of.where("connection", "=", connection).where("generation", "=", generation).execute();
    },
  };
}
export type PassStore = ReturnType<typeof createPassStore>;

function passOf({ connection, generation, begun_at, checkpoint, found }: Tables["scan_pass"]): Pass {
  return { connection, generation, begunAt: begun_at as Instant, checkpoint: checkpoint ?? undefined, found };
}
