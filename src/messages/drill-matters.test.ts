import { expect, test } from "vitest";

import { PLAN, SCHEDULED } from "../../test/support/drill-story.ts";
import type { Drill } from "../drills/drill.ts";
import { addDuration, duration, subtractDuration } from "../kernel/time.ts";
import { mattersOfDrill } from "./drill-matters.ts";

const { dueAt } = SCHEDULED;
const told = (drill: Drill, now = dueAt, plan: Parameters<typeof mattersOfDrill>[1] = PLAN) =>
  mattersOfDrill(drill, plan, now).map(({ key, kind, seats }) => [key.replace("drl_1 ", ""), kind, ...seats].join(" "));

test("its owner is told a fortnight before it is due and in the last days, governance when it was not held, and who leads a fortnight later", () => {
  expect(told(SCHEDULED, subtractDuration(dueAt, duration("P15D")))).toEqual([]);
  expect(told(SCHEDULED, subtractDuration(dueAt, duration("P14D")))).toEqual(["soon drill"]);
  expect(told(SCHEDULED, subtractDuration(dueAt, duration("P3D")))).toEqual(["very soon drill"]);
  // Also before the tick has written it down.
  expect(told(SCHEDULED, dueAt)).toEqual(["overdue drillOverdue security_governance"]);
  expect(told(SCHEDULED, addDuration(dueAt, duration("P14D")))).toEqual(["escalated drillOverdue security_governance ciso"]);
});

test("what Postern holds by itself reminds nobody, and is told where it was not held", () => {
  const alone = { ...PLAN, unattended: true };
  expect(told(SCHEDULED, subtractDuration(dueAt, duration("P3D")), alone)).toEqual([]);
  expect(told(SCHEDULED, dueAt, alone)).toEqual(["overdue drillOverdue security_governance"]);
});

test("what did not pass is told, what passed is not, and a plan that is retired asks nothing", () => {
  const skipped: Drill = { ...SCHEDULED, state: "skipped", skipped: { by: PLAN.owner, at: dueAt, reason: "A freeze." } };
  expect(told(skipped)).toEqual(["failed drillFailed security_governance"]);
  expect(told(skipped, dueAt, { ...PLAN, status: "retired" } as never)).toEqual([]);
  const passed = { ...SCHEDULED, state: "finished", finished: { at: dueAt, outcome: "passed" } } as unknown as Drill;
  expect(told(passed)).toEqual([]);
});
