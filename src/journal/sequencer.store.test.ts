import { generateKeyPairSync } from "node:crypto";
import { statSync } from "node:fs";

import { beforeAll, describe, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { count, COUNTED_AT, counterReplays, createCounters } from "../../test/support/counters.ts";
import { describeOnBothDatabases, describeOnPostgres } from "../../test/support/databases.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { retryOnConflict } from "./append.ts";
import { readDatabase } from "./database-source.ts";
import { loadLogKey, logKeyFile, openLog, WrongLogKey } from "./log-key.ts";
import { JournalForked, sequenceAll, sequenceBatch, type SequencerContext, startSequencer } from "./sequencer.ts";
import { openCheckpoint } from "./signing.ts";
import { findTip, listEntries } from "./store.ts";
import { verifyJournal } from "./verify.ts";

const verified = (database: Database, context: SequencerContext) =>
  readDatabase(database.db, counterReplays, (source) =>
    verifyJournal(source, { key: context.signer.key, replays: counterReplays, now: COUNTED_AT }),
  );

describeOnBothDatabases("the sequencer", (open) => {
  let database: Database;
  let context: SequencerContext;
  beforeAll(async () => {
    database = await open();
    context = await createCounters(database);
  });

  test("an empty log has a signed checkpoint of size 0", async () => {
    expect(await sequenceAll(context, COUNTED_AT)).toEqual({ sequenced: 0, size: 0 });
    expect(openCheckpoint((await findTip(database.db))!.note, context.signer.key)).toMatchObject({ size: 0 });
  });

  test("entries get consecutive leaves in the order they were inserted, across batches and tiles", async () => {
    for (let i = 0; i < 30; i++)
      await count(
        database,
        `exc_${i % 7}`,
        Array.from({ length: 1 + (i % 20) }, (_, n) => n),
      );
    const sizes = [];
    for (let step = await sequenceBatch(context, COUNTED_AT, 37); step !== "busy" && step.sequenced > 0;) {
      sizes.push(step.size);
      step = await sequenceBatch(context, COUNTED_AT, 37);
    }
    const rows = await listEntries(database.db, 0, 1000);
    expect(rows.map((row) => row.leaf_index)).toEqual(rows.map((_, leaf) => leaf));
    expect(rows.map((row) => row.position)).toEqual(rows.map((row) => row.position).sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(256);
    const result = await verified(database, context);
    expect(result.faults).toEqual([]);
    expect(result).toMatchObject({
      isSound: true,
      size: rows.length,
      entriesRead: rows.length,
      checkpoints: sizes.length + 1,
      subjects: 7,
      states: 7,
    });
  });

  test("with nothing to do it signs nothing", async () => {
    const before = await findTip(database.db);
    expect(await sequenceAll(context, COUNTED_AT)).toEqual({ sequenced: 0, size: before!.size });
    expect(await findTip(database.db)).toEqual(before);
  });

  test("it refuses to sign over a tree that is not the one last signed", async () => {
    await count(database, "exc_late", [1]);
    const tile = "update journal_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where level = 0 and index = 1";
    await executeSql(database.db, tile);
    await expect(sequenceBatch(context, COUNTED_AT)).rejects.toThrow(JournalForked);
    await executeSql(database.db, tile);
    expect(await sequenceBatch(context, COUNTED_AT)).toMatchObject({ sequenced: 1 });
  });

  test("in the background it covers new entries, and stops when told", async () => {
    const lines: string[] = [];
    const log = createLog(
      () => COUNTED_AT,
      (line) => lines.push(line),
    );
    const sequencer = startSequencer({ ...context, clock: { now: () => COUNTED_AT }, log });
    const [entry] = await count(database, "exc_background", [1]);
    await expect
      .poll(async () => (await executeSql(database.db, "select leaf_index from journal_entry where id = $1", [entry!.id])).rows, {
        timeout: 20_000,
      })
      .not.toEqual([{ leaf_index: null }]);
    await sequencer.stop();
    await count(database, "exc_background", [1]);
    expect((await verified(database, context)).uncovered).toBe(1);
    expect(lines).toEqual([]);
  });

  test("a log begun with one key takes no other", async () => {
    await expect(openLog(database.db, generateKeyPairSync("ed25519").privateKey, "postern.example/journal")).rejects.toThrow(WrongLogKey);
  });
});

describe("the key file", () => {
  const folder = tempFolders("key");

  test("it is made once, readable by its owner alone, and read again at the next start", async () => {
    const dataDir = folder();
    const [first, second] = await Promise.all([loadLogKey({ dataDir }), loadLogKey({ dataDir })]);
    expect(first.equals(second)).toBe(true);
    expect(statSync(logKeyFile(dataDir)).mode & 0o777).toBe(0o600);
    expect((await loadLogKey({ dataDir })).equals(first)).toBe(true);
  });
  test("a given key is used instead, and no file is made", async () => {
    const dataDir = folder();
    const given = generateKeyPairSync("ed25519").privateKey;
    const loaded = await loadLogKey({ dataDir, given: given.export({ format: "pem", type: "pkcs8" }) });
    expect(loaded.equals(given)).toBe(true);
    expect(() => statSync(logKeyFile(dataDir))).toThrow("ENOENT");
  });
});

describeOnPostgres("the sequencer among others", (open) => {
  let database: Database;
  let context: SequencerContext;
  beforeAll(async () => {
    database = await open();
    context = await createCounters(database);
    await sequenceAll(context, COUNTED_AT);
  });

  test("with many writers and several sequencers every entry is covered once, each subject in order", async () => {
    const writing = { left: 12 };
    const writer = async (n: number): Promise<void> => {
      for (let i = 0; i < 25; i++) await retryOnConflict(() => count(database, `exc_${(n + i) % 5}`, [i, 1]));
      writing.left -= 1;
    };
    const sequencer = async (): Promise<void> => {
      while (writing.left > 0) await sequenceBatch(context, COUNTED_AT, 20);
    };
    await Promise.all([...Array.from({ length: 12 }, (_, n) => writer(n)), sequencer(), sequencer(), sequencer()]);
    await sequenceAll(context, COUNTED_AT);
    const result = await verified(database, context);
    expect(result.faults).toEqual([]);
    expect(result).toMatchObject({ isSound: true, size: 600, entriesRead: 600, uncovered: 0, subjects: 5 });
  });

  test.each(["journal_tile", "journal_entry", "journal_checkpoint"])(
    "killed while it writes %s it leaves nothing half done, and the next one goes on",
    async (table) => {
      await count(database, "exc_killed", [1, 2, 3]);
      const before = await findTip(database.db);
      const holder = await database.pool.connect();
      try {
        await holder.query(`begin; lock table ${table} in share mode`);
        const step = sequenceBatch(context, COUNTED_AT);
        const outcome = expect(step).rejects.toThrow(/terminat/);
        const waiting = "select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        await expect.poll(async () => (await executeSql(database.db, waiting)).rows.length, { timeout: 20_000 }).toBe(1);
        await executeSql(database.db, `select pg_terminate_backend(pid) from (${waiting}) as victim`);
        await outcome;
      } finally {
        await holder.query("rollback");
        holder.release();
      }
      expect(await findTip(database.db)).toEqual(before);
      expect(await sequenceAll(context, COUNTED_AT)).toMatchObject({ sequenced: 3 });
      expect((await verified(database, context)).faults).toEqual([]);
    },
  );
});
