/** The smallest subject there is, for suites about the journal itself: a number that events add to. */
import { generateKeyPairSync } from "node:crypto";

import { commit } from "../../src/journal/append.ts";
import type { JournalEntry } from "../../src/journal/entry.ts";
import { openLog } from "../../src/journal/log-key.ts";
import type { Replays } from "../../src/journal/replay.ts";
import type { SequencerContext } from "../../src/journal/sequencer.ts";
import { type Instant, instant } from "../../src/kernel/time.ts";
import { manualClock } from "../../src/platform/clock.ts";
import { type Database, executeSql } from "../../src/platform/db.ts";
import { randomIds } from "../../src/platform/ids.ts";

export const COUNTED_AT = instant("2026-03-01T08:00:00Z");

export const counterReplays: Replays = {
  exception: {
    table: "counter",
    evolve: (state, entry) => ({ n: ((state as { n: number } | undefined)?.n ?? 0) + (entry.data as { by: number }).by }),
  },
};

const ids = randomIds(manualClock(COUNTED_AT));

export async function createCounters(database: Database): Promise<SequencerContext> {
  await executeSql(database.db, "create table counter (id text primary key, version integer not null, state jsonb not null)");
  return { db: database.db, signer: await openLog(database.db, generateKeyPairSync("ed25519").privateKey, "postern.example/journal") };
}

/** Adds to a counter, as often as `by` has numbers, in one commit. Another writer's step in between is a version conflict. */
export async function count(
  database: Database,
  subject: string,
  by: readonly number[],
  at: Instant = COUNTED_AT,
): Promise<readonly JournalEntry[]> {
  const { rows } = await executeSql(database.db, "select version, state from counter where id = $1", [subject]);
  const { version: fromVersion, state } = (rows[0] ?? { version: 0, state: { n: 0 } }) as { version: number; state: { n: number } };
  const entries = by.map((step) => ({ type: "counted", data: { by: step, note: "Ünïcode ✓" } }));
  const change = {
    kind: "exception",
    subject,
    fromVersion,
    entries,
    state: { n: by.reduce((sum, step) => sum + step, state.n) },
    table: "counter",
  } as const;
  return commit({ db: database.db, ids }, { at, actor: { kind: "system", id: "test" }, changes: [change] });
}
