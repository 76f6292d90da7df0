/**
 * Ours as it is run in production: `serve` on PostgreSQL, callers by tokens of an issuer, the log of decisions sampled. Before, the
 * example organisation's register was given as many exceptions, through its journal.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { executeSql } from "../../src/platform/db.ts";
import { liveThrough, type Scene } from "../../test/e2e/support/scene.ts";
import { startPostgres } from "../../test/support/databases.ts";
import { freePort } from "../../test/support/free-port.ts";
import { AUDIENCE, openTokenIssuer, SUBJECT } from "../../test/support/token-issuer.ts";
import { storeCopies } from "../many-exceptions.ts";
import { EXCEPTIONS, held } from "./questions.ts";
import { type Running, startAt } from "./servers.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

/** Not known before the register was read. */
const READY = "/.well-known/authzen-configuration/rules/todo";

export interface Ours {
  /** One process. */
  readonly alone: Running;
  /** As many as there are processors, at one port. */
  readonly together: Running;
  stop(): Promise<void>;
}

export async function startOurs(folder: string, from: Date): Promise<Ours> {
  const postgres = await startPostgres();
  try {
    const origin = "http://localhost:8080";
    const keys = { POSTERN_JOURNAL_KEY: randomBytes(32).toString("base64"), POSTERN_SEAL_KEY: randomBytes(32).toString("base64") };
    const scene = await liveThrough(origin, { databaseUrl: postgres.url, isForged: true, env: keys });
    await fill(scene, from).finally(() => scene.close());
    mkdirSync(folder);
    const { file, authorization } = await writeCallers(folder);
    const env = {
      ...keys,
      DATABASE_URL: postgres.url,
      POSTERN_ORIGIN: origin,
      POSTERN_LOG_LEVEL: "error",
      POSTERN_DECISION_CALLERS: file,
      POSTERN_DECISION_LOG: "sampled:1/100",
    };
    const start = async (name: string, port: number, more: Readonly<Record<string, string>> = {}) => {
      const data = join(folder, name);
      mkdirSync(data);
      const all = { ...env, ...more, PORT: `${port}`, POSTERN_DATA: data };
      return startAt(`http://127.0.0.1:${port}`, READY, { command: process.execPath, args: [MAIN, "serve"], env: all }, authorization);
    };
    const alone = await start("alone", await freePort());
    const together = await startTogether(start);
    return { alone, together, stop: () => stopAll([alone, together]).finally(() => postgres.stop()) };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

type Start = (name: string, port: number, more: Readonly<Record<string, string>>) => Promise<Running>;

/** Which of them answers nobody can tell: that all are there shows when they have come to rest, and none of the load fails. */
async function startTogether(start: Start): Promise<Running> {
  const port = await freePort();
  const all: Running[] = [];
  for (let i = 0; i < availableParallelism(); i++) {
    all.push(await start(`together-${i}`, port, { POSTERN_SHARE_PORT: "true" }));
  }
  return { ...all[0]!, pids: all.flatMap(({ pids }) => pids), stop: () => stopAll(all) };
}

async function stopAll(all: readonly Running[]): Promise<void> {
  for (const one of all) await one.stop();
}

/** A caller that may ask and see everything, and the token it shows: ES256, an hour long. */
async function writeCallers(folder: string): Promise<{ file: string; authorization: string }> {
  const issuer = await openTokenIssuer({ alg: "ES256" });
  const token = issuer.token({ exp: Math.floor(Date.now() / 1000) + 3600 });
  writeFileSync(join(folder, "keys.json"), issuer.published());
  const file = join(folder, "callers.yaml");
  const callers = `audiences: [${AUDIENCE}]
issuers: [{ name: bench, issuer: "${issuer.issuer}", keys: { file: keys.json } }]
callers:
  - name: bench
    is: [{ issuer: bench, subject: ${SUBJECT} }]
    may: { ruleSets: any, subjects: any, actions: any, resources: any, seeExceptions: true, seeOwners: true }
`;
  writeFileSync(file, callers);
  await issuer.close();
  return { file, authorization: `Bearer ${token}` };
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
