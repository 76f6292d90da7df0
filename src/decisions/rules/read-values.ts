/** Reading single values of a document that may hold anything: each gives the value, or nothing and a fault. */
import { type Faults, shown, under } from "./faults.ts";
import { LIMITS, type Scalar } from "./rule-file.ts";

export type Fields = ReadonlyMap<string, unknown>;

/** The fields of a map by their names. Own ones only, whatever they are called. */
export function fieldsOf(value: unknown, at: string, faults: Faults): Fields | undefined {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where named fields belong.`);
}

/** Names fields that nobody reads. */
export function refuseOthers(fields: Fields, known: readonly string[], at: string, faults: Faults): void {
  for (const key of fields.keys()) {
    if (!known.includes(key))
      faults.add("decisions.ruleKeyUnknown", under(at, key), `Nothing here is called ${shown(key)}; known are ${known.join(", ")}.`);
  }
}

export function listOf(value: unknown, at: string, faults: Faults, most: number = LIMITS.list): readonly unknown[] | undefined {
  if (!Array.isArray(value)) {
    faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where a list belongs.`);
    return undefined;
  }
  if (value.length <= most) return value as readonly unknown[];
  faults.add("decisions.rulesTooLarge", at, `The list has ${value.length} items; at most ${most} fit.`);
}

export function lineOf(value: unknown, at: string, faults: Faults): string | undefined {
  if (typeof value !== "string" || value.trim() === "") {
    faults.add("decisions.ruleValueInvalid", at, `${value === "" ? "Nothing" : shown(value)} stands where text belongs.`);
    return undefined;
  }
  if (value.length <= LIMITS.line) return value;
  faults.add("decisions.rulesTooLarge", at, `The text has ${value.length} characters; at most ${LIMITS.line} fit.`);
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "boolean" || isExact(value);
}

/** A number that is no other's as well: of the larger ones several that are written differently are read as one. */
export function isExact(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** What is told instead of the number itself, which was not read as it is written. */
function refuseInexact(value: unknown, at: string, faults: Faults): boolean {
  if (typeof value !== "number" || !Number.isFinite(value) || isExact(value)) return false;
  faults.add("decisions.ruleValueInvalid", at, "This number is too large to be told from its neighbours; write it as text, in quotes.");
  return true;
}

export function scalarOf(value: unknown, at: string, faults: Faults): Scalar | undefined {
  if (typeof value === "string" ? value.length <= LIMITS.line : isScalar(value)) return value as Scalar;
  if (refuseInexact(value, at, faults)) return undefined;
  faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where text, a number, true or false belongs.`);
}

export function numberOf(value: unknown, at: string, faults: Faults): number | undefined {
  if (isExact(value)) return value;
  if (refuseInexact(value, at, faults)) return undefined;
  faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where a number belongs.`);
}

export function booleanOf(value: unknown, at: string, faults: Faults): boolean | undefined {
  if (typeof value === "boolean") return value;
  faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where true or false belongs.`);
}

/** Texts of a list, those that could be read; `undefined` where it is none at all or empty. */
export function linesOf(value: unknown, at: string, faults: Faults): readonly string[] | undefined {
  return itemsOf(value, at, faults, lineOf);
}

export function scalarsOf(value: unknown, at: string, faults: Faults): readonly Scalar[] | undefined {
  return itemsOf(value, at, faults, scalarOf);
}

function itemsOf<V extends Scalar>(
  value: unknown,
  at: string,
  faults: Faults,
  read: (value: unknown, at: string, faults: Faults) => V | undefined,
): readonly V[] | undefined {
  const list = listOf(value, at, faults);
  if (list === undefined) return undefined;
  if (list.length === 0) faults.add("decisions.ruleValueInvalid", at, "An empty list says nothing; leave it out.");
  const seen = new Set<V>();
  for (const [index, item] of list.entries()) {
    const one = read(item, under(at, index), faults);
    if (one === undefined) continue;
    if (seen.has(one)) faults.add("decisions.ruleValueInvalid", under(at, index), `${shown(one)} stands in the list twice.`);
    seen.add(one);
  }
  return [...seen];
}
