/**
 * What a rule set means, written a second time: slowly, over the document as it is written, by sets of what may be true. Nothing is
 * compiled, nothing stops early. What src/decisions/rules makes of the same document has to say the same.
 */
import { BlockList, isIP } from "node:net";

import type { Question } from "../../src/decisions/question.ts";
import type { Obligation } from "../../src/decisions/verdict.ts";

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

export interface RawRule {
  readonly name: string;
  readonly permit?: string;
  readonly deny?: string;
  readonly needs_exception?: string;
  readonly when?: Fields;
  readonly obligations?: readonly Obligation[];
}

export interface RawRules {
  readonly methods?: { readonly levels: readonly string[]; readonly of: Readonly<Record<string, string>> };
  readonly tables?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly define?: Readonly<Record<string, { readonly table: string; readonly by: string }>>;
  readonly subjects?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly resources?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly rules: readonly RawRule[];
}

export interface Said {
  readonly effect: "permit" | "deny" | "needs_exception" | "none";
  readonly rule: string | undefined;
  readonly obligations: readonly Obligation[];
}

/** What may be true: one of the two, or either. */
type Possible = ReadonlySet<boolean>;
const YES: Possible = new Set([true]);
const NO: Possible = new Set([false]);
const EITHER: Possible = new Set([true, false]);
const certain = (holds: boolean): Possible => (holds ? YES : NO);

/** From the most to the least restrictive. */
export const OPENNESS = ["deny", "needs_exception", "none", "permit"] as const;

/** Decided from the last rule backwards: a rule that may fit leaves the more restrictive of what it says and what the rest says. */
export function reference(document: RawRules, question: Question, nowMs: number): Said {
  return document.rules.reduceRight<Said>(
    (rest, rule) => {
      const fits = conjunction(rule.when ?? {}, document, question, nowMs);
      const effect = rule.permit !== undefined ? "permit" : rule.deny !== undefined ? "deny" : "needs_exception";
      const own: Said = { effect, rule: rule.name, obligations: rule.obligations ?? [] };
      if (!fits.has(true)) return rest;
      if (!fits.has(false)) return own;
      const tighter = OPENNESS.indexOf(own.effect) <= OPENNESS.indexOf(rest.effect) ? own : rest;
      const either = effect === "permit" ? rest : tighter;
      return { ...either, obligations: either.effect === "deny" ? [] : [...own.obligations, ...rest.obligations] };
    },
    { effect: "none", rule: undefined, obligations: [] },
  );
}

type Ask = readonly [RawRules, Question, number];

function conjunction(conditions: Fields, ...ask: Ask): Possible {
  return every(Object.entries(conditions).map(([key, value]) => condition(key, value, ...ask)));
}

function condition(key: string, value: Json, ...ask: Ask): Possible {
  if (key === "not") return opposite(conjunction(value as Fields, ...ask));
  if (key === "all") return every((value as Fields[]).map((each) => conjunction(each, ...ask)));
  if (key === "any") return opposite(every((value as Fields[]).map((each) => opposite(conjunction(each, ...ask)))));
  const tests: Fields = Array.isArray(value) ? { one_of: value } : isFields(value) ? value : { equals: value };
  return every(Object.entries(tests).map(([operator, operand]) => tested(operator, lookUp(key, ...ask), operand, ...ask)));
}

/** Whether every one holds: by trying all that may be. */
function every(all: readonly Possible[]): Possible {
  const found = new Set<boolean>();
  if (all.every((each) => each.has(true))) found.add(true);
  if (all.some((each) => each.has(false))) found.add(false);
  return found;
}

function opposite(of: Possible): Possible {
  return new Set([...of].map((each) => !each));
}

function tested(operator: string, value: Json, operand: Json, ...ask: Ask): Possible {
  if (operator === "hours") return certain(inHours(operand as Hours, ask[2]));
  if (operator === "exists") return certain((value === undefined) !== operand);
  if (operator === "within") return inNetworks(value, typeof operand === "string" ? [operand] : (operand as string[]));
  const other = isFields(operand) ? lookUp(operand["from"] as string, ...ask) : operand;
  return COMPARED[operator]!(value, other, ask[0]);
}

