import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";

import { believed, type CallerScope, mayAsk, mayName, seen, UNBOUNDED } from "./caller.ts";
import { NONE, type Question } from "./question.ts";
import type { Verdict } from "./verdict.ts";

const vpn: CallerScope = {
  ...UNBOUNDED,
  subjects: new Set(["user"]),
  actions: new Set(["sign_in"]),
  resources: [
    { type: "application", ids: new Set(["app_1"]), prefixes: ["vpn-"] },
    { type: "policy", ids: "any", prefixes: [] },
  ],
};
const question = (more: Partial<Question> = {}): Question => ({
  subject: { type: "user", id: "ada", properties: NONE },
  action: { name: "sign_in", properties: NONE },
  resource: { type: "application", id: "app_1", properties: NONE },
  context: NONE,
  ...more,
});

describe("what a caller may ask", () => {
  test("is what its scope names, by type, id or beginning, and nothing beside it", () => {
    const resource = (type: string, id: string) => mayAsk(vpn, question({ resource: { type, id, properties: NONE } }));
    expect([resource("application", "app_1"), resource("application", "vpn-east"), resource("policy", "x")]).toEqual([true, true, true]);
    expect([resource("application", "app_2"), resource("application", "my-vpn-"), resource("action", "app_1")]).toEqual([
      false,
      false,
      false,
    ]);
    expect(mayAsk(vpn, question({ subject: { type: "device", id: "ada", properties: NONE } }))).toBe(false);
    expect(mayAsk(vpn, question({ action: { name: "delete", properties: NONE } }))).toBe(false);
  });

  test("is nothing where the scope names nothing", () => {
    const none: CallerScope = { ...UNBOUNDED, resources: [], subjects: new Set(), actions: new Set() };
    assert(property(string(), string(), (type, id) => !mayName(none, type, id)));
  });

  test("is believed about groups only where it may vouch for them; every other property stays", () => {
    const subject = { type: "user", id: "ada", properties: { groups: ["exempt"], mfa: true } };
    expect(believed({ ...vpn, mayVouchForGroups: false }, question({ subject })).subject.properties).toEqual({ mfa: true });
    expect(believed(vpn, question({ subject })).subject.properties).toEqual(subject.properties);
  });
});

describe("what a caller is told of an exception", () => {
  const grant = { exception: "exc_1", ref: "EX-1", validUntil: "2026-12-01T00:00:00Z", owner: "per_1" };
  const verdict = {
    permit: true,
    code: "permitted_by_exception",
    words: "",
    grant,
    obligations: [],
    requestable: false,
  } as unknown as Verdict;

  test("is in no words either, which may name it", () => {
    const denied: Verdict = { ...verdict, permit: false, code: "exception_ended", words: "EX-1 ended yesterday." };
    const told = seen({ ...vpn, maySeeExceptions: false }, denied);
    expect(JSON.stringify(told)).not.toContain("EX-1");
    expect(told.code).toBe("exception_ended");
  });

  test("is nothing of it, all but whose it is, or everything, and never another decision", () => {
    expect(seen({ ...vpn, maySeeExceptions: false }, verdict)).not.toHaveProperty("grant");
    expect(seen({ ...vpn, maySeeOwners: false }, verdict).grant).toEqual({ ...grant, owner: null });
    expect(seen(vpn, verdict)).toBe(verdict);
    for (const maySeeExceptions of [true, false]) expect(seen({ ...vpn, maySeeExceptions }, verdict).permit).toBe(true);
  });
});
