import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { per, PLAN, result } from "../../test/support/drill-story.ts";
import { replayAll } from "../../test/support/replayed.ts";
import type { LockoutModel } from "../lockout/model.ts";
import { hashText } from "../journal/signing.ts";
import { addDuration, duration, instant, type Instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import { createLog } from "../platform/log.ts";
import { triesOf } from "./decide.ts";
import type { Drill } from "./drill.ts";
import type { PlanDraft } from "./plan-service.ts";
import { createPlanService, type PlanService } from "./plan-service.ts";
import { createProbeService, type ProbeService } from "./probe-service.ts";
import type { ProbeRunner } from "./probe.ts";
import { createDrillResults, type DrillResults } from "./results-service.ts";
import { contentHashOf, createDrillService, createShared, type DrillService } from "./service.ts";
import { drillReplays } from "./store.ts";
import { createUnattendedService, type UnattendedService } from "./unattended-service.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const days = (count: number) => duration(`P${count}D`);
const minutes = (count: number) => duration(`PT${count}M`);
const ROLES: Readonly<Record<string, readonly ("security_governance" | "application_owner")[]>> = {
  per_ada: ["application_owner"],
  per_gerda: ["security_governance"],
  per_pia: [],
  per_otto: [],
};

const MODEL = {
  components: [
    { key: "idp", name: "Provider", requires: null },
    { key: "otp", name: "One-time codes", requires: "telecom" },
    { key: "telecom", name: "Telephone", requires: null },
  ],
  commonCauses: [],
  operations: [
    {
      key: "pay-wages",
      name: "Pay wages",
      criticality: 1,
      paths: [
        { key: "primary", name: "Passkey", needs: "idp" },
        { key: "otp", name: "One-time code", needs: { all: ["otp"] } },
      ],
    },
  ],
} as unknown as LockoutModel;

const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => [],
    (error: { reasons?: readonly { code: string }[] }) => error.reasons?.map(({ code }) => code),
  );

