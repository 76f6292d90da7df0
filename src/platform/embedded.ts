/**
 * The embedded database: PGlite on disk, made durable. As shipped PGlite never syncs; here every commit reaches the disk:
 * the file system learns `fsync`, PostgreSQL runs without `-F`, and writes its log with plain fsync. This leans on internals,
 * so the version is pinned and embedded.store.test.ts counts the syncs.
 */
import { constants, copyFileSync, existsSync, fsyncSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { open, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import type { PoolConfig } from "pg";

import { lockFolder } from "./folder-lock.ts";

export interface Embedded {
  readonly poolConfig: PoolConfig;
  /** How many times PostgreSQL has asked for its files to reach the disk. */
  syncs(): number;
  /**
   * Copies the files into a new folder, as they are at one moment between two statements: opened, the copy recovers exactly what
   * was committed by then. Nothing else runs meanwhile; a CHECKPOINT before keeps the recovery short.
   */
  copyTo(folder: string): void;
  close(): Promise<void>;
}

interface NodeFsModule {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

class DurableNodeFs extends NodeFS {
  syncCount = 0;

  override async init(...args: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const made = await super.init(...args);
    const learnFsync = (module: unknown): void => {
      (module as NodeFsModule).NODEFS.stream_ops.fsync = (stream) => {
        this.syncCount += 1;
        fsyncSync(stream.nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...made.emscriptenOpts, preRun: [...(made.emscriptenOpts.preRun ?? []), learnFsync] } };
  }
}

/** Where in the data folder the embedded database lies. */
export const databaseFolder = (dataDir: string): string => join(dataDir, "db");

/** Opens (or makes) the database in `<dataDir>/db`. Throws FolderInUse when somebody has it open. */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(dataDir);
  try {
    const folder = databaseFolder(dataDir);
    if (!existsSync(folder)) await makeCluster(folder);
    const { pglite, fs } = await openCluster(folder);
    return {
      poolConfig: createPgConfig(pglite) as unknown as PoolConfig,
      syncs: () => fs.syncCount,
      copyTo: (target) => copyFolder(folder, target),
      close: async () => {
        await pglite.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openCluster(folder: string) {
  const fs = new DurableNodeFs(folder);
  const startParams = [...PGlite.defaultStartParams.filter((param) => param !== "-F"), "-c", "wal_sync_method=fsync"];
  const pglite = new PGlite({ fs, startParams });
  await pglite.waitReady;
  return { pglite, fs };
}

/** Made aside and put in place whole and on disk: a first start that is killed leaves nothing that the next one would take for a database. */
async function makeCluster(folder: string): Promise<void> {
  const aside = `${folder}.making`;
  rmSync(aside, { recursive: true, force: true });
  // PGlite makes its files readable and writable by everybody; behind this folder nobody else gets to them.
  mkdirSync(aside, { mode: 0o700 });
  const { pglite } = await openCluster(aside);
  await pglite.close();
  await placeFolder(aside, folder);
}

/** Synchronous on purpose: PGlite lives in this thread, so nothing can change while this runs. Blocks are shared where the file system can. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyFolder(join(from, entry.name), join(to, entry.name));
    else copyFileSync(join(from, entry.name), join(to, entry.name), constants.COPYFILE_FICLONE);
  }
}

/** Moves a finished folder to where it belongs, after everything in it has reached the disk. */
export async function placeFolder(aside: string, folder: string): Promise<void> {
  const inside = await readdir(aside, { recursive: true });
  // A thousand files one after another would take seconds.
  for (let i = 0; i < inside.length; i += 64) await Promise.all(inside.slice(i, i + 64).map((path) => syncPath(join(aside, path))));
  await syncPath(aside);
  await rename(aside, folder);
  await syncPath(dirname(folder));
}

async function syncPath(path: string): Promise<void> {
  // Windows cannot open a folder, and needs no such call for one.
  if (process.platform === "win32") return;
  await using file = await open(path, "r");
  await file.sync();
}
