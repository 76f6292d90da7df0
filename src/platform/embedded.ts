/**
 * The embedded database: PGlite on disk, made durable. As shipped PGlite never syncs; here every commit reaches the disk:
 * the file system learns `fsync`, PostgreSQL runs without `-F`, and writes its log with plain fsync. This leans on internals,
 * so the version is pinned and embedded.store.test.ts counts the syncs.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import type { PoolConfig } from "pg";

export interface Embedded {
  readonly poolConfig: PoolConfig;
  /** How many times PostgreSQL has asked for its files to reach the disk. */
  syncs(): number;
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

/** Opens (or makes) the database in `<dataDir>/db`. Throws when another process has it open. */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  mkdirSync(dataDir, { recursive: true });
  const unlock = lockFolder(dataDir);
  try {
    const fs = new DurableNodeFs(join(dataDir, "db"));
    const startParams = [...PGlite.defaultStartParams.filter((param) => param !== "-F"), "-c", "wal_sync_method=fsync"];
    const pglite = new PGlite({ fs, startParams });
    await pglite.waitReady;
    return {
      poolConfig: createPgConfig(pglite) as unknown as PoolConfig,
      syncs: () => fs.syncCount,
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

/** PGlite takes no lock of its own: two processes on one folder would silently lose rows. */
function lockFolder(dataDir: string): () => void {
  const path = join(dataDir, "lock");
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 0) throw error;
      const holder = Number(readFileSync(path, "utf8"));
      if (isRunning(holder)) {
        throw new Error(`The data folder ${dataDir} is in use by process ${holder}. Stop it first, or choose another POSTERN_DATA.`, {
          cause: error,
        });
      }
      // Its holder was killed; the file is stale.
      unlinkSync(path);
    }
  }
}

function isRunning(pid: number): boolean {
  // Our own number: a predecessor in a container that always starts us under the same one.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
