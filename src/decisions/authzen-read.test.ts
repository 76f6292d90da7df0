import { describe, expect, test } from "vitest";

import { DEEPEST, type Fault, LONGEST_NAME, readBatch, readQuestion } from "./authzen-read.ts";
import { NONE } from "./question.ts";

const QUESTION = { subject: { type: "user", id: "a" }, action: { name: "b" }, resource: { type: "c", id: "d" } };

function faultsOf(body: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  const question = readQuestion(body, faults);
  expect(question === undefined).toBe(faults.length > 0);
  return faults;
}

const named = (id: unknown) => faultsOf({ ...QUESTION, subject: { type: "user", id } }).map(({ words }) => words);

test("a question is what was sent, and nothing besides", () => {
  const sent = { ...QUESTION, subject: { ...QUESTION.subject, more: 1, properties: { x: [1] } }, other: {}, context: { ip: "::1" } };
  expect(readQuestion(sent, [])).toEqual({
    subject: { type: "user", id: "a", properties: { x: [1] } },
    action: { name: "b", properties: NONE },
    resource: { type: "c", id: "d", properties: NONE },
    context: { ip: "::1" },
  });
});

test("names may be empty, long and in any script; a name that no database keeps, or that is too long, is refused", () => {
  for (const id of ["", "é", "🚪", " ", "x".repeat(LONGEST_NAME)]) expect(named(id)).toEqual([]);
  expect(named("x".repeat(LONGEST_NAME + 1))).toEqual([`may have at most ${LONGEST_NAME} characters`]);
  for (const id of ["a\u0000", "\ud83d", "\udeaax"]) expect(named(id)).toHaveLength(1);
  for (const id of [1, null, true, [], {}]) expect(named(id)).toEqual(["must be text"]);
});

const nested = (deep: number, list = false): unknown =>
  JSON.parse(list ? `{"a":${"[".repeat(deep - 1)}${"]".repeat(deep - 1)}}` : `${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`);

describe("properties and context", () => {
  const places = [
    ["/subject/properties", (it: unknown) => ({ ...QUESTION, subject: { ...QUESTION.subject, properties: it } })],
    ["/action/properties", (it: unknown) => ({ ...QUESTION, action: { ...QUESTION.action, properties: it } })],
    ["/resource/properties", (it: unknown) => ({ ...QUESTION, resource: { ...QUESTION.resource, properties: it } })],
    ["/context", (it: unknown) => ({ ...QUESTION, context: it })],
  ] as const;

  test.each(places)("%s may be nested so deep and no deeper", (at, within) => {
    for (const list of [false, true]) {
      expect(faultsOf(within(nested(DEEPEST, list)))).toEqual([]);
      for (const deep of [DEEPEST + 1, 50_000]) {
        expect(faultsOf(within(nested(deep, list)))).toEqual([{ at, words: `may be nested ${DEEPEST} deep at most` }]);
      }
    }
  });

  test.each(places)("%s has to be an object", (at, within) => {
    for (const wrong of [null, [], "x", 1, true]) expect(faultsOf(within(wrong))).toEqual([{ at, words: "must be an object" }]);
  });

  test("hold members that are named like those of every object, and only what was sent", () => {
    const context = JSON.parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
    const read = readQuestion({ ...QUESTION, context }, [])!;
    expect(Object.keys(read.context)).toEqual(["__proto__", "constructor"]);
    expect(read.context["admin"]).toBeUndefined();
  });
});

test("a body that names its members only in what objects inherit says nothing", () => {
  const body = JSON.parse(`{"__proto__":${JSON.stringify(QUESTION)}}`) as unknown;
  expect(faultsOf(body).map(({ at }) => at)).toEqual(["/subject", "/action", "/resource"]);
  const faults: Fault[] = [];
  expect(readBatch(JSON.parse('{"__proto__":{"evaluations":[{}]}}'), faults)).toBeUndefined();
});
