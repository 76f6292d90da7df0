/**
 * Forward-only migrations: `migrations/NNNN_name.sql`, applied in order, each in its own transaction, under an advisory lock
 * so that replicas starting together do it once. A file that changed after it was applied stops the start.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Db, executeSql } from "./db.ts";

const LOCK = 7_350_283_561;

export class MigrationFault extends Error {
  override readonly name = "MigrationFault";
}

/** Applies what is missing and returns the names applied. Throws {@link MigrationFault} on a changed or vanished file. */
export async function migrate(db: Db, folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  if (files.length === 0) throw new MigrationFault(`no migrations in ${folder}`);
  return db.connection().execute(async (connection) => {
    await executeSql(connection, "select pg_advisory_lock($1)", [LOCK]);
    try {
      await executeSql(
        connection,
        "create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
      );
      const done = new Map(
        (await executeSql(connection, "select name, checksum from migration")).rows.map((row) => {
          const { name, checksum } = row as { name: string; checksum: string };
          return [name, checksum] as const;
        }),
      );
      for (const name of done.keys()) {
        if (!files.includes(name))
          throw new MigrationFault(`migration ${name} was applied but its file is gone: this database belongs to a newer version`);
      }
      const applied: string[] = [];
      for (const name of files) {
        const text = await readFile(join(folder, name), "utf8");
        if (await applyOne(connection, name, text, done.get(name))) applied.push(name);
      }
      return applied;
    } finally {
      await executeSql(connection, "select pg_advisory_unlock($1)", [LOCK]);
    }
  });
}

async function applyOne(connection: Db, name: string, text: string, knownChecksum: string | undefined): Promise<boolean> {
  const checksum = createHash("sha256").update(text).digest("hex");
  if (knownChecksum === checksum) return false;
  if (knownChecksum !== undefined)
    throw new MigrationFault(`migration ${name} was changed after it was applied: restore the file, and make a new one instead`);
  await connection.transaction().execute(async (tx) => {
    await executeSql(tx, text);
    await executeSql(tx, "insert into migration (name, checksum) values ($1, $2)", [name, checksum]);
  });
  return true;
}
