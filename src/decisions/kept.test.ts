import { expect, test } from "vitest";

import { createKeep } from "./kept.ts";
import { NONE, type Question } from "./question.ts";

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

test("what is kept is a copy: whoever asked cannot change it afterwards", () => {
  const groups = ["ops"];
  const { question } = createKeep([])({ ...asked, subject: { type: "user", id: "ada", properties: { groups } } });
  groups.push("admins");
  expect(question.subject.properties).toEqual({ groups: ["ops"] });
});
