import canonicalize from "canonicalize";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { fieldChanges, isSame } from "./field-change.ts";

test("only fields that differ become events, and null is a value", () => {
  const before = { name: "Payroll", owner: "per_1" as string | null, tier: 2 };
  expect(fieldChanges(before, { name: "Payroll", owner: null })).toEqual([{ type: "ownerChanged", data: { owner: null } }]);
  expect(fieldChanges(before, {})).toEqual([]);
});

test("values are the same whatever the order of their members, and a list is no object", () => {
  expect(isSame({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(isSame([1], { 0: 1 })).toBe(false);
  expect(isSame([], {})).toBe(false);
  expect(isSame({ a: 1 }, { b: 1 })).toBe(false);
  expect(isSame([1, 2], [2, 1])).toBe(false);
});

test("sameness agrees with canonical JSON", () => {
  const json = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(json, json, (a, b) => {
      const plain = [a, b].map((each) => JSON.parse(JSON.stringify(each)) as unknown);
      expect(isSame(plain[0], plain[1])).toBe(canonicalize(plain[0]) === canonicalize(plain[1]));
      expect(isSame(plain[0], structuredClone(plain[0]))).toBe(true);
    }),
  );
});
