import { expect, test } from "vitest";

import type { PlainDate } from "../kernel/time.ts";
import type { Unavailability } from "./component.ts";
import type { KeptComponent } from "./model-event.ts";
import { forRepairs } from "./repair-proposals.ts";

const on = "2026-11-01" as PlainDate;
const repair = { component: "idp", minutes: 263, on, drill: "drl_1" };
const proposed = (unavailability: Unavailability | null, more: Partial<KeptComponent> = {}) =>
  forRepairs([{ key: "idp", name: "Sign-in", status: "active", unavailability, ...more } as KeptComponent], [repair]);
const claim = (p: number, source: Unavailability["source"], asOf = "2026-01-01") => ({ p, source, asOf: asOf as PlainDate });

test("a repair that a drill measured is proposed as what the component is away at least, with its day", () => {
  expect(proposed(null)).toMatchObject([
    { key: "repair:idp", source: "drill", components: [{ key: "idp", unavailability: { p: 0.0005, source: "measured", asOf: on } }] },
  ]);
  expect(proposed(null)[0]?.words).toContain("Failing so once a year it is away 0.05 % of the time.");
});

test("it contradicts a promise that is better, leaves an estimate that is worse, and takes the place of an older measurement", () => {
  expect(proposed(claim(0.0001, "slo"))[0]?.words).toContain("the model says 0.01 % (slo, 2026-01-01)");
  expect(proposed(claim(0.01, "expert"))).toEqual([]);
  expect(proposed(claim(0.01, "measured"))).toHaveLength(1);
  expect(proposed(claim(0.0005, "measured", on))).toEqual([]);
});

test("what is not in the model, or was back at once, is not proposed", () => {
  expect(proposed(null, { status: "retired" })).toEqual([]);
  expect(forRepairs([], [repair])).toEqual([]);
  expect(
    forRepairs([{ key: "idp", name: "x", status: "active", unavailability: null } as KeptComponent], [{ ...repair, minutes: 0 }]),
  ).toEqual([]);
});
