/** Subjects that are edited field by field: one event for each field that changed, so that the journal says what, not "updated". */

const SUFFIX = "Changed";

/** `{ type: "ownerChanged", data: { owner } }` for every field of T. */
export type FieldChanged<T> = {
  readonly [F in keyof T & string]: { readonly type: `${F}Changed`; readonly data: Readonly<Pick<T, F>> };
}[keyof T & string];

/** The events that take `before` to what is wanted; fields left out stay as they are. */
export function fieldChanges<T extends object>(before: T, wanted: Partial<T>): readonly FieldChanged<T>[] {
  const old = before as Readonly<Record<string, unknown>>;
  return Object.entries(wanted)
    .filter(([field, value]) => value !== undefined && !isSame(old[field], value))
    .map(([field, value]) => ({ type: `${field}${SUFFIX}`, data: { [field]: value } }) as FieldChanged<T>);
}

/** Tells the events of fields from a subject's others. `fields` names every field, so that none can be forgotten. */
export function isFieldChange<T>(
  event: { readonly type: string } | FieldChanged<T>,
  fields: Readonly<Record<keyof T & string, true>>,
): event is FieldChanged<T> {
  const { type } = event;
  return type.endsWith(SUFFIX) && Object.hasOwn(fields, type.slice(0, -SUFFIX.length));
}

/** Whether two JSON values are equal; the order of an object's members does not count (a database keeps none). */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = b as Readonly<Record<string, unknown>>;
  return left.length === Object.keys(b).length && left.every(([key, value]) => Object.hasOwn(right, key) && isSame(value, right[key]));
}
