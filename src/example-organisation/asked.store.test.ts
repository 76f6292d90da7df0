import { afterAll, beforeAll, expect, test } from "vitest";

import type { DecisionView } from "../decisions/contract-log.ts";
import { succeeded } from "../../test/support/browser.ts";
import { openWholeApp, type WholeApp } from "../../test/support/whole-app.ts";
import { askAboutTheWeek } from "./asked.ts";

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
  const yaml = "applications:\n  - { key: billing, name: Billing, owner: ada, tier: 2 }";
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
});
afterAll(async () => {
  await story.close();
});

test("the week that is asked about is decided by the register, lies behind the visit, and is there for who looks", async () => {
  await askAboutTheWeek(story.app, story.clock.now());
  const { items } = succeeded(await story.admin.ask("GET", "/api/v1/decisions?limit=200")).body as { items: DecisionView[] };
  expect(items.length).toBeGreaterThan(10);
  expect(items.every(({ at }) => at <= story.clock.now())).toBe(true);
  // The newest first.
  const moments = items.map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted().toReversed());
  expect(new Set(items.map(({ code }) => code))).toContain("exception_needed");
  expect(new Set(items.map(({ code }) => code))).toContain("permitted_by_rule");
  expect(items.every(({ resource }) => resource.name === "Billing")).toBe(true);
});
