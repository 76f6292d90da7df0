/** The rule sets that ship with Postern answer as the cases of others expect, through the decision itself. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { SHARED_DATA } from "../../../test/support/shared-data.ts";
import { decide } from "../decide.ts";
import { type Entity, NONE, type Question } from "../question.ts";
import type { Snapshot } from "../snapshot.ts";
import { loadRules } from "./load-rules.ts";
import { loadShipped } from "./load-shipped.ts";

const FOLDER = join(SHARED_DATA, "authzen");
const isMissing = !existsSync(FOLDER);
if (isMissing) process.stderr.write(`skipped: AuthZEN cases: none at ${FOLDER} (POSTERN_SHARED names the folder)\n`);
const NOW = Date.UTC(2026, 10, 22, 12);
const SETS = loadShipped();

const SNAPSHOT: Snapshot = {
  register: { sequence: 0, size: 0, findSubject: () => undefined, look: () => never(), subjectsOn: () => [], resourcesOf: () => [] },
  ruleSets: new Map([...SETS].map(([name, { rules }]) => [name, rules])),
  freshAtMs: NOW,
  maxAgeMs: 1,
};

function never(): never {
  throw new Error("these rule sets do not ask the register");
}

type Asked = { [K in keyof Question]?: Partial<Question[K]> };

const entity = (of: Partial<Entity> | undefined): Entity => ({ type: "", id: "", properties: NONE, ...of });
const record = (id: string, properties = {}): Entity => ({ type: "record", id, properties });

function questionOf({ subject, action, resource, context }: Asked): Question {
  return {
    subject: entity(subject),
    action: { name: "", properties: NONE, ...action },
    resource: entity(resource),
    context: context ?? NONE,
  };
}

const permits = (set: string, asked: Asked): boolean => decide(questionOf(asked), SETS.get(set)!.rules, SNAPSHOT, NOW).permit;

interface Case {
  readonly request: Asked & { readonly evaluations?: readonly Asked[] };
  readonly expected: boolean | readonly { readonly decision: boolean }[];
}

function casesOf(file: string): readonly Case[] {
  const { evaluation, evaluations = [] } = JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Record<string, readonly Case[]>;
  return [...(evaluation ?? []), ...evaluations];
}

describe.skipIf(isMissing).each([
  ["todo", "authzen-todo-backend__test__decisions-authorization-api-1_0-02.json"],
  ["gateway", "authzen-api-gateways__test-harness__test__decisions.json"],
])("the %s rules", (set, file) => {
  test(`answer every case of ${file}`, () => {
    const cases = casesOf(file);
    expect(cases.length).toBeGreaterThan(20);
    for (const { request, expected } of cases) {
      const { evaluations = [{}], ...whole } = request;
      const answers = evaluations.map((each) => permits(set, { ...whole, ...each }));
      expect(answers, JSON.stringify(request)).toEqual(
        typeof expected === "boolean" ? [expected] : expected.map(({ decision }) => decision),
      );
    }
  });

  test("permit nobody they do not know anything", () => {
    for (const { request } of casesOf(file)) {
      for (const id of ["", "nobody", "__proto__", "constructor", "toString"])
        expect(permits(set, { ...request, subject: { ...request.subject, id } })).toBe(false);
    }
  });
});

describe("the certification rules", () => {
  const alice = { type: "user", id: "alice" };
  const bob = { type: "user", id: "bob" };

  test.each<[string, Asked, boolean]>([
    ["alice reads record-1", { subject: alice, action: { name: "read" }, resource: record("record-1") }, true],
    ["alice writes record-1", { subject: alice, action: { name: "write" }, resource: record("record-1") }, true],
    ["bob reads record-1", { subject: bob, action: { name: "read" }, resource: record("record-1") }, true],
    ["bob writes record-1", { subject: bob, action: { name: "write" }, resource: record("record-1") }, false],
    [
      "alice writes what is archived",
      { subject: alice, action: { name: "write" }, resource: record("record-2", { status: "archived" }) },
      false,
    ],
    ["alice writes what the rules know as archived", { subject: alice, action: { name: "write" }, resource: record("record-2") }, false],
    [
      "the question outweighs what is known",
      { subject: alice, action: { name: "write" }, resource: record("record-1", { status: "archived" }) },
      false,
    ],
    [
      "an archived state that is null",
      { subject: alice, action: { name: "write" }, resource: record("record-1", { status: null }) },
      false,
    ],
    [
      "an archived state in a list",
      { subject: alice, action: { name: "write" }, resource: record("record-1", { status: ["archived"] }) },
      false,
    ],
    ["bob, known as administrator, writes archived", { subject: bob, action: { name: "write" }, resource: record("record-2") }, true],
    [
      "an administrator by the question",
      {
        subject: { ...bob, properties: { role: "admin" } },
        action: { name: "write" },
        resource: record("record-2", { status: "archived" }),
      },
      true,
    ],
    [
      "bob, said to be none",
      { subject: { ...bob, properties: { role: "viewer" } }, action: { name: "write" }, resource: record("record-2") },
      false,
    ],
    ["soft delete", { subject: alice, action: { name: "delete", properties: { soft: true } }, resource: record("record-1") }, true],
    ["hard delete", { subject: alice, action: { name: "delete", properties: { soft: false } }, resource: record("record-1") }, false],
    ["delete that does not say how", { subject: alice, action: { name: "delete" }, resource: record("record-1") }, false],
    [
      "delete with another type of soft",
      { subject: alice, action: { name: "delete", properties: { soft: "true" } }, resource: record("record-1") },
      false,
    ],
    [
      "somebody unknown",
      { subject: { type: "user", id: "nonexistent-user" }, action: { name: "read" }, resource: record("record-1") },
      false,
    ],
    ["another type", { subject: { type: "spaceship", id: "alice" }, action: { name: "read" }, resource: record("record-1") }, false],
  ])("%s", (_, asked, expected) => {
    expect(permits("certification", asked)).toBe(expected);
  });

  test.skipIf(isMissing)("answer every single question of the extracted cases", () => {
    const cases = JSON.parse(readFileSync(join(FOLDER, "certification-cases.extracted.json"), "utf8")) as readonly {
      request: Asked & { evaluations?: readonly Asked[] };
      expectedBody: { decision?: boolean; evaluations?: readonly { decision: boolean }[] } | string | null;
      expectedText: string;
    }[];
    let compared = 0;
    for (const { request, expectedBody } of cases) {
      if (expectedBody === null || typeof expectedBody === "string") continue;
      const { evaluations, ...whole } = request;
      const asked = (evaluations ?? []).length === 0 ? [whole] : evaluations!.map((each) => ({ ...whole, ...each }));
      const expected = expectedBody.evaluations?.map(({ decision }) => decision) ?? [expectedBody.decision];
      if (expected[0] === undefined) continue;
      compared += expected.length;
      expect(
        asked.map((each) => permits("certification", each)),
        JSON.stringify(request),
      ).toEqual(expected);
    }
    expect(compared).toBeGreaterThan(8);
  });
});

const assurance = (level: string): Asked => ({ resource: { properties: { assurance: level } } });
const enrolled = (...methods: string[]): Asked => ({ subject: { properties: { enrolled: methods } } });

describe("the default rules", () => {
  const RULES = SETS.get("default")!.rules;
  const signIn = (method: string | undefined, more: Asked = {}) =>
    questionOf({
      subject: { type: "user", id: "ada", ...more.subject },
      action: { name: "sign_in", properties: method === undefined ? {} : { method } },
      resource: { type: "application", id: "wiki", ...more.resource },
      context: more.context ?? {},
    });
  const effect = (method: string | undefined, more?: Asked) => RULES.decide(signIn(method, more), NOW).effect;

  test.each<[string, string | undefined, Asked | undefined, string]>([
    ["a phishing-resistant method", "passkey", undefined, "permit"],
    ["a phishing-resistant method where less is asked", "passkey", assurance("aal1"), "permit"],
    ["one below the assurance of the application", "passkey", assurance("aal3"), "needs_exception"],
    ["one at the assurance of the application", "smart_card", assurance("aal3"), "permit"],
    ["an assurance that nobody knows", "passkey", assurance("highest"), "needs_exception"],
    ["the strongest, whatever the assurance is called", "smart_card", assurance("highest"), "permit"],
    ["a password, also where the application asks for no more", "password", assurance("aal1"), "needs_exception"],
    ["a method that nobody knows", "telepathy", undefined, "needs_exception"],
    ["no method", undefined, undefined, "needs_exception"],
    ["a passkey of somebody who has a smart card", "passkey", enrolled("password", "smart_card"), "needs_exception"],
    ["a passkey of somebody who has nothing stronger", "passkey", enrolled("password", "passkey"), "permit"],
    ["a passkey of somebody who has something unknown", "passkey", enrolled("something"), "needs_exception"],
    [
      "a recovery session, at what is privileged",
      "passkey",
      { context: { session: "recovery" }, resource: { properties: { privileged: true } } },
      "deny",
    ],
    ["a recovery session, at what nobody says is not privileged", "smart_card", { context: { session: "recovery" } }, "deny"],
    [
      "a recovery session, at what is not privileged",
      "passkey",
      { context: { session: "recovery" }, resource: { properties: { privileged: false } } },
      "permit",
    ],
    [
      "an ordinary session, at what is privileged",
      "passkey",
      { context: { session: "usual" }, resource: { properties: { privileged: true } } },
      "permit",
    ],
  ])("%s", (_, method, more, expected) => {
    expect(effect(method, more)).toBe(expected);
  });

  test("ask the register about signing in, and about nothing else", () => {
    expect([RULES.asksRegister("sign_in"), RULES.asksRegister("delete")]).toEqual([true, false]);
  });
});

describe("the search rules", () => {
  const { rules } = SETS.get("search")!;
  const may = (subject: string, id: string) =>
    rules.actions.filter((name) => permits("search", { subject: { type: "user", id: subject }, action: { name }, resource: record(id) }));

  test.each([
    ["alice", "101", ["view", "edit", "delete"]],
    ["alice", "102", ["view"]],
    ["alice", "110", ["view", "edit"]],
    ["bob", "101", ["view"]],
    ["bob", "104", []],
    ["bob", "114", ["view", "edit", "delete"]],
    ["dan", "115", ["view", "edit"]],
    ["erin", "115", ["view"]],
    ["nobody", "101", []],
  ])("%s on %s", (subject, id, expected) => {
    expect(may(subject, id)).toEqual(expected);
  });
});

test("the rules that docs/model/rules.md shows are sound", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/model/rules.md"), "utf8");
  const [, text = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  expect(loadRules(text)).toMatchObject({ ok: true, file: { name: "files" } });
});
