import * as fc from "fast-check";
import { expect, test } from "vitest";

import { decodeBase64, encodeBase64 } from "./base64.ts";

test("every byte string has one text, and it reads back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }),
  );
});

test("a long byte string is encoded like a short one", () => {
  const bytes = new Uint8Array(200_000).fill(7);
  expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
});

test.each(["A", "AB", "ABC", "AB=C", "====", "AA==AA==", "AB==", "AAB=", " AAA", "AAA\n", "A-_A", "AAAA=", "AAA"])(
  "%j has no canonical reading",
  (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  },
);
