import { generateKeyPairSync } from "node:crypto";

import { expect, test } from "vitest";

import { instant } from "../../kernel/time.ts";
import { judgeKeySet } from "./evaluate.ts";
import { keySetOf } from "./jwks.ts";

const now = instant("2026-11-22T00:00:00Z");
const address = "https://id.example.org/jwks";
const seconds = (text: string) => Date.parse(text) / 1000;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const published = ec.publicKey.export({ format: "jwk" });
const kinds = (keys: readonly unknown[]) =>
  judgeKeySet(keySetOf(address, JSON.stringify({ keys })), 14, now).faults.map(({ kind }) => kind);

test("a set is as good as the signing key of it that lasts longest", () => {
  const soon = { ...published, kid: "a", exp: seconds("2026-11-30T00:00:00Z") };
  const later = { ...published, kid: "b", exp: seconds("2027-03-01T00:00:00Z") };
  expect(kinds([soon])).toEqual(["expires_soon"]);
  expect(kinds([soon, later])).toEqual([]);
  expect(kinds([soon, { ...later, use: "enc" }])).toEqual(["expires_soon"]);
  expect(kinds([{ ...soon, exp: seconds("2026-11-21T00:00:00Z") }])).toEqual(["expired"]);
  expect(kinds([published])).toEqual([]);
});

test("a set without a key that signs refuses every token, and one with a secret half lets anybody sign", () => {
  expect(kinds([])).toEqual(["no_keys"]);
  expect(kinds([{ kty: "EC", crv: "P-256", x: "no" }])).toEqual(["no_keys"]);
  expect(kinds([{ ...published, use: "enc" }])).toEqual(["no_keys"]);
  expect(kinds([published, ec.privateKey.export({ format: "jwk" })])).toEqual(["secret_published"]);
  expect(kinds([published, { kty: "oct", k: "c2VjcmV0" }])).toEqual(["secret_published"]);
});

test("a key whose certificate cannot be read is none that lasts for ever", () => {
  expect(kinds([{ ...published, x5c: ["bm90IGEgY2VydGlmaWNhdGU="] }])).toEqual(["no_keys"]);
  expect(kinds([{ ...published, x5c: [] }])).toEqual(["no_keys"]);
});

test("a key too short to hold is told", () => {
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
  expect(kinds([short])).toEqual(["weak_key"]);
});

test.each(["", "[]", "null", "{}", '{"keys":{}}', "<html>"])("%j is no set of keys", (text) => {
  expect(() => keySetOf(address, text)).toThrow(/holds no set of keys/);
});
