import { describe, expect, test } from "vitest";

import { closed } from "../../test/support/exception-scenes.ts";
import { after, by, P, START, story, SYSTEM } from "../../test/support/exception-story.ts";
import { stamper } from "./events.ts";
import { evolve, replay } from "./evolve.ts";

const stamp = stamper(START, SYSTEM, null);

describe("the fold", () => {
  test("is total: what means nothing in a state moves nothing", () => {
    const { state } = closed();
    expect(evolve(state, stamp("Activated", {}))).toEqual(state);
    expect(evolve(state, stamp("StageOpened", { version: 1, stage: 2, answerBy: after("P1D") }))).toEqual(state);
    const draft = story().open().state;
    expect(evolve(draft, stamp("SuspensionConfirmed", {}))).toEqual(draft);
  });

  test("begins with an opening and with nothing else", () => {
    expect(() => evolve(undefined, stamp("Closed", {}))).toThrow("a history begins with DraftOpened");
    expect(() => replay([])).toThrow("has no state");
  });

  test("from events that went through JSON is the same state", () => {
    const it = closed();
    expect(replay(JSON.parse(JSON.stringify(it.events)))).toEqual(it.state);
  });

  test("never moves an end later, whatever an event says", () => {
    const { state } = story().active();
    const later = evolve(state, stamp("GrantsCut", { cuts: [{ seq: 1, to: after("P90D"), why: "longer" }], orders: [] }));
    expect(later.dossier.grants).toEqual(state.dossier.grants);
  });

  test("keeps since as the moment the state was entered", () => {
    const it = story().active().wait("P2D");
    it.do({
      type: "applyTrigger",
      trigger: { kind: "subject_moved", source: "scim", dedupeKey: "m", words: "moved", until: null },
      dueAt: null,
    });
    expect(it.state.since).toBe(START);
    it.do({ type: "revokeNow", reason: "over" }, by(P.owner));
    expect(it.state.since).toBe(after("P2D"));
  });

  test("leaves the state it folds from untouched", () => {
    const it = story().active();
    const before = structuredClone(it.state);
    const held = it.state;
    it.do({ type: "revokeNow", reason: "over" }, by(P.owner));
    expect(held).toEqual(before);
  });
});
