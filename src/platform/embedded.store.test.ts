import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Pool } from "pg";
import { expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { executeSql, openDatabase } from "./db.ts";
import { openEmbedded } from "./embedded.ts";

const folder = tempFolders("embedded");

async function countThings(dataDir: string): Promise<number> {
  const database = await openDatabase({ dataDir });
  try {
    const { rows } = await executeSql(database.db, "select count(*)::int as n from thing");
    return (rows[0] as { n: number }).n;
  } finally {
    await database.close();
  }
}

test("every commit reaches the disk before it is acknowledged; reading costs no sync", async () => {
  const embedded = await openEmbedded(folder());
  const pool = new Pool({ ...embedded.poolConfig, max: 1 });
  await pool.query("create table thing (n integer primary key)");
  for (let n = 1; n <= 20; n++) {
    const before = embedded.syncs();
    await pool.query("insert into thing values ($1)", [n]);
    expect(embedded.syncs()).toBeGreaterThan(before);
  }
  const before = embedded.syncs();
  for (let n = 0; n < 20; n++) await pool.query("select count(*) from thing");
  expect(embedded.syncs()).toBe(before);
  await pool.end();
  await embedded.close();
});

test("a second opener is refused while the first is open, in the same process too", async () => {
  const dataDir = folder();
  const database = await openDatabase({ dataDir });
  await expect(openDatabase({ dataDir })).rejects.toThrow(/in use/);
  await database.close();
  await (await openDatabase({ dataDir })).close();
});

/** Inserts one row after the other and says each number only once it is committed. */
const WRITER = `
  import { executeSql, openDatabase } from ${JSON.stringify(join(import.meta.dirname, "db.ts"))};
  const database = await openDatabase({ dataDir: process.argv[1] });
  await executeSql(database.db, "create table if not exists thing (n serial primary key, words text)");
  for (;;) {
    const { rows } = await executeSql(database.db, "insert into thing (words) values (repeat('x', 2000)) returning n");
    await new Promise((resolve) => process.stdout.write(rows[0].n + "\\n", resolve));
  }
`;

/** Runs the writer until it has acknowledged this many rows, kills it outright, and gives how many it had acknowledged by then. */
async function killedWriter(dataDir: string, rows: number): Promise<number> {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", WRITER, dataDir];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split("\n").length > rows) child.kill("SIGKILL");
  });
  await once(child, "close");
  expect(child.signalCode).toBe("SIGKILL");
  return said.split("\n").length - 1;
}

test("a process killed right after a commit was acknowledged loses nothing, and its lock is taken over", async () => {
  const dataDir = folder();
  let acknowledged = 0;
  for (const rows of [1, 3, 40, 200]) {
    acknowledged += await killedWriter(dataDir, rows);
    const kept = await countThings(dataDir);
    // One more may have been committed and not yet said.
    expect(kept - acknowledged).toBeGreaterThanOrEqual(0);
    expect(kept - acknowledged).toBeLessThanOrEqual(1);
    acknowledged = kept;
  }
});

test("a first start that was killed while it made the database leaves nothing in the way of the next", async () => {
  const dataDir = folder();
  mkdirSync(join(dataDir, "db.making"));
  writeFileSync(join(dataDir, "db.making", "PG_VERSION"), "18\n");
  const database = await openDatabase({ dataDir });
  expect((await executeSql(database.db, "select 1 as one")).rows).toEqual([{ one: 1 }]);
  await database.close();
  expect(readdirSync(dataDir)).toEqual(["db"]);
});

test("nobody else on the machine can read the database", async () => {
  const dataDir = join(folder(), "data");
  await (await openDatabase({ dataDir })).close();
  for (const path of [dataDir, join(dataDir, "db")]) expect(statSync(path).mode & 0o777).toBe(0o700);
});
