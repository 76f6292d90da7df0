import { expect, test } from "vitest";

import { EMPTY_REGISTER, rulesThat } from "../../test/support/decision-point.ts";
import { decide } from "./decide.ts";
import { createKeep } from "./kept.ts";
import { NONE, type Properties, type Question } from "./question.ts";

const asked: Question = {
  subject: { type: "user", id: "ada", properties: { password: "hunter2", role: "editor", groups: ["ops"] } },
  action: { name: "sign_in", properties: { method: "otp", token: "eyJhbGciOi" } },
  resource: { type: "application", id: "payroll", properties: { ownerID: "bob" } },
  context: { ip: "10.0.0.7", cookie: "secret", time: { hour: 3 } },
};

test("of a question only what the register or the rules look at is kept; a password that somebody sent along is not", () => {
  const { question, whole } = createKeep([{ of: "subject", name: "role" }])(asked);
  expect(question).toEqual({
    subject: { type: "user", id: "ada", properties: { groups: ["ops"], role: "editor" } },
    action: { name: "sign_in", properties: { method: "otp" } },
    resource: { type: "application", id: "payroll" },
    context: { ip: "10.0.0.7" },
  });
  expect(whole).toBe(true);
});

test("nothing large is held on to, however it is nested, and what was cut says so", () => {
  const keep = createKeep([{ of: "context", name: "deep" }]);
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const large: unknown[] = [
    "x".repeat(201),
    Array.from({ length: 1000 }, () => 0),
    Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => 0)),
    Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i])),
    { ["k".repeat(300)]: 1 },
    nested(6),
    JSON.parse('{"__proto__": {"a": 1}}'),
    Array.from({ length: 100 }, () => "x".repeat(200)),
  ];
  for (const deep of large) {
    const kept = keep({ ...asked, context: { deep } });
    expect(kept.whole).toBe(false);
    expect(JSON.stringify(kept).length).toBeLessThan(400);
  }
  const long = keep({ ...asked, subject: { type: "user", id: "a".repeat(100_000), properties: NONE } });
  expect(long.question.subject.id).toHaveLength(300);
  expect(long.whole).toBe(false);
});

test("whatever the register's part of a decision reads is kept, or asked again it would be another question", () => {
  const read: string[] = [];
  const watched = (of: string): Properties =>
    new Proxy({}, { get: (_, name) => (typeof name === "string" && read.push(`${of} ${name}`), undefined) });
  const question: Question = {
    subject: { ...asked.subject, properties: watched("subject") },
    action: { ...asked.action, properties: watched("action") },
    resource: { ...asked.resource, properties: watched("resource") },
    context: watched("context"),
  };
  const register = { ...EMPTY_REGISTER, findSubject: () => ({ keys: [], active: true }) };
  const rules = rulesThat(() => false, { asksRegister: () => true });
  decide(question, rules, { register, ruleSets: new Map(), freshAtMs: 0, maxAgeMs: 1 }, 0);
  expect(read).toContain("subject connection");
  const filled = Object.fromEntries(read.map((each) => [each.split(" ")[1]!, "said"]));
  const all = { subject: { ...asked.subject, properties: filled }, action: { ...asked.action, properties: filled } };
  const { question: kept } = createKeep([])({ ...all, resource: { ...asked.resource, properties: filled }, context: filled });
  const properties = { subject: kept.subject.properties, action: kept.action.properties, context: kept.context };
  const held = Object.entries(properties).flatMap(([of, those]) => Object.keys(those ?? {}).map((name) => `${of} ${name}`));
  expect(held.sort()).toEqual([...new Set(read)].sort());
});

test("what is kept is a copy: whoever asked cannot change it afterwards", () => {
  const groups = ["ops"];
  const { question } = createKeep([])({ ...asked, subject: { type: "user", id: "ada", properties: { groups } } });
  groups.push("admins");
  expect(question.subject.properties).toEqual({ groups: ["ops"] });
});