describeOnBothDatabases("drills", (open) => {
  let database: Database;
  let drills: DrillService;
  let plans: PlanService;
  let probes: ProbeService;
  let results: DrillResults;
  let unattended: UnattendedService;
  const clock = manualClock(NOW);
  const asked: [string, string][] = [];
  let run: ProbeRunner["run"] = () => Promise.resolve(result("passed", clock.now()));

  const acting = (name: string) => ({ by: per(name), roles: ROLES[`per_${name}`] ?? [], at: clock.now() });
  const draft = (more: Partial<PlanDraft> = {}): PlanDraft => {
    const { name, subject, owner, everyDays, targets, fails, probes: planned } = PLAN;
    const fields = { name, subject, owner, everyDays, targets, fails, probes: planned };
    return { ...fields, exercise: "issuer-outage", unattended: false, firstDueAt: addDuration(clock.now(), days(30)), ...more };
  };
  const planned = async (key: string, more: Partial<PlanDraft> = {}) => {
    const plan = await plans.plan(draft({ subject: { kind: "component", key }, ...more }), acting("gerda"));
    return { plan, open: (await plans.load(plan.id)).open!.id };
  };
  /** From the beginning to the signature, a minute between two steps. */
  async function hold(id: string): Promise<Drill> {
    await drills.start(id, acting("ada"), { participants: [per("pia")], observers: [per("otto")] });
    for (const step of [0, 1, 2, 3, 4]) {
      clock.set(addDuration(clock.now(), minutes(1)));
      await drills.tick(id, acting("pia"), step);
    }
    await drills.probe(id, acting("pia"), "canary");
    await probes.run(id, await lastTry(id));
    for (const criterion of [0, 1]) await drills.judge(id, acting("otto"), criterion, true);
    return drills.finish(id, { ...acting("otto"), ...(await signed(id)) });
  }
  const signed = async (id: string) => ({
    assertion: "sha256:signed",
    contentHash: contentHashOf({ hash: hashText }, await drills.load(id)),
  });
  const lastTry = async (id: string) => {
    const drill = await drills.load(id);
    return { probe: "canary", attempt: "run" in drill ? triesOf(drill.run, "canary") : 0 };
  };

  /** Of a plan about it, which is retired again. */
  const tierOf = async (kind: "operation" | "path" | "component", key: string) => {
    const { id, tier } = await plans.plan(draft({ subject: { kind, key } }), acting("gerda"));
    await plans.retire(id, "Only looked at.", acting("gerda"));
    return tier;
  };

  beforeAll(async () => {
    database = await open();
    const shared = createShared({
      db: database.db,
      ids: randomIds(clock),
      hash: hashText,
      requestTelling: () => Promise.resolve(),
      requestProbe: async (_, drill, probe) => void asked.push([drill, probe]),
      world: {
        person: async (id) => (ROLES[id] === undefined ? undefined : { id: per(id.slice(4)), active: true, roles: ROLES[id] }),
        model: () => Promise.resolve(MODEL),
      },
    });
    drills = createDrillService(shared);
    plans = createPlanService(shared);
    const log = createLog(
      () => clock.now(),
      () => undefined,
    );
    probes = createProbeService({ ...shared, clock, log, runner: { run: (spec, keep, since) => run(spec, keep, since) } });
    results = createDrillResults(shared);
    unattended = createUnattendedService(shared);
  });

  test("a plan has its tier from what hangs on its subject, and refuses what the model does not know", async () => {
    expect(await tierOf("path", "pay-wages/otp")).toBe(1);
    expect(await tierOf("component", "telecom")).toBe(1);
    for (const [kind, key] of [
      ["path", "pay-wages/none"],
      ["path", "pay-wages"],
      ["operation", "pay-wages/otp"],
      ["component", "none"],
    ] as const) {
      expect(await refused(plans.plan(draft({ subject: { kind, key } }), acting("gerda"))), key).toEqual(["drills.subjectUnknown"]);
    }
  });

  test("of many who plan the same at once one does", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => plans.plan(draft(), acting("gerda"))));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const each of tries) if (each.status === "rejected") expect(each.reason).toMatchObject({ reasons: [{ code: "drills.planOpen" }] });
  });

  test("a drill that passed is followed by the next a cadence later, one that did not within 30 days", async () => {
    const { plan, open: id } = await planned("idp", { everyDays: 90 });
    const over = await hold(id);
    expect(over).toMatchObject({ state: "finished", finished: { outcome: "passed", times: { detect: 60_000, restore: 240_000 } } });
    const { open: next, last } = await plans.load(plan.id);
    expect(last?.id).toBe(id);
    expect(next).toMatchObject({ state: "scheduled", dueAt: addDuration(clock.now(), days(90)) });
    await drills.skip(next!.id, acting("ada"), "A freeze.");
    expect((await plans.load(plan.id)).open?.dueAt).toBe(addDuration(clock.now(), days(30)));
    expect((await results.failedControls(clock.now())).filter(({ plan: { id: of } }) => of === plan.id)).toMatchObject([
      { why: "skipped" },
    ]);
  });

  test("what passed flows back: the path was tried, the repair measured, the set of failures is one that was tried", async () => {
    const { items } = await plans.list({ limit: 200 });
    const path = items.find(({ plan }) => plan.subject.kind === "path")!;
    const sets = [["idp"], ["idp", "telecom"]];
    const before = await results.undrilledSets([["telecom"]], clock.now());
    await hold(path.open!.id);
    expect((await results.drilledPaths(clock.now())).get("pay-wages/otp")).toMatchObject({ at: clock.now(), drill: path.open!.id });
    expect((await results.measuredRepairs(clock.now())).get("idp")).toMatchObject({ minutes: 4, drill: path.open!.id });
    expect(before).toEqual([["telecom"]]);
    expect(await results.undrilledSets(sets, clock.now())).toEqual([["idp", "telecom"]]);
    expect(await results.undrilledSets(sets, addDuration(clock.now(), days(366)))).toEqual(sets);
  });

  test("what was only talked through tried no path, measured no repair, and let nothing fail together", async () => {
    const sets = [["otp", "telecom"]];
    const way = { kind: "path", key: "pay-wages/primary" } as const;
    const table = { exercise: "provider-outage-table-top", subject: way, fails: ["otp"], probes: [], everyDays: 90 } as const;
    const targets = { detect: null, decide: null, access: null, restore: null };
    const { id } = await plans.plan(draft({ ...table, targets }), acting("gerda"));
    const { open: next } = await plans.load(id);
    await drills.start(next!.id, acting("ada"), { participants: [per("pia")], observers: [per("otto")] });
    for (const step of [0, 1, 2, 3, 4, 5]) await drills.tick(next!.id, acting("pia"), step);
    for (const criterion of [0, 1, 2]) await drills.judge(next!.id, acting("otto"), criterion, true);
    expect(await drills.finish(next!.id, { ...acting("otto"), ...(await signed(next!.id)) })).toMatchObject({
      finished: { outcome: "passed", times: { restore: 0 } },
    });
    expect((await results.drilledPaths(clock.now())).has("pay-wages/primary")).toBe(false);
    expect((await results.measuredRepairs(clock.now())).has("otp")).toBe(false);
    expect(await results.undrilledSets(sets, clock.now())).toEqual(sets);
  });

  test("of two who sign at once one does, and a line written meanwhile keeps both from it", async () => {
    const { items } = await plans.list({ limit: 200 });
    const { open: next } = items.find(({ plan }) => plan.subject.key === "idp")!;
    const looks = { participants: [per("pia")], observers: [per("otto"), per("gerda")] };
    await drills.start(next!.id, acting("ada"), looks);
    const read = await signed(next!.id);
    await drills.note(next!.id, acting("pia"), "Written after it was read.");
    expect(await refused(drills.finish(next!.id, { ...acting("otto"), ...read }))).toEqual(["drills.sheetChanged"]);
    const again = await signed(next!.id);
    const both = await Promise.all(["otto", "gerda"].map((by) => refused(drills.finish(next!.id, { ...acting(by), ...again }))));
    expect(both.flat()).toEqual(["drills.notInThisState"]);
  });

  test("a drill that was begun late leaves its control failed while it runs", async () => {
    const { plan, open: id } = await planned("otp");
    clock.set(addDuration(clock.now(), days(31)));
    await drills.start(id, acting("ada"), { participants: [per("pia")], observers: [per("otto")] });
    expect((await results.failedControls(clock.now())).find((each) => each.plan.id === plan.id)).toMatchObject({ why: "overdue" });
    await drills.abort(id, acting("ada"), "Enough.");
    await plans.retire(plan.id, "Only looked at.", acting("gerda"));
  });

  test("the clock makes overdue what nobody began, once, and ends as unknown what nobody finished", async () => {
    const { plan, open: id } = await planned("telecom");
    const due = addDuration(clock.now(), days(30));
    await drills.runClock(due);
    await drills.runClock(due);
    expect(await drills.load(id)).toMatchObject({ state: "overdue", overdueSince: due });
    expect((await results.failedControls(due)).find((each) => each.plan.id === plan.id)).toMatchObject({ why: "overdue", since: due });
    clock.set(due);
    await drills.start(id, acting("ada"), { participants: [per("pia")], observers: [per("otto")] });
    const week = addDuration(due, days(7));
    await drills.runClock(addDuration(due, days(6)));
    expect((await drills.load(id)).state).toBe("running");
    await drills.runClock(week);
    expect(await drills.load(id)).toMatchObject({ state: "aborted", aborted: { by: null }, run: { wasOverdue: true } });
    expect((await plans.load(plan.id)).open?.dueAt).toBe(addDuration(week, days(30)));
    clock.set(week);
  });

  test("a probe is asked for with the commit, keeps what it saw, and is unknown where it breaks", async () => {
    const { open: id } = await planned("otp");
    await drills.start(id, acting("ada"), { participants: [per("pia")], observers: [per("otto")] });
    run = async (_, keep) => ({ ...result("failed", clock.now()), evidence: [await keep("seen.txt", "what was seen")] });
    await drills.probe(id, acting("pia"), "canary");
    expect(asked).toContainEqual([id, "canary"]);
    await probes.run(id, await lastTry(id));
    // Run again after it was cut off: what it saw is there, and nobody waits for it.
    await probes.run(id, await lastTry(id));
    run = () => Promise.reject(new Error("broken"));
    await drills.probe(id, acting("pia"), "canary");
    await probes.run(id, await lastTry(id));
    run = () => Promise.resolve(result("passed", clock.now()));
    const drill = await drills.load(id);
    expect("run" in drill && drill.run.probed.map((each) => each.result.outcome)).toEqual(["failed", "unknown"]);
    const digest = "run" in drill ? drill.run.probed[0]!.result.evidence[0]!.digest : "";
    const { file, bytes } = await drills.readEvidence(drill, digest);
    expect([file.name, Buffer.from(bytes).toString()]).toEqual(["seen.txt", "what was seen"]);
  });

  test("evidence is kept by digest, shown by the drill that names it only, and refused where it is too large", async () => {
    const { items } = await plans.list({ limit: 200 });
    const running = items.find(({ open: each }) => each?.state === "running")!.open!;
    const drill = await drills.addEvidence(running.id, acting("pia"), "a.txt", Buffer.from("a"));
    expect("run" in drill && drill.run.files).toMatchObject([{ file: { name: "a.txt", bytes: 1, digest: hashText("a") } }]);
    const other = items.find(({ open: each }) => each !== undefined && each.id !== running.id)!.open!;
    expect(await refused(drills.readEvidence(other, hashText("a")))).toEqual(["drills.notFound"]);
    await executeSql(database.db, "update drill_evidence set bytes = 'b' where digest = $1", [hashText("a")]);
    expect(await refused(drills.readEvidence(drill, hashText("a")))).toEqual(["drills.evidenceDamaged"]);
    const mended = await drills.addEvidence(running.id, acting("pia"), "a.txt", Buffer.from("a"));
    expect(Buffer.from((await drills.readEvidence(mended, hashText("a"))).bytes).toString()).toBe("a");
    const large = drills.addEvidence(running.id, acting("pia"), "b", Buffer.alloc(512 * 1024 + 1));
    expect(await refused(large)).toEqual(["drills.evidenceTooLarge"]);
  });

  test("what needs nobody is begun once by however many replicas, goes on after a crash, and is a finding where it failed", async () => {
    const spec = { kind: "provider", connection: "main", canary: "canary" } as const;
    const alone = {
      exercise: "canary-sign-in",
      unattended: true,
      everyDays: 7,
      probes: [{ key: "canary", name: "It signs in", spec }],
    } as const;
    const targets = { detect: null, decide: null, access: null, restore: null };
    const soon = addDuration(clock.now(), days(7));
    const { plan, open: id } = await planned("idp", { ...alone, targets, fails: [], firstDueAt: soon });
    await unattended.run(clock.now());
    expect((await drills.load(id)).state).toBe("scheduled");
    clock.set(addDuration(clock.now(), days(6)));
    clock.set(addDuration(clock.now(), duration("PT20H")));
    asked.length = 0;
    await Promise.all([1, 2, 3].map(() => unattended.run(clock.now())));
    expect(asked).toEqual([[id, "canary"]]);
    // Whoever comes after a crash finds it running, and asks for nothing again; what the probe saw when it was run again counts once.
    await unattended.run(clock.now());
    expect(asked).toHaveLength(1);
    run = () => Promise.resolve(result("failed", clock.now()));
    await Promise.all([1, 2].map(() => probes.run(id, { probe: "canary", attempt: 1 })));
    await Promise.all([1, 2].map(() => unattended.run(clock.now())));
    expect(await drills.load(id)).toMatchObject({ state: "finished", finished: { by: null, outcome: "failed" }, run: { probed: [{}] } });
    const failed = (await results.failedControls(clock.now())).find((each) => each.plan.id === plan.id);
    expect(failed).toMatchObject({ why: "failed" });
    expect((await plans.load(plan.id)).open).toMatchObject({ state: "scheduled", dueAt: addDuration(clock.now(), days(7)) });
    expect((await drills.comingOf("per_ada")).map((each) => each.plan)).not.toContain(plan.id);
    run = () => Promise.resolve(result("passed", clock.now()));
  });

  test("every plan is on exactly one page, soonest due first", async () => {
    const seen: { due: Instant; id: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await plans.list({ limit: 1, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.items.map(({ plan, open: each }) => ({ due: each!.dueAt, id: plan.id })));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.map(({ due }) => due)).toEqual(seen.map(({ due }) => due).sort());
  });

  test("a plan that is retired takes the drill to come with it, and leaves the one that runs", async () => {
    const { items } = await plans.list({ limit: 200 });
    const running = items.find(({ open: each }) => each?.state === "running")!;
    const waiting = items.find(({ open: each }) => each?.state === "scheduled")!;
    for (const { plan } of [running, waiting]) await plans.retire(plan.id, "The terminal is gone.", acting("gerda"));
    expect((await drills.load(running.open!.id)).state).toBe("running");
    expect((await drills.load(waiting.open!.id)).state).toBe("skipped");
    await drills.abort(running.open!.id, acting("ada"), "Enough.");
    expect((await plans.load(running.plan.id)).open).toBeUndefined();
    expect(await refused(plans.change(waiting.plan.id, { everyDays: 7 }, acting("gerda")))).toEqual(["drills.notInThisState"]);
  });

  test("the journal replays to exactly what is stored", async () => {
    const { faults, entries, states } = await replayAll(database, drillReplays);
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(8);
    expect(entries).toBeGreaterThan(states);
  });

  test("a result that does not follow from its sheet is found", async () => {
    const stored = "update drill set state = jsonb_set(state, '{finished,outcome}', '\"failed\"') where status = 'finished'";
    await executeSql(database.db, stored, []);
    const { faults } = await replayAll(database, drillReplays);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join("\n")).toContain("the stored state is not what the entries");
  });
});
