/** Values of a question by their paths. Only own properties are looked at, so that no name reaches what every object inherits. */
import type { Entity, Properties, Question } from "../question.ts";
import type { Path, RuleFile } from "./rule-file.ts";

/** A value, or undefined where it is not said. A null says nothing either. */
export type Getter = (question: Question) => unknown;

type EntityName = "subject" | "resource";

export function compilePath(path: Path, file: RuleFile): Getter {
  if (path.root === "defined") return ofRow(path, file);
  if (path.root === "context") return within((question) => question.context, path.names);
  const [first = "", ...names] = path.names;
  if (path.root === "action")
    return first === "name" ? (question) => question.action.name : within((question) => question.action.properties, names);
  if (path.root === "subject") return ofEntity("subject", first, names, file.subjects);
  return ofEntity("resource", first, names, file.resources);
}

function ofEntity(root: EntityName, first: string, names: readonly string[], known: readonly Entity[]): Getter {
  if (first === "id") return (question) => question[root].id;
  if (first === "type") return (question) => question[root].type;
  const [name = "", ...deeper] = names;
  const said = within((question) => question[root].properties, names);
  const kept = byTypeAndId(known.filter(({ properties }) => Object.hasOwn(properties, name)));
  if (kept.size === 0) return said;
  // What the question says of an entity stands, also where it says null; what it does not say is looked up.
  return (question) => {
    const entity = question[root];
    if (Object.hasOwn(entity.properties, name)) return said(question);
    const properties = kept.get(entity.type)?.get(entity.id);
    return properties === undefined ? undefined : follow(own(properties, name), deeper);
  };
}

function byTypeAndId(entities: readonly Entity[]): ReadonlyMap<string, ReadonlyMap<string, Properties>> {
  const found = new Map<string, Map<string, Properties>>();
  for (const { type, id, properties } of entities) {
    const ofType = found.get(type) ?? new Map<string, Properties>();
    found.set(type, ofType.set(id, properties));
  }
  return found;
}

function ofRow({ defined, names }: Path, file: RuleFile): Getter {
  const { table, by } = file.define.get(defined!)!;
  const rows = file.tables.get(table)!;
  const key = compilePath(by, file);
  return (question) => {
    const value = key(question);
    const row = typeof value === "string" ? rows.get(value) : undefined;
    return row === undefined ? undefined : follow(row, names);
  };
}

function within(of: (question: Question) => Properties, names: readonly string[]): Getter {
  const [name = "", ...deeper] = names;
  if (deeper.length === 0) return (question) => own(of(question), name);
  return (question) => follow(own(of(question), name), deeper);
}

function follow(value: unknown, names: readonly string[]): unknown {
  let found: unknown = value ?? undefined;
  for (const name of names) {
    if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
    found = own(found as Properties, name);
  }
  return found;
}

function own(properties: Properties, name: string): unknown {
  return Object.hasOwn(properties, name) ? (properties[name] ?? undefined) : undefined;
}
