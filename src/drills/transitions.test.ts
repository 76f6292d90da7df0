import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { drawTransitions } from "../kernel/transitions.ts";
import { ACCESS_EXERCISES } from "./catalogue-access.ts";
import { CATALOGUE, longestCadence } from "./catalogue.ts";
import { MARK_OF, TIMES } from "./exercise.ts";
import { DRILL_TRANSITIONS, PLAN_TRANSITIONS } from "./transitions.ts";

const page = readFileSync(new URL("../../docs/model/drills.md", import.meta.url), "utf8");

test.each([DRILL_TRANSITIONS, PLAN_TRANSITIONS])("the page shows the diagram that the code draws", (...table) => {
  expect(page).toContain(`\`\`\`mermaid\n${drawTransitions(table)}\n\`\`\``);
});

test("the page names every exercise, with how often it is held and who looks on", () => {
  for (const { key, everyDays, observers } of CATALOGUE) expect(page).toContain(`| \`${key}\` | ${everyDays.join(", ")} | ${observers} |`);
});

test.each(CATALOGUE.map((exercise) => [exercise.key, exercise] as const))("%s can be held, measured, judged and stopped", (_, exercise) => {
  expect(CATALOGUE.filter(({ key }) => key === exercise.key)).toHaveLength(1);
  for (const words of [exercise.name, exercise.hypothesis, exercise.blastRadius, exercise.abort]) expect(words.length).toBeGreaterThan(5);
  // Somebody or something has to see what came of it.
  expect(exercise.criteria.length + exercise.probes.length).toBeGreaterThan(0);
  const marks = exercise.steps.flatMap((step) => step.marks ?? []);
  expect(new Set(marks).size, "each moment is marked once").toBe(marks.length);
  if (marks.length > 0) expect(marks[0], "the failure begins before anything is measured").toBe("failed");
  for (const time of TIMES) if (exercise.targets[time] !== null) expect(marks, time).toContain(MARK_OF[time]);
  const cadences = ([1, 2, 3, 4] as const).map((tier) => longestCadence(exercise, tier));
  expect(cadences, "what matters more is held no more rarely").toEqual(cadences.toSorted((a, b) => a - b));
});

test("whatever people do is looked at by somebody who takes no part", () => {
  expect(ACCESS_EXERCISES.every(({ observers }) => observers > 0)).toBe(true);
});
