import { describe, expect, test } from "vitest";

import { acting, after, codes, PEOPLE, per, PLAN, result, SCHEDULED, T0, taken } from "../../test/support/drill-story.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { addDuration, duration, type Instant, subtractDuration } from "../kernel/time.ts";
import { decidePlan } from "./decide-plan.ts";
import {
  decideAbort,
  decideAsk,
  decideByClock,
  decideFinish,
  decideJoin,
  decideJudge,
  decideNote,
  decideProbed,
  decideStart,
  decideStep,
} from "./decide.ts";
import type { Drill, DrillEvent, Running } from "./drill.ts";
import { evolveDrill } from "./evolve.ts";
import type { DrillPlan, NewPlan } from "./plan.ts";
import type { ProbeOutcome } from "./probe.ts";
import { signedResult } from "./signing.ts";
import { decideUnattended } from "./unattended.ts";

const death = { kind: "exceptionDeath", connection: "ldap", policy: "vpn", subject: "canary", livesMinutes: 5, graceMinutes: 5 } as const;
const NO_TARGETS = { detect: null, decide: null, access: null, restore: null };
const ALONE: DrillPlan = {
  ...PLAN,
  exercise: "exception-death",
  everyDays: 7,
  targets: NO_TARGETS,
  fails: [],
  unattended: true,
  probes: ["one", "two"].map((key) => ({ key, name: key, spec: death })),
};
const { dueAt } = SCHEDULED;
const HASH = "sha256:the run";
const folded = (drill: Drill, events: readonly DrillEvent[]) => events.reduce<Drill>(evolveDrill, drill);
const at = (drill: Drill, now: Instant, plan: DrillPlan = ALONE) => folded(drill, decideUnattended(drill, plan, now, HASH));
const begunAt = subtractDuration(dueAt, duration("PT6H"));
const begun = at(SCHEDULED, begunAt) as Running;
const answered = (drill: Drill, probe: string, outcome: ProbeOutcome) =>
  folded(drill, decideProbed(drill, { probe, attempt: 1 }, result(outcome, after(begunAt, 1))));
const both = (...outcomes: [ProbeOutcome, ProbeOutcome]) => answered(answered(begun, "one", outcomes[0]), "two", outcomes[1]);

const planned = (plan: NewPlan) =>
  codes(decidePlan(plan, after(T0, 60), { owner: PEOPLE.get(per("ada")), subjectKnown: true, unknown: [], other: undefined }));
const hash = () => HASH;
const entry = (drill: Drill, more: object = {}, actor: object = { kind: "system", id: "drills" }) => {
  const [event] = decideUnattended(drill, ALONE, after(begunAt, 2), HASH);
  return { ...event, data: { ...(event?.data as object), ...more }, actor, subject: drill.id } as unknown as JournalEntry;
};

describe("a drill that needs nobody", () => {
  test("is begun six hours before it is due, with every probe asked for, and not before", () => {
    expect(decideUnattended(SCHEDULED, ALONE, subtractDuration(begunAt, duration("PT1S")), HASH)).toEqual([]);
    expect(begun).toMatchObject({ state: "running", run: { startedBy: null, wasOverdue: false, participants: [], observers: [] } });
    expect(begun.run.sheet).toMatchObject({ unattended: true, steps: [], criteria: [] });
    expect(begun.run.asked.map(({ probe }) => probe)).toEqual(["one", "two"]);
  });

  test("is begun where it is overdue, which stays on its sheet; of a plan that takes people, or was retired, never", () => {
    expect(at(SCHEDULED, dueAt)).toMatchObject({ state: "running", run: { wasOverdue: true } });
    expect(at(folded(SCHEDULED, decideByClock(SCHEDULED, dueAt)), dueAt)).toMatchObject({ run: { wasOverdue: true } });
    const retired = { status: "retired", retired: { by: per("gerda"), at: T0, reason: "x" } } as const;
    for (const plan of [PLAN, { ...ALONE, ...retired }]) expect(at(SCHEDULED, dueAt, plan)).toEqual(SCHEDULED);
  });

  test("is ended when the last probe has answered, passed only where every one passed", () => {
    expect(at(answered(begun, "one", "passed"), after(begunAt, 119)).state).toBe("running");
    expect(at(both("passed", "passed"), after(begunAt, 2))).toMatchObject({ state: "finished", finished: { by: null, outcome: "passed" } });
    expect(at(both("passed", "unknown"), after(begunAt, 2))).toMatchObject({ finished: { outcome: "failed" } });
    expect(at(both("failed", "passed"), after(begunAt, 2))).toMatchObject({ finished: { outcome: "failed" } });
  });

  test("is failed by a probe that says nothing within two hours", () => {
    expect(at(answered(begun, "one", "passed"), after(begunAt, 120))).toMatchObject({
      finished: { outcome: "failed", faults: [{ of: "probe", probe: "two", outcome: "unknown" }] },
    });
  });

  test("is written on, tried again and signed by nobody; it can be stopped", () => {
    const drill = both("failed", "passed");
    const owner = acting("ada", after(begunAt, 2));
    const signing = { ...owner, assertion: "sha256:a", contentHash: HASH };
    for (const decision of [
      decideNote(drill, owner, "x"),
      decideAsk(drill, owner, "one"),
      decideJoin(drill, owner, { person: per("otto"), as: "observer" }, PEOPLE.get(per("otto"))),
    ])
      expect(codes(decision)).toEqual(["unattended"]);
    expect(codes(decideStep(drill, owner, 0))).toContain("unattended");
    for (const decision of [decideJudge(drill, owner, 0, true), decideFinish(drill, signing, PEOPLE.get(per("ada")), HASH)])
      expect(codes(decision)).toEqual(expect.arrayContaining(["unattended", "onlyObserversJudge"]));
    expect(taken(drill, decideAbort(drill, owner, "Enough."))).toMatchObject({ state: "aborted" });
  });

  test("is held by its owner in Postern's place where they begin it first, with the steps of people", () => {
    const starting = { ...acting("ada", begunAt), participants: [], observers: [] };
    const drill = taken(SCHEDULED, decideStart(SCHEDULED, starting, { plan: ALONE, people: PEOPLE })) as Running;
    expect(drill.run.sheet).toMatchObject({ unattended: false, steps: [{ marks: null }] });
    expect(decideUnattended(drill, ALONE, addDuration(begunAt, duration("P1D")), HASH)).toEqual([]);
  });

  test("is planned for exercises that take nobody, and for no other", () => {
    expect(planned(ALONE)).toEqual([]);
    expect(planned({ ...PLAN, unattended: true })).toEqual(["needsPeople"]);
  });
});

describe("what postern verify holds its result to", () => {
  const ends = both("failed", "passed") as Running;

  test("it is Postern's own, of a sheet without people, and what that amounts to", () => {
    expect(signedResult(ends, entry(ends), hash)).toBeUndefined();
    expect(() => signedResult(ends, entry(ends, { outcome: "passed", faults: [] }), hash)).toThrow("not what the run amounts to");
    expect(() => signedResult(ends, entry(ends, { contentHash: "sha256:other" }), hash)).toThrow("is not the run");
    expect(() => signedResult(ends, entry(ends, {}, { kind: "person", id: "per_ada" }), hash)).toThrow("only Postern itself");
    const attended = { ...ends, run: { ...ends.run, sheet: { ...ends.run.sheet, unattended: false } } };
    expect(() => signedResult(attended, entry(ends), hash)).toThrow("people had a part in it");
  });
});
