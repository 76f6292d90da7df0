/** Reading what a rule set knows: tables, definitions, methods, entities. */
import type { Entity } from "../question.ts";
import { type Faults, shown, under } from "./faults.ts";
import { readPath, RESERVED, type Scope } from "./read-path.ts";
import { type Fields, fieldsOf, isScalar, linesOf, lineOf, refuseOthers } from "./read-values.ts";
import { type Definition, LIMITS, type Methods, type Row, type Table } from "./rule-file.ts";

/** Names that a rule set gives: they stand in paths, and are written without quotes. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

export function readTables(value: unknown, at: string, faults: Faults): ReadonlyMap<string, Table> {
  return mapOf(value, at, faults, (rows, where) => mapOf(rows, where, faults, (row, place) => readRow(row, place, faults)));
}

/** Levels from the weakest to the strongest, and the level of each method. */
export function readMethods(value: unknown, at: string, faults: Faults): Methods | undefined {
  const fields = value === undefined ? undefined : fieldsOf(value, at, faults);
  if (fields === undefined) return undefined;
  refuseOthers(fields, ["levels", "of"], at, faults);
  for (const name of ["levels", "of"].filter((each) => !fields.has(each))) faults.add("decisions.ruleMissing", at, `"${name}" is missing.`);
  const levels = fields.has("levels") ? (linesOf(fields.get("levels"), under(at, "levels"), faults) ?? []) : [];
  const of = mapOf(fields.get("of"), under(at, "of"), faults, (level, where, method) => {
    const index = levels.indexOf(level as string);
    if (index < 0) faults.add("decisions.ruleReferenceDangling", where, `${shown(level)} is none of the levels.`);
    if (levels.includes(method))
      faults.add("decisions.ruleValueInvalid", where, `${shown(method)} is a level; a method needs another name.`);
    return index < 0 ? undefined : index;
  });
  return { levels, of };
}

export function readDefinitions(value: unknown, at: string, scope: Scope): ReadonlyMap<string, Definition> {
  const { faults, tables } = scope;
  return mapOf(value, at, faults, (inside, where, name) => {
    if (RESERVED.includes(name)) faults.add("decisions.ruleValueInvalid", where, `${shown(name)} means something already.`);
    const fields = fieldsOf(inside, where, faults);
    if (fields === undefined) return undefined;
    refuseOthers(fields, ["table", "by"], where, faults);
    const table = required(fields, "table", where, faults);
    const by = fields.has("by") ? readPath(fields.get("by"), under(where, "by"), scope) : required(fields, "by", where, faults);
    if (table === undefined || by === undefined || typeof by === "string") return undefined;
    if (by.root === "now") faults.add("decisions.rulePathUnknown", under(where, "by"), "Rows are not looked up by the moment.");
    if (!tables.has(table)) faults.add("decisions.ruleReferenceDangling", under(where, "table"), `There is no table ${shown(table)}.`);
    return { table, by };
  });
}

/** Entities by type and id, in the order of the file. */
export function readEntities(value: unknown, at: string, faults: Faults): readonly Entity[] {
  const found: Entity[] = [];
  const types = value === undefined ? undefined : fieldsOf(value, at, faults);
  for (const [type, inside] of types ?? []) {
    const where = under(at, type);
    for (const [id, properties] of fieldsOf(inside, where, faults) ?? []) {
      const row = readRow(properties ?? {}, under(where, id), faults);
      if (row !== undefined && isName(type, where, faults) && isName(id, under(where, id), faults))
        found.push({ type, id, properties: row });
    }
  }
  return found;
}

/** A row: what JSON can hold, by names. Kept without a prototype, so that it holds what it says and nothing else. */
function readRow(value: unknown, at: string, faults: Faults): Row | undefined {
  const fields = fieldsOf(value, at, faults);
  if (fields === undefined) return undefined;
  const row = Object.create(null) as Record<string, unknown>;
  for (const [name, one] of fields) {
    if (isScalar(one) || one === null) row[name] = one;
    else if (Array.isArray(one) && one.length <= LIMITS.list && one.every(isScalar))
      row[name] = Object.freeze([...(one as readonly unknown[])]);
    else faults.add("decisions.ruleValueInvalid", under(at, name), `${shown(one)} stands where one value or a list of them belongs.`);
  }
  return Object.freeze(row);
}

export function required(fields: Fields, name: string, at: string, faults: Faults): string | undefined {
  if (fields.has(name)) return lineOf(fields.get(name), under(at, name), faults);
  faults.add("decisions.ruleMissing", at, `"${name}" is missing.`);
}

function isName(name: string, at: string, faults: Faults): boolean {
  return lineOf(name, at, faults) !== undefined;
}

function mapOf<V>(
  value: unknown,
  at: string,
  faults: Faults,
  read: (value: unknown, at: string, name: string) => V | undefined,
): ReadonlyMap<string, V> {
  const found = new Map<string, V>();
  const fields = value === undefined ? undefined : fieldsOf(value, at, faults);
  for (const [name, inside] of fields ?? []) {
    const where = under(at, name);
    const one = isName(name, where, faults) ? read(inside, where, name) : undefined;
    if (one !== undefined) found.set(name, one);
  }
  return found;
}

/** What a definition, as the first name of a path, has to look like. */
export function refuseNames(names: Iterable<string>, at: string, faults: Faults): void {
  for (const name of names) {
    if (!NAME.test(name))
      faults.add(
        "decisions.ruleValueInvalid",
        under(at, name),
        `${shown(name)} is no name: small letters, digits and _, beginning with a letter.`,
      );
  }
}
