/** Reading what a value is tested for: a plain value, a list of them, or operators by name. */
import { hasBitsBeyond, parseNetwork } from "../../kernel/network.ts";
import { parseZone, type Zone } from "../../kernel/time.ts";
import { type Faults, shown, under } from "./faults.ts";
import { isOperator, OPERATORS, type OperatorName } from "./operators.ts";
import { isAlwaysText, readPath, type Scope } from "./read-path.ts";
import { booleanOf, fieldsOf, linesOf, lineOf, listOf, numberOf, refuseOthers, scalarOf, scalarsOf } from "./read-values.ts";
import type { HoursOfWeek, Operand, Path, Scalar, Test } from "./rule-file.ts";

export function readTest(value: unknown, path: Path, at: string, scope: Scope): readonly Test[] {
  const tests = Array.isArray(value)
    ? oneOperator("one_of", value, at, scope)
    : isMap(value)
      ? byName(value, at, scope)
      : equalTo(value, at, scope);
  return tests.filter((test) => fits(test, path, at, scope));
}

function equalTo(value: unknown, at: string, scope: Scope): readonly Test[] {
  const scalar = scalarOf(value, at, scope.faults);
  return scalar === undefined ? [] : [{ op: "equals", with: { value: scalar } }];
}

function byName(value: object, at: string, scope: Scope): readonly Test[] {
  const fields = fieldsOf(value, at, scope.faults)!;
  if (fields.size === 0) scope.faults.add("decisions.ruleValueInvalid", at, "An empty test says nothing.");
  const known = Object.keys(OPERATORS);
  refuseOthers(fields, known, at, scope.faults);
  return [...fields].flatMap(([name, operand]) => (isOperator(name) ? oneOperator(name, operand, under(at, name), scope) : []));
}

function oneOperator(op: OperatorName, value: unknown, at: string, scope: Scope): readonly Test[] {
  const { operand, from } = OPERATORS[op];
  const found = from && isMap(value) ? fromOf(value, at, scope) : READ[operand](value, at, scope);
  return found === undefined ? [] : [{ op, with: found } as Test];
}

function fromOf(value: object, at: string, scope: Scope): Operand<never> | undefined {
  const fields = fieldsOf(value, at, scope.faults)!;
  refuseOthers(fields, ["from"], at, scope.faults);
  if (!fields.has("from")) {
    scope.faults.add("decisions.ruleMissing", at, '"from" is missing: the path of the value to compare with.');
    return undefined;
  }
  const path = readPath(fields.get("from"), under(at, "from"), scope);
  if (path === undefined) return undefined;
  if (path.root !== "now" && !isRow(path)) return { from: path };
  scope.faults.add("decisions.rulePathUnknown", under(at, "from"), `${path.text} is no single value to compare with.`);
}

type Read = (value: unknown, at: string, scope: Scope) => unknown;

const constant =
  (read: (value: unknown, at: string, faults: Faults) => Scalar | readonly Scalar[] | undefined): Read =>
  (value, at, { faults }) => {
    const found = read(value, at, faults);
    return found === undefined ? undefined : { value: found };
  };

const READ: Readonly<Record<(typeof OPERATORS)[OperatorName]["operand"], Read>> = {
  scalar: constant(scalarOf),
  scalars: constant(scalarsOf),
  text: constant(lineOf),
  number: constant(numberOf),
  boolean: (value, at, { faults }) => booleanOf(value, at, faults),
  assurance: (value, at, scope) => {
    const name = lineOf(value, at, scope.faults);
    if (name === undefined) return undefined;
    if (isAssurance(name, scope)) return { value: name };
    scope.faults.add("decisions.ruleReferenceDangling", at, `${shown(name)} is neither a level nor a method under methods.`);
  },
  networks: (value, at, { faults }) => {
    const lines = linesOf(typeof value === "string" ? [value] : value, at, faults);
    for (const [index, line] of (lines ?? []).entries()) {
      const read = parseNetwork(line);
      if (read === undefined || hasBitsBeyond(read))
        faults.add(
          "decisions.ruleValueInvalid",
          Array.isArray(value) ? under(at, index) : at,
          `${shown(line)} is no network, as 10.0.0.0/8 or 2001:db8::/32 is one.`,
        );
    }
    return lines;
  },
  hours: (value, at, { faults }) => hoursOf(value, at, faults),
};

