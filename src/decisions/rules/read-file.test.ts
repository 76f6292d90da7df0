/** What a rule set is refused for: each fault by its code and its place, and nothing else said. */
import { describe, expect, test } from "vitest";

import type { Question } from "../question.ts";
import { loadRules } from "./load-rules.ts";

const START = "name: r\ndescription: d\n";
const rule = (when: string) => `${START}rules:\n  - { name: a, permit: b, when: { ${when} } }\n`;

function faults(text: string): string[] {
  const reading = loadRules(text, "r");
  return reading.ok ? [] : reading.faults.map(({ code, at }) => `${code.replace("decisions.", "")} ${at?.slice(2)}`);
}

const many = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join("\n");

describe("refused, with line and column", () => {
  test.each<[string, string, readonly string[]]>([
    ["nothing at all", "", ["ruleMissing 1:1", "ruleMissing 1:1", "ruleMissing 1:1"]],
    ["no map", "[1]", ["ruleValueInvalid 1:1"]],
    ["a word that is not known", `${START}rule: []\nrules:\n  - { name: a, permit: b }\n`, ["ruleKeyUnknown 3:1"]],
    ["a name that no address takes", "name: A b\ndescription: d\nrules:\n  - { name: a, permit: b }\n", ["ruleValueInvalid 1:7"]],
    ["no rule", `${START}rules: []\n`, ["ruleValueInvalid 3:8"]],
    ["two effects", `${START}rules:\n  - { name: a, permit: b, deny: c }\n`, ["ruleValueInvalid 4:5"]],
    [
      "a name twice",
      `${START}rules:\n  - { name: a, permit: b, when: { context.x: 1 } }\n  - { name: a, deny: b }\n`,
      ["ruleNameTwice 5:13"],
    ],
    ["a path that leads nowhere", rule("subject.role: x"), ["rulePathUnknown 4:35"]],
    [
      "a path into what every object inherits",
      rule("subject.constructor: x, __proto__: y"),
      ["rulePathUnknown 4:35", "rulePathUnknown 4:59"],
    ],
    ["a path of the root alone", rule("context: x"), ["rulePathUnknown 4:35"]],
    ["an operator that is none", rule("context.x: { matches: y }"), ["ruleKeyUnknown 4:48"]],
    ["an operand of another type", rule("context.x: { below: high }"), ["ruleValueInvalid 4:55"]],
    ["a number that stands for its neighbours too", rule("context.x: 9007199254740993"), ["ruleValueInvalid 4:46"]],
    ["a bound that stands for its neighbours too", rule("context.x: { below: 9007199254740993 }"), ["ruleValueInvalid 4:55"]],
    ["an empty list", rule("context.x: []"), ["ruleValueInvalid 4:46"]],
    ["an empty condition", rule(""), ["ruleValueInvalid 4:33"]],
    ["a network with bits beyond its length", rule("context.x: { within: 10.0.0.1/8 }"), ["ruleValueInvalid 4:56"]],
    [
      "hours of something that is no moment",
      rule("context.x: { hours: { zone: UTC, days: [1], from: '08:00', until: '09:00' } }"),
      ["ruleValueInvalid 4:46"],
    ],
    [
      "a zone that nobody knows",
      rule("now: { hours: { zone: Mars/North, days: [1], from: '08:00', until: '09:00' } }"),
      ["ruleValueInvalid 4:57"],
    ],
    [
      "hours that end before they begin",
      rule("now: { hours: { zone: UTC, days: [1], from: '18:00', until: '06:00' } }"),
      ["ruleNeverFits 4:49"],
    ],
    ["levels without methods", rule("context.x: { meets: aal2 }"), ["ruleReferenceDangling 4:55"]],
    [
      "a table that is not there",
      `${START}define: { u: { table: t, by: subject.id } }\nrules:\n  - { name: a, permit: b, when: { u.x: 1 } }\n`,
      ["ruleReferenceDangling 3:23"],
    ],
    [
      "a column that no row has",
      `${START}tables: { t: { a: { x: 1 } } }\ndefine: { u: { table: t, by: subject.id } }\nrules:\n  - { name: a, permit: b, when: { u.y: 1 } }\n`,
      ["rulePathUnknown 6:35"],
    ],
    ["a table that nothing uses", `${START}tables: { t: { a: { x: 1 } } }\nrules:\n  - { name: a, permit: b }\n`, ["ruleUnused 3:11"]],
    [
      "a rule after one that always fits",
      `${START}rules:\n  - { name: a, deny: b }\n  - { name: c, permit: d, when: { context.x: 1 } }\n`,
      ["ruleUnreachable 5:5"],
    ],
    [
      "a rule within an earlier one",
      `${START}rules:\n  - { name: a, deny: b, when: { context.x: [1, 2] } }\n  - { name: c, permit: d, when: { context.x: 1, context.y: 2 } }\n`,
      ["ruleUnreachable 5:5"],
    ],
    ["values that exclude each other", rule("all: [{ context.x: 1 }, { context.x: [2, 3] }]"), ["ruleNeverFits 4:33"]],
    ["numbers that leave no room", rule("context.x: { above: 3, below: 3 }"), ["ruleNeverFits 4:33"]],
    ["a value that is left out and compared", rule("context.x: { exists: false, equals: 1 }"), ["ruleNeverFits 4:33"]],
    ["text that is to be a number", rule("action.name: 7"), ["ruleNeverFits 4:48"]],
    [
      "an obligation that nobody knows",
      `${START}rules:\n  - { name: a, permit: b, obligations: [{ type: dance }] }\n`,
      ["ruleValueInvalid 4:49"],
    ],
    [
      "a denial that obliges",
      `${START}rules:\n  - { name: a, deny: b, obligations: [{ type: notify, whom: c }] }\n`,
      ["ruleValueInvalid 4:38"],
    ],
    ["conditions too deep", rule("not: { ".repeat(9) + "context.x: 1" + " }".repeat(9)), ["rulesTooLarge 4:89"]],
    ["an alias", `${START}rules:\n  - &a { name: a, permit: b }\n  - *a\n`, ["rulesUnreadable 5:5"]],
    ["a key that stands twice", `${START}name: s\nrules:\n  - { name: a, permit: b }\n`, ["rulesUnreadable 3:1"]],
    [
      "a name that would be read as another",
      "subjects: { user: { 007: {}, True: {}, 1.10: {}, : {} } }\n",
      ["rulesUnreadable 1:21", "rulesUnreadable 1:30", "rulesUnreadable 1:40", "rulesUnreadable 1:50"],
    ],
    ["two documents", `${START}rules:\n  - { name: a, permit: b }\n---\nx: 1\n`, ["rulesUnreadable 5:1"]],
  ])("%s", (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  test("more rules, tests and rows than there may be", () => {
    expect(faults(`${START}rules:\n${many(501, (i) => `  - { name: r${i}, permit: x, when: { context.x: ${i} } }`)}`)).toEqual([
      "rulesTooLarge 4:3",
    ]);
    expect(faults(`${START}tables:\n  t:\n${many(10_001, (i) => `    k${i}: {}`)}\nrules: []`)).toEqual(["rulesTooLarge 1:1"]);
    const tests = (i: number) =>
      `  - name: r${i}\n    permit: x\n    when: { ${many(11, (k) => `context.k${i}x${k}: 1`).replaceAll("\n", ", ")} }`;
    expect(faults(`${START}rules:\n${many(500, tests)}`)).toHaveLength(1);
  });
});

test("every fault of a file is told at once, in the order of its lines", () => {
  expect(faults("name: r\nfoo: 1\nrules:\n  - { name: a, permit: b, when: { contxt.x: 1 } }\n  - { deny: 7 }\nbar: 2\n")).toEqual([
    "ruleMissing 1:1",
    "ruleKeyUnknown 2:1",
    "rulePathUnknown 4:35",
    "ruleMissing 5:5",
    "ruleValueInvalid 5:13",
    "ruleKeyUnknown 6:1",
  ]);
});

test("whatever a file says of its own version of YAML, it is read as 1.2: `yes` and `<<` are words", () => {
  const text = `%YAML 1.1\n---\n${START}subjects: { user: { a: { b: yes, <<: x } } }\nrules:\n  - { name: a, permit: b }\n`;
  expect(loadRules(text)).toMatchObject({ ok: true, file: { subjects: [{ id: "a", properties: { b: "yes", "<<": "x" } }] } });
});

const parsed = (text: string) => JSON.parse(text) as Question["context"];
const reading = (said: { subject?: string; resource?: string; context?: string }): Question => ({
  subject: { type: "user", id: "a", properties: parsed(said.subject ?? "{}") },
  action: { name: "read", properties: {} },
  resource: { type: "file", id: "f", properties: parsed(said.resource ?? "{}") },
  context: parsed(said.context ?? "{}"),
});
const decided = (when: string, said: Parameters<typeof reading>[0]) => {
  const file = loadRules(rule(when));
  return file.ok ? file.rules.decide(reading(said), 0).effect : undefined;
};

test("a path reaches what a question says, and nothing that every object inherits", () => {
  for (const [path, said] of [
    ["constructor", '{ "constructor": 1 }'],
    ["constructor.name", '{ "constructor": { "name": 1 } }'],
    ["x.toString", '{ "x": { "toString": 1 } }'],
    ["__proto__.x", '{ "__proto__": { "x": 1 } }'],
  ] as const) {
    const effect = (context: string) => decided(`context.${path}: { exists: true }`, { context });
    expect([path, effect(said), effect("{}"), effect('{ "x": {} }')]).toEqual([path, "permit", "none", "none"]);
  }
});

test("two numbers so large that JSON reads them as one are nobody's proof that they are the same", () => {
  for (const when of [
    "resource.properties.owner: { equals: { from: subject.properties.number } }",
    "resource.properties.owner: { one_of: { from: subject.properties.all } }",
    "resource.properties.all: { has: { from: subject.properties.number } }",
    "resource.properties.all: { has_any: { from: subject.properties.all } }",
  ]) {
    const effect = (owner: string, number: string) =>
      decided(when, { resource: `{"owner":${owner},"all":[${owner}]}`, subject: `{"number":${number},"all":[${number}]}` });
    expect(effect("9007199254740993", "9007199254740992")).toBe("none");
    expect(effect("1e999", "2e999")).toBe("none");
    expect(effect("9007199254740991", "9007199254740991")).toBe("permit");
  }
});

test("nor that one is no greater than the other", () => {
  for (const operator of ["at_most", "at_least", "below", "above"]) {
    const effect = (a: string, b: string) =>
      decided(`resource.properties.a: { ${operator}: { from: resource.properties.b } }`, { resource: `{"a":${a},"b":${b}}` });
    expect(effect("9007199254740993", "9007199254740992")).toBe("none");
    expect([effect("1", "9007199254740993"), effect("9007199254740993", "1")]).toContain("permit");
  }
});
