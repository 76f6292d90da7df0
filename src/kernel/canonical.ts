/** One text for one value: what is hashed and signed must not depend on the order of keys. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * RFC 8785 (JSON Canonicalization Scheme) for what the domain holds: strings, booleans, null, finite numbers, arrays, plain
 * objects. Keys sort by UTF-16 code unit; members that are undefined are left out.
 */
export function canonicalText(value: unknown): string {
  return write(value as Json);
}

function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not representable as JSON");
  return JSON.stringify(value);
}
