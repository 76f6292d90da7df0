import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import type { Id } from "../kernel/id.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import type { Asked } from "./asked.ts";
import type { LogSetting } from "./log-entry.ts";
import { createDecisionLog, type LogDependencies, MAX_WAITING } from "./log-service.ts";
import { NONE, type Question } from "./question.ts";
import type { Verdict } from "./verdict.ts";

const NOW = instant("2026-11-27T23:59:59.000Z");
const NOW_MS = Date.parse(NOW);
const EXCEPTION = "exc_01" as Id<"exception">;

const question: Question = {
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name: "sign_in", properties: { method: "otp" } },
  resource: { type: "application", id: "payroll", properties: NONE },
  context: NONE,
};
const asked: Asked = { caller: "vpn", requestId: "r-1", ruleSet: "default", sequence: 42, ageMs: 7 };
const byRule: Verdict = { permit: true, code: "permitted_by_rule", words: "A rule permits it.", obligations: [], requestable: false };
const denied: Verdict = { permit: false, code: "exception_needed", words: "None covers it.", obligations: [], requestable: true };
const byException: Verdict = {
  permit: true,
  code: "permitted_by_exception",
  words: "An exception lets through.",
  grant: { exception: EXCEPTION, ref: "EXC-2026-0001", validUntil: instant("2026-12-01T00:00:00Z"), owner: null },
  obligations: [{ type: "session_length", seconds: 600 }],
  requestable: false,
};

const lines: string[] = [];
let replicas = 0;

function openLog(database: Database, setting: LogSetting = { kind: "full" }, more: Partial<LogDependencies> = {}) {
  const log = createLog(
    () => NOW,
    (line) => lines.push(line),
  );
  return createDecisionLog({
    db: database.db,
    clock: manualClock(NOW),
    log,
    replica: `r${++replicas}`,
    setting,
    keepDays: 30,
    covered: async (all) => all,
    ...more,
  });
}

async function rowsOf<T>(database: Database, text: string): Promise<readonly T[]> {
  return (await executeSql(database.db, text)).rows as T[];
}

const kept = async (database: Database) => (await rowsOf<{ n: number }>(database, "select count(*) as n from decision_log"))[0]!.n;

const counted = (database: Database) =>
  rowsOf<{ code: string; n: number }>(database, "select code, sum(times)::bigint as n from decision_count group by code order by code");