function isAssurance(name: string, { methods }: Scope): boolean {
  return methods !== undefined && (methods.levels.includes(name) || methods.of.has(name));
}

function hoursOf(value: unknown, at: string, faults: Faults): HoursOfWeek | undefined {
  const fields = fieldsOf(value, at, faults);
  if (fields === undefined) return undefined;
  const known = ["zone", "days", "from", "until"];
  refuseOthers(fields, known, at, faults);
  for (const name of known.filter((each) => !fields.has(each))) faults.add("decisions.ruleMissing", at, `"${name}" is missing.`);
  const zone = zoneOf(fields.get("zone"), under(at, "zone"), faults);
  const days = daysOf(fields.get("days"), under(at, "days"), faults);
  const fromMinute = minuteOf(fields.get("from"), under(at, "from"), faults);
  const untilMinute = minuteOf(fields.get("until"), under(at, "until"), faults);
  if (zone === undefined || days === undefined || fromMinute === undefined || untilMinute === undefined) return undefined;
  if (fromMinute < untilMinute) return { zone, days, fromMinute, untilMinute };
  faults.add("decisions.ruleNeverFits", at, "The hours end before they begin; write two tests for a night.");
}

function zoneOf(value: unknown, at: string, faults: Faults): Zone | undefined {
  const zone = typeof value === "string" ? parseZone(value) : undefined;
  if (zone === undefined && value !== undefined)
    faults.add("decisions.ruleValueInvalid", at, `${shown(value)} is no time zone, as Europe/Zurich is one.`);
  return zone;
}

function daysOf(value: unknown, at: string, faults: Faults): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const days = listOf(value, at, faults) ?? [];
  const wrong = days.some((day) => typeof day !== "number" || !Number.isInteger(day) || day < 1 || day > 7);
  if (wrong || days.length === 0 || new Set(days).size < days.length) {
    if (Array.isArray(value)) faults.add("decisions.ruleValueInvalid", at, "Days are numbers from 1 (Monday) to 7, each once.");
    return undefined;
  }
  return days as readonly number[];
}

/** `08:00` as minutes of the day; `24:00` is its end. */
function minuteOf(value: unknown, at: string, faults: Faults): number | undefined {
  const found = typeof value === "string" ? /^(\d\d):([0-5]\d)$/.exec(value) : null;
  const minute = found === null ? Infinity : Number(found[1]) * 60 + Number(found[2]);
  if (minute <= 24 * 60) return minute;
  if (value !== undefined) faults.add("decisions.ruleValueInvalid", at, `${shown(value)} is no time of day, as "08:00" is one.`);
  return undefined;
}

/** Whether the value of this path can be tested so at all. */
function fits(test: Test, path: Path, at: string, scope: Scope): boolean {
  const { faults, methods, used } = scope;
  const isMoment = path.root === "now";
  if (isMoment !== (test.op === "hours")) {
    faults.add("decisions.ruleValueInvalid", at, isMoment ? "Of the moment only hours can be asked." : "Only now has hours.");
    return false;
  }
  if (OPERATORS[test.op].operand === "assurance") {
    if (methods === undefined) faults.add("decisions.ruleMissing", at, "The rule set says under methods no levels to compare by.");
    used.methods = true;
  }
  if (isRow(path) && test.op !== "exists") {
    faults.add("decisions.ruleValueInvalid", at, `${path.text} is a row; say which of its values, or ask whether it exists.`);
    return false;
  }
  if (!isAlwaysText(path) || !isNeverText(test)) return true;
  faults.add("decisions.ruleNeverFits", at, `${path.text} is always text, and is not tested for any.`);
  return false;
}

/** A row of a table, and no value of it. */
function isRow({ root, names }: Path): boolean {
  return root === "defined" && names.length === 0;
}

const FOR_TEXT: readonly OperatorName[] = ["equals", "one_of", "begins_with", "ends_with", "meets", "weaker_than", "within"];

function isNeverText({ op, with: operand }: Test): boolean {
  if (!FOR_TEXT.includes(op)) return true;
  if (typeof operand !== "object" || !("value" in operand)) return false;
  return (Array.isArray(operand.value) ? operand.value : [operand.value]).every((value) => typeof value !== "string");
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
