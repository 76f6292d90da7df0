/** Restores a backup into an empty folder, verifies the journal there, and removes it again. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import { REPLAYS } from "./compose-replays.ts";
import type { Config } from "./config.ts";
import { unknown, type Verdict } from "./drills/probes/verdict.ts";
import { readDatabase } from "./journal/database-source.ts";
import { findTrustedKey } from "./journal/log-key.ts";
import { type Verification, verifyJournal } from "./journal/verify.ts";
import type { Instant } from "./kernel/time.ts";
import { backup, type BackupSummary, restore } from "./platform/backup.ts";
import { openDatabase } from "./platform/db.ts";
import { migrate } from "./platform/migrate.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");

export interface Restored {
  readonly verdict: Verdict;
  readonly summary?: BackupSummary;
  readonly verification?: Verification;
}

/** `name`: a file in the folder of backups; null for the newest there, or one made now where there is no such folder. */
export async function tryRestore(config: Config, name: string | null, now: Instant): Promise<Restored> {
  if (config.databaseUrl !== undefined)
    return { verdict: unknown("The database is PostgreSQL: its backups are restored with its own tools, by hand.") };
  // On the disk of the data itself, readable by nobody else: a backup holds everything.
  const folder = await mkdtemp(join(config.dataDir, "drill-restore-"));
  try {
    const file = await chosen(config, name, folder, now);
    return typeof file === "string" ? await restored(config, file, folder, now) : { verdict: file };
  } catch (error) {
    const why = error instanceof Error ? error.message.replaceAll(config.dataDir, "DATA") : "unreadable";
    return { verdict: { outcome: "failed", saw: `The backup cannot be restored: ${why}` } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function chosen({ backupFolder, dataDir }: Config, name: string | null, folder: string, now: Instant): Promise<string | Verdict> {
  if (backupFolder === undefined) {
    if (name !== null) return unknown("No folder of backups is configured (POSTERN_BACKUPS).");
    const file = join(folder, "made-now");
    await backup(dataDir, file, now);
    return file;
  }
  // A plan names a file there, never a path.
  if (name !== null) return basename(name) === name ? join(backupFolder, name) : unknown("A backup is named by its file name alone.");
  const files = await Promise.all(
    (await readdir(backupFolder, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".partial"))
      .map(async (entry) => ({ path: join(backupFolder, entry.name), at: (await stat(join(backupFolder, entry.name))).mtimeMs })),
  );
  const newest = files.toSorted((a, b) => b.at - a.at)[0];
  return newest?.path ?? { outcome: "failed", saw: "There is no backup in the folder of backups." };
}

async function restored(config: Config, file: string, folder: string, now: Instant): Promise<Restored> {
  const dataDir = join(folder, "restored");
  const summary = await restore(file, dataDir);
  const database = await openDatabase({ dataDir });
  try {
    await migrate(database.db, MIGRATIONS);
    const key = await findTrustedKey(database.db, {
      dataDir: config.dataDir,
      ...(config.journalKey !== undefined && { given: config.journalKey }),
    });
    if (key === undefined) return { summary, verdict: unknown("The journal's key is not here, so that nothing can be verified.") };
    const verification = await readDatabase(database.db, REPLAYS, (source) =>
      verifyJournal(source, { key, replays: REPLAYS, now, remembered: [] }),
    );
    return { summary, verification, verdict: verdictOf(summary, verification) };
  } finally {
    await database.close();
  }
}

function verdictOf({ madeAt }: BackupSummary, { isSound, size, states, faultCount }: Verification): Verdict {
  if (!isSound) return { outcome: "failed", saw: `The backup of ${madeAt} restores, but its journal has ${faultCount} faults.` };
  return {
    outcome: "passed",
    saw: `The backup of ${madeAt} restores into an empty folder; ${size} entries and ${states} states verify there.`,
  };
}
