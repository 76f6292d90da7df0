import { array, assert, boolean, constant, constantFrom, integer, oneof, property, record } from "fast-check";
import { describe, expect, test } from "vitest";

import { addDuration, dayIn, durationOfMs, instant, type Instant, msBetween, type Zone, wallClock } from "../kernel/time.ts";
import { INCIDENTS_TOGETHER, type News, planMessages, type Reached } from "./plan.ts";

const ZONES = ["Europe/Zurich", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"] as Zone[];
// Days on which clocks are moved, in both directions.
const STARTS = ["2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z", "2026-04-04T09:00:00Z", "2026-06-01T00:00:00Z"].map(instant);

type Step =
  | { readonly do: "note"; readonly urgency: News["urgency"] }
  | { readonly do: "wait"; readonly minutes: number }
  | { readonly do: "quiet"; readonly isQuiet: boolean };

interface Sent {
  readonly template: "digest" | "incident";
  readonly keys: readonly string[];
  readonly at: Instant;
  readonly wasQuiet: boolean;
}

const steps = array(
  oneof(
    record({ do: constant("note" as const), urgency: constantFrom("digest" as const, "incident" as const) }),
    record({ do: constant("wait" as const), minutes: oneof(integer({ min: 1, max: 20 }), integer({ min: 30, max: 2000 })) }),
    record({ do: constant("quiet" as const), isQuiet: boolean() }),
  ),
  { maxLength: 60 },
);

/** Lives the steps, ticking after each of them, as the service does. */
function live(zone: Zone, start: Instant, script: readonly Step[]) {
  let now = start;
  let isQuiet = false;
  let untold: News[] = [];
  let reached: Reached = { digestDay: null, incidentAt: null };
  const sent: Sent[] = [];
  const noted: (News & { readonly at: Instant })[] = [];
  const tick = () => {
    const plan = planMessages(untold, reached, isQuiet, zone, now);
    for (const template of ["incident", "digest"] as const) {
      if (plan[template].length === 0) continue;
      sent.push({ template, keys: plan[template], at: now, wasQuiet: isQuiet });
      reached = template === "digest" ? { ...reached, digestDay: dayIn(now, zone) } : { ...reached, incidentAt: now };
      untold = untold.filter(({ key }) => !plan[template].includes(key));
    }
  };
  for (const step of script) {
    if (step.do === "wait") now = addDuration(now, durationOfMs(step.minutes * 60_000));
    if (step.do === "quiet") isQuiet = step.isQuiet;
    if (step.do === "note") {
      const news = { key: `k${noted.length}`, urgency: step.urgency };
      noted.push({ ...news, at: now });
      untold.push(news);
    }
    tick();
  }
  return { sent, noted, untold };
}

const lives = record({ zone: constantFrom(...ZONES), start: constantFrom(...STARTS), script: steps });
/** Days in steps of three hours: some of them fall into the day, wherever it began. */
const days = (count: number) => Array.from({ length: count * 8 }, (): Step => ({ do: "wait", minutes: 180 }));

describe("whatever happens, in every zone and when the clocks are moved", () => {
  test("nobody is told the same thing twice", () => {
    assert(
      property(lives, ({ zone, start, script }) => {
        const keys = live(zone, start, script).sent.flatMap((each) => each.keys);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test("nobody gets two digests on one day of the organisation's zone, nor one before seven", () => {
    assert(
      property(lives, ({ zone, start, script }) => {
        const digests = live(zone, start, script).sent.filter(({ template }) => template === "digest");
        const days = digests.map(({ at }) => dayIn(at, zone));
        expect(new Set(days).size).toBe(days.length);
        expect(digests.filter(({ at }) => wallClock(at, zone).minuteOfDay < 7 * 60)).toEqual([]);
      }),
    );
  });

  test("whoever wants quiet gets no digest, and every incident all the same", () => {
    assert(
      property(lives, ({ zone, start, script }) => {
        const quiet: Step = { do: "quiet", isQuiet: true };
        const { sent, noted } = live(zone, start, [quiet, ...script.filter((step) => step.do !== "quiet"), ...days(1)]);
        expect(sent.filter(({ template }) => template === "digest")).toEqual([]);
        const incidents = noted.filter(({ urgency }) => urgency === "incident").map(({ key }) => key);
        expect(sent.flatMap(({ keys }) => keys).toSorted()).toEqual(incidents.toSorted());
      }),
    );
  });

  test("an incident is told at once, or together with others within a quarter of an hour of the one before", () => {
    assert(
      property(lives, ({ zone, start, script }) => {
        const { sent, noted } = live(zone, start, script);
        const incidents = sent.filter(({ template }) => template === "incident");
        for (const { key, at } of noted.filter(({ urgency }) => urgency === "incident")) {
          const before = incidents.findLast((each) => each.at <= at && !each.keys.includes(key));
          const told = incidents.find(({ keys }) => keys.includes(key));
          const mayWait = before !== undefined && at < addDuration(before.at, INCIDENTS_TOGETHER);
          if (!mayWait) expect(told?.at).toBe(at);
        }
        const gaps = incidents.slice(1).map(({ at }, i) => msBetween(incidents[i]!.at, at));
        expect(gaps.filter((gap) => gap < msBetween(start, addDuration(start, INCIDENTS_TOGETHER)))).toEqual([]);
      }),
    );
  });

  test("nothing is lost: once nobody wants quiet any more, everything is told within a day", () => {
    assert(
      property(lives, ({ zone, start, script }) => {
        const loud: Step = { do: "quiet", isQuiet: false };
        expect(live(zone, start, [...script, loud, ...days(2)]).untold).toEqual([]);
      }),
    );
  });
});

test("without news there is no message", () => {
  const reached = { digestDay: null, incidentAt: null };
  const noon = instant("2026-03-02T12:00:00Z");
  expect(planMessages([], reached, false, "UTC" as Zone, noon)).toEqual({ digest: [], incident: [] });
});
