import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createJobs } from "./jobs.ts";
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
});
