/**
 * Turns that all replicas draw from one place, for providers that count all callers of a tenant together. By the database's clock,
 * which is one for all: nothing is decided by it but how long to wait.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { sql } from "kysely";

import type { Db } from "./db.ts";

export interface Turns {
  /** Resolves when one more request may be sent. Never within a transaction: the wait would be everybody's. */
  readonly take: () => Promise<void>;
  /** Nobody's turn for so long. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Nobody waits longer at a time: who would have to is refused, and comes back. */
const LONGEST_WAIT_MS = 90_000;

/**
 * So many turns a second; without a number any, but none in a pause. `refusal`: what is thrown at who would have to wait too long; how
 * long says its argument.
 */
export function createTurns(db: Db, tenant: string, refusal: (waitMs: number) => Error, perSecond?: number): Turns {
  const interval = sql`make_interval(secs => ${perSecond === undefined ? 0 : 1 / perSecond}::double precision)`;
  const longest = sql`make_interval(secs => ${LONGEST_WAIT_MS / 1000}::double precision)`;
  const now = sql`clock_timestamp()`;
  /** Nothing is ever put down for later than this: what lies further off is from before the clock was set back, and holds no more. */
  const held = (column: string) => {
    const at = sql.ref(`turn.${column}`);
    return sql`(case when ${at} > ${now} + ${longest} + ${interval} then ${now} else ${at} end)`;
  };
  const next = sql`greatest(${held("next_at")}, ${held("paused_until")}, ${now})`;
  const msUntil = (at: ReturnType<typeof sql>) => sql<number>`(extract(epoch from ${at} - ${now}) * 1000)::double precision`;

  /** Undefined: there was no row to tell. */
  async function waitOf(query: ReturnType<typeof sql<{ ms: number }>>): Promise<number | undefined> {
    const { rows } = await query.execute(db);
    return rows[0] === undefined ? undefined : Math.ceil(rows[0].ms);
  }

  const waitUntil = async (at: ReturnType<typeof sql>) =>
    (await waitOf(sql<{ ms: number }>`select ${msUntil(at)} as ms from provider_turn as turn where tenant = ${tenant}`)) ?? 0;
  const leftOfPause = () => waitUntil(sql`greatest(${held("paused_until")}, ${now})`);

  /** Whoever asks has a place of its own at once, and is told how long it is until then; or has none, so that no two share the last. */
  async function draw(): Promise<number> {
    const waitMs = await waitOf(sql<{ ms: number }>`
      insert into provider_turn as turn (tenant, next_at, paused_until) values (${tenant}, ${now} + ${interval}, '-infinity')
      on conflict (tenant) do update set next_at = ${next} + ${interval} where ${next} <= ${now} + ${longest}
      returning ${msUntil(sql`(next_at - ${interval})`)} as ms`);
    if (waitMs === undefined) throw refusal(await waitUntil(next));
    return waitMs;
  }

  return {
    take: async () => {
      for (;;) {
        const waitMs = perSecond === undefined ? await leftOfPause() : await draw();
        if (waitMs <= 0) return;
        await sleep(waitMs);
        // A pause that began meanwhile holds for those too who had their place before it.
        if (perSecond !== undefined && (await leftOfPause()) <= 0) return;
      }
    },
    pause: async (ms) => {
      const until = sql`${now} + make_interval(secs => ${Math.min(ms, LONGEST_WAIT_MS) / 1000}::double precision)`;
      await sql`
        insert into provider_turn as turn (tenant, next_at, paused_until) values (${tenant}, '-infinity', ${until})
        on conflict (tenant) do update set paused_until = greatest(${held("paused_until")}, excluded.paused_until)`.execute(db);
    },
  };
}
