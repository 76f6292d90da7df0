import { expect, test } from "vitest";

import { merged } from "./merge.ts";

const CASES: readonly [string, unknown, unknown, unknown, unknown][] = [
  ["what one changed is taken", "a", "a", "b", "b"],
  ["what the other changed is taken", "a", "b", "a", "b"],
  ["what both changed to the same is taken", "a", "b", "b", "b"],
  ["what each changed to something else is for a person to choose", "a", "b", "c", undefined],
  ["items each changed one of are taken from each", [1, 2], [9, 2], [1, 8], [9, 8]],
  ["what both added is kept", [1], [1, 2], [1, 3], [1, 3, 2]],
  ["what both added alike is kept once", [{ a: 1 }], [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2 }]],
  ["an item each changed otherwise is for a person to choose", [1, 2], [7, 2], [8, 2], undefined],
  ["a list one took from, while the other added, is for a person to choose", [1, 2], [1], [1, 2, 3], undefined],
  ["a list one alone took from is taken", [1, 2], [1], [1, 2], [1]],
];

test.each(CASES)("%s", (_, base, mine, theirs, value) => {
  expect(merged(base, mine, theirs)).toEqual(value === undefined ? undefined : { value });
});
