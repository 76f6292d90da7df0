import { generateKeyPairSync } from "node:crypto";

import * as fc from "fast-check";
import { afterEach, beforeAll, expect, test } from "vitest";

import { count, COUNTED_AT, counterReplays, createCounters } from "../../test/support/counters.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { instant } from "../kernel/time.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { readDatabase } from "./database-source.ts";
import type { Fault } from "./fault.ts";
import { sequenceAll, sequenceBatch, type SequencerContext } from "./sequencer.ts";
import { createSigner, signCheckpoint } from "./signing.ts";
import { findTip } from "./store.ts";
import { type VerifyOptions, verifyJournal } from "./verify.ts";

const SIZE = 300;

describeOnBothDatabases("verify", (open) => {
  let database: Database;
  let context: SequencerContext;

  const sql = (text: string, values: readonly unknown[] = []) => executeSql(database.db, text, values);
  const verify = (more: Partial<VerifyOptions> = {}) =>
    readDatabase(database.db, counterReplays, (source) =>
      verifyJournal(source, { key: context.signer.key, replays: counterReplays, now: COUNTED_AT, ...more }),
    );
  const faults = async (more: Partial<VerifyOptions> = {}): Promise<readonly Fault[]> => (await verify(more)).faults;
  const entryAt = async (leaf: number) =>
    (await sql("select id, subject, body from journal_entry where leaf_index = $1", [leaf])).rows[0] as {
      id: string;
      subject: string;
      body: string;
    };

  /** What an attacker with the database's own password does: the guards are off, the tables are open. */
  const tables = ["journal_entry", "journal_tile", "journal_checkpoint", "counter"];
  beforeAll(async () => {
    database = await open();
    context = await createCounters(database);
    for (let i = 0; i < SIZE; i += 3) {
      await count(database, `exc_${i % 11}`, [i, 1, 2]);
      if (i % 30 === 0) await sequenceBatch(context, COUNTED_AT);
    }
    await sequenceAll(context, COUNTED_AT);
    await sql("alter table journal_entry disable trigger all");
    for (const table of tables) await sql(`create table kept_${table} as select * from ${table}`);
  });
  afterEach(async () => {
    await sql(`truncate ${tables.join(", ")}`);
    for (const table of tables) {
      await sql(`insert into ${table} ${table === "journal_entry" ? "overriding system value " : ""}select * from kept_${table}`);
    }
    expect((await verify()).isSound).toBe(true);
  });

  test("a journal nobody touched is sound, and everything in it was read", async () => {
    const result = await verify();
    expect(result).toMatchObject({ isSound: true, size: SIZE, entriesRead: SIZE, subjects: 11, states: 11, uncovered: 0, faults: [] });
    expect(result.checkpoints).toBeGreaterThan(3);
  });

  test("any character changed in any stored entry is found at its leaf", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: SIZE - 1 }), fc.nat(), async (leaf, seed) => {
        const { id, body } = await entryAt(leaf);
        const at = seed % body.length;
        const changed = `${body.slice(0, at)}${body[at] === "7" ? "8" : "7"}${body.slice(at + 1)}`;
        await sql("update journal_entry set body = $1 where id = $2", [changed, id]);
        const found = await faults();
        await sql("update journal_entry set body = $1 where id = $2", [body, id]);
        expect(found.map((fault) => [fault.code, fault.leaf])).toContainEqual(["leaf_hash", leaf]);
        expect(found.some((fault) => fault.code === "checkpoint_root")).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("an entry changed so that nothing sensible follows is named all the same", async () => {
    const { id, body } = await entryAt(0);
    await sql("update journal_entry set body = $1 where id = $2", [body.replace('"by"', '"7y"'), id]);
    expect((await faults()).map((fault) => [fault.code, fault.leaf])).toContainEqual(["leaf_hash", 0]);
  });

  test("an entry changed so that it reads well is named with its id and subject", async () => {
    const { id, subject, body } = await entryAt(123);
    await sql("update journal_entry set body = $1 where id = $2", [body.replace("Ünïcode", "Unicode"), id]);
    expect(await faults()).toContainEqual(expect.objectContaining({ code: "leaf_hash", leaf: 123, entry: id, subject }));
  });

  test("a dropped entry is named", async () => {
    const { subject } = await entryAt(200);
    await sql("delete from journal_entry where leaf_index = 200");
    const found = await faults();
    expect(found).toContainEqual(expect.objectContaining({ code: "entry_missing", leaf: 200 }));
    expect(found).toContainEqual(expect.objectContaining({ code: "version_gap", subject }));
  });

  test("a journal emptied under its checkpoint fails at every leaf", async () => {
    await sql("delete from journal_entry");
    await sql("delete from counter");
    const result = await verify();
    expect(result).toMatchObject({ isSound: false, size: SIZE, entriesRead: 0 });
    expect(result.faults.filter((fault) => fault.code === "entry_missing")).toHaveLength(SIZE);
  });

  test("two entries that changed places are both named", async () => {
    await sql("update journal_entry set leaf_index = -1 where leaf_index = 7");
    await sql("update journal_entry set leaf_index = 7 where leaf_index = 290");
    await sql("update journal_entry set leaf_index = 290 where leaf_index = -1");
    const found = await faults();
    expect(found.filter((fault) => fault.code === "leaf_hash").map((fault) => fault.leaf)).toEqual([7, 290]);
  });

  test("an entry slipped in behind the last is named, with a leaf or without", async () => {
    const { body, subject } = await entryAt(299);
    const forge = (version: number) => body.replace(/"version":\d+/, `"version":${version}`).replace(/ent_\w+/, "ent_forged");
    const insert = (leaf: number | null, text: string) =>
      sql(
        `insert into journal_entry (id, subject_kind, subject, subject_version, type, at, actor, body, leaf_index)
         select 'ent_forged', subject_kind, subject, 99, type, at, actor, $1, $2 from journal_entry where leaf_index = 299`,
        [text, leaf],
      );
    await insert(SIZE, forge(99));
    expect(await faults()).toContainEqual(expect.objectContaining({ code: "leaf_uncovered", leaf: SIZE, entry: "ent_forged", subject }));
    await sql("delete from journal_entry where id = 'ent_forged'");
    await insert(null, forge(99));
    expect(await faults()).toContainEqual(expect.objectContaining({ code: "version_gap", entry: "ent_forged", subject }));
  });

  test("a column that disagrees with the body is named", async () => {
    for (const [column, value] of Object.entries({
      type: "'other'",
      at: "at + interval '1 second'",
      actor: "'other'",
      subject_kind: "'person'",
    })) {
      await sql(`update journal_entry set ${column} = ${value} where leaf_index = 5`);
      const found = await faults();
      expect(found).toEqual([
        expect.objectContaining({ code: "entry_columns", leaf: 5, detail: `its column ${column} differs from its body` }),
      ]);
      await sql(`update journal_entry e set ${column} = k.${column} from kept_journal_entry k where k.id = e.id and e.leaf_index = 5`);
    }
  });

  test("a rewritten state is named, and so are a deleted, an older and an invented one", async () => {
    const found = async (text: string) => {
      await sql(text);
      const [first, ...rest] = await faults();
      await sql("delete from counter");
      await sql("insert into counter select * from kept_counter");
      expect(rest).toEqual([]);
      return [first?.code, first?.subject];
    };
    expect(await found(`update counter set state = '{"n": 0}' where id = 'exc_3'`)).toEqual(["state_differs", "exc_3"]);
    expect(await found(`update counter set state = state || '{"more": 1}' where id = 'exc_3'`)).toEqual(["state_differs", "exc_3"]);
    expect(await found("delete from counter where id = 'exc_3'")).toEqual(["state_missing", "exc_3"]);
    expect(await found("update counter set version = version + 1 where id = 'exc_3'")).toEqual(["state_without_entries", "exc_3"]);
    expect(await found(`insert into counter values ('exc_new', 1, '{"n": 1}')`)).toEqual(["state_without_entries", "exc_new"]);
    const { rows } = await sql("select body from journal_entry where subject = 'exc_3' and subject_version = 1");
    const first = (JSON.parse((rows[0] as { body: string }).body) as { data: { by: number } }).data.by;
    expect(await found(`update counter set version = 1, state = '{"n": ${first}}' where id = 'exc_3'`)).toEqual(["state_stale", "exc_3"]);
  });

  test("a column that lists are made of is named when it does not follow from the state", async () => {
    await sql("alter table counter add column n integer");
    await sql("update counter set n = (state->>'n')::int");
    const replays = { exception: { ...counterReplays["exception"]!, columns: (state: unknown) => ({ n: (state as { n: number }).n }) } };
    const found = () =>
      readDatabase(database.db, replays, (source) => verifyJournal(source, { key: context.signer.key, replays, now: COUNTED_AT }));
    expect((await found()).faults).toEqual([]);
    await sql("update counter set n = n + 1 where id = 'exc_5'");
    expect((await found()).faults).toEqual([expect.objectContaining({ code: "state_differs", subject: "exc_5" })]);
    await sql("alter table counter drop column n");
  });

  test("a byte changed in any tile is found", async () => {
    for (const [level, index, byte, leaf] of [
      [0, 0, 40, 1],
      [0, 1, 320, 266],
      [1, 0, 3, undefined],
    ] as const) {
      const flip = `update journal_tile set hashes = set_byte(hashes, ${byte}, get_byte(hashes, ${byte}) # 1) where level = ${level} and index = ${index}`;
      await sql(flip);
      const [fault, ...rest] = await faults();
      await sql(flip);
      expect(fault?.code).toBe(level === 0 ? "leaf_hash" : "tile");
      expect(fault?.leaf).toBe(leaf);
      expect(rest).toEqual([]);
    }
  });

  test("without a checkpoint nothing is proven", async () => {
    await sql("delete from journal_checkpoint");
    const result = await verify();
    expect(result).toMatchObject({ isSound: false, size: 0, entriesRead: 0 });
    expect(result.faults[0]).toMatchObject({ code: "no_checkpoint" });
  });

  test("with its newest checkpoints cut off, the entries behind stand out", async () => {
    await sql("delete from journal_checkpoint where size > 200");
    const { rows } = await sql("select max(size) as size from journal_checkpoint");
    const { size } = rows[0] as { size: number };
    const uncovered = (await faults()).filter((fault) => fault.code === "leaf_uncovered");
    expect(uncovered.map((fault) => fault.leaf)).toEqual(Array.from({ length: SIZE - size }, (_, i) => size + i));
  });

  test("a log set back to an older state is sound in itself, but not for who remembers more", async () => {
    const remembered = [(await findTip(database.db))!.note];
    const { rows } = await sql("select size from journal_checkpoint where size > 100 order by size limit 1");
    const { size } = rows[0] as { size: number };
    await sql("delete from journal_checkpoint where size > $1", [size]);
    await sql("delete from journal_entry where leaf_index >= $1", [size]);
    await sql("delete from counter");
    await sql(
      `insert into counter select subject, count(*), jsonb_build_object('n', sum((body::jsonb #>> '{data,by}')::int))
       from journal_entry group by subject`,
    );
    await sql("update journal_tile set hashes = substring(hashes for $1) where level = 0 and index = 0", [size * 32]);
    expect((await verify()).faults).toEqual([]);
    expect(await faults({ remembered })).toEqual([expect.objectContaining({ code: "rollback" })]);
  });

  test("a rewritten history signed by the log's own key is caught by who remembers the first", async () => {
    const remembered = [(await findTip(database.db))!.note];
    await sql("update journal_entry set body = replace(body, 'Ünïcode', 'Unicode') where leaf_index = 50");
    await sql("update journal_entry set leaf_index = null");
    await sql("truncate journal_tile, journal_checkpoint");
    await sequenceAll(context, COUNTED_AT);
    expect((await verify()).faults).toEqual([]);
    expect(await faults({ remembered })).toEqual([expect.objectContaining({ code: "checkpoint_root" })]);
  });

  test("a checkpoint over another tree is caught even with a good signature, and one by another key is none", async () => {
    const { rows } = await sql("select size from journal_checkpoint where size > 0 order by size limit 1");
    const { size } = rows[0] as { size: number };
    const tree = { size, root: new Uint8Array(32) };
    const replace = (note: string) => sql("update journal_checkpoint set note = $1 where size = $2", [note, size]);
    await replace(signCheckpoint(context.signer, tree));
    expect(await faults()).toEqual([expect.objectContaining({ code: "checkpoint_root", leaf: 0 })]);
    await replace(signCheckpoint(createSigner(context.signer.key.name, generateKeyPairSync("ed25519").privateKey), tree));
    expect(await faults()).toEqual([
      expect.objectContaining({ code: "checkpoint_invalid", detail: expect.stringContaining("unknown_key") as string }),
    ]);
    await replace(signCheckpoint(context.signer, { ...tree, size: SIZE }));
    expect((await faults()).map((fault) => fault.code)).toContain("checkpoint_order");
  });

  test("an entry held back from the log is a fault once it is late", async () => {
    const [held] = await count(database, "exc_held", [1]);
    expect(await verify()).toMatchObject({ isSound: true, uncovered: 1 });
    expect(await faults({ now: instant("2026-03-01T08:02:00Z") })).toEqual([
      expect.objectContaining({ code: "entry_unsequenced", entry: held!.id, subject: "exc_held" }),
    ]);
    await sql("update journal_entry set body = replace(body, '2026-03-01T08', '2026-99-01T08') where id = $1", [held!.id]);
    expect((await faults()).map((fault) => fault.code)).toEqual(["entry_unsequenced", "entry_columns"]);
  });

  test("an entry of a kind nobody can replay is a fault, not passed over", async () => {
    const found = await readDatabase(database.db, {}, (source) =>
      verifyJournal(source, { key: context.signer.key, replays: {}, now: COUNTED_AT }),
    );
    expect(found.faults.filter((fault) => fault.code === "kind_unknown")).toHaveLength(11);
  });
});
