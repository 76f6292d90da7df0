import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { EMPTY_REGISTER, rulesThat } from "../../test/support/decision-point.ts";
import type { Id } from "../kernel/id.ts";
import { Refused } from "../kernel/problem.ts";
import { addDuration, duration, epochMs, instant, type Instant, subtractDuration } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { createDecisionLog, type DecisionLogService } from "./log-service.ts";
import { NONE, type Question } from "./question.ts";
import { createReadingService, type ReadingService } from "./reading-service.ts";
import type { Snapshot } from "./snapshot.ts";
import { createUsesService } from "./uses-service.ts";
import type { Verdict } from "./verdict.ts";

const NOW = instant("2026-11-27T12:00:00.000Z");
const EXCEPTION = "exc_01" as Id<"exception">;
const PAYROLL = { kind: "application", id: "app_payroll" } as const;

const question: Question = {
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name: "sign_in", properties: { method: "otp" } },
  resource: { type: "application", id: "app_payroll", properties: NONE },
  context: NONE,
};
const asked = { caller: "vpn", requestId: "r-1", ruleSet: "default", sequence: 42, ageMs: 7 };
const grant = { exception: EXCEPTION, ref: "EXC-2026-0001", validUntil: instant("2026-12-01T00:00:00Z"), owner: null };
const used: Verdict = { permit: true, code: "permitted_by_exception", words: "An exception.", grant, obligations: [], requestable: false };
const denied: Verdict = { permit: false, code: "exception_needed", words: "None.", obligations: [], requestable: true };
const outside: Verdict = { ...denied, code: "outside_exception_scope", grant };

const before = (days: number): Instant => subtractDuration(NOW, duration(`P${days}D`));

const KNOWN = { keys: [{ connection: "con_ad", kind: "user" as const, key: "S-1-5-21-7" }], active: true };
const ELSEWHERE = { keys: [{ connection: "con_b", kind: "user" as const, key: "S-1-5-21-8" }], active: true };
const knownIn = (connection: string | undefined) => (connection === "con_b" ? ELSEWHERE : KNOWN);
const SNAPSHOT: Snapshot = {
  register: { ...EMPTY_REGISTER, findSubject: (_, id, connection) => (id === "ada" ? knownIn(connection) : undefined) },
  ruleSets: new Map([["default", rulesThat(({ resource }) => resource.id === "intranet", { asksRegister: () => true })]]),
  freshAtMs: epochMs(NOW) - 2000,
  maxAgeMs: 60_000,
};
const naming = {
  person: async () => undefined,
  subject: async (_: string, id: string) => (id === "ada" ? { name: "Ada Lovelace", person: "per_ada" } : undefined),
  resource: async (_: string, id: string) => (id === "app_payroll" ? "Payroll" : undefined),
};

function ground(database: Database, covered = ["app_payroll"], lookedThrough?: number) {
  const shell = {
    db: database.db,
    clock: manualClock(NOW),
    log: createLog(
      () => NOW,
      () => {},
    ),
  };
  const log = createDecisionLog({
    ...shell,
    replica: "r",
    setting: { kind: "full" },
    keepDays: 30,
    covered: async (all) => all.filter(({ id }) => covered.includes(id)),
  });
  const reading = createReadingService({
    db: database.db,
    log,
    snapshot: () => SNAPSHOT,
    naming,
    ...(lookedThrough !== undefined && { lookedThrough }),
  });
  return { log, reading, uses: createUsesService(database.db) };
}

const as = (connection?: string): Question => ({
  ...question,
  subject: { ...question.subject, properties: connection === undefined ? NONE : { connection } },
});

const reasons = async (asking: Promise<unknown>) =>
  asking.then(
    () => [],
    (error: unknown) => (error as Refused).reasons.map(({ code, at }) => `${code} ${at}`),
  );

