/**
 * The register at 100,000 exceptions on PostgreSQL: its lists beside the raw SQL that reads as many rows, the tick beside what
 * is due (not what is stored), and 10,000 that end in the same minute.
 */
import { sql } from "kysely";

import { isInForce } from "../src/exceptions/in-force.ts";
import { tickExceptions } from "../src/exceptions/index.ts";
import { listRegister } from "../src/exceptions/register.ts";
import type { ListFilter } from "../src/exceptions/store.ts";
import { addDuration, duration, type Instant, instant } from "../src/kernel/time.ts";
import { type ManualClock, manualClock } from "../src/platform/clock.ts";
import { type Database, executeSql, openDatabase } from "../src/platform/db.ts";
import { migrate } from "../src/platform/migrate.ts";
import { MIGRATIONS, postgresMissing, startPostgres } from "../test/support/databases.ts";
import { createRegister, type TestRegister } from "../test/support/register.ts";
import { type Bench, type Figure, figure, quantile, seconds } from "./figure.ts";
import { storeCopies } from "./many-exceptions.ts";

const START = instant("2026-03-02T09:00:00Z");
const END = instant("2026-03-15T09:00:00Z");
const STORED = 100_000;
const ENDING = 10_000;
const ROUNDS = 60;
/** What the register shows at first. */
const OPEN = ["approved", "activating", "active", "suspending", "suspended"] as const;

export const registerBench: Bench = {
  name: "register",
  missing: postgresMissing,
  async run() {
    const server = await startPostgres();
    const database = await openDatabase({ databaseUrl: server.url, poolSize: 8 });
    try {
      await migrate(database.db, MIGRATIONS);
      const clock = manualClock(START);
      const register = await createRegister(database, clock);
      // One is brought to life by the real commands; the others are its copies under other names and ends.
      const id = await register.request("u-model");
      await register.vote(id, "per_iam");
      await register.vote(id, "per_network");
      await register.tick();
      await register.drain();
      const model = (await register.deps.store.find(id))!;
      const filling = await seconds(() =>
        storeCopies(register.deps, model.exception, STORED, { at: START, names: (i) => ({ "u-model": `u-${i}` }), endOf }),
      );
      await executeSql(database.db, "analyze");
      process.stderr.write(`${STORED} exceptions stored in ${filling.toFixed(0)} s\n`);
      return [...(await lists(database, register)), ...(await ticks(register, clock))];
    } finally {
      await database.close();
      await server.stop();
    }
  },
};

/** The last {@link ENDING} end in the same minute, before anything of the others (reminders, reviews) is due. */
function endOf(i: number): Instant {
  return i >= STORED - ENDING ? END : addDuration(START, duration(`PT${24 * 60 + (i % 400)}H`));
}

async function lists(database: Database, { deps }: TestRegister): Promise<Figure[]> {
  const raw = quantile(await times(() => sql`select id, version, state from exception order by id limit 50`.execute(database.db)), 0.95);
  const base = { sort: "ends", descending: false, limit: 50 } as const;
  const asked: readonly [string, (i: number) => ListFilter][] = [
    ["list by end", () => base],
    ["list newest first", () => ({ ...base, sort: "opened", descending: true })],
    ["sort by title, open only", () => ({ ...base, sort: "title", statuses: OPEN })],
    ["sort by who answers", () => ({ ...base, sort: "owner" })],
    ["sort by true age, open only", () => ({ ...base, sort: "age", descending: true, statuses: OPEN })],
    ["sort by repeats", () => ({ ...base, sort: "repeats", descending: true })],
    ["sort by people", () => ({ ...base, sort: "headcount", descending: true })],
    ["filter by state and unit", (i) => ({ ...base, statuses: ["active"], unit: `unit ${i % 40}` })],
    ["filter by owner", () => ({ ...base, owner: "per_owner" })],
    ["search one subject", (i) => ({ ...base, search: `u ${(i * 7919) % STORED}` })],
    ["search a common word", () => ({ ...base, search: "passkey" })],
  ];
  const figures: Figure[] = [];
  for (const [name, filter] of asked) {
    const p95 = quantile(await times((i) => listRegister(deps, filter(i), START)), 0.95);
    figures.push(
      figure(
        `register: ${name}, p95`,
        "ms",
        p95 * 1000,
        "raw SQL by primary key, as many rows",
        raw * 1000,
        `${STORED} exceptions; limit 50 ms`,
      ),
    );
  }
  return figures;
}

async function times(action: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < ROUNDS; i++) taken.push(await seconds(() => action(i)));
  return taken;
}

async function ticks(register: TestRegister, clock: ManualClock): Promise<Figure[]> {
  const { deps } = register;
  const idle = quantile(await times(() => register.tick()), 0.5);
  const raw = quantile(await times(() => sql`select 1`.execute(deps.db)), 0.5);
  const figures = [figure("tick with nothing due", "ms", idle * 1000, "select 1", raw * 1000, `${STORED} exceptions stored`)];
  clock.set(END);
  const ending = await endingNow(deps);
  if (ending.length !== ENDING) throw new Error(`${ending.length} end at that instant, not ${ENDING}`);
  const stillIn = ending.filter((exception) => isInForce(exception, END));
  if (stillIn.length > 0) throw new Error(`${stillIn.length} are in force at their end`);
  let handled = 0;
  const took = await seconds(async () => {
    handled = await tickExceptions(deps, END, (id, error) => {
      throw new Error(`${id} stuck`, { cause: error });
    });
  });
  const drained = await seconds(() => register.drain());
  const rate = await rawUpdateRate(deps.db);
  figures.push(
    figure(
      "10,000 ending in one minute",
      "exceptions/s",
      handled / took,
      "the same rows updated one by one in SQL",
      rate,
      `${handled} decided, journalled and handed to the connector`,
    ),
    figure(
      "10,000 taken away and read back",
      "exceptions/s",
      handled / drained,
      "the same rows updated one by one in SQL",
      rate,
      "by jobs, from a provider in memory, each closed by a reading: three commits each",
    ),
  );
  return figures;
}

/** Every exception whose end is this very instant. */
async function endingNow({ store }: TestRegister["deps"]) {
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({
      sort: "ends",
      descending: false,
      endsBefore: addDuration(END, duration("PT1S")),
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    });
    found.push(...page.items.map(({ exception }) => exception));
    cursor = page.next;
  } while (cursor !== undefined);
  return found.filter(({ dossier }) => dossier.grants[0]?.validUntil === END);
}

async function rawUpdateRate(db: TestRegister["deps"]["db"]): Promise<number> {
  const rounds = 2000;
  const took = await seconds(async () => {
    for (let i = 0; i < rounds; i++) {
      await sql`update exception set version = version where id = ${`exc_${String(i).padStart(26, "0")}`}`.execute(db);
    }
  });
  return rounds / took;
}
