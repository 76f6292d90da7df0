import { expect, test } from "vitest";

import { canonicalJson } from "./append.ts";
import { readEntry } from "./read-entry.ts";

const entry = {
  v: 1,
  id: "ent_1",
  kind: "exception",
  subject: "exc_1",
  version: 1,
  type: "requested",
  at: "2026-01-01T00:00:00.000Z",
  actor: { kind: "person", id: "per_1" },
  data: { 10: "ten", 9: "nine", text: "Zoë", amount: 1.5 },
};
const text = canonicalJson(entry);
const read = (body: string) => readEntry(Buffer.from(body));

test("what the writer wrote reads back, keys that are numbers included", () => {
  expect(read(text)).toEqual(entry);
});

test.each([
  ["a space", text.replace(":", ": ")],
  ["a second value for a key", text.replace('"v":1', '"v":1,"v":1')],
  ["another spelling of a number", text.replace("1.5", "1.50")],
  ["an escaped letter", text.replace("Z", "\\u005a")],
  ["a byte-order mark", `\ufeff${text}`],
  ["an unknown field", text.replace('"v":1', '"v":1,"w":1')],
  ["another version of the format", text.replace('"v":1', '"v":2')],
  ["a version that is text", text.replace('"version":1', '"version":"1"')],
  ["no subject", text.replace(',"subject":"exc_1"', "")],
  ["no actor", text.replace(/"actor":\{[^}]*\}/, '"actor":null')],
  ["half a character", text.replace("Zoë", "\\uD800")],
  ["more levels than can be read", text.replace('"Zoë"', `${"[".repeat(30_000)}${"]".repeat(30_000)}`)],
  ["nothing", ""],
  ["a list", "[]"],
  ["null", "null"],
])("a body with %s is not an entry", (_, body) => {
  expect(body).not.toBe(text);
  expect(read(body)).toBeUndefined();
});

test("a body that is not UTF-8 is not an entry", () => {
  expect(readEntry(Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xff]), Buffer.from(text.slice(-2))]))).toBeUndefined();
});
