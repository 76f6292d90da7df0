/**
 * A hundred thousand bodies, made and mutated by somebody who knows the grammar, through what reads and decides. Of all questions one
 * is permitted, and only that one. The seed is printed where it fails.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { rulesThat, snapshotOf } from "../../test/support/decision-point.ts";
import { Refused } from "../kernel/problem.ts";
import { OPEN } from "./admission.ts";
import { readBatch, readItem, readQuestion, readSearch } from "./authzen-read.ts";
import { answerBatch, answerEvaluation, readJson, type Work } from "./authzen-service.ts";
import { UNBOUNDED } from "./caller.ts";
import { NO_EXTENSIONS } from "./extension.ts";
import type { Question } from "./question.ts";

const RUNS = 100_000;

const THE_ONE = {
  subject: { type: "user", id: "rosa", properties: { role: "guard" } },
  action: { name: "open", properties: { key: "brass" } },
  resource: { type: "door", id: "d1", properties: { floor: 3 } },
  context: { hour: 9 },
};

/** Reads members as a rule does. */
const isTheOne = ({ subject, action, resource, context }: Question): boolean =>
  subject.type === "user" &&
  subject.id === "rosa" &&
  subject.properties["role"] === "guard" &&
  action.name === "open" &&
  action.properties["key"] === "brass" &&
  resource.type === "door" &&
  resource.id === "d1" &&
  resource.properties["floor"] === 3 &&
  context["hour"] === 9;

const work: Work = {
  caller: { name: "fuzz", scope: UNBOUNDED },
  rules: rulesThat(isTheOne),
  snapshot: { ...snapshotOf([]), maxAgeMs: Number.MAX_SAFE_INTEGER },
  nowMs: Date.now(),
  offering: {
    caller: { name: "fuzz", scope: UNBOUNDED },
    base: "https://postern.example",
    nowMs: 0,
    sequence: 0,
    ruleSet: "default",
    rulesDigest: "",
  },
  asked: { caller: "fuzz", requestId: null, ruleSet: "default", sequence: 0, ageMs: 0 },
  admission: OPEN,
  decisionLog: { record: () => {}, answered: () => {} },
  extensions: NO_EXTENSIONS,
};

/** Small and quick, and the same for the same seed. */
function randomFrom(seed: number) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (n: number) => next() % n;
  return { below, oneOf: <T>(list: readonly T[]): T => list[below(list.length)]! };
}
type Random = ReturnType<typeof randomFrom>;

const KEYS = [
  "subject",
  "action",
  "resource",
  "context",
  "type",
  "id",
  "name",
  "properties",
  "role",
  "key",
  "floor",
  "hour",
  "evaluations",
];
const ODD_KEYS = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "options", "page", "", "\u0000", "\ud800", "ключ"];
const WORDS = ["user", "rosa", "guard", "open", "brass", "door", "d1", "deny_on_first_deny", "permit_on_first_permit", ...ODD_KEYS];
const ATOMS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "3",
  "9",
  "3.0",
  "9e0",
  "1e999",
  "-1e-999",
  "12345678901234567890",
  '"9"',
  '"\\u0072osa"',
];

const escaped = (text: string): string => JSON.stringify(text);

function anyValue(random: Random, depth: number): string {
  const kind = random.below(depth <= 0 ? 3 : 8);
  if (kind === 0) return random.oneOf(ATOMS);
  if (kind <= 2) return escaped(random.oneOf(WORDS));
  if (kind === 3) return `[${many(random, 4, () => anyValue(random, depth - 1))}]`;
  if (kind === 4 && random.below(20) === 0) return nested(random);
  if (kind === 5 && random.below(20) === 0) return escaped(random.oneOf(["x", "\u0000", "é", "\ud83d"]).repeat(random.below(5_000)));
  return anyObject(random, depth);
}

