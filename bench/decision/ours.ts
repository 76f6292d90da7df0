/** Ours as it is run: `serve` on PostgreSQL, after the example organisation's register was given as many exceptions. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { liveThrough, type Scene } from "../../test/e2e/support/scene.ts";
import { startPostgres } from "../../test/support/databases.ts";
import { freePort } from "../../test/support/free-port.ts";
import { storeCopies } from "../many-exceptions.ts";
import { EXCEPTIONS, held } from "./questions.ts";
import { type Running, startAt } from "./servers.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

export async function startOurs(folder: string, from: Date): Promise<Running> {
  const postgres = await startPostgres();
  try {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const keys = { POSTERN_JOURNAL_KEY: randomBytes(32).toString("base64"), POSTERN_SEAL_KEY: randomBytes(32).toString("base64") };
    const scene = await liveThrough(origin, { databaseUrl: postgres.url, isForged: true, env: keys });
    await fill(scene, from).finally(() => scene.close());
    const env = { ...keys, PORT: `${port}`, POSTERN_DATA: folder, POSTERN_ORIGIN: origin, DATABASE_URL: postgres.url };
    const program = { command: process.execPath, args: [MAIN, "serve"], env: { ...env, POSTERN_LOG_LEVEL: "error" } };
    const server = await startAt(`http://127.0.0.1:${port}`, "/.well-known/authzen-configuration", program);
    return { ...server, stop: () => server.stop().finally(() => postgres.stop()) };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Copies of an exception that came about by the real commands, and all proofs of the journal made before anything is measured. */
async function fill({ app, as, refs }: Scene, from: Date): Promise<void> {
  const { body } = await as.ivo.ask("GET", `/api/v1/exceptions/${refs[0]}`);
  const model = (await app.exceptions.store.find(String(body["id"])))!.exception;
  const { subject, resource } = model.dossier.versions.at(-1)!.content.scope[0]!;
  await storeCopies(app.exceptions, model, EXCEPTIONS, {
    at: instantOfEpochMs(from.getTime()),
    names: (i) => ({
      [JSON.stringify(subject.key)]: JSON.stringify(held(i, from).subject),
      [subject.name]: `User ${i}`,
      [JSON.stringify(resource)]: JSON.stringify({ kind: "application", id: held(i, from).application }),
    }),
    endOf: (i) => instantOfEpochMs(held(i, from).until.getTime()),
  });
  await executeSql(app.database.db, "analyze");
  for (;;) {
    const { rows } = await executeSql(app.database.db, "select count(*)::int as left from journal_entry where leaf_index is null");
    if ((rows as { left: number }[])[0]!.left === 0) return;
    await sleep(200);
  }
}