describeOnBothDatabases("the use of an exception", (open) => {
  const since = before(40);
  const askedOf = { exception: EXCEPTION, resources: [PAYROLL], since };

  test("nothing is said of one that nobody asks about, and of one that was used when and how often", async () => {
    const { log, uses } = ground(await open());
    expect((await uses.usesOf([askedOf], NOW)).size).toBe(0);
    log.record(question, used, asked, epochMs(before(50)));
    log.record(question, used, asked, epochMs(before(3)));
    log.record(question, outside, asked, epochMs(before(1)));
    await log.flush();
    expect((await uses.usesOf([askedOf], NOW)).get(EXCEPTION)).toEqual({ times: 1, lastAt: before(3), isWatched: false });
    const { rows } = await uses.useOf(askedOf, NOW);
    expect(rows.map(({ caller, code, times }) => [caller, code, times])).toEqual([
      ["vpn", "outside_exception_scope", 1],
      ["vpn", "permitted_by_exception", 2],
    ]);
  });

  test("silence means disuse only where all it covers was asked about on half the days, and lately", async () => {
    const { log, uses } = ground(await open());
    for (let day = 1; day <= 15; day++) log.record(question, denied, asked, epochMs(before(day)));
    await log.flush();
    expect((await uses.usesOf([askedOf], NOW)).get(EXCEPTION)).toEqual({ times: 0, lastAt: null, isWatched: true });
    const wider = { ...askedOf, resources: [PAYROLL, { kind: "application", id: "app_crm" } as const] };
    expect((await uses.usesOf([wider], NOW)).size).toBe(0);
    expect((await uses.usesOf([askedOf], addDuration(NOW, duration("P3D")))).size).toBe(0);
    expect((await uses.usesOf([{ ...askedOf, resources: [] }], NOW)).size).toBe(0);
  });

  test("while an edge answers too, silence here means nothing; thirty days after its last look it does again", async () => {
    const database = await open();
    const { log, uses } = ground(database);
    const batches = async () => (await executeSql(database.db, "select batch from decision_replica")).rows;
    for (let day = 1; day <= 20; day++) log.record(question, denied, asked, epochMs(before(day)));
    await log.flush();
    expect((await uses.usesOf([askedOf], NOW)).get(EXCEPTION)?.isWatched).toBe(true);
    log.followed("edge-plant", epochMs(before(30)));
    await log.flush();
    expect((await uses.usesOf([askedOf], NOW)).size).toBe(0);
    expect((await uses.usesOf([askedOf], addDuration(NOW, duration("P1D")))).get(EXCEPTION)?.isWatched).toBe(true);
    // Followed every second, it is noted once a day and nobody writes for it again.
    log.followed("edge-plant", epochMs(NOW));
    await log.flush();
    const written = await batches();
    log.followed("edge-plant", epochMs(NOW));
    await log.flush();
    expect(await batches()).toEqual(written);
    expect((await uses.usesOf([askedOf], addDuration(NOW, duration("P1D")))).size).toBe(0);
  });

  test("what callers make up is not remembered as asked about", async () => {
    const database = await open();
    const { log, uses } = ground(database, []);
    for (let day = 1; day <= 20; day++) log.record(question, denied, asked, epochMs(before(day)));
    await log.flush();
    expect((await uses.usesOf([askedOf], NOW)).size).toBe(0);
  });
});