function anyObject(random: Random, depth: number): string {
  return `{${many(random, 5, () => `${escaped(random.oneOf(random.below(4) === 0 ? ODD_KEYS : KEYS))}:${anyValue(random, depth - 1)}`)}}`;
}

function nested(random: Random): string {
  const deep = random.below(random.oneOf([40, 40, 3_000]));
  return random.below(2) === 0 ? "[".repeat(deep) + "]".repeat(deep) : `${'{"properties":'.repeat(deep)}1${"}".repeat(deep)}`;
}

function many(random: Random, most: number, make: () => string): string {
  return Array.from({ length: random.below(most + 1) }, make).join(",");
}

/** The permitted question, each member left, lost, put twice or put wrong. */
function nearly(random: Random, value: unknown, depth: number): string {
  if (random.below(24) === 0) return anyValue(random, depth);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => nearly(random, each, depth - 1)).join(",")}]`;
  const members = Object.entries(value).flatMap(([key, each]) => {
    const member = `${escaped(key)}:${nearly(random, each, depth - 1)}`;
    const luck = random.below(40);
    if (luck === 0) return [];
    if (luck === 1) return [member, `${escaped(key)}:${anyValue(random, depth)}`];
    if (luck === 2) return [`${escaped(key)}:${anyValue(random, depth)}`, member];
    if (luck === 3) return [`"__proto__":{${member}}`];
    if (luck === 4) return [member, `${escaped(random.oneOf(ODD_KEYS))}:${anyValue(random, depth)}`];
    return [member];
  });
  return `{${members.join(",")}}`;
}

function batchOf(random: Random): unknown {
  const items = Array.from({ length: random.below(4) }, () => {
    const given = Object.entries(THE_ONE).filter(() => random.below(2) === 0);
    return Object.fromEntries(given);
  });
  const semantic = random.oneOf(["execute_all", "deny_on_first_deny", "permit_on_first_permit", "other"]);
  return { ...THE_ONE, evaluations: items, ...(random.below(2) === 0 && { options: { evaluations_semantic: semantic } }) };
}

function mutated(random: Random, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || random.below(3) > 0) return bytes;
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(bytes.length);
    const kind = random.below(4);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes[at]! ^= 1 << random.below(8);
    else if (kind === 2) bytes.copyWithin(at, random.below(bytes.length));
    else return bytes.subarray(0, at);
  }
  return bytes;
}

function bodyFrom(seed: number): Uint8Array {
  const random = randomFrom(seed);
  const kind = random.below(8);
  const text =
    kind === 0 ? anyObject(random, 4) : kind === 1 ? anyValue(random, 5) : nearly(random, kind < 5 ? THE_ONE : batchOf(random), 4);
  return mutated(random, text);
}

/** Read once more, by another way: own members only, step by step, and whole objects for defaults. */
function member(of: unknown, ...path: readonly string[]): unknown {
  let at = of;
  for (const key of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function honestlyPermitted(question: unknown): boolean {
  const wanted: [unknown, string[]][] = [
    ["user", ["subject", "type"]],
    ["rosa", ["subject", "id"]],
    ["guard", ["subject", "properties", "role"]],
    ["open", ["action", "name"]],
    ["brass", ["action", "properties", "key"]],
    ["door", ["resource", "type"]],
    ["d1", ["resource", "id"]],
    [3, ["resource", "properties", "floor"]],
    [9, ["context", "hour"]],
  ];
  return wanted.every(([value, path]) => member(question, ...path) === value);
}

function honestItem(batch: unknown, index: number): unknown {
  const item = (member(batch, "evaluations") as unknown[])[index];
  const whole = Object.fromEntries(
    ["subject", "action", "resource", "context"].map((key) => [key, member(item, key) ?? member(batch, key)]),
  );
  return typeof item === "object" && item !== null ? whole : undefined;
}

interface Answer {
  readonly decision?: boolean;
  readonly evaluations?: readonly { readonly decision: boolean }[];
}

/** The answer, or the status it is refused with. Anything else that is thrown is a crash. */
function answerTo(bytes: Uint8Array, answer: (work: Work, body: unknown) => string): Answer | number {
  try {
    return JSON.parse(answer(work, readJson(bytes))) as Answer;
  } catch (error) {
    if (error instanceof Refused) return error.status;
    throw error;
  }
}

test(`of ${RUNS} bodies none crashes, and only what an honest reading permits is permitted`, () => {
  const seen = { refused: 0, denied: 0, permitted: 0 };
  const judge = (seed: number) => {
    const bytes = bodyFrom(seed);
    for (const answer of [answerEvaluation, answerBatch]) {
      const got = answerTo(bytes, answer);
      if (typeof got === "number") {
        if (got !== 400) throw new Error(`answers ${got}`);
        seen.refused++;
        continue;
      }
      const read: unknown = JSON.parse(Buffer.from(bytes).toString());
      const decisions = got.evaluations?.map(({ decision }) => decision) ?? [got.decision];
      decisions.forEach((decision, i) => {
        const asked = got.evaluations === undefined ? read : honestItem(read, i);
        seen[decision === true ? "permitted" : "denied"]++;
        if (decision !== honestlyPermitted(asked) && decision !== false) throw new Error(`permits ${Buffer.from(bytes).toString()}`);
      });
    }
  };
  fc.assert(fc.property(fc.nat(0x7fff_ffff), judge), { numRuns: RUNS });
  // It would mean little if hardly any came so far.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS / 20);
}, 900_000);

/** Counts every look at a member of what was sent. */
function counted(body: unknown): { readonly body: unknown; readonly looks: () => number } {
  let looks = 0;
  const wrap = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? new Proxy(value, {
          get(target, key) {
            looks++;
            return wrap(Reflect.get(target, key));
          },
          ownKeys(target) {
            const keys = Reflect.ownKeys(target);
            looks += keys.length;
            return keys;
          },
        })
      : value;
  return { body: wrap(body), looks: () => looks };
}

const entity = (properties: unknown) => ({ type: "user", id: "rosa", properties });
const question = (properties: unknown) => ({ ...THE_ONE, subject: entity(properties), context: properties });
const wide = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, { a: [1, { b: 2 }] }]));
const deep = (n: number) => JSON.parse('{"a":'.repeat(n) + "1" + "}".repeat(n)) as unknown;
const lists = (n: number) => ({ list: Array.from({ length: n }, () => []) });

describe("the work that a body makes grows no faster than the body", () => {
  const bodies: [string, (n: number) => unknown][] = [
    ["many properties", (n) => question(wide(n))],
    ["deep properties", (n) => question(deep(n))],
    ["long lists", (n) => question(lists(n))],
    ["many unknown members", (n) => ({ ...THE_ONE, ...wide(n) })],
    ["many items", (n) => ({ ...THE_ONE, evaluations: Array.from({ length: Math.min(n, 1_000) }, () => ({ action: THE_ONE.action })) })],
    ["many items that are no questions", (n) => ({ evaluations: Array.from({ length: Math.min(n, 1_000) }, () => ({})) })],
  ];
  const readings: [string, (body: unknown) => void][] = [
    ["a question", (body) => void readQuestion(body, [])],
    [
      "a batch",
      (body) => {
        const batch = readBatch(body, []);
        if (batch !== undefined && "items" in batch) for (const item of batch.items) readItem(item, batch.defaults, []);
      },
    ],
    ["a search", (body) => void readSearch("subject", body, [])],
  ];
  test.each(bodies.flatMap(([what, make]) => readings.map(([how, read]) => [what, how, make, read] as const)))(
    "%s, read as %s",
    (_, __, make, read) => {
      const looks = (n: number) => {
        const { body, looks: count } = counted(make(n));
        read(body);
        return count();
      };
      const [small, large] = [looks(250), looks(1_000)];
      expect(large).toBeLessThanOrEqual(4 * small + 50);
    },
  );
});
