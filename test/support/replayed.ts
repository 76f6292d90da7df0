/** What the verifier's replay finds when the whole journal is folded again and compared with every stored state and column. */
import { listReplayStates } from "../../src/journal/database-source.ts";
import type { JournalEntry } from "../../src/journal/entry.ts";
import { describeFault, type Fault } from "../../src/journal/fault.ts";
import { createReplaying, type Replays } from "../../src/journal/replay.ts";
import { createDecisionCheck } from "../../src/journal/signed-decision.ts";
import { hashText } from "../../src/journal/signing.ts";
import { type Database, executeSql } from "../../src/platform/db.ts";

export interface Replayed {
  /** One line a fault; empty when journal and state agree. */
  readonly faults: readonly string[];
  readonly entries: number;
  readonly states: number;
}

export async function replayAll(database: Database, replays: Replays): Promise<Replayed> {
  const faults: string[] = [];
  const report = (fault: Fault): void => void faults.push(describeFault(fault));
  // Suites of one module invent their signatures; where passkeys are replayed, they are real.
  const decisions = "passkey" in replays ? createDecisionCheck(hashText, report) : undefined;
  const replaying = createReplaying(replays, report, decisions);
  const kinds = Object.keys(replays);
  // Of one moment: what works in the background may write between the two.
  const { states, rows } = await database.db
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (tx) => ({
      states: await listReplayStates(tx, replays, { kind: "", subject: "" }, 1_000_000),
      rows: (await executeSql(tx, "select body from journal_entry where subject_kind = any($1) order by position", [kinds])).rows,
    }));
  for (const state of states) replaying.expect(state);
  for (const row of rows) replaying.take(JSON.parse((row as { body: string }).body) as JournalEntry, true);
  replaying.finish();
  decisions?.finish(true);
  return { faults, entries: rows.length, states: replaying.counts().states };
}
