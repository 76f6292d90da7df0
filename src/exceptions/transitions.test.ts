import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { drawTransitions } from "../kernel/transitions.ts";
import { STATES } from "./exception.ts";
import { END_STATES, nextState, TRANSITIONS } from "./transitions.ts";

describe("the table of transitions", () => {
  test("an event leads to one state from each state", () => {
    const keys = TRANSITIONS.map(({ from, event }) => `${from} ${event}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("every state but the first can be entered, and every state but the end states can be left for another", () => {
    for (const state of STATES) {
      expect(
        TRANSITIONS.some(({ from, to }) => to === state && from !== state),
        `${state} is entered`,
      ).toBe(true);
      const left = TRANSITIONS.some(({ from, to }) => from === state && to !== state);
      if (state === "rejected" || state === "withdrawn") expect(left, `${state} is final`).toBe(false);
      else expect(left, `${state} is left`).toBe(true);
    }
    expect([...END_STATES]).toEqual(["rejected", "withdrawn", "closed"]);
  });

  test("what means nothing in a state leads nowhere", () => {
    expect(nextState("closed", "VersionApproved")).toBeUndefined();
    expect(nextState("draft", "Activated")).toBeUndefined();
  });

  test("the page shows the diagram that the code draws", () => {
    const page = readFileSync(new URL("../../docs/model/exceptions.md", import.meta.url), "utf8");
    expect(page).toContain(`\`\`\`mermaid\n${drawTransitions(TRANSITIONS, END_STATES)}\n\`\`\``);
  });
});
