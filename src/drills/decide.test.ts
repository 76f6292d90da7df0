import { describe, expect, test } from "vitest";

import { acting, after, codes, PEOPLE, per, PLAN, result, SCHEDULED, started, T0, taken } from "../../test/support/drill-story.ts";
import { addDuration, type Instant } from "../kernel/time.ts";
import {
  decideAbort,
  decideAsk,
  decideByClock,
  decideFinish,
  decideJoin,
  decideJudge,
  decideNote,
  decideProbed,
  decideSkip,
  decideStart,
  decideStep,
  LONGEST_RUN,
  triesOf,
} from "./decide.ts";
import type { Drill, Running } from "./drill.ts";
import { evolveDrill } from "./evolve.ts";
import { judge } from "./judge.ts";

const start = (who: string, participants: readonly string[], observers: readonly string[]) =>
  decideStart(
    SCHEDULED,
    { ...acting(who, T0), participants: participants.map(per), observers: observers.map(per) },
    { plan: PLAN, people: PEOPLE },
  );
const tryOf = (drill: Drill) => ({ probe: "canary", attempt: triesOf((drill as Running).run, "canary") });
const probed = (drill: Drill, outcome: "passed" | "failed" | "unknown", at: Instant) => {
  const asked = taken(drill, decideAsk(drill, acting("pia", at), "canary"));
  return decideProbed(asked, tryOf(asked), result(outcome, at)).reduce<Drill>(evolveDrill, asked);
};

/** All steps at these minutes, the probe passed, both criteria met. */
function held(at: readonly number[] = [0, 5, 10, 20, 30]): Running {
  let drill: Drill = started();
  at.forEach((minute, step) => {
    drill = taken(drill, decideStep(drill, acting("pia", after(T0, minute)), step));
  });
  drill = probed(drill, "passed", after(T0, 40));
  for (const criterion of [0, 1]) drill = taken(drill, decideJudge(drill, acting("otto", after(T0, 41)), criterion, true));
  return drill as Running;
}
const SIGNED = { assertion: "sha256:a", contentHash: "sha256:as-read" };
const finish = (drill: Drill, who = "otto", minute = 50, contentHash = SIGNED.contentHash) =>
  decideFinish(drill, { ...acting(who, after(T0, minute)), ...SIGNED }, PEOPLE.get(per(who)), contentHash);
const faultsOf = (drill: Running) => judge(drill.run).faults.map((fault) => Object.values(fault).join(" "));

const join = (person: string, as: "participant" | "observer") =>
  codes(decideJoin(started(), acting("ada", T0), { person: per(person), as }, PEOPLE.get(per(person))));

const judged = (drill: Drill, by: string, met: boolean) => taken(drill, decideJudge(drill, acting(by, T0), 1, met)) as Running;
/** Every step a minute and more after the probe answered. */
const early = (outcome: "passed" | "failed") => {
  let drill: Drill = probed(started(), outcome, T0);
  [1, 5, 10, 20, 30].forEach((minute, step) => {
    drill = taken(drill, decideStep(drill, acting("pia", after(T0, minute)), step));
  });
  return faultsOf(drill as Running).filter((fault) => fault.startsWith("probe"));
};
const joinedBy = (by: string, as: "participant" | "observer") =>
  codes(decideJoin(started(), acting(by, T0), { person: per("hedi"), as }, PEOPLE.get(per("hedi"))));

describe("a drill is begun", () => {
  test.each<[string, string, string[], string[], string[]]>([
    ["by its owner, with an observer", "ada", ["pia"], ["otto"], []],
    ["by governance", "gerda", ["pia"], ["otto"], []],
    ["by anybody else", "pia", ["pia"], ["otto"], ["notYours"]],
    ["without anybody who looks on", "ada", ["pia"], [], ["observerNeeded"]],
    ["by nobody who takes part", "ada", [], ["otto"], ["participantNeeded"]],
    ["with an observer who takes part", "ada", ["pia", "otto"], ["otto"], ["observerTakesPart"]],
    ["with somebody who left, and a stranger", "ada", ["rolf"], ["nobody"], ["personUnknown"]],
  ])("%s", (_, who, participants, observers, expected) => expect(codes(start(who, participants, observers))).toEqual(expected));

  test("with every reason against it at once", () => {
    expect(codes(start("pia", [], []))).toEqual(["notYours", "observerNeeded", "participantNeeded"]);
  });

  test("late, and it stays known that it was", () => {
    const late = decideByClock(SCHEDULED, SCHEDULED.dueAt).reduce<Drill>(evolveDrill, SCHEDULED);
    const running = taken(
      late,
      decideStart(
        late,
        { ...acting("ada", SCHEDULED.dueAt), participants: [per("pia")], observers: [per("otto")] },
        { plan: PLAN, people: PEOPLE },
      ),
    );
    expect(running).toMatchObject({ state: "running", run: { wasOverdue: true } });
  });

  test("late, before the tick has noted it", () => {
    const at = SCHEDULED.dueAt;
    const facts = { plan: PLAN, people: PEOPLE };
    const begun = decideStart(SCHEDULED, { ...acting("ada", at), participants: [per("pia")], observers: [per("otto")] }, facts);
    expect(taken(SCHEDULED, begun)).toMatchObject({ state: "running", run: { wasOverdue: true } });
    expect(decideSkip(SCHEDULED, acting("ada", at), "Freeze.", PLAN.owner)).toMatchObject({
      events: [{ type: "drillOverdue" }, { type: "drillSkipped" }],
    });
  });
});

