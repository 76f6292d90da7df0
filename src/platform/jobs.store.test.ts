import { PgBoss } from "pg-boss";
import { expect, test } from "vitest";

import { describeOnBothDatabases, describeOnPostgres } from "../../test/support/databases.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { type Database, executeSql, openDatabase, type Tx } from "./db.ts";
import { createLog } from "./log.ts";

const quiet = createLog(
  () => "",
  () => undefined,
);
const ROUNDS = 200;
const settings = { name: "echo", retryLimit: 3, retryDelay: 0, retryDelayMax: 1, expireInSeconds: 30, concurrency: 5 };

describeOnBothDatabases("jobs", (open) => {
  test("a job of a rolled-back transaction never runs; of a committed one it runs, and is retried alone when it fails", async () => {
    const database = await open();
    const jobs = createJobs(database, quiet);
    await jobs.start();
    const ran: string[] = [];
    const done = Promise.withResolvers<void>();
    await jobs.work<{ n: string }>(settings, async ({ data, retries }) => {
      ran.push(`${data.n}${retries}`);
      if (data.n === "flaky" && retries === 0) throw new Error("first try fails");
      if (ran.includes("flaky1") && ran.includes("steady0")) done.resolve();
    });
    const rolledBack = database.db.transaction().execute(async (tx) => {
      await jobs.enqueue(tx, "echo", "never", { n: "never" });
      throw new Error("roll back");
    });
    await expect(rolledBack).rejects.toThrow("roll back");
    await database.db.transaction().execute(async (tx) => {
      await jobs.enqueue(tx, "echo", "flaky", { n: "flaky" });
      await jobs.enqueue(tx, "echo", "flaky", { n: "flaky" });
      await jobs.enqueue(tx, "echo", "steady", { n: "steady" });
    });
    await done.promise;
    await jobs.stop();
    expect(ran.sort()).toEqual(["flaky0", "flaky1", "steady0"]);
  });

  test("a job whose process died in the middle of it is done by the next", { timeout: 90_000 }, async () => {
    const database = await open();
    const first = createJobs(database, quiet);
    await first.start();
    await first.work<{ n: string }>(settings, async () => undefined);
    await first.stop();
    await database.db.transaction().execute((tx) => first.enqueue(tx, "echo", "cut", { n: "cut" }));
    // Takes it and says nothing more, as a process that was killed.
    const dying = new PgBoss({
      db: { executeSql: (text, values) => executeSql(database.db, text, values ?? []) },
      supervise: false,
      schedule: false,
    });
    await dying.start();
    expect(await dying.fetch("echo")).toHaveLength(1);
    await dying.stop();
    const next = createJobs(database, quiet);
    await next.start();
    const retries = await new Promise((resolve) => {
      void next.work(settings, async (job) => resolve(job.retries));
    });
    await next.stop();
    expect(retries).toBe(1);
  });
});

/** A queue that nobody works off yet, and facts for its jobs to see. */
async function makeQueue(database: Database): Promise<Jobs> {
  const jobs = createJobs(database, quiet);
  await jobs.start();
  await jobs.work(settings, async () => undefined);
  await jobs.stop();
  await executeSql(database.db, "create table fact (n int)");
  return jobs;
}

describeOnPostgres("jobs of several processes", (open, newUrl) => {
  test("begin at the same instant on a database that has no queue yet: each gets its own, and no connection stays in a transaction", async () => {
    const url = await newUrl();
    const databases = await Promise.all([1, 2, 3].map(() => openDatabase({ databaseUrl: url })));
    const all = databases.map((database) => createJobs(database, quiet));
    await Promise.all(all.map((jobs) => jobs.start()));
    await Promise.all(all.map((jobs) => jobs.work(settings, async () => undefined)));
    // Every connection of every pool: one that failed half way is as good as the others.
    const asked = databases.flatMap(({ db }) => Array.from({ length: 10 }, () => executeSql(db, "select pg_sleep(0.05)")));
    expect(await Promise.allSettled(asked)).toEqual(asked.map(() => expect.objectContaining({ status: "fulfilled" })));
    for (const jobs of all) await jobs.stop();
    for (const database of databases) await database.close();
  });

  test("work asked for while the same work waits is begun after what asked for it is committed, or once more", async () => {
    const database = await open();
    const jobs = await makeQueue(database);
    const ask = (tx: Tx, key: string) => jobs.enqueue(tx, "echo", key, { key });
    await database.db.transaction().execute((tx) => ask(tx, "contended"));
    const seen: Record<string, number[]> = {};
    const told = { beside: Promise.withResolvers<void>(), contended: Promise.withResolvers<void>() };
    const other = createJobs(database, quiet);
    await database.db.transaction().execute(async (tx) => {
      await executeSql(tx, "insert into fact values (1)");
      await ask(tx, "contended");
      await other.start();
      await other.work<{ key: keyof typeof told }>(settings, async ({ data: { key } }) => {
        const { rows } = await executeSql(database.db, "select n from fact");
        (seen[key] ??= []).push(rows.length);
        if (key === "beside" || rows.length > 0) told[key].resolve();
      });
      // When this one is done the queue was looked through while the transaction was open.
      await database.db.transaction().execute((beside) => ask(beside, "beside"));
      await told.beside.promise;
    });
    await told.contended.promise;
    await other.stop();
    expect(seen["beside"]).toEqual([0]);
    expect(seen["contended"]).toEqual([1]);
  });

  test("whenever it is taken, what is asked for last is seen by a job that is begun after it", async () => {
    const database = await open();
    const jobs = await makeQueue(database);
    const boss = new PgBoss({
      db: { executeSql: (text, values) => executeSql(database.db, text, values ?? []) },
      supervise: false,
      schedule: false,
    });
    await boss.start();
    const facts = async () => (await executeSql(database.db, "select n from fact")).rows.length;
    const takeOne = async (): Promise<number | undefined> => {
      const [job] = await boss.fetch("echo");
      if (job === undefined) return undefined;
      const seen = await facts();
      await boss.complete("echo", job.id);
      return seen;
    };
    for (let round = 1; round <= ROUNDS; round++) {
      const asked = { isOver: false };
      const asking = [1, 2, 3].map((n) =>
        database.db.transaction().execute(async (tx) => {
          await executeSql(tx, "insert into fact values ($1)", [n]);
          await jobs.enqueue(tx, "echo", "contended", {});
        }),
      );
      const over = Promise.all(asking).then(() => (asked.isOver = true));
      let last = 0;
      for (let seen = await takeOne(); seen !== undefined || !asked.isOver; seen = await takeOne()) last = Math.max(last, seen ?? 0);
      await over;
      // What was committed after the last look is still waiting, or it is lost.
      last = Math.max(last, (await takeOne()) ?? 0);
      expect(last, `round ${round}`).toBe(round * 3);
    }
    await boss.stop();
  });
});
