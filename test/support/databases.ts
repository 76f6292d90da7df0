/**
 * Databases for store suites: every suite runs on the embedded database and on PostgreSQL. A PostgreSQL server is taken from
 * POSTERN_TEST_DATABASE_URL, or else a throw-away one is started from the binaries on this machine; without either, the
 * PostgreSQL half says why it is skipped.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe } from "vitest";

import { type Database, executeSql, openDatabase } from "../../src/platform/db.ts";
import { migrate } from "../../src/platform/migrate.ts";
import { placeMigrated } from "./embedded-template.ts";
import { freePort } from "./free-port.ts";

export const MIGRATIONS = new URL("../../migrations", import.meta.url).pathname;

interface Server {
  readonly url: string;
  /** Stops as by a power cut, and begins again on what was written. A server that was given is left alone. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a suite once per home of the data. `open()` gives a fresh, migrated database that is closed after the suite. */
export function describeOnBothDatabases(name: string, suite: (open: () => Promise<Database>, home: Database["home"]) => void): void {
  describe(`${name} (embedded)`, () => {
    const opened: (() => Promise<void>)[] = [];
    afterAll(async () => {
      for (const close of opened) await close();
    });
    suite(async () => {
      const { database, close } = await freshEmbedded();
      opened.push(close);
      return database;
    }, "embedded");
  });
  describeOnPostgres(name, (open) => suite(open, "postgresql"));
}

/** The PostgreSQL half alone, for guarantees that need several connections. */
export function describeOnPostgres(name: string, suite: (open: () => Promise<Database>, newUrl: () => Promise<string>) => void): void {
  const missing = postgresMissing();
  if (missing !== undefined) process.stderr.write(`skipped: ${name} (postgresql): ${missing}\n`);
  describe.skipIf(missing !== undefined)(`${name} (postgresql)`, () => {
    let server: Server | undefined;
    const opened: Database[] = [];
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(async () => {
      for (const database of opened) await database.close();
      await server?.stop();
    });
    const newUrl = () => createDatabase(server!.url);
    suite(async () => {
      const database = await openDatabase({ databaseUrl: await newUrl(), poolSize: 20 });
      opened.push(database);
      await migrate(database.db, MIGRATIONS);
      return database;
    }, newUrl);
  });
}

/** A migrated embedded database in a folder of its own, removed by `close`. */
export async function freshEmbedded(): Promise<{ database: Database; dataDir: string; close: () => Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), "postern-data-"));
  await placeMigrated(dataDir, MIGRATIONS);
  const database = await openDatabase({ dataDir });
  return {
    database,
    dataDir,
    close: async () => {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Why no PostgreSQL can be used here; undefined when one can. */
export function postgresMissing(): string | undefined {
  if (process.env["POSTERN_TEST_DATABASE_URL"] !== undefined) return undefined;
  if (postgresBinaries() === undefined)
    return "no PostgreSQL binaries found (Debian: apt-get install postgresql) and POSTERN_TEST_DATABASE_URL is not set";
  return undefined;
}

function postgresBinaries(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
}

const nothing = () => Promise.resolve();

/** Starts a throw-away server on loopback with its default durability. As root it runs as the `postgres` user, as it demands. */
export async function startPostgres(settings: readonly string[] = []): Promise<Server> {
  const given = process.env["POSTERN_TEST_DATABASE_URL"];
  if (given !== undefined) return { url: given, halt: nothing, resume: nothing, stop: nothing };
  const bin = postgresBinaries()!;
  const folder = mkdtempSync(join(tmpdir(), "postern-pg-"));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync("chown", ["postgres", folder]);
  const prefix = asRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  const command = (program: string, args: readonly string[]): [string, string[]] => {
    const whole = [...prefix, join(bin, program), ...args];
    return [whole[0]!, whole.slice(1)];
  };
  execFileSync(
    ...command("initdb", ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]),
    { stdio: "pipe" },
  );
  const port = await freePort();
  const args = [
    "-D",
    join(folder, "data"),
    "-p",
    String(port),
    "-k",
    folder,
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "max_connections=200",
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
  const begin = () => spawn(...command("postgres", args), { stdio: "ignore" });
  let child = begin();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(url);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const halt = async (): Promise<void> => {
    if (isOver()) return;
    const exited = once(child, "exit");
    child.kill("SIGQUIT");
    await exited;
  };
  return {
    url,
    halt,
    resume: async () => {
      if (!isOver()) return;
      child = begin();
      await untilReady(url);
    },
    stop: async () => {
      await halt();
      // Its other processes may still be writing for a moment.
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const database = await openDatabase({ databaseUrl: url, poolSize: 1 });
    try {
      await executeSql(database.db, "select 1");
      return;
    } catch (error) {
      if (attempt > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await database.close();
    }
  }
}

let created = 0;

async function createDatabase(serverUrl: string): Promise<string> {
  const name = `t_${process.pid}_${++created}`;
  const database = await openDatabase({ databaseUrl: serverUrl, poolSize: 1 });
  await executeSql(database.db, `create database ${name}`);
  await database.close();
  return serverUrl.replace(/\/[^/]*$/, `/${name}`);
}
