/** Reading what an answer obliges the asker to. */
import type { Obligation } from "../verdict.ts";
import { type Faults, shown, under } from "./faults.ts";
import { fieldsOf, linesOf, lineOf, listOf, numberOf, refuseOthers } from "./read-values.ts";

type Type = Obligation["type"];

/** The one field that each type has beside it. */
const FIELD: Readonly<Record<Type, string>> = {
  step_up: "method",
  restricted_network: "networks",
  session_length: "seconds",
  notify: "whom",
};
const LONGEST_SECONDS = 366 * 86_400;

export function readObligations(value: unknown, at: string, faults: Faults): readonly Obligation[] {
  const list = listOf(value, at, faults, 20) ?? [];
  return list.flatMap((each, index) => readObligation(each, under(at, index), faults) ?? []);
}

function readObligation(value: unknown, at: string, faults: Faults): Obligation | undefined {
  const fields = fieldsOf(value, at, faults);
  if (fields === undefined) return undefined;
  const type = fields.get("type");
  if (typeof type !== "string" || !isType(type)) {
    if (!fields.has("type")) faults.add("decisions.ruleMissing", at, '"type" is missing.');
    else faults.add("decisions.ruleValueInvalid", under(at, "type"), `${shown(type)} is none of ${Object.keys(FIELD).join(", ")}.`);
    return undefined;
  }
  const name = FIELD[type];
  refuseOthers(fields, ["type", name], at, faults);
  if (fields.has(name)) return ofType(type, fields.get(name), under(at, name), faults);
  faults.add("decisions.ruleMissing", at, `"${name}" is missing.`);
}

function isType(type: string): type is Type {
  return Object.hasOwn(FIELD, type);
}

function ofType(type: Type, value: unknown, at: string, faults: Faults): Obligation | undefined {
  if (type === "session_length") {
    const seconds = numberOf(value, at, faults);
    if (seconds === undefined) return undefined;
    if (Number.isInteger(seconds) && seconds > 0 && seconds <= LONGEST_SECONDS) return { type, seconds };
    faults.add("decisions.ruleValueInvalid", at, `A session lasts whole seconds, from 1 to ${LONGEST_SECONDS}.`);
    return undefined;
  }
  if (type === "restricted_network") {
    const networks = linesOf(value, at, faults);
    return networks === undefined ? undefined : { type, networks };
  }
  const text = lineOf(value, at, faults);
  if (text === undefined) return undefined;
  return type === "step_up" ? { type, method: text } : { type, whom: text };
}
