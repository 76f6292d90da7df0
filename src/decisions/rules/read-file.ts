/**
 * Reads a rule set out of a parsed document that may be anything: all of it, or everything that is wrong with it, each with its place
 * as a JSON pointer. Never throws.
 */
import type { Refusal } from "../../kernel/problem.ts";
import { checkFile } from "./check-file.ts";
import { collectFaults, type Faults, shown, under } from "./faults.ts";
import { readCondition } from "./read-condition.ts";
import { readDefinitions, readEntities, readMethods, readTables, refuseNames, required } from "./read-facts.ts";
import { readObligations } from "./read-obligations.ts";
import type { Scope } from "./read-path.ts";
import { type Fields, fieldsOf, linesOf, lineOf, listOf, refuseOthers } from "./read-values.ts";
import { type Condition, type Effect, EFFECTS, LIMITS, type Rule, RULE_SET_NAME, type RuleFile } from "./rule-file.ts";

export type FileReading = { readonly ok: true; readonly file: RuleFile } | { readonly ok: false; readonly faults: readonly Refusal[] };

const FIELDS = ["name", "description", "register", "methods", "tables", "define", "subjects", "resources", "actions", "rules"];
const ALWAYS: Condition = { kind: "all", of: [] };

export function readRuleFile(document: unknown): FileReading {
  const faults = collectFaults();
  const fields = fieldsOf(document, "", faults);
  const file = fields === undefined ? undefined : fileOf(fields, faults);
  return file === undefined || faults.all.length > 0 ? { ok: false, faults: faults.all } : { ok: true, file };
}

function fileOf(fields: Fields, faults: Faults): RuleFile | undefined {
  refuseOthers(fields, FIELDS, "", faults);
  if (isTooLarge(fields, faults)) return undefined;
  const name = required(fields, "name", "", faults) ?? "";
  if (name !== "" && !RULE_SET_NAME.test(name))
    faults.add(
      "decisions.ruleValueInvalid",
      "/name",
      `${shown(name)} is no name: small letters, digits and -, beginning with a letter, at most 40.`,
    );
  const tables = readTables(fields.get("tables"), "/tables", faults);
  const methods = readMethods(fields.get("methods"), "/methods", faults);
  const nothing: Scope = { faults, tables, define: new Map(), methods, used: { defined: new Set(), methods: false, tests: 0 } };
  const define = readDefinitions(fields.get("define"), "/define", nothing);
  refuseNames(define.keys(), "/define", faults);
  const scope: Scope = { ...nothing, define };
  const before = faults.all.length;
  const file: RuleFile = {
    name,
    description: required(fields, "description", "", faults) ?? "",
    register: optionalLines(fields, "register", faults),
    tables,
    define,
    methods,
    subjects: readEntities(fields.get("subjects"), "/subjects", faults),
    resources: readEntities(fields.get("resources"), "/resources", faults),
    actions: optionalLines(fields, "actions", faults),
    rules: readRules(fields, scope),
  };
  // What is left unused by a rule that could not be read would be told twice.
  checkFile(file, scope, faults.all.length === before);
  return file;
}

function optionalLines(fields: Fields, name: string, faults: Faults): readonly string[] {
  return fields.has(name) ? (linesOf(fields.get(name), `/${name}`, faults) ?? []) : [];
}

function size(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** Counted before anything is read. */
function isTooLarge(fields: Fields, faults: Faults): boolean {
  const inner = (value: unknown): number =>
    typeof value === "object" && value !== null ? Object.values(value).reduce((sum: number, each) => sum + size(each), 0) : 0;
  const rows = ["tables", "subjects", "resources", "methods"].reduce(
    (sum, name) => sum + inner(fields.get(name)),
    size(fields.get("define")),
  );
  if (rows <= LIMITS.rows) return false;
  faults.add("decisions.rulesTooLarge", "", `The rule set has ${rows} rows, entities and methods; at most ${LIMITS.rows} fit.`);
  return true;
}

function readRules(fields: Fields, scope: Scope): readonly Rule[] {
  const { faults } = scope;
  if (!fields.has("rules")) faults.add("decisions.ruleMissing", "", '"rules" is missing.');
  const list = fields.has("rules") ? (listOf(fields.get("rules"), "/rules", faults, LIMITS.rules) ?? []) : [];
  if (Array.isArray(fields.get("rules")) && list.length === 0 && (fields.get("rules") as []).length === 0)
    faults.add("decisions.ruleValueInvalid", "/rules", "Without a rule nothing is ever permitted.");
  const names = new Set<string>();
  return list.flatMap((each, index) => {
    const rule = readRule(each, under("/rules", index), scope);
    if (rule === undefined) return [];
    if (names.has(rule.name)) faults.add("decisions.ruleNameTwice", `${rule.at}/name`, `Another rule is called ${shown(rule.name)}.`);
    names.add(rule.name);
    return [rule];
  });
}

function readRule(value: unknown, at: string, scope: Scope): Rule | undefined {
  const { faults } = scope;
  const fields = fieldsOf(value, at, faults);
  if (fields === undefined) return undefined;
  refuseOthers(fields, ["name", ...EFFECTS, "when", "obligations"], at, faults);
  const name = required(fields, "name", at, faults);
  const when = fields.has("when") ? readCondition(fields.get("when"), under(at, "when"), scope) : ALWAYS;
  const obligations = fields.has("obligations") ? readObligations(fields.get("obligations"), under(at, "obligations"), faults) : [];
  const effect = effectOf(fields, at, faults);
  if (effect === "deny" && obligations.length > 0)
    faults.add("decisions.ruleValueInvalid", under(at, "obligations"), "A denial obliges nobody to anything.");
  const words = effect === undefined ? undefined : lineOf(fields.get(effect), under(at, effect), faults);
  if (name === undefined || when === undefined || effect === undefined || words === undefined) return undefined;
  return { name, effect, words, when, obligations, at };
}

function effectOf(fields: Fields, at: string, faults: Faults): Effect | undefined {
  const said = EFFECTS.filter((each) => fields.has(each));
  if (said.length === 0) faults.add("decisions.ruleMissing", at, `It says neither ${EFFECTS.join(" nor ")}.`);
  if (said.length > 1) faults.add("decisions.ruleValueInvalid", at, `It says ${said.join(" and ")}; say one.`);
  return said.length === 1 ? said[0] : undefined;
}
