/**
 * JSON that others wrote. Graph names things in camelCase, exports by way of PowerShell in PascalCase, so the first
 * letter of a name may be of either case. What is not of the shape that was looked for is noted in `odd`: never taken for nothing.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : object[otherSpelling(name)];
}

/** Whether there is a member of this name, whatever it holds. */
export function hasMember(object: JsonObject, name: string): boolean {
  return Object.hasOwn(object, name) || Object.hasOwn(object, otherSpelling(name));
}

function otherSpelling(name: string): string {
  const first = name.charAt(0);
  const upper = first.toUpperCase();
  return (first === upper ? first.toLowerCase() : upper) + name.slice(1);
}

export function textIn(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function booleanIn(object: JsonObject, name: string): boolean | undefined {
  const value = member(object, name);
  return typeof value === "boolean" ? value : undefined;
}

/** The object of this name; undefined when there is none, and noted when it is something else. */
export function objectIn(object: JsonObject, name: string, odd: string[]): JsonObject | undefined {
  const value = member(object, name);
  if (isObject(value)) return value;
  // Written by hand, an empty list stands for nothing too.
  if (holdsSomething(value)) odd.push(name);
  return undefined;
}

/** Objects of a list; one alone is a list of one, as PowerShell writes it. */
export function objectsIn(object: JsonObject, name: string, odd: string[]): readonly JsonObject[] {
  const value = member(object, name) ?? [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const objects = items.filter(isObject);
  if (objects.length < items.length) odd.push(name);
  return objects;
}

/** Texts of a list. A text alone is a set of flags, joined by commas, or one that PowerShell took out of its list. */
export function textsIn(object: JsonObject, name: string, odd: string[]): readonly string[] {
  const value = member(object, name);
  return texts(typeof value === "string" && value !== "" ? value.split(",") : value, name, odd);
}

/** The same where a comma belongs to the text: combinations of methods. */
export function wholeTextsIn(object: JsonObject, name: string, odd: string[]): readonly string[] {
  return texts(member(object, name), name, odd);
}

function texts(value: unknown, name: string, odd: string[]): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = items.map((item) => (isObject(item) ? member(item, "id") : item));
  const found = named.filter((item) => typeof item === "string").map((text) => text.trim());
  const filled = found.filter((text) => text !== "");
  // An empty text names nothing that exists; who knows what it stood for.
  if (filled.length < items.length) odd.push(name);
  return filled;
}

/** Members that hold something and are not among those known, in their own spelling; annotations of OData aside. */
export function unknownMembers(object: JsonObject, known: readonly string[]): readonly string[] {
  const names = new Set(known.map((name) => name.toLowerCase()));
  return Object.entries(object)
    .filter(([key, value]) => !key.includes("@") && !key.startsWith("#") && !names.has(key.toLowerCase()) && holdsSomething(value))
    .map(([key]) => key);
}

function holdsSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.entries(value).some(([key, each]) => !key.includes("@") && holdsSomething(each)) : true;
}
