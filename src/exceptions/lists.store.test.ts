import { readFileSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { listNotices, listReviews, type RegisterDependencies } from "./register.ts";
import { perform } from "./service.ts";
import type { ExceptionId } from "./version.ts";

const MIGRATION = readFileSync(new URL("../../migrations/0051_register_lists.sql", import.meta.url), "utf8");
const BACKFILL = MIGRATION.split(";").filter((statement) => statement.includes("update exception"));
const START = instant("2026-03-02T09:00:00Z");
const day = (n: number) => addDuration(START, duration(`P${n}D`));

const READER = { id: "per_owner", roles: ["application_owner"] };

describeOnBothDatabases("what was due and waits for somebody", (open) => {
  let database: Database;
  let clock: ManualClock;
  let register: TestRegister;
  let deps: RegisterDependencies;
  let short: ExceptionId;
  let long: ExceptionId;

  const activate = async (subject: string, days: number) => {
    const id = await register.request(subject, days);
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    return id;
  };
  const onDay = async (n: number, hours = 0) => {
    clock.set(addDuration(START, duration(`P${n}DT${hours}H`)));
    await register.tick();
    await register.drain();
  };
  const notices = async () => {
    const { items } = await listNotices(deps, { limit: 50 }, READER, clock.now());
    return items.map((item) => [item.id, item.notices.map(({ kind, level, cause }) => `${kind} ${cause} ${level}`)]);
  };

  beforeAll(async () => {
    database = await open();
    clock = manualClock(START);
    register = await createRegister(database, clock);
    deps = { ...register.deps, entriesOf: async () => [] };
    short = await activate("u-short", 30);
    long = await activate("u-long", 90);
  });

  test("is nothing at first", async () => {
    expect(await notices()).toEqual([]);
    expect((await listReviews(deps, { limit: 50 }, clock.now())).items).toEqual([]);
  });

  test("is the reminder of an end that comes, and the review that opened, with what is known and what is not", async () => {
    await onDay(16);
    expect(await notices()).toEqual([[short, ["reminder ends T-14"]]]);
    const { items } = await listReviews(deps, { limit: 50 }, clock.now());
    expect(items).toMatchObject([
      {
        id: long,
        inForce: true,
        reviews: [{ kind: "scheduled", dueAt: day(30) }],
        recertification: { usage: null, headcounts: [{ subject: "u-long", atApproval: 1, now: null }] },
      },
    ]);
  });

  test("is the escalation of a review that nobody answers, until somebody takes it on", async () => {
    await onDay(19);
    expect(await notices()).toEqual([
      [short, ["reminder ends T-14"]],
      [long, ["escalation review_overdue manager"]],
    ]);
    const { items } = await listNotices(deps, { limit: 1 }, READER, clock.now());
    const next = await listNotices(
      deps,
      { limit: 1, cursor: (await listNotices(deps, { limit: 1 }, READER, clock.now())).next! },
      READER,
      clock.now(),
    );
    expect([items[0]!.id, next.items[0]!.id, next.next]).toEqual([short, long, undefined]);
    const { key } = next.items[0]!.notices[0]!;
    const takenOnBy = async (id: string, roles: readonly string[]) =>
      (await listNotices(deps, { limit: 50 }, { id, roles }, clock.now())).items.flatMap(({ notices: all }) =>
        all.map(({ kind, mayTakeOn }) => [kind, mayTakeOn]),
      );
    const [reminder, raised] = ["reminder", "escalation"];
    expect(await takenOnBy("per_network", ["network_security"])).toEqual([
      [reminder, false],
      [raised, false],
    ]);
    expect(await takenOnBy("per_governance", ["security_governance"])).toEqual([
      [reminder, false],
      [raised, true],
    ]);
    await perform(register.deps, long, {
      command: { type: "acknowledge", key },
      actor: { kind: "person", id: "per_governance" },
      now: clock.now(),
    });
    expect(await notices()).toEqual([[short, ["reminder ends T-14"]]]);
  });

  test("is what outlives its end, until it is seen to be gone", async () => {
    register.provider.isUp = false;
    await onDay(30, 2);
    expect(Object.fromEntries(await notices())[short]).toEqual(["escalation overstay iam_on_call"]);
    register.provider.isUp = true;
    await onDay(30, 6);
    expect(await notices()).toEqual([]);
    expect((await listReviews(deps, { limit: 50 }, clock.now())).items).toEqual([]);
  });

  test("is filled in for what was stored before there were columns for it, as the register itself would", async () => {
    await onDay(31);
    const reviewed = await activate("u-reviewed", 90);
    const reminded = await activate("u-reminded", 30);
    const answered = await activate("u-answered", 90);
    await onDay(47);
    await perform(register.deps, answered, {
      command: {
        type: "decideReview",
        review: (await register.deps.store.find(answered))!.exception.dossier.reviews[0]!.id,
        verdict: "retain",
        sentence: "The terminal is replaced in May.",
        content: null,
        decidedInMs: null,
      },
      actor: { kind: "person", id: "per_network" },
      now: clock.now(),
      assertion: "assertion",
    });
    await onDay(50);
    const columns = "select id, notice_due_at, review_due_at from exception order by id";
    const { rows: before } = await executeSql(database.db, columns);
    expect(before).toContainEqual({ id: reviewed, notice_due_at: day(50), review_due_at: day(61) });
    expect(before).toContainEqual({ id: answered, notice_due_at: null, review_due_at: null });
    expect(before).toContainEqual({ id: reminded, notice_due_at: day(47), review_due_at: null });
    await executeSql(database.db, "update exception set notice_due_at = null, review_due_at = null");
    for (const statement of BACKFILL) await executeSql(database.db, statement);
    expect((await executeSql(database.db, columns)).rows).toEqual(before);
  });
});
