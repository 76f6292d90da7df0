import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { drawTransitions } from "../kernel/transitions.ts";
import { evolve, TRANSITIONS } from "./access-request.ts";

test("the page shows the life of an access request as the code draws it", () => {
  const page = readFileSync(new URL("../../docs/model/access-requests.md", import.meta.url), "utf8");
  expect(page).toContain(`\`\`\`mermaid\n${drawTransitions(TRANSITIONS)}\n\`\`\``);
});

test("every event leads where the table says", () => {
  for (const { from, event, to } of TRANSITIONS) {
    const before = from === "nothing" ? undefined : ({ state: from } as never);
    expect(evolve(before, { type: event, data: {} } as never).state, `${from} ${event}`).toBe(to);
  }
});
