import { array, assert, boolean, constantFrom, integer, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";

import { acting, PEOPLE, per, PLAN, result, SCHEDULED, taken } from "../../test/support/drill-story.ts";
import { canonicalText } from "../kernel/canonical.ts";
import type { Decision } from "../kernel/decision.ts";
import { addDuration, durationOfMs, type Instant } from "../kernel/time.ts";
import {
  decideAbort,
  decideAsk,
  decideByClock,
  decideFinish,
  decideJoin,
  decideJudge,
  decideProbed,
  decideSkip,
  decideStart,
  decideStep,
  LONGEST_RUN,
} from "./decide.ts";
import { type Drill, type DrillEvent, isOverdueAt } from "./drill.ts";
import { evolveDrill } from "./evolve.ts";
import { lastResult, markedAt } from "./judge.ts";
import { DRILL_TRANSITIONS } from "./transitions.ts";

const who = constantFrom("ada", "pia", "pit", "otto", "gerda", "hedi", "rolf");
/** Mostly the usual course of things, so that runs get far; often anything at all, by anybody. */
const move = oneof(
  {
    weight: 4,
    arbitrary: record({
      do: constantFrom("wait" as const),
      minutes: oneof(integer({ min: 0, max: 20 }), integer({ min: 0, max: 40_000 })),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      do: constantFrom("start" as const),
      by: who,
      takes: array(who, { maxLength: 2 }),
      looks: array(who, { maxLength: 2 }),
    }),
  },
  { weight: 30, arbitrary: record({ do: constantFrom("next" as const) }) },
  { weight: 3, arbitrary: record({ do: constantFrom("step" as const), by: who, step: integer({ min: 0, max: 5 }) }) },
  { weight: 4, arbitrary: record({ do: constantFrom("ask" as const), by: who }) },
  {
    weight: 6,
    arbitrary: record({
      do: constantFrom("result" as const),
      attempt: integer({ min: 1, max: 2 }),
      outcome: constantFrom("passed" as const, "passed" as const, "failed" as const, "unknown" as const),
    }),
  },
  {
    weight: 8,
    arbitrary: record({
      do: constantFrom("judge" as const),
      by: oneof(who, constantFrom("otto")),
      criterion: integer({ min: 0, max: 2 }),
      met: oneof(constantFrom(true), boolean()),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      do: constantFrom("join" as const),
      by: who,
      person: who,
      as: constantFrom("participant" as const, "observer" as const),
    }),
  },
  { weight: 2, arbitrary: record({ do: constantFrom("finish" as const), by: oneof(who, constantFrom("otto")) }) },
  { weight: 1, arbitrary: record({ do: constantFrom("abort" as const, "skip" as const), by: who }) },
);
type Move = typeof move extends import("fast-check").Arbitrary<infer M> ? M : never;

/** The next thing of a drill that goes as it should. */
function usual(drill: Drill, now: Instant): Decision<DrillEvent> {
  if (drill.state !== "running") {
    const starting = { ...acting("ada", now), participants: [per("pia")], observers: [per("otto")] };
    return decideStart(drill, starting, { plan: PLAN, people: PEOPLE });
  }
  const { done, sheet, asked, probed, judged } = drill.run;
  if (done.length < sheet.steps.length) {
    const step = sheet.steps.findIndex((_, i) => !done.some((each) => each.step === i));
    return decideStep(drill, acting("pia", now), step);
  }
  if (asked.length === 0) return decideAsk(drill, acting("pia", now), "canary");
  if (probed.length === 0) return { accepted: true, events: decideProbed(drill, { probe: "canary", attempt: 1 }, result("passed", now)) };
  if (judged.length < 2) return decideJudge(drill, acting("otto", now), judged.length, true);
  return finish(drill, "otto", now);
}

const finish = (drill: Drill, by: string, now: Instant) =>
  decideFinish(drill, { ...acting(by, now), assertion: "sha256:a", contentHash: "sha256:b" }, PEOPLE.get(per(by)), "sha256:b");
const events = (list: readonly DrillEvent[]): Decision<DrillEvent> => ({ accepted: true, events: list });

function decide(drill: Drill, wanted: Move, now: Instant): Decision<DrillEvent> {
  switch (wanted.do) {
    case "wait":
      return events([]);
    case "start":
      return decideStart(
        drill,
        { ...acting(wanted.by, now), participants: wanted.takes.map(per), observers: wanted.looks.map(per) },
        { plan: PLAN, people: PEOPLE },
      );
    case "next":
      return usual(drill, now);
    case "step":
      return decideStep(drill, acting(wanted.by, now), wanted.step);
    case "ask":
      return decideAsk(drill, acting(wanted.by, now), "canary");
    case "result":
      return events(decideProbed(drill, { probe: "canary", attempt: wanted.attempt }, result(wanted.outcome, now)));
    case "judge":
      return decideJudge(drill, acting(wanted.by, now), wanted.criterion, wanted.met);
    case "join":
      return decideJoin(drill, acting(wanted.by, now), { person: per(wanted.person), as: wanted.as }, PEOPLE.get(per(wanted.person)));
    case "finish":
      return finish(drill, wanted.by, now);
    case "abort":
      return decideAbort(drill, acting(wanted.by, now), "Enough.");
    case "skip":
      return decideSkip(drill, acting(wanted.by, now), "Freeze.", PLAN.owner);
  }
}

/** The laws that a drill breaks at a moment, in words. */
function brokenLaws(before: Drill, drill: Drill, now: Instant): readonly string[] {
  const broken: string[] = [];
  const law = (holds: boolean, words: string) => holds || broken.push(words);
  law(
    before.state === drill.state || DRILL_TRANSITIONS.some(({ from, to }) => from === before.state && to === drill.state),
    `${before.state} became ${drill.state}`,
  );
  law(drill.state !== "scheduled" || now < drill.dueAt, "it is past its day and not overdue");
  law(isOverdueAt(drill, now) === (drill.state === "overdue"), "the predicate and the state differ");
  if (drill.state === "finished" || drill.state === "aborted")
    law(canonicalText(before) === canonicalText(drill) || before.state === "running", "it ended twice");
  if (!("run" in drill)) return broken;
  const { run } = drill;
  law(
    run.observers.length > 0 && !run.observers.some((each) => run.participants.includes(each)),
    "an observer takes part, or there is none",
  );
  law(drill.state !== "running" || now < addDuration(run.startedAt, LONGEST_RUN), "it runs for ever");
  if (drill.state !== "finished") return broken;
  const { finished } = drill;
  const isSigner = (person: string) => finished.by === person;
  law(run.observers.some(isSigner) && !run.participants.some(isSigner), "it was signed by somebody who takes part");
  if (finished.outcome === "failed") return broken;
  law(
    run.sheet.steps.every((_, step) => run.done.some((each) => each.step === step)),
    "it passed with a step not done",
  );
  law(
    run.sheet.probes.every(({ key }) => lastResult(run, key)?.outcome === "passed"),
    "it passed with a probe that did not",
  );
  law(
    run.sheet.criteria.every((_, i) => run.judged.findLast(({ criterion }) => criterion === i)?.met === true),
    "it passed with a criterion not met",
  );
  law(markedAt(run, "restored")! <= addDuration(markedAt(run, "failed")!, durationOfMs(120 * 60_000)), "it passed after its time");
  return broken;
}

test("whatever is done by whomever at whatever time: every law of a drill holds after each step", () => {
  const reached = new Set<string>();
  assert(
    property(array(move, { minLength: 10, maxLength: 90 }), (moves) => {
      let drill = SCHEDULED;
      let now = SCHEDULED.scheduledAt;
      for (const each of moves) {
        if (each.do === "wait") now = addDuration(now, durationOfMs(each.minutes * 60_000));
        for (const decision of [{ accepted: true, events: decideByClock(drill, now) } as const, decide(drill, each, now)]) {
          const next = taken(drill, decision);
          const broken = brokenLaws(drill, next, now);
          if (broken.length > 0) throw new Error(`after ${JSON.stringify(each)}: ${broken.join("; ")}`);
          drill = next;
        }
        reached.add(drill.state === "finished" ? drill.finished.outcome : drill.state);
      }
    }),
    { numRuns: 3000, ...(process.env["FC_SEED"] === undefined ? {} : { seed: Number(process.env["FC_SEED"]) }) },
  );
  // A walk that gets nowhere would prove nothing.
  expect([...reached].sort()).toEqual(["aborted", "failed", "overdue", "passed", "running", "scheduled", "skipped"]);
});

test("no event is folded where the table has no way for it", () => {
  for (const { event, from: _ } of DRILL_TRANSITIONS.filter(({ from }) => from !== "nothing")) {
    const allowed = DRILL_TRANSITIONS.filter((each) => each.event === event).map(({ from }) => from);
    for (const state of ["scheduled", "overdue", "running", "finished", "aborted", "skipped"] as const) {
      if (allowed.includes(state)) continue;
      expect(() => evolveDrill({ state } as Drill, { type: event, data: {} } as DrillEvent), `${state} ${event}`).toThrow(RangeError);
    }
  }
});
