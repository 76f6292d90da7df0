import { expect, test } from "vitest";

import { EMPTY_REGISTER, rulesThat, snapshotOf } from "../../test/support/decision-point.ts";
import { decide } from "./decide.ts";
import { NONE, type Question } from "./question.ts";
import type { Register } from "./register.ts";
import type { RuleVerdict } from "./rule-set.ts";
import type { GrantTold } from "./verdict.ts";

const NOW = Date.UTC(2026, 10, 22);
const GRANT = { exception: "exc_1", ref: "EX-1" } as GrantTold;
const SESSION = { type: "session_length", seconds: 60 } as const;
const STEP_UP = { type: "step_up", method: "totp" } as const;
const QUESTION: Question = {
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name: "sign_in", properties: NONE },
  resource: { type: "application", id: "wiki", properties: NONE },
  context: NONE,
};

/** Ada holds an exception that lets her through. */
const register: Register = {
  ...EMPTY_REGISTER,
  findSubject: () => ({ keys: [], active: true }),
  look: () => ({ kind: "grant", grant: GRANT, obligations: [SESSION] }),
};
const saying = (said: RuleVerdict, asksRegister = true) => rulesThat(() => false, { decide: () => said, asksRegister: () => asksRegister });
const decided = (said: RuleVerdict, of: { register?: Register; asksRegister?: boolean } = {}) =>
  decide(QUESTION, saying(said, of.asksRegister), { ...snapshotOf([], of.register ?? register), freshAtMs: NOW }, NOW);

const outcome = (effect: RuleVerdict["effect"], asksRegister = true) => {
  const { permit, code } = decided({ effect, obligations: [] }, { asksRegister });
  return [permit, code];
};

test("an exception lifts what needs one and what no rule says, never a denial, and only where the action is the register's", () => {
  expect(outcome("needs_exception")).toEqual([true, "permitted_by_exception"]);
  expect(outcome("none")).toEqual([true, "permitted_by_exception"]);
  expect(outcome("deny")).toEqual([false, "denied_by_rule"]);
  expect(outcome("needs_exception", false)).toEqual([false, "nothing_permits"]);
  expect(outcome("none", false)).toEqual([false, "nothing_permits"]);
});

test("what the rules oblige to stays where an exception lets through", () => {
  expect(decided({ effect: "needs_exception", obligations: [STEP_UP] }).obligations).toEqual([STEP_UP, SESSION]);
});

test("nobody who is unknown or gone is let through by a rule either", () => {
  const permit: RuleVerdict = { effect: "permit", obligations: [] };
  expect(decided(permit).permit).toBe(true);
  expect(decided(permit, { register: { ...register, findSubject: () => undefined } }).code).toBe("unknown_subject");
  expect(decided(permit, { register: { ...register, findSubject: () => ({ keys: [], active: false }) } }).code).toBe("inactive_subject");
});

test("a snapshot that is too old, or whose age is no number, permits nothing, whatever the rules say", () => {
  const rules = saying({ effect: "permit", obligations: [] });
  const at = (freshAtMs: number, nowMs = NOW) =>
    decide(QUESTION, rules, { ...snapshotOf([], register), freshAtMs, maxAgeMs: 1000 }, nowMs).code;
  expect([at(NOW - 1000), at(NOW - 1001), at(NaN), at(NOW, NaN), at(-Infinity)]).toEqual([
    "permitted_by_rule",
    ...Array.from({ length: 4 }, () => "snapshot_too_old"),
  ]);
});
