import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { drawTransitions } from "../kernel/transitions.ts";
import { ISSUE_STATES } from "./design-issue.ts";
import { evolveIssue, evolveRisk } from "./evolve.ts";
import { RISK_STATES } from "./risk-acceptance.ts";
import { ISSUE_TRANSITIONS, RISK_TRANSITIONS } from "./transitions.ts";

/** Where an event leads by the fold; undefined where the fold refuses it. */
function folded(evolve: (state: never, event: never) => { readonly state: string }, from: string, event: string): string | undefined {
  try {
    return evolve((from === "nothing" ? undefined : { state: from }) as never, { type: event, data: {} } as never).state;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

test.each([
  ["a design issue", ISSUE_TRANSITIONS, ISSUE_STATES, evolveIssue],
  ["a risk acceptance", RISK_TRANSITIONS, RISK_STATES, evolveRisk],
])("%s moves as its table says and in no other way, and reaches every state", (_, table, states, evolve) => {
  const [first, ...later] = table.map(({ event }) => event);
  expect(folded(evolve as never, "nothing", first!)).toBe(table[0]!.to);
  for (const from of ["nothing", ...states]) {
    for (const event of later) {
      const to = table.find((each) => each.from === from && each.event === event)?.to;
      expect(folded(evolve as never, from, event), `${from} ${event}`).toBe(to);
    }
  }
  expect(new Set(table.map(({ to }) => to))).toEqual(new Set(states));
});

test.each([ISSUE_TRANSITIONS, RISK_TRANSITIONS])("the page shows the diagram that the code draws", (...table) => {
  const page = readFileSync(new URL("../../docs/model/governance.md", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`mermaid\n${drawTransitions(table)}\n\`\`\``);
});