describe("the sheet", () => {
  const drill = started();

  test("is written by those on it, and by nobody else", () => {
    for (const who of ["pia", "otto", "ada", "gerda"]) expect(codes(decideNote(drill, acting(who, T0), "x"))).toEqual([]);
    for (const who of ["hedi", "rolf"]) expect(codes(decideNote(drill, acting(who, T0), "x"))).toEqual(["notOnTheSheet"]);
  });

  test("takes no time before the failure has begun, and each time once", () => {
    expect(codes(decideStep(drill, acting("pia", T0), 1))).toEqual(["clockNotStarted"]);
    const begun = taken(drill, decideStep(drill, acting("pia", T0), 0));
    expect(codes(decideStep(begun, acting("pia", T0), 1))).toEqual([]);
    expect(codes(decideStep(begun, acting("pia", T0), 0))).toEqual(["alreadyDone"]);
    expect(codes(decideStep(begun, acting("pia", T0), 9))).toEqual(["noSuchLine"]);
  });

  test("has one try of a probe at a time, and keeps every try", () => {
    const asked = taken(drill, decideAsk(drill, acting("pia", T0), "canary"));
    expect(codes(decideAsk(asked, acting("pia", T0), "canary"))).toEqual(["probeWaits"]);
    expect(codes(decideAsk(drill, acting("pia", T0), "other"))).toEqual(["noSuchLine"]);
    const twice = probed(probed(drill, "failed", T0), "passed", T0) as Running;
    expect(twice.run.probed.map((each) => each.result.outcome)).toEqual(["failed", "passed"]);
    expect(decideProbed(twice, { probe: "canary", attempt: 2 }, result("passed", T0))).toEqual([]);
  });

  test("takes no answer of an earlier try for the one that was asked again", () => {
    const again = taken(probed(drill, "failed", T0), decideAsk(probed(drill, "failed", T0), acting("pia", T0), "canary"));
    expect(decideProbed(again, { probe: "canary", attempt: 1 }, result("passed", T0))).toEqual([]);
    expect(decideProbed(again, { probe: "canary", attempt: 2 }, result("passed", T0))).toHaveLength(1);
  });

  test("is joined on one side only", () => {
    expect(join("gerda", "observer")).toEqual([]);
    expect(join("pia", "observer")).toEqual(["observerTakesPart"]);
    expect(join("otto", "participant")).toEqual(["observerTakesPart"]);
    expect(join("otto", "observer")).toEqual(["alreadyDone"]);
    expect(join("rolf", "participant")).toEqual(["personUnknown"]);
  });

  test("has nobody look on who was chosen by those they judge", () => {
    expect(joinedBy("pia", "participant")).toEqual([]);
    expect(joinedBy("pia", "observer")).toEqual(["notYours"]);
    for (const by of ["ada", "gerda"]) expect(joinedBy(by, "observer"), by).toEqual([]);
    const withOwner = taken(
      started(),
      decideJoin(started(), acting("ada", T0), { person: per("ada"), as: "participant" }, PEOPLE.get(per("ada"))),
    );
    const looksOn = { person: per("hedi"), as: "observer" } as const;
    expect(codes(decideJoin(withOwner, acting("ada", T0), looksOn, PEOPLE.get(per("hedi"))))).toEqual(["notYours"]);
  });

  test("takes no line and no signature once its seven days are over, whether or not the tick came by", () => {
    const late = addDuration(T0, LONGEST_RUN);
    expect(codes(decideNote(drill, acting("otto", late), "x"))).toEqual(["notInThisState"]);
    expect(codes(finish(held(), "otto", 7 * 24 * 60))).toEqual(["notInThisState"]);
    expect(codes(finish(held(), "otto", 7 * 24 * 60 - 1))).toEqual([]);
  });
});

