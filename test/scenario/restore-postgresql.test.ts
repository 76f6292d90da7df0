/** The restore probe on PostgreSQL: its own tools, a database of its own, and nothing of it left. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { dumpNow } from "../../src/compose-restore-postgresql.ts";
import { epochMs, type Instant } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { describeOnPostgres } from "../support/databases.ts";
import { openProbing } from "../support/probing.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

const restore = (backup: string | null) => ({ kind: "restore", backup }) as const;

/** What a restore is called that began so many hours ago. */
const nameMade = (now: Instant, hours: number) => `postern_drill_${(epochMs(now) - hours * 3_600_000).toString(36)}_000000000000`;

describeOnPostgres("a backup of PostgreSQL", (_, newUrl) => {
  let story: WholeApp;
  let databaseUrl: string;
  const backups = mkdtempSync(join(tmpdir(), "postern-dumps-"));
  beforeAll(async () => {
    databaseUrl = await newUrl();
    story = await openWholeApp({ databaseUrl });
  });
  afterAll(async () => {
    await story.close();
    rmSync(backups, { recursive: true, force: true });
  });
  const sql = (text: string) => executeSql(story.app.database.db, text);
  const left = async () => (await sql("select datname from pg_database where datname like 'postern\\_drill\\_%'")).rows;
  const probing = (more: Record<string, string> = {}) => openProbing(story, { DATABASE_URL: databaseUrl, ...more });

  test("is restored into an empty database, verifies there, and leaves no database behind", async () => {
    // Leaves of the journal are made in the background; a backup without any would verify all the same.
    await expect
      .poll(async () => (await sql("select from journal_entry where leaf_index is null")).rows.length, { timeout: 30_000 })
      .toBe(0);
    expect(await probing().probe(restore(null))).toMatchObject({
      outcome: "passed",
      saw: expect.stringMatching(/restores into an empty database; [1-9]\d+ entries and [1-9]\d+ states verify there/) as string,
    });
    expect(await left()).toEqual([]);
  });

  test("is taken from the folder of backups where there is one; what is none there has failed", async () => {
    const inFolder = probing({ POSTERN_BACKUPS: backups });
    expect(await inFolder.probe(restore(null))).toMatchObject({ outcome: "failed" });
    await dumpNow(databaseUrl, join(backups, "monday"));
    expect(await inFolder.probe(restore(null))).toMatchObject({ outcome: "passed" });
    writeFileSync(join(backups, "tuesday"), "half a dump");
    expect(await inFolder.probe(restore("tuesday"))).toMatchObject({ outcome: "failed" });
    expect(await inFolder.probe(restore("wednesday"))).toMatchObject({ outcome: "failed" });
    expect(await left()).toEqual([]);
  });

  test("that was changed restores, and does not verify", async () => {
    const [changed] = (await sql("select id, state from person order by id limit 1")).rows as { id: string; state: object }[];
    await sql(`update person set state = state || '{"displayName":"Mallory"}' where id = '${changed!.id}'`);
    await dumpNow(databaseUrl, join(backups, "changed"));
    await executeSql(story.app.database.db, "update person set state = $1::jsonb where id = $2", [
      JSON.stringify(changed!.state),
      changed!.id,
    ]);
    const seen = await probing({ POSTERN_BACKUPS: backups }).probe(restore("changed"));
    expect(seen).toMatchObject({ outcome: "failed", saw: expect.stringContaining("its journal has 1 faults") as string });
  });

  test("is not tried where the role may make no database: that is unknown, and nobody's password is told", async () => {
    await sql("create role drill_poor login password 'a-password-of-the-role'");
    const poor = new URL(databaseUrl);
    poor.username = "drill_poor";
    poor.password = "a-password-of-the-role";
    await sql(`grant all on all tables in schema public to drill_poor`);
    await dumpNow(databaseUrl, join(backups, "poor"));
    const seen = await probing({ DATABASE_URL: poor.href, POSTERN_BACKUPS: backups }).probe(restore("poor"));
    expect(seen).toMatchObject({ outcome: "unknown", saw: expect.stringContaining("may not create a database") as string });
    expect(JSON.stringify(seen)).not.toContain("a-password-of-the-role");
  });

  test("that a process left half restored is dropped by the next, once it is too old to be at work", async () => {
    const [old, young] = [nameMade(story.clock.now(), 7), nameMade(story.clock.now(), 1)];
    for (const each of [old, young, "postern_drill_of_somebody"]) await sql(`create database ${each}`);
    await probing().probe(restore(null));
    expect(await left()).toEqual(expect.arrayContaining([{ datname: young }, { datname: "postern_drill_of_somebody" }]));
    expect(await left()).not.toContainEqual({ datname: old });
    for (const each of [young, "postern_drill_of_somebody"]) await sql(`drop database ${each}`);
  });
});