const COMPARED: Readonly<Record<string, (value: Json, other: Json, rules: RawRules) => Possible>> = {
  equals: same,
  has: (value, other) =>
    Array.isArray(value)
      ? anyOf(
          value.map((each) => same(other, each)),
          isPlain(other),
        )
      : EITHER,
  one_of: (value, other) =>
    Array.isArray(other)
      ? anyOf(
          other.map((each) => same(value, each)),
          isPlain(value),
        )
      : EITHER,
  has_any: (value, other) =>
    Array.isArray(value) && Array.isArray(other)
      ? anyOf(
          other.map((one) =>
            isPlain(one)
              ? anyOf(
                  value.map((each) => same(one, each)),
                  true,
                )
              : EITHER,
          ),
          true,
        )
      : EITHER,
  begins_with: (value, other) => texts(value, other, (a, b) => a.slice(0, b.length) === b),
  ends_with: (value, other) => texts(value, other, (a, b) => b === "" || a.slice(-b.length) === b),
  below: (value, other) => numbers(value, other, (a, b) => a < b),
  at_most: (value, other) => numbers(value, other, (a, b) => !(a > b)),
  above: (value, other) => numbers(value, other, (a, b) => a > b),
  at_least: (value, other) => numbers(value, other, (a, b) => !(a < b)),
  weaker_than: weaker,
  meets: (value, other, rules) => opposite(weaker(value, other, rules)),
};

function anyOf(all: readonly Possible[], comparable: boolean): Possible {
  return comparable ? opposite(every(all.map(opposite))) : EITHER;
}

function isPlain(value: Json): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && !isBlurred(value);
}

/** A number that JSON may have read from another one. */
function isBlurred(value: Json): boolean {
  return typeof value === "number" && !Number.isSafeInteger(Math.trunc(value));
}

function same(a: Json, b: Json): Possible {
  return isPlain(a) && typeof a === typeof b ? certain(Object.is(a, b)) : EITHER;
}

function texts(a: Json, b: Json, holds: (a: string, b: string) => boolean): Possible {
  return typeof a === "string" && typeof b === "string" ? certain(holds(a, b)) : EITHER;
}

function numbers(a: Json, b: Json, holds: (a: number, b: number) => boolean): Possible {
  return typeof a === "number" && typeof b === "number" && !(a === b && isBlurred(a)) ? certain(holds(a, b)) : EITHER;
}

/** Every pair of levels that the two may have. */
function weaker(value: Json, than: Json, { methods }: RawRules): Possible {
  if (methods === undefined) return EITHER;
  return new Set(levels(value, methods).flatMap((a) => levels(than, methods).map((b) => a < b)));
}

function levels(value: Json, methods: NonNullable<RawRules["methods"]>): number[] {
  const all = methods.levels.map((_, index) => index);
  if (Array.isArray(value) && value.length > 0) {
    const each = value.map((one) => (Array.isArray(one) ? all : levels(one, methods)));
    return all.filter((level) => each.every((one) => one.some((its) => its <= level)) && each.some((one) => one.includes(level)));
  }
  const name = typeof value === "string" && Object.hasOwn(methods.of, value) ? methods.of[value]! : value;
  const level = methods.levels.indexOf(name as string);
  return level < 0 ? all : [level];
}

function inNetworks(value: Json, networks: readonly string[]): Possible {
  if (typeof value !== "string" || isIP(value) === 0) return EITHER;
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", length] = network.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(address, Number(length ?? (family === "ipv4" ? 32 : 128)), family);
  }
  return certain(list.check(value, isIP(value) === 4 ? "ipv4" : "ipv6"));
}

interface Hours {
  readonly zone: string;
  readonly days: readonly number[];
  readonly from: string;
  readonly until: string;
}

function inHours({ zone, days, from, until }: Hours, nowMs: number): boolean {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(parts["weekday"]!) + 1;
  const time = `${parts["hour"]}:${parts["minute"]}`;
  return days.includes(day) && from <= time && time < until;
}

function lookUp(path: string, ...ask: Ask): Json {
  const [document, question] = ask;
  const [root = "", ...names] = path.split(".");
  const definition = document.define !== undefined && Object.hasOwn(document.define, root) ? document.define[root] : undefined;
  if (definition !== undefined) {
    const key = lookUp(definition.by, ...ask);
    const rows = document.tables![definition.table]!;
    return typeof key === "string" && Object.hasOwn(rows, key) ? follow(rows[key], names) : undefined;
  }
  if (root === "context") return follow(question.context, names);
  if (root === "action" || names[0] !== "properties") return follow(question[root as "action"], names);
  return ofEntity(root as "subject", names, document, question);
}

function ofEntity(root: "subject" | "resource", names: readonly string[], document: RawRules, question: Question): Json {
  const entity = question[root];
  if (Object.hasOwn(entity.properties, names[1]!)) return follow(entity, names);
  const known = (root === "subject" ? document.subjects : document.resources) ?? {};
  return follow(known, [entity.type, entity.id, ...names.slice(1)]);
}

function follow(value: Json, names: readonly string[]): Json {
  if (names.length === 0) return value ?? undefined;
  const [name = "", ...rest] = names;
  return isFields(value) && Object.hasOwn(value, name) ? follow(value[name], rest) : undefined;
}

function isFields(value: Json): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
