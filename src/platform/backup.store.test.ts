import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { instant } from "../kernel/time.ts";
import { backup, lastBackup, BackupFault, restore } from "./backup.ts";
import { type Database, executeSql, openDatabase } from "./db.ts";
import { lockFolder } from "./folder-lock.ts";
import { answerSnapshots, SnapshotFault } from "./snapshot-socket.ts";

const NOW = instant("2026-03-01T08:00:00Z");
const folder = tempFolders("backup");

async function makeThings(dataDir: string, count: number): Promise<Database> {
  const database = await openDatabase({ dataDir });
  await executeSql(database.db, "create table thing (n integer primary key, words text not null)");
  await executeSql(database.db, "insert into thing select n, repeat('wörd ', n % 50) from generate_series(1, $1::int) n", [count]);
  return database;
}

async function countThings(dataDir: string): Promise<unknown> {
  const database = await openDatabase({ dataDir });
  try {
    const { rows } = await executeSql(database.db, "select count(*)::int as n, sum(length(words))::int as length from thing");
    return rows[0];
  } finally {
    await database.close();
  }
}

/** Of n things: what countThings gives. */
function expected(n: number): unknown {
  return { n, length: Array.from({ length: n }, (_, i) => ((i + 1) % 50) * 5).reduce((sum, length) => sum + length, 0) };
}

describe("a backup", () => {
  const dataDir = folder();
  const file = join(folder(), "things.backup");
  beforeAll(async () => {
    await (await makeThings(dataDir, 5000)).close();
    expect(await lastBackup(dataDir)).toBeUndefined();
    await backup(dataDir, file, NOW);
    expect(await lastBackup(dataDir)).toBe(NOW);
  });

  test("restores every row into an empty folder", async () => {
    const restored = join(folder(), "new");
    const summary = await restore(file, restored);
    expect(summary.madeAt).toBe(NOW);
    expect(summary.files).toBeGreaterThan(500);
    expect(await countThings(restored)).toEqual(expected(5000));
    expect(readdirSync(restored)).toEqual(["db"]);
  });

  test("is a file that only its owner can read, and that any tar can open", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const listed = execFileSync("tar", ["tzf", file], { encoding: "utf8" }).split("\n");
    expect(listed).toContain("db/PG_VERSION");
    expect(listed.at(-2)).toBe("manifest.json");
  });

  test("never overwrites a file, nor a database", async () => {
    const before = readFileSync(file);
    await expect(backup(dataDir, file, NOW)).rejects.toThrow(/is there already/);
    expect(readFileSync(file).equals(before)).toBe(true);
    await expect(restore(file, dataDir)).rejects.toThrow(/has a database already/);
    expect(await countThings(dataDir)).toEqual(expected(5000));
  });

  test("leaves the keys of the folder it is restored into alone, and brings none", async () => {
    mkdirSync(join(dataDir, "keys"), { recursive: true });
    writeFileSync(join(dataDir, "keys", "seal.key"), "secret");
    const second = join(folder(), "second.backup");
    await backup(dataDir, second, NOW);
    expect(execFileSync("tar", ["tzf", second], { encoding: "utf8" })).not.toContain("keys");
    const restored = folder();
    mkdirSync(join(restored, "keys"));
    writeFileSync(join(restored, "keys", "seal.key"), "mine");
    await restore(second, restored);
    expect(readFileSync(join(restored, "keys", "seal.key"), "utf8")).toBe("mine");
  });

  test("that is cut short anywhere is refused, and nothing is left behind", async () => {
    const whole = readFileSync(file);
    for (const share of [0, 0.1, 0.5, 0.9, 0.9999]) {
      const cut = join(folder(), "cut.backup");
      writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * share)));
      const restored = folder();
      await expect(restore(cut, restored)).rejects.toThrow(BackupFault);
      expect(readdirSync(restored)).toEqual([]);
    }
  });

  test("that was changed, even with everything around it made to fit, is refused and the file is named", async () => {
    const opened = folder();
    execFileSync("tar", ["xzf", file], { cwd: opened });
    writeFileSync(join(opened, "db", "PG_VERSION"), "99\n");
    const forged = join(folder(), "forged.backup");
    execFileSync("tar", ["czf", forged, "--format=ustar", "db", "manifest.json"], { cwd: opened });
    await expect(restore(forged, folder())).rejects.toThrow(/1 of its files differ.*db\/PG_VERSION/);
    const lacking = join(folder(), "lacking.backup");
    execFileSync("tar", ["czf", lacking, "--format=ustar", "db"], { cwd: opened });
    await expect(restore(lacking, folder())).rejects.toThrow(/manifest is missing/);
  });

  test.each([
    ["no file", undefined],
    ["no archive", "hello"],
  ])("%s is refused in words", async (_, text) => {
    const wrong = join(folder(), "wrong.backup");
    if (text !== undefined) writeFileSync(wrong, text);
    await expect(restore(wrong, folder())).rejects.toThrow(text === undefined ? /There is no file/ : /is not a whole backup/);
  });

  test("of nothing is refused", async () => {
    await expect(backup(folder(), join(folder(), "x.backup"), NOW)).rejects.toThrow(/no embedded database/);
  });
});

describe("a backup while a server is at work", () => {
  const dataDir = folder();
  let database: Database;
  let answering: { close(): Promise<void> };
  beforeAll(async () => {
    database = await makeThings(dataDir, 1000);
    answering = await answerSnapshots(dataDir, database);
  });
  afterAll(async () => {
    await answering.close();
    await database.close();
  });

  test("has everything committed by then and nothing half done, though writing goes on", async () => {
    const writing = { rows: 1000, goesOn: true };
    const writer = (async () => {
      while (writing.goesOn) {
        // Two rows at once: a backup that has one of them alone was torn.
        await database.db.transaction().execute(async (tx) => {
          await executeSql(tx, "insert into thing values ($1, '')", [writing.rows + 1]);
          await executeSql(tx, "insert into thing values ($1, '')", [writing.rows + 2]);
        });
        writing.rows += 2;
        // The embedded database answers without ever waiting; as in a server, others get their turn between requests.
        await setImmediate();
      }
    })();
    const file = join(folder(), "busy.backup");
    const atLeast = writing.rows;
    await backup(dataDir, file, NOW);
    const atMost = writing.rows + 2;
    writing.goesOn = false;
    await writer;
    const restored = folder();
    await restore(file, restored);
    const { n } = (await countThings(restored)) as { n: number };
    expect(n).toBeGreaterThanOrEqual(atLeast);
    expect(n).toBeLessThanOrEqual(atMost);
    expect(n % 2).toBe(0);
    expect(readdirSync(dataDir).filter((name) => name.startsWith("snapshot-"))).toEqual([]);
  });

  test("cannot be restored over it", async () => {
    const file = join(folder(), "other.backup");
    await backup(dataDir, file, NOW);
    await expect(restore(file, dataDir)).rejects.toThrow(/in use/);
  });
});

test("when the folder is held by something that does not answer, the backup says so and leaves no file", async () => {
  const dataDir = folder();
  await (await makeThings(dataDir, 1)).close();
  const unlock = lockFolder(dataDir);
  const file = join(folder(), "held.backup");
  await expect(backup(dataDir, file, NOW)).rejects.toThrow(SnapshotFault);
  unlock();
  expect(existsSync(file)).toBe(false);
});
