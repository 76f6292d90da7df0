import { readFileSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createRegister, type TestRegister } from "../../test/support/register.ts";
import { Refused } from "../kernel/problem.ts";
import { addDuration, duration, instant } from "../kernel/time.ts";
import { type ManualClock, manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { managerOf } from "./projection.ts";
import { listNotices, listReviews, type RegisterDependencies, showLoad } from "./register.ts";
import { perform } from "./service.ts";
import type { ExceptionId, PersonId } from "./version.ts";

const MIGRATION = readFileSync(new URL("../../migrations/0052_asked_of_whom.sql", import.meta.url), "utf8");
const BACKFILL = MIGRATION.split(";").filter((statement) => statement.includes("update exception"));
const START = instant("2026-03-02T09:00:00Z");
const OTHERS = { per_network2: ["network_security"], per_outsider: ["iam"] };

/** The codes of a refusal. */
async function refused(attempt: Promise<unknown>): Promise<string[]> {
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Refused) return error.reasons.map(({ code }) => code);
  throw new Error("it was not refused", { cause: error });
}

describeOnBothDatabases("the queue of each person", (open) => {
  let database: Database;
  let clock: ManualClock;
  let register: TestRegister;
  let deps: RegisterDependencies;
  let first: ExceptionId;
  let second: ExceptionId;
  let short: ExceptionId;

  const activate = async (subject: string, days = 90) => {
    const id = await register.request(subject, days);
    await register.vote(id, "per_iam");
    await register.vote(id, "per_network");
    await register.tick();
    await register.drain();
    return id;
  };
  const onDay = async (n: number) => {
    clock.set(addDuration(START, duration(`P${n}D`)));
    await register.tick();
    await register.drain();
  };
  const reviewsOf = async (...asksAnyOf: string[]) => {
    const { items } = await listReviews(deps, { limit: 50, asksAnyOf }, clock.now());
    return items.map(({ id }) => id).sort();
  };
  const noticesOf = async (asked: string) =>
    (await listNotices(deps, { limit: 50, asksAnyOf: [asked] }, { id: "per_owner", roles: [] }, clock.now())).items.flatMap(
      ({ notices }) => notices,
    );
  const handOn = async (id: ExceptionId, by: string, to: string | null, reason = "I left the control room in May.") => {
    const { exception } = (await register.deps.store.find(id))!;
    const review = exception.dossier.reviews.at(-1)!.id;
    const command = { type: "handOnReview", review, to: to as PersonId | null, reason } as const;
    return perform(register.deps, id, { command, actor: { kind: "person", id: by }, now: clock.now() });
  };
  const both = () => [first, second].sort();

  beforeAll(async () => {
    database = await open();
    clock = manualClock(START);
    register = await createRegister(database, clock, OTHERS);
    deps = { ...register.deps, entriesOf: async () => [] };
    first = await activate("u-first");
    second = await activate("u-second");
    short = await activate("u-short", 30);
    await onDay(17);
  });

  test("has the reviews that ask one of their seats or themselves, and no others", async () => {
    expect(await reviewsOf("network_security")).toEqual(both());
    expect(await reviewsOf("per_owner", "application_owner")).toEqual(both());
    expect(await reviewsOf("iam", "per_iam", "endpoint_lead")).toEqual([]);
    const { items } = await listReviews(deps, { limit: 50, asksAnyOf: ["network_security"], notRequestedBy: "per_requester" }, clock.now());
    expect(items).toEqual([]);
  });

  test("tells alike what differs only in whom it lets through, and why a sentence may not be carried over", async () => {
    const { items } = await listReviews(deps, { limit: 50 }, clock.now());
    const reviews = items.flatMap((item) => item.reviews);
    expect(new Set(reviews.map(({ alike }) => alike)).size).toBe(1);
    expect(reviews.map(({ whyAlone }) => whyAlone)).toEqual(Array(2).fill("This category is reviewed one by one."));
    expect(items.map(({ residualRisk }) => residualRisk)).toEqual(["low", "low"]);
  });

  test("counts how many votes and reviews wait for whom", async () => {
    await register.request("u-asked");
    const loads = await showLoad(deps);
    const of = (asked: string) => loads.find((load) => load.asked === asked);
    expect(of("network_security")).toMatchObject({
      votes: 1,
      reviews: 2,
      personName: null,
      firstDueAt: addDuration(START, duration("P30D")),
    });
    expect(of("iam")).toMatchObject({ votes: 1, reviews: 0, firstDueAt: null });
    expect(of("per_owner")).toMatchObject({ votes: 0, reviews: 2, personName: "per_owner" });
    expect(loads[0]!.asked).toBe("network_security");
  });

  test.each([
    ["to oneself", "per_network", "per_network", undefined, ["exceptions.colleagueNotAllowed"]],
    ["to somebody who does not review it", "per_network", "per_outsider", undefined, ["exceptions.colleagueNotAllowed"]],
    ["to nobody known", "per_network", "per_ghost", undefined, ["exceptions.colleagueNotAllowed"]],
    ["to the requester", "per_network", "per_requester", undefined, ["exceptions.colleagueNotAllowed"]],
    ["without a sentence", "per_network", "per_network2", "no", ["exceptions.sentenceNeeded"]],
    ["by whom nobody asked", "per_outsider", "per_network2", undefined, ["exceptions.reviewerNotAllowed"]],
    [
      "by the requester, who would choose who decides",
      "per_requester",
      "per_network2",
      undefined,
      ["exceptions.requesterMayNotApprove", "exceptions.reviewerNotAllowed"],
    ],
    ["by the help desk", "per_helpdesk", "per_network2", undefined, ["exceptions.helpDeskMayNotApprove", "exceptions.reviewerNotAllowed"]],
    ["by governance to nobody", "per_governance", null, undefined, ["exceptions.colleagueNeeded"]],
  ])("hands no review on %s", async (_, by, to, reason, codes) => {
    expect(await refused(handOn(first, by, to, reason))).toEqual(codes);
    expect(await reviewsOf("network_security")).toEqual(both());
  });

  test("has a review that was handed on under the name it was handed on to, and under no other", async () => {
    await handOn(first, "per_network", "per_network2");
    expect(await reviewsOf("network_security", "per_network")).toEqual([second]);
    expect(await reviewsOf("per_owner", "application_owner")).toEqual([second]);
    expect(await reviewsOf("per_network2")).toEqual([first]);
    const { items } = await listReviews(deps, { limit: 50, asksAnyOf: ["per_network2"] }, clock.now());
    expect(items[0]!.reviews[0]).toMatchObject({
      asked: ["per_network2"],
      dueAt: addDuration(START, duration("P30D")),
      handedOn: { byName: "per_network", toName: "per_network2", reason: "I left the control room in May." },
    });
  });

  test("gives what nobody can be named for to governance, which cannot give it away to nobody", async () => {
    await handOn(first, "per_network2", null);
    expect(await reviewsOf("security_governance")).toEqual([first]);
    expect(await refused(handOn(first, "per_governance", null))).toEqual(["exceptions.colleagueNeeded"]);
  });

  test("is in the database what the state says, also where it was stored before there were columns for it", async () => {
    await onDay(23);
    const columns = "select id, review_asks, notice_asks from exception where id <> $1 order by id";
    const { rows: before } = await executeSql(database.db, columns, [first]);
    const manager = managerOf("per_requester");
    expect(before).toContainEqual({
      id: second,
      review_asks: ["network_security", "per_owner", "service_owner"],
      notice_asks: [manager, "security_governance"],
    });
    expect(before).toContainEqual({ id: short, review_asks: [], notice_asks: [manager, "per_owner"] });
    await executeSql(database.db, "update exception set review_asks = '{}', notice_asks = '{}'");
    for (const statement of BACKFILL) await executeSql(database.db, statement);
    expect((await executeSql(database.db, columns, [first])).rows).toEqual(before);
  });

  test("has the announcements for the manager of who asked, and for nobody else's", async () => {
    const own = await noticesOf(managerOf("per_requester"));
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ to }) => to.includes("manager"))).toBe(true);
    expect(await noticesOf(managerOf("per_iam"))).toEqual([]);
  });
});