describeOnBothDatabases("the decision log", (open) => {
  test("an answer is written with who asked, what decided and on which state of the register", async () => {
    const database = await open();
    const log = openLog(database);
    log.record(question, byException, asked, NOW_MS);
    await log.flush();
    const [row] = await rowsOf(database, "select * from decision_log");
    expect(row).toMatchObject({
      at: NOW,
      caller: "vpn",
      request_id: "r-1",
      rule_set: "default",
      permit: true,
      code: "permitted_by_exception",
      exception: EXCEPTION,
      subject_id: "ada",
      resource_id: "payroll",
      method: "otp",
      sequence: 42,
      age_ms: 7,
      obligations: '[{"type":"session_length","seconds":600}]',
    });
  });

  test("a name that no database can hold does not keep its neighbours from being written", async () => {
    const database = await open();
    const log = openLog(database);
    for (const id of ["a\0b", "\ud800", `${"x".repeat(299)}😀`, `"},{"`, "{1,2}", "NULL", ""])
      log.record({ ...question, subject: { ...question.subject, id } }, denied, { ...asked, requestId: id }, NOW_MS);
    await log.flush();
    expect(await kept(database)).toBe(7);
  });

  test("sampled, one in so many permits by a rule is kept, every other answer too, and all are counted", async () => {
    const database = await open();
    const log = openLog(database, { kind: "sampled", every: 10 });
    for (let i = 0; i < 100; i++) log.record(question, byRule, asked, NOW_MS);
    for (let i = 0; i < 15; i++) log.record(question, denied, asked, NOW_MS);
    for (let i = 0; i < 15; i++) log.record(question, byException, asked, NOW_MS);
    await log.flush();
    expect(await kept(database)).toBe(40);
    expect(await counted(database)).toEqual([
      { code: "exception_needed", n: 15 },
      { code: "permitted_by_exception", n: 15 },
      { code: "permitted_by_rule", n: 100 },
    ]);
    expect(await rowsOf(database, "select kept, left_out, lost from decision_day")).toEqual([{ kept: 40, left_out: 90, lost: 0 }]);
  });

  test("switched off, nothing is kept, and uses and counts are as exact as before", async () => {
    const database = await open();
    const log = openLog(database, { kind: "off" });
    for (let i = 0; i < 3; i++) log.record(question, byException, asked, NOW_MS);
    await log.flush();
    expect(await kept(database)).toBe(0);
    expect(await rowsOf(database, "select times from exception_use")).toEqual([{ times: 3 }]);
  });

  test("what finds no room is lost, and that is counted here, in the database and nowhere silent", async () => {
    const database = await open();
    const log = openLog(database);
    for (let i = 0; i < MAX_WAITING + 5; i++) log.record(question, denied, asked, NOW_MS);
    expect(log.standing()).toMatchObject({ waiting: MAX_WAITING, lost: 5 });
    await log.flush();
    expect(await kept(database)).toBe(MAX_WAITING);
    expect(await counted(database)).toEqual([{ code: "exception_needed", n: MAX_WAITING + 5 }]);
    expect(await rowsOf(database, "select lost from decision_replica")).toEqual([{ lost: 5 }]);
    expect(log.standing()).toMatchObject({ waiting: 0, lost: 5, writtenAt: NOW });
  });

  test("uses are counted by day, exception and caller, with the first and the last, over midnight and over replicas", async () => {
    const database = await open();
    const [one, other] = [openLog(database), openLog(database)];
    for (const log of [one, other]) {
      log.record(question, byException, asked, NOW_MS);
      log.record(question, byException, asked, NOW_MS + 2000);
      log.record(question, byException, { ...asked, caller: "gateway" }, NOW_MS);
    }
    await Promise.all([one.flush(), other.flush()]);
    const uses = await rowsOf(database, "select day::text, caller, times, last_at from exception_use order by day, caller");
    expect(uses).toEqual([
      { day: "2026-11-27", caller: "gateway", times: 2, last_at: NOW },
      { day: "2026-11-27", caller: "vpn", times: 2, last_at: NOW },
      { day: "2026-11-28", caller: "vpn", times: 2, last_at: "2026-11-28T00:00:01.000Z" },
    ]);
  });

  test("while the database refuses, nothing is lost that has room, and afterwards all of it is there once", async () => {
    const database = await open();
    const log = openLog(database);
    await executeSql(database.db, "alter table decision_count rename to elsewhere");
    log.record(question, denied, asked, NOW_MS);
    await expect(log.flush()).rejects.toThrow(/decision_count/);
    log.record(question, denied, asked, NOW_MS);
    await executeSql(database.db, "alter table elsewhere rename to decision_count");
    await log.flush();
    await log.flush();
    expect(await kept(database)).toBe(2);
    expect(await counted(database)).toEqual([{ code: "exception_needed", n: 2 }]);
  });

  test("a batch that was committed without our hearing of it is not written a second time", async () => {
    const database = await open();
    const broken = {
      transaction: () => ({
        execute: async (work: never) => {
          await database.db.transaction().execute(work);
          if (answersLost-- > 0) throw new Error("the connection was cut");
        },
      }),
    } as unknown as Database["db"];
    let answersLost = 1;
    const log = openLog(database, { kind: "full" }, { db: broken });
    log.record(question, byException, asked, NOW_MS);
    await expect(log.flush()).rejects.toThrow("was cut");
    await log.flush();
    expect(await kept(database)).toBe(1);
    expect(await rowsOf(database, "select times from exception_use")).toEqual([{ times: 1 }]);
  });

  test("an orderly end writes the rest and says that nothing more comes", async () => {
    const database = await open();
    const log = openLog(database);
    log.record(question, denied, asked, NOW_MS);
    await log.stop();
    expect(await kept(database)).toBe(1);
    expect(await rowsOf(database, "select ended_at from decision_replica")).toEqual([{ ended_at: NOW }]);
  });

  test("what is older than is kept goes, and counts and uses stay", async () => {
    const database = await open();
    const log = openLog(database);
    log.record(question, byException, asked, NOW_MS - 31 * 86_400_000);
    log.record(question, byException, asked, NOW_MS);
    await log.flush();
    await log.prune(NOW);
    expect(await rowsOf(database, "select at from decision_log")).toEqual([{ at: NOW }]);
    expect(await rowsOf(database, "select sum(times)::bigint as n from exception_use")).toEqual([{ n: 2 }]);
  });

  test("of more than the table is to hold the oldest go, however young they are, and no others", async () => {
    const database = await open();
    const log = openLog(database, { kind: "full" }, { maxRows: 3 });
    for (let i = 0; i < 5; i++) log.record(question, denied, { ...asked, requestId: `r-${i}` }, NOW_MS);
    await log.flush();
    await log.prune(NOW);
    await log.prune(NOW);
    const left = await rowsOf<{ request_id: string }>(database, "select request_id from decision_log order by id");
    expect(left.map(({ request_id }) => request_id)).toEqual(["r-2", "r-3", "r-4"]);
  });
});
