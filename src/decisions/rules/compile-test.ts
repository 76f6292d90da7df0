/** What each operator means: the value of the question and that of the operand, and what comes of comparing them. */
import { isWithin, parseAddress, parseNetwork } from "../../kernel/network.ts";
import { instantOfEpochMs, wallClock } from "../../kernel/time.ts";
import { isExact, isScalar } from "./read-values.ts";
import type { HoursOfWeek, Methods, Test } from "./rule-file.ts";
import { FALSE, not, TRUE, type Truth, truth, UNKNOWN } from "./truth.ts";

/** Compares two values that may be anything. Never throws; what cannot be compared is unknown. */
export type Compare = (value: unknown, operand: unknown) => Truth;
type Comparing = Exclude<Test["op"], "exists" | "within" | "hours">;

const COMPARE: Readonly<Record<Comparing, (value: unknown, operand: unknown, methods: Methods | undefined) => Truth>> = {
  equals,
  one_of: (value, operand) => isOneOf(operand, value),
  has: isOneOf,
  has_any: hasAny,
  begins_with: onTexts((value, part) => value.startsWith(part)),
  ends_with: onTexts((value, part) => value.endsWith(part)),
  below: onNumbers((value, bound) => value < bound),
  at_most: onNumbers((value, bound) => value <= bound),
  above: onNumbers((value, bound) => value > bound),
  at_least: onNumbers((value, bound) => value >= bound),
  meets: (value, operand, methods) => not(isWeaker(value, operand, methods)),
  weaker_than: isWeaker,
};

export function compareBy(op: Comparing, methods: Methods | undefined): Compare {
  const compare = COMPARE[op];
  return (value, operand) => compare(value, operand, methods);
}

/** Values of different types are not compared: "7" is neither 7 nor certainly something else. */
function equals(value: unknown, operand: unknown): Truth {
  if (typeof value !== typeof operand || !isScalar(value)) return UNKNOWN;
  return truth(value === operand);
}

function isOneOf(list: unknown, value: unknown): Truth {
  if (!Array.isArray(list) || !isScalar(value)) return UNKNOWN;
  if (list.includes(value)) return TRUE;
  return list.every((each) => typeof each === typeof value) ? FALSE : UNKNOWN;
}

/** Some of these, as `any` of `has` for each; in one pass over both lists. */
function hasAny(list: unknown, operand: unknown): Truth {
  if (!Array.isArray(list) || !Array.isArray(operand)) return UNKNOWN;
  const held = new Set<unknown>(list);
  if (operand.some((each) => isScalar(each) && held.has(each))) return TRUE;
  if (operand.length === 0) return FALSE;
  const types = new Set(list.map((each) => typeof each));
  return operand.every((each) => isScalar(each) && [...types].every((type) => type === typeof each)) ? FALSE : UNKNOWN;
}

function onTexts(holds: (value: string, part: string) => boolean): Compare {
  return (value, part) => (typeof value === "string" && typeof part === "string" ? truth(holds(value, part)) : UNKNOWN);
}

function onNumbers(holds: (value: number, bound: number) => boolean): Compare {
  return (value, bound) => {
    if (typeof value !== "number" || typeof bound !== "number") return UNKNOWN;
    // Two that are read as one may have been written as two.
    return value === bound && !isExact(value) ? UNKNOWN : truth(holds(value, bound));
  };
}

/** The levels that something may have: of a method or level its own, of a list its strongest, of what is not known any. */
interface Strength {
  readonly least: number;
  readonly most: number;
}

function isWeaker(value: unknown, than: unknown, methods: Methods | undefined): Truth {
  if (methods === undefined) return UNKNOWN;
  const a = strengthOf(value, methods);
  const b = strengthOf(than, methods);
  if (a.most < b.least) return TRUE;
  return a.least >= b.most ? FALSE : UNKNOWN;
}

function strengthOf(value: unknown, methods: Methods): Strength {
  const top = methods.levels.length - 1;
  if (typeof value === "string") {
    const level = methods.of.get(value) ?? methods.levels.indexOf(value);
    return level < 0 ? { least: 0, most: top } : { least: level, most: level };
  }
  if (!Array.isArray(value) || value.length === 0) return { least: 0, most: top };
  const each = value.map((one) => (Array.isArray(one) ? { least: 0, most: top } : strengthOf(one, methods)));
  return { least: largest(each.map(({ least }) => least)), most: largest(each.map(({ most }) => most)) };
}

function largest(levels: readonly number[]): number {
  return levels.reduce((most, level) => Math.max(most, level), 0);
}

export function compileNetworks(texts: readonly string[]): (value: unknown) => Truth {
  const networks = texts.map((text) => parseNetwork(text)!);
  return (value) => {
    const address = typeof value === "string" ? parseAddress(value) : undefined;
    return address === undefined ? UNKNOWN : truth(networks.some((network) => isWithin(network, address)));
  };
}

export function compileHours({ zone, days, fromMinute, untilMinute }: HoursOfWeek): (nowMs: number) => Truth {
  return (nowMs) => {
    const { dayOfWeek, minuteOfDay } = wallClock(instantOfEpochMs(Math.trunc(nowMs)), zone);
    return truth(days.includes(dayOfWeek) && fromMinute <= minuteOfDay && minuteOfDay < untilMinute);
  };
}
