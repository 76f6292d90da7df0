import { PgBoss } from "pg-boss";
import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createJobs } from "./jobs.ts";
import { executeSql } from "./db.ts";
import { createLog } from "./log.ts";

const quiet = createLog(
  () => "",
  () => undefined,
);
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
      await jobs.enqueue(tx, "echo", { n: "never" });
      throw new Error("roll back");
    });
    await expect(rolledBack).rejects.toThrow("roll back");
    await database.db.transaction().execute(async (tx) => {
      await jobs.enqueue(tx, "echo", { n: "flaky" }, { key: "flaky" });
      await jobs.enqueue(tx, "echo", { n: "flaky" }, { key: "flaky" });
      await jobs.enqueue(tx, "echo", { n: "steady" }, { key: "steady" });
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
    await database.db.transaction().execute((tx) => first.enqueue(tx, "echo", { n: "cut" }));
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
