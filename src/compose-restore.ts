/** Restores a backup into an empty folder or database, verifies the journal there, and removes it again. */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import { REPLAYS } from "./compose-replays.ts";
import { dumpNow, NotTried, withRestored } from "./compose-restore-postgresql.ts";
import type { Config } from "./config.ts";
import { unknown, type Verdict } from "./drills/probes/verdict.ts";
import { readDatabase } from "./journal/database-source.ts";
import { findTrustedKey } from "./journal/log-key.ts";
import { type Verification, verifyJournal } from "./journal/verify.ts";
import { type Instant, instantOfEpochMs } from "./kernel/time.ts";
import { backup, type BackupSummary, restore } from "./platform/backup.ts";
import { type Database, openDatabase } from "./platform/db.ts";
import { migrate } from "./platform/migrate.ts";

const MIGRATIONS = join(import.meta.dirname, "..", "migrations");

const FOLDER = "drill-restore-";
/** No restore takes longer. */
const LEFT_MS = 24 * 3_600_000;

export interface Restored {
  readonly verdict: Verdict;
  readonly summary?: BackupSummary;
  readonly verification?: Verification;
}

/** `name`: a file in the folder of backups; null for the newest there, or one made now where there is no such folder. */
export async function tryRestore(config: Config, name: string | null, now: Instant): Promise<Restored> {
  await removeLeftRestores(config.dataDir, LEFT_MS);
  await mkdir(config.dataDir, { recursive: true });
  // On the disk of the data itself, readable by nobody else: a backup holds everything.
  const folder = await mkdtemp(join(config.dataDir, FOLDER));
  try {
    const file = await chosen(config, name, folder, now);
    return typeof file === "string" ? await restored(config, file, folder, now) : { verdict: file };
  } catch (error) {
    if (error instanceof NotTried) return { verdict: unknown(error.message) };
    const why = error instanceof Error ? error.message.replaceAll(config.dataDir, "DATA") : "unreadable";
    return { verdict: { outcome: "failed", saw: `The backup cannot be restored: ${why}` } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a process that died in the middle left: a whole copy of the database, that nobody looks after. */
export async function removeLeftRestores(dataDir: string, olderThanMs: number): Promise<void> {
  const found = await readdir(dataDir).catch(() => []);
  for (const left of found.filter((each) => each.startsWith(FOLDER)).map((each) => join(dataDir, each))) {
    const { mtimeMs } = await stat(left);
    if (Date.now() - mtimeMs >= olderThanMs) await rm(left, { recursive: true, force: true });
  }
}

async function chosen(
  { backupFolder, dataDir, databaseUrl }: Config,
  name: string | null,
  folder: string,
  now: Instant,
): Promise<string | Verdict> {
  if (backupFolder === undefined) {
    if (name !== null) return unknown("No folder of backups is configured (POSTERN_BACKUPS).");
    const file = join(folder, "made-now");
    await (databaseUrl === undefined ? backup(dataDir, file, now) : dumpNow(databaseUrl, file));
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
  if (config.databaseUrl !== undefined) {
    const of = `The backup of ${instantOfEpochMs(Math.floor((await stat(file)).mtimeMs))}`;
    return withRestored(config.databaseUrl, file, now, (database) => verified(config, database, of, now));
  }
  const dataDir = join(folder, "restored");
  const summary = await restore(file, dataDir);
  const database = await openDatabase({ dataDir });
  try {
    return { summary, ...(await verified(config, database, `The backup of ${summary.madeAt}`, now)) };
  } finally {
    await database.close();
  }
}

/** What `postern verify` says of it. */
async function verified(config: Config, { db, home }: Database, of: string, now: Instant): Promise<Restored> {
  await migrate(db, MIGRATIONS);
  const key = await findTrustedKey(db, {
    dataDir: config.dataDir,
    ...(config.journalKey !== undefined && { given: config.journalKey }),
  });
  if (key === undefined) return { verdict: unknown("The journal's key is not here, so that nothing can be verified.") };
  const verification = await readDatabase(db, REPLAYS, (source) => verifyJournal(source, { key, replays: REPLAYS, now, remembered: [] }));
  const { isSound, size, states, faultCount } = verification;
  const verdict: Verdict = isSound
    ? {
        outcome: "passed",
        saw: `${of} restores into an empty ${home === "embedded" ? "folder" : "database"}; ${size} entries and ${states} states verify there.`,
      }
    : { outcome: "failed", saw: `${of} restores, but its journal has ${faultCount} faults.` };
  return { verification, verdict };
}
