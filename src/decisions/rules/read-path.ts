/** Reading where a value of the question stands. Only what a question holds, and the names that the rule set defines. */
import { type Faults, shown } from "./faults.ts";
import { type Definition, LIMITS, type Methods, type Path, type Table } from "./rule-file.ts";

/** What conditions may refer to, and what they did: whatever nobody refers to in the end is refused. */
export interface Scope {
  readonly faults: Faults;
  readonly tables: ReadonlyMap<string, Table>;
  readonly define: ReadonlyMap<string, Definition>;
  readonly methods: Methods | undefined;
  readonly used: { readonly defined: Set<string>; methods: boolean; tests: number };
}

/** What entities of a question have beside their properties. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  subject: ["type", "id"],
  resource: ["type", "id"],
  action: ["name"],
};

/** Words at the beginning of a path or a condition that no definition may take. */
export const RESERVED: readonly string[] = ["subject", "action", "resource", "context", "now", "all", "any", "not"];

export function readPath(value: unknown, at: string, scope: Scope): Path | undefined {
  if (typeof value !== "string") {
    scope.faults.add("decisions.ruleValueInvalid", at, `${shown(value)} stands where a path belongs, as subject.properties.role.`);
    return undefined;
  }
  const [root = "", ...names] = value.length > LIMITS.line ? [] : value.split(".");
  const why =
    names.length > LIMITS.path || names.includes("") ? `It has an empty name or more than ${LIMITS.path}.` : whyNot(root, names, scope);
  if (why !== undefined) {
    scope.faults.add("decisions.rulePathUnknown", at, `${shown(value)}: ${why}`);
    return undefined;
  }
  const definition = scope.define.get(root);
  if (definition === undefined) return { text: value, root: root as Path["root"], names };
  scope.used.defined.add(root);
  return { text: value, root: "defined", names, defined: root };
}

function whyNot(root: string, names: readonly string[], scope: Scope): string | undefined {
  if (root === "now") return names.length === 0 ? undefined : "The moment of the decision has no parts.";
  if (root === "context") return names.length > 0 ? undefined : "Say which value of the context.";
  const fixed = Object.hasOwn(FIXED, root) ? FIXED[root] : undefined;
  if (fixed !== undefined) return ofEntity(root, fixed, names);
  const definition = scope.define.get(root);
  if (definition === undefined) return "A path begins with subject, action, resource, context, now or a name under define.";
  const [column] = names;
  const rows = scope.tables.get(definition.table);
  if (column === undefined || rows === undefined) return undefined;
  for (const row of rows.values()) if (Object.hasOwn(row, column)) return undefined;
  return `No row of ${definition.table} has ${shown(column)}.`;
}

function ofEntity(root: string, fixed: readonly string[], [first, second, ...rest]: readonly string[]): string | undefined {
  if (first === "properties") return second === undefined ? "Say which property." : undefined;
  if (first !== undefined && fixed.includes(first) && second === undefined && rest.length === 0) return undefined;
  return `Of the ${root} there is ${fixed.join(", ")} and properties.`;
}

/** Whether a question always says this, and as text. */
export function isAlwaysText({ root, names }: Path): boolean {
  return names.length === 1 && Object.hasOwn(FIXED, root) && names[0] !== "properties";
}