describeOnBothDatabases("reading the log", (open) => {
  let log: DecisionLogService;
  let reading: ReadingService;

  beforeAll(async () => {
    ({ log, reading } = ground(await open()));
    for (let i = 0; i < 3; i++) log.record(question, denied, { ...asked, requestId: `r-${i}` }, epochMs(before(1)) + i);
    log.record({ ...question, subject: { ...question.subject, id: "bob" } }, outside, { ...asked, caller: "gate" }, epochMs(before(1)) + 9);
    log.record(question, used, asked, epochMs(NOW));
    await log.flush();
  });

  test("pages run from the newest to the oldest without a gap, and hold the names people know", async () => {
    const first = await reading.list({}, { limit: 3 });
    const rest = await reading.list({}, { limit: 3, cursor: first.next });
    expect([...first.items, ...rest.items].map(({ requestId, subject, resource }) => [requestId, subject.name, resource.name])).toEqual([
      ["r-1", "Ada Lovelace", "Payroll"],
      ["r-1", null, "Payroll"],
      ["r-2", "Ada Lovelace", "Payroll"],
      ["r-1", "Ada Lovelace", "Payroll"],
      ["r-0", "Ada Lovelace", "Payroll"],
    ]);
    expect(rest.next).toBeUndefined();
  });

  test("who was named as one provider calls them, or whom nobody knew, is called by nobody's name who is called so here", async () => {
    const { log: other, reading: read } = ground(await open());
    other.record(as(), { ...denied, code: "unknown_subject", requestable: false }, asked, epochMs(NOW));
    other.record(as("con_b"), denied, asked, epochMs(NOW));
    await other.flush();
    expect((await read.list({}, { limit: 10 })).items.map(({ subject }) => subject.name)).toEqual([null, null]);
    expect((await read.denied(NOW)).items.map(({ subject }) => subject.name)).toEqual([null]);
    const { draft } = await read.explain({ question: as("con_b"), ruleSet: "default", at: null }, NOW);
    expect(draft?.scope[0]?.subject).toMatchObject({ key: "S-1-5-21-8", connection: "con_b", person: null });
  });

  test("a page looks through so many entries and no more, and the next goes on where it ended", async () => {
    const { log: other, reading: read } = ground(await open(), ["app_payroll"], 4);
    for (let i = 0; i < 10; i++)
      other.record(question, denied, { ...asked, caller: i === 1 ? "rare" : "vpn", requestId: `r-${i}` }, epochMs(NOW));
    await other.flush();
    const found: (string | null)[][] = [];
    let next: string | undefined;
    do {
      const page = await read.list({ caller: "rare" }, { limit: 3, cursor: next });
      found.push(page.items.map(({ requestId }) => requestId));
      ({ next } = page);
    } while (next !== undefined);
    expect(found).toEqual([[], [], ["r-1"]]);
    expect((await read.list({ subject: "ada", caller: "rare" }, { limit: 3 })).items).toHaveLength(1);
  });

  test("filters meet", async () => {
    const { items } = await reading.list({ decision: "deny", caller: "gate", resource: "app_payroll" }, { limit: 10 });
    expect(items.map(({ subject, code, exception }) => [subject.id, code, exception?.ref])).toEqual([
      ["bob", "outside_exception_scope", "EXC-2026-0001"],
    ]);
    expect((await reading.list({ subject: "' or true --" }, { limit: 10 })).items).toEqual([]);
  });

  test("denials that an exception could lift are told once for who asked for what, with how often", async () => {
    const { items, hasMore } = await reading.denied(NOW);
    expect(items.map(({ subject, times, code, callers }) => [subject.id, times, code, callers])).toEqual([
      ["bob", 1, "outside_exception_scope", ["gate"]],
      ["ada", 3, "exception_needed", ["vpn"]],
    ]);
    expect(hasMore).toBe(false);
  });

  test("the standing tells callers by exact counts, what answers are made of, and which replica fell silent", async () => {
    const { callers, here, cutOff } = await reading.standing(NOW);
    expect(callers).toEqual([
      { caller: "vpn", permits: 1, denials: 3, byException: 1 },
      { caller: "gate", permits: 0, denials: 1, byException: 0 },
    ]);
    expect(here).toMatchObject({ lost: 0, waiting: 0, snapshot: { sequence: 7, ageMs: 2000 }, ruleSets: ["default"] });
    expect(cutOff).toEqual([]);
    expect((await reading.standing(addDuration(NOW, duration("PT4M")))).cutOff).toEqual([{ heardAt: NOW }]);
  });

  test("a replica that ended in order is not said to have fallen silent", async () => {
    const { log: ended, reading: read } = ground(await open());
    ended.record(question, denied, asked, epochMs(NOW));
    await ended.stop();
    expect((await read.standing(addDuration(NOW, duration("PT4M")))).cutOff).toEqual([]);
  });

  const explain = (more: Record<string, unknown> = {}, at: Instant | null = null) =>
    reading.explain({ question: { ...question, ...more }, ruleSet: "default", at }, NOW);

  test("an explanation is the very answer of the wire, with a draft of what could be asked for; and it is no use", async () => {
    const answer = await explain();
    expect(JSON.parse(answer.answer)).toMatchObject({
      decision: false,
      context: { reason: { code: "exception_needed" }, snapshot: { sequence: 7, age: 2 } },
    });
    expect(answer.draft).toMatchObject({
      title: "Payroll: Ada Lovelace",
      fallbackMethodAllowed: "otp",
      scope: [{ subject: { key: "S-1-5-21-7", connection: "con_ad", person: "per_ada" }, resource: PAYROLL }],
    });
    await log.flush();
    expect((await reading.list({}, { limit: 10 })).items).toHaveLength(5);
  });

  test("asked of another moment, the register is taken as it is, and is as fresh as it is now", async () => {
    const later = await explain({}, addDuration(NOW, duration("P30D")));
    expect(later.code).toBe("exception_needed");
    expect((await explain({ resource: { type: "application", id: "intranet" } })).permit).toBe(true);
  });

  test("a question that cannot be read, or of rules that are not there, is refused and says where", async () => {
    expect(await reasons(explain({ subject: { type: "user" }, action: 7 }))).toEqual([
      "decisions.invalidQuestion /question/subject/id",
      "decisions.invalidQuestion /question/action",
    ]);
    expect(await reasons(reading.explain({ question, ruleSet: "none", at: null }, NOW))).toEqual(["decisions.ruleSetUnknown /ruleSet"]);
  });
});