describe("the result", () => {
  test("is passed when everything was done, seen, found met, and in time", () => {
    expect(judge(held().run)).toEqual({
      outcome: "passed",
      faults: [],
      times: { detect: 300_000, decide: 600_000, access: 1_200_000, restore: 1_800_000 },
    });
  });

  test("is failed where a time was missed by a moment, and passed on it", () => {
    expect(faultsOf(held([0, 15, 30, 60, 120]))).toEqual([]);
    expect(faultsOf(held([0, 16, 31, 61, 121]))).toEqual([
      "time detect missed",
      "time decide missed",
      "time access missed",
      "time restore missed",
    ]);
  });

  test("is failed by everything that is unknown", () => {
    expect(faultsOf(started())).toEqual([
      ...[0, 1, 2, 3, 4].map((step) => `step ${step}`),
      "probe canary unknown",
      "criterion 0 unknown",
      "criterion 1 unknown",
      "time detect unknown",
      "time decide unknown",
      "time access unknown",
      "time restore unknown",
    ]);
    expect(faultsOf(probed(held(), "unknown", after(T0, 45)) as Running)).toEqual(["probe canary unknown"]);
  });

  test("is failed by a criterion that one of those who look on found not met, whatever another found after them", () => {
    const two = taken(held(), decideJoin(held(), acting("ada", T0), { person: per("hedi"), as: "observer" }, PEOPLE.get(per("hedi"))));
    const found = judged(two, "hedi", false);
    expect(faultsOf(found)).toEqual(["criterion 1 notMet"]);
    expect(faultsOf(judged(found, "otto", true))).toEqual(["criterion 1 notMet"]);
    expect(faultsOf(judged(found, "hedi", true))).toEqual([]);
  });

  test("is failed by a probe that passed before the failure had begun, and never saved by it", () => {
    expect(early("passed")).toEqual(["probe canary unknown"]);
    expect(early("failed")).toEqual(["probe canary failed"]);
  });

  test("knows no time that was measured by a clock that was set back", () => {
    expect(faultsOf(held([0, 5, 10, 9, 30]))).toEqual(["detect", "decide", "access", "restore"].map((time) => `time ${time} unknown`));
    expect(faultsOf(held([6, 5, 10, 20, 30]))).toContain("time detect unknown");
  });

  test("is signed as it was read: a line that came in between is not covered", () => {
    expect(codes(finish(held(), "otto", 50, "sha256:as-it-is-now"))).toEqual(["sheetChanged"]);
  });

  test("is judged and signed by those who look on, never by those who take part, own or govern", () => {
    const drill = held();
    expect(codes(finish(drill))).toEqual([]);
    for (const who of ["pia", "ada", "gerda"]) {
      expect(codes(finish(drill, who)), who).toEqual(["onlyObserversJudge"]);
      expect(codes(decideJudge(drill, acting(who, T0), 0, true)), who).toEqual(["onlyObserversJudge"]);
    }
  });

  test("waits for a probe that runs", () => {
    const drill = held();
    expect(codes(finish(taken(drill, decideAsk(drill, acting("pia", T0), "canary"))))).toEqual(["probeWaits"]);
  });

  test("is final: nothing is written on a sheet that was signed", () => {
    const over = taken(held(), finish(held()));
    expect(over).toMatchObject({ state: "finished", finished: { outcome: "passed", by: per("otto") } });
    expect(codes(decideNote(over, acting("otto", T0), "x"))).toEqual(["notInThisState"]);
    expect(codes(decideAbort(over, acting("otto", T0), "x"))).toEqual(["notInThisState"]);
  });
});

test("what the exercise needs nobody to look on at, its owner signs, unless somebody does", () => {
  const plan = { ...PLAN, exercise: "exception-death", targets: { detect: null, decide: null, access: null, restore: null } } as const;
  const begin = (observers: readonly string[]) =>
    taken(
      SCHEDULED,
      decideStart(SCHEDULED, { ...acting("ada", T0), participants: [], observers: observers.map(per) }, { plan, people: PEOPLE }),
    );
  expect(codes(finish(begin([]), "ada"))).toEqual([]);
  expect(codes(finish(begin(["otto"]), "ada"))).toEqual(["onlyObserversJudge"]);
});

test("a drill is skipped by its owner or governance, with a reason, and only while it waits", () => {
  expect(taken(SCHEDULED, decideSkip(SCHEDULED, acting("ada", T0), "Freeze.", PLAN.owner))).toMatchObject({ state: "skipped" });
  expect(codes(decideSkip(SCHEDULED, acting("pia", T0), "Freeze.", PLAN.owner))).toEqual(["notYours"]);
  expect(codes(decideSkip(started(), acting("ada", T0), "Freeze.", PLAN.owner))).toEqual(["notInThisState"]);
});
