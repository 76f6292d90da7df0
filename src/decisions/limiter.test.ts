import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";

import { type Caller, UNBOUNDED } from "./caller.ts";
import { createAdmission, SURE_A_SECOND } from "./limiter.ts";

const caller = (name: string): Caller => ({ name, scope: UNBOUNDED });

function scene(limits: Record<string, { perSecond: number; atOnce: number }> = {}) {
  const at = { nowMs: 1_000_000, lagMs: 0 };
  const admission = createAdmission({ nowMs: () => at.nowMs, lagMs: () => at.lagMs, limitOf: (name) => limits[name] });
  return { at, admission, ask: (name: string, questions = 1) => admission.admit(caller(name), questions) };
}

const limit = record({ perSecond: integer({ min: 1, max: 1000 }), atOnce: integer({ min: 1, max: 1000 }) });
const asks = array(record({ afterMs: integer({ min: 0, max: 3000 }), questions: integer({ min: 1, max: 50 }) }), { maxLength: 100 });

describe("a caller's limit", () => {
  test("is never exceeded over any stretch of time by more than what may come at once and one batch", () => {
    assert(
      property(limit, asks, (own, asked) => {
        const { at, ask } = scene({ a: own });
        const admitted: { atMs: number; questions: number }[] = [];
        for (const { afterMs, questions } of asked) {
          at.nowMs += afterMs;
          if (ask("a", questions) === undefined) admitted.push({ atMs: at.nowMs, questions });
        }
        for (const [i, first] of admitted.entries()) {
          let sum = 0;
          for (const { atMs, questions } of admitted.slice(i)) {
            sum += questions;
            const most = own.atOnce + 50 + ((atMs - first.atMs) * own.perSecond) / 1000;
            expect(sum).toBeLessThanOrEqual(most + 1e-6);
          }
        }
      }),
    );
  });

  test("sends nobody away for longer than it says: whoever waits so long is admitted", () => {
    assert(
      property(limit, asks, integer({ min: 1, max: 5000 }), (own, asked, questions) => {
        const { at, ask } = scene({ a: own });
        for (const each of asked) {
          at.nowMs += each.afterMs;
          ask("a", each.questions);
        }
        const away = ask("a", questions);
        if (away === undefined) return;
        expect(away).toMatchObject({ status: 429, code: "decisions.tooManyQuestions" });
        at.nowMs += away.retryAfterSeconds * 1000;
        expect(ask("a", questions)).toBeUndefined();
      }),
    );
  });

  test("is its own: whatever one asks changes nothing for another", () => {
    const step = record({ name: constantFrom("a", "b"), afterMs: integer({ min: 0, max: 500 }), questions: integer({ min: 1, max: 50 }) });
    assert(
      property(limit, limit, array(step, { maxLength: 100 }), (a, b, steps) => {
        const together = scene({ a, b });
        const alone = scene({ b });
        for (const { name, afterMs, questions } of steps) {
          together.at.nowMs += afterMs;
          alone.at.nowMs += afterMs;
          const answer = together.ask(name, questions);
          if (name === "b") expect(answer).toEqual(alone.ask(name, questions));
        }
      }),
    );
  });

  test("costs nothing for what was sent away", () => {
    const { at, ask } = scene({ a: { perSecond: 10, atOnce: 10 } });
    expect(ask("a", 10)).toBeUndefined();
    for (let i = 0; i < 1000; i++) expect(ask("a")?.status).toBe(429);
    at.nowMs += 1000;
    expect(ask("a", 10)).toBeUndefined();
  });

  test("is of questions: a batch weighs what it holds, and one too large for any moment is admitted once nothing is owed", () => {
    const { at, ask } = scene({ a: { perSecond: 10, atOnce: 10 } });
    expect(ask("a", 50)).toBeUndefined();
    expect(ask("a")).toMatchObject({ status: 429, retryAfterSeconds: 5 });
    at.nowMs += 4100;
    expect(ask("a")).toBeUndefined();
  });
});

describe("a process that is late", () => {
  test("sends away whoever asks the most, and goes on for the others", () => {
    const { at, ask } = scene();
    for (let i = 0; i < 100; i++) ask("heavy", 10);
    for (let i = 0; i < 10; i++) ask("light");
    at.lagMs = 200;
    expect(ask("heavy")).toMatchObject({ status: 503, code: "decisions.overloaded", retryAfterSeconds: 1 });
    expect(ask("light")).toBeUndefined();
    expect(ask("new")).toBeUndefined();
    at.lagMs = 0;
    expect(ask("heavy")).toBeUndefined();
  });

  test("by other work sends nobody away who did not ask", () => {
    const { at, ask } = scene();
    at.lagMs = 400;
    expect(ask("a")).toBeUndefined();
  });

  test("by far, and not by questions, goes on: sending few away would make nothing earlier", () => {
    const { at, ask, admission } = scene();
    at.lagMs = 10_000;
    for (let i = 0; i < SURE_A_SECOND; i++) {
      expect(admission.overload()).toBeUndefined();
      expect(ask("a")).toBeUndefined();
    }
    expect(ask("a")).toMatchObject({ status: 503 });
    at.nowMs += 2000;
    expect(admission.overload()).toBeUndefined();
    expect(ask("a")).toBeUndefined();
  });

  test("by far sends everybody away before anything is read", () => {
    const { at, ask, admission } = scene();
    expect(admission.overload()).toBeUndefined();
    ask("a", SURE_A_SECOND);
    expect(admission.overload()).toBeUndefined();
    at.lagMs = 501;
    expect(admission.overload()).toMatchObject({ status: 503, retryAfterSeconds: 1 });
  });

  test("forgets after two seconds who asked the most", () => {
    const { at, ask } = scene();
    ask("heavy", 10_000);
    ask("light");
    at.nowMs += 2000;
    ask("light");
    at.lagMs = 200;
    expect(ask("heavy")).toBeUndefined();
  });
});

describe("open requests", () => {
  test("of one caller leave room for the others, and come free when they end", () => {
    const { admission } = scene();
    const [a, b] = [caller("a"), caller("b")];
    for (let i = 0; i < 1024; i++) expect(admission.enter(a, 100)).toBeUndefined();
    expect(admission.enter(a, 100)).toMatchObject({ status: 429 });
    expect(admission.enter(b, 100)).toBeUndefined();
    admission.leave(a, 100);
    expect(admission.enter(a, 100)).toBeUndefined();
  });

  test("hold no more memory than there is for them: long bodies count by their length", () => {
    const { admission } = scene();
    const long = 1_048_576;
    for (let i = 0; i < 16; i++) expect(admission.enter(caller("a"), long)).toBeUndefined();
    expect(admission.enter(caller("a"), 1)).toMatchObject({ status: 429 });
    for (const name of ["b", "c", "d"]) for (let i = 0; i < 16; i++) expect(admission.enter(caller(name), long)).toBeUndefined();
    expect(admission.enter(caller("e"), 1)).toMatchObject({ status: 503 });
  });
});
