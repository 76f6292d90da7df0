/**
 * Restores a backup of PostgreSQL, as its own tools make it, into a database made for it and dropped again. Passwords are given to the
 * tools by their environment, where no other user of the machine reads them.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";

import type { Instant } from "./kernel/time.ts";
import { type Database, executeSql, openDatabase } from "./platform/db.ts";

const run = promisify(execFile);
/** Longer than this no restore is waited for. */
const TIMEOUT_MS = 30 * 60_000;
/** Of a process that died in the middle: what is older than any restore takes is dropped by the next. */
const LEFT_MS = 6 * 3_600_000;
const PREFIX = "postern_drill_";

/** Why it cannot be tried here: that is unknown, and no fault of the backup. */
export class NotTried extends Error {
  override readonly name = "NotTried";
}

/** Makes a backup now, where there is no folder of them. */
export async function dumpNow(databaseUrl: string, file: string): Promise<void> {
  await tool("pg_dump", ["--format=custom", `--file=${file}`], environmentOf(databaseUrl));
}

/** Gives what `use` makes of the restored database. Throws {@link NotTried}, or what the tools say is wrong with the backup. */
export async function withRestored<T>(
  databaseUrl: string,
  file: string,
  now: Instant,
  use: (restored: Database) => Promise<T>,
): Promise<T> {
  await stat(file);
  const server = await openDatabase({ databaseUrl, poolSize: 1 });
  try {
    await dropLeft(server, now);
    const name = `${PREFIX}${Date.parse(now).toString(36)}_${randomBytes(6).toString("hex")}`;
    await create(server, name);
    try {
      const url = new URL(databaseUrl);
      url.pathname = `/${name}`;
      await tool("pg_restore", ["--no-owner", "--no-acl", "--exit-on-error", `--dbname=${name}`, file], environmentOf(url.href));
      const restored = await openDatabase({ databaseUrl: url.href, poolSize: 2 });
      return await use(restored).finally(() => restored.close());
    } finally {
      await executeSql(server.db, `drop database if exists ${name} with (force)`);
    }
  } finally {
    await server.close();
  }
}

async function create({ db }: Database, name: string): Promise<void> {
  try {
    await executeSql(db, `create database ${name} template template0`);
  } catch (error) {
    if ((error as { code?: string }).code === "42501")
      throw new NotTried("The role of Postern may not create a database to restore into (alter role … createdb).", { cause: error });
    throw error;
  }
  // What is restored is as much a secret as the original.
  await executeSql(db, `revoke connect on database ${name} from public`);
}

async function dropLeft({ db }: Database, now: Instant): Promise<void> {
  const { rows } = await executeSql(
    db,
    "select datname from pg_database where datname like $1 and datdba = (select oid from pg_roles where rolname = current_user)",
    [`${PREFIX.replaceAll("_", "\\_")}%`],
  );
  for (const { datname } of rows as { datname: string }[]) {
    const [, madeAt] = /^postern_drill_([0-9a-z]+)_[0-9a-f]{12}$/.exec(datname) ?? [];
    if (madeAt === undefined || Number.parseInt(madeAt, 36) > Date.parse(now) - LEFT_MS) continue;
    await executeSql(db, `drop database if exists ${datname} with (force)`);
  }
}

async function tool(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  try {
    await run(name, args, { env: { PATH: process.env["PATH"], ...env }, timeout: TIMEOUT_MS, maxBuffer: 4 * 1024 * 1024 });
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") throw new NotTried(`${name} is not on this machine.`, { cause: error });
    throw new Error((stderr ?? "").split("\n")[0]!.slice(0, 300) || `${name} was stopped.`, { cause: error });
  }
}

/** As the tools read it (libpq), so that nothing of it stands in the list of processes. */
function environmentOf(databaseUrl: string): Record<string, string> {
  const url = new URL(databaseUrl);
  const given: Readonly<Record<string, string | null>> = {
    PGHOST: url.searchParams.get("host") ?? url.hostname.replace(/^\[|\]$/g, ""),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password) || (process.env["PGPASSWORD"] ?? ""),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: url.searchParams.get("sslmode"),
    PGSSLROOTCERT: url.searchParams.get("sslrootcert"),
    HOME: process.env["HOME"] ?? null,
  };
  return Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (value === null || value === "" ? [] : [[key, value]])));
}
