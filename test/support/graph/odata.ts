/** As much of OData as Graph's callers here need. What it does not know it refuses, as Graph does. */
import { type Json, Refusal } from "./tenant.ts";

type Test = (item: Json) => boolean;

const TOKEN = /\s*(startswith\(\w+, ?'(?:[^']|'')*'\)|\(|\)|[A-Za-z_@.]+\/any\(\w+:\w+ eq '(?:[^']|'')*'\)|'(?:[^']|'')*'|[^\s()']+)/y;

/** `a eq 'x' and (b ge 2026-01-01T00:00:00Z or list/any(m:m eq 'x'))` */
export function filterOf(text: string): Test {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1]!);
  const fail = () => new Refusal(400, "Request_UnsupportedQuery", `Unsupported or invalid query filter clause: ${text}`);
  const anyOf = (): Test => {
    const parts = [allOf()];
    while (tokens[0] === "or") {
      tokens.shift();
      parts.push(allOf());
    }
    return (item) => parts.some((part) => part(item));
  };
  const allOf = (): Test => {
    const parts = [one()];
    while (tokens[0] === "and") {
      tokens.shift();
      parts.push(one());
    }
    return (item) => parts.every((part) => part(item));
  };
  const one = (): Test => {
    const first = tokens.shift();
    if (first === "(") {
      const inner = anyOf();
      if (tokens.shift() !== ")") throw fail();
      return inner;
    }
    const any = /^(\w+)\/any\(\w+:\w+ eq ('.*')\)$/s.exec(first ?? "");
    if (any !== null) return (item) => (item[any[1]!] as readonly unknown[]).includes(literal(any[2]!));
    const start = /^startswith\((\w+), ?('.*')\)$/s.exec(first ?? "");
    if (start !== null) return (item) => plain(item[start[1]!]).startsWith(literal(start[2]!).toLowerCase());
    const operator = tokens.shift();
    const value = literal(tokens.shift() ?? "");
    const compare = COMPARE[operator ?? ""];
    if (first === undefined || compare === undefined) throw fail();
    return (item) => {
      if (!(first in item)) throw fail();
      return compare(plain(item[first]), value.toLowerCase());
    };
  };
  const test = anyOf();
  if (tokens.length > 0) throw fail();
  return test;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase() : JSON.stringify(value ?? "");
}

const COMPARE: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  eq: (a, b) => a === b,
  ge: (a, b) => a >= b,
  gt: (a, b) => a > b,
  le: (a, b) => a <= b,
};

function literal(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}

/** What Graph gives of an object for `$select`; the type, and what was expanded, always. */
export function selected(item: Json, select: string | null): Json {
  if (select === null) return item;
  const names = select.split(",");
  return Object.fromEntries(Object.entries(item).filter(([name]) => name.startsWith("@") || name === "manager" || names.includes(name)));
}

export function ordered(items: readonly Json[], orderBy: string | null): readonly Json[] {
  if (orderBy === null) return items;
  const [name = "", direction = "asc"] = orderBy.split(" ");
  const sorted = items.toSorted((a, b) => (String(a[name]) < String(b[name]) ? -1 : String(a[name]) > String(b[name]) ? 1 : 0));
  return direction === "desc" ? sorted.toReversed() : sorted;
}
