import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect, test } from "vitest";

import { COUNTED_AT, counterReplays } from "../../test/support/counters.ts";
import { MIGRATIONS } from "../../test/support/databases.ts";
import { tempFolders } from "../../test/support/temp-folders.ts";
import { executeSql, openDatabase } from "../platform/db.ts";
import { migrate } from "../platform/migrate.ts";
import { readDatabase } from "./database-source.ts";
import { loadLogKey, openLog } from "./log-key.ts";
import { sequenceAll } from "./sequencer.ts";
import { verifyJournal } from "./verify.ts";

const ROUNDS = 3;
const folder = tempFolders("killed");

/** Writes and sequences in a process of its own, and kills it some time after its first commit. */
async function writeUntilKilled(dataDir: string, ms: number): Promise<void> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, "../../test/support/journal-writer.ts"), dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(writer.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, ms));
  const exited = once(writer, "exit");
  writer.kill("SIGKILL");
  expect((await exited)[1]).toBe("SIGKILL");
}

test("killed at any moment, the embedded journal opens sound and goes on", async () => {
  const dataDir = folder();
  const first = await openDatabase({ dataDir });
  await migrate(first.db, MIGRATIONS);
  await executeSql(first.db, "create table counter (id text primary key, version integer not null, state jsonb not null)");
  await first.close();
  let size = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await writeUntilKilled(dataDir, Math.floor(Math.random() * 500));
    const database = await openDatabase({ dataDir });
    const signer = await openLog(database.db, await loadLogKey({ dataDir }), "postern.example/journal");
    const step = await sequenceAll({ db: database.db, signer }, COUNTED_AT);
    const result = await readDatabase(database.db, counterReplays, (source) =>
      verifyJournal(source, { key: signer.key, replays: counterReplays, now: COUNTED_AT }),
    );
    await database.close();
    expect(step).not.toBe("busy");
    expect(result.faults).toEqual([]);
    expect(result.size).toBeGreaterThan(size);
    size = result.size;
  }
}, 180_000);
