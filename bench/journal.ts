/**
 * What the journal costs: state changes per second with their entries, beside the same state rows written without a journal;
 * and how fast a log is verified, beside plain SHA-256 over the same bytes.
 */
import { createHash } from "node:crypto";

import { sql } from "kysely";

import { commit } from "../src/journal/append.ts";
import { readDatabase } from "../src/journal/database-source.ts";
import { loadVerifierKey, openLog } from "../src/journal/log-key.ts";
import { sequenceAll } from "../src/journal/sequencer.ts";
import { verifyJournal } from "../src/journal/verify.ts";
import { generateKeyPairSync } from "node:crypto";
import { instant } from "../src/kernel/time.ts";
import { manualClock } from "../src/platform/clock.ts";
import { type Db, executeSql, openDatabase } from "../src/platform/db.ts";
import { randomIds } from "../src/platform/ids.ts";
import { migrate } from "../src/platform/migrate.ts";
import { MIGRATIONS, postgresMissing, startPostgres } from "../test/support/databases.ts";
import { type Bench, type Figure, figure, seconds } from "./figure.ts";

const at = instant("2026-01-01T00:00:00Z");
const COMMITS = 2000;
const WRITERS = 8;
/** About what an exception's event carries. */
const DATA = { reason: "x".repeat(400), by: { kind: "person", id: "per_01" }, n: 1 };

export const journalBench: Bench = {
  name: "journal",
  missing: postgresMissing,
  async run() {
    const server = await startPostgres();
    const database = await openDatabase({ databaseUrl: server.url, poolSize: WRITERS });
    try {
      await migrate(database.db, MIGRATIONS);
      await executeSql(database.db, "create table counter (id text primary key, version integer not null, state jsonb not null)");
      await executeSql(database.db, "create table plain (id text primary key, version integer not null, state jsonb not null)");
      return [await commitRate(database.db), await verifyRate(database.db)];
    } finally {
      await database.close();
      await server.stop();
    }
  },
};

async function spread(each: (i: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const writer = async () => {
    while (next < COMMITS) await each(next++);
  };
  const took = await seconds(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  return COMMITS / took;
}

async function commitRate(db: Db): Promise<Figure> {
  const ids = randomIds(manualClock(at));
  const state = JSON.stringify(DATA);
  const plain = () =>
    db.transaction().execute(async (tx) => {
      await sql`insert into plain (id, version, state) values (${ids.next("exception")}, 1, ${state}::jsonb)`.execute(tx);
    });
  const journalled = () => {
    const subject = ids.next("exception");
    const change = {
      kind: "exception",
      subject,
      fromVersion: 0,
      entries: [{ type: "counted", data: DATA }],
      state: DATA,
      table: "counter",
    } as const;
    return commit({ db, ids }, { at, actor: { kind: "system", id: "bench" }, changes: [change] });
  };
  await spread(plain);
  await spread(journalled);
  const peer = await spread(plain);
  const ours = await spread(journalled);
  return figure(
    "journal-commit",
    "commits/s",
    ours,
    "the same state rows in a transaction each, without a journal",
    peer,
    `${WRITERS} connections, PostgreSQL`,
  );
}

async function verifyRate(db: Db): Promise<Figure> {
  const signer = await openLog(db, generateKeyPairSync("ed25519").privateKey, "bench");
  await sequenceAll({ db, signer }, at);
  const key = await loadVerifierKey(db);
  const { rows } = await executeSql(db, "select body from journal_entry");
  const bodies = (rows as { body: string }[]).map((row) => Buffer.from(row.body));
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const hashing = await seconds(async () => {
    for (const body of bodies) createHash("sha256").update(body).digest();
  });
  const replays = { exception: { table: "counter", evolve: () => DATA } };
  const verifying = await seconds(async () => {
    const result = await readDatabase(db, replays, (source) => verifyJournal(source, { key, replays, now: at }));
    if (!result.isSound) throw new Error(`the bench's own log does not verify: ${JSON.stringify(result.faults[0])}`);
  });
  const mb = bytes / 1e6;
  return figure(
    "journal-verify",
    "MB/s",
    mb / verifying,
    "plain SHA-256 over the same bytes",
    mb / hashing,
    `${bodies.length} entries: read, hashed, proven, replayed`,
  );
}
