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

/** Nobody waits longer at a time: what lies further off is a clock that was set back. */
const LONGEST_WAIT_MS = 90_000;

/** So many turns a second; without a number any, but none in a pause. */
export function createTurns(db: Db, tenant: string, perSecond?: number): Turns {
  const interval = sql`make_interval(secs => ${perSecond === undefined ? 0 : 1 / perSecond}::double precision)`;
  const now = sql`clock_timestamp()`;
  const latest = sql`(${now} + make_interval(secs => ${LONGEST_WAIT_MS / 1000}::double precision))`;
  const msUntil = (at: ReturnType<typeof sql>) => sql<number>`(extract(epoch from ${at} - ${now}) * 1000)::double precision`;

  async function waitOf(query: ReturnType<typeof sql<{ ms: number }>>): Promise<number> {
    const { rows } = await query.execute(db);
    return Math.ceil(rows[0]?.ms ?? 0);
  }

  /** Whoever asks has a place of its own at once. Tells how long it is until then. */
  const draw = () =>
    waitOf(sql<{ ms: number }>`
      insert into provider_turn as turn (tenant, next_at, paused_until) values (${tenant}, ${now} + ${interval}, '-infinity')
      on conflict (tenant) do update set next_at = least(greatest(turn.next_at, turn.paused_until, ${now}), ${latest}) + ${interval}
      returning ${msUntil(sql`(next_at - ${interval})`)} as ms`);

  const leftOfPause = () =>
    waitOf(sql<{ ms: number }>`
      select ${msUntil(sql`least(greatest(paused_until, ${now}), ${latest})`)} as ms from provider_turn where tenant = ${tenant}`);

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
      const until = sql`${now} + make_interval(secs => ${ms / 1000}::double precision)`;
      await sql`
        insert into provider_turn as turn (tenant, next_at, paused_until) values (${tenant}, '-infinity', ${until})
        on conflict (tenant) do update set paused_until = greatest(turn.paused_until, excluded.paused_until)`.execute(db);
    },
  };
}
