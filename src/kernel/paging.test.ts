import * as fc from "fast-check";
import { expect, test } from "vitest";

import { Refused } from "./problem.ts";
import { readCursor, searchQuery, searchText, writeCursor } from "./paging.ts";

test("a cursor comes back as the place it was made of", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: "grapheme" }).filter((part) => !part.includes("\0")),
        { minLength: 1, maxLength: 3 },
      ),
      (place) => {
        expect(readCursor(writeCursor(place), place.length)).toEqual(place);
      },
    ),
  );
});

test.each(["", "x", "!!!!", writeCursor(["a"]), writeCursor(["a", "b", "c"]), writeCursor(["a", "\0"]), btoa('{"0":"a"}'), btoa("[1,2]")])(
  "a cursor that is not ours is refused, not a fault: %j",
  (cursor) => {
    expect(() => readCursor(cursor, 2)).toThrow(Refused);
  },
);

test("a part that the database would not take as what it stands for is refused", () => {
  const kinds = ["instant", "count", "flag"] as const;
  expect(readCursor(writeCursor(["2026-03-02T09:00:00.000Z", "-3", "true"]), kinds)).toHaveLength(3);
  for (const wrong of [
    ["soon", "-3", "true"],
    ["2026-03-02T09:00:00.000Z", "1e9", "true"],
    ["2026-03-02T09:00:00.000Z", "3", "yes"],
  ])
    expect(() => readCursor(writeCursor(wrong), kinds)).toThrow(Refused);
});

test("nothing typed is query syntax", () => {
  expect(searchQuery("Ada  & (Love'lace) :*")).toBe("ada:* & love:* & lace:*");
  expect(searchQuery(" &|! ")).toBeUndefined();
  expect(searchText("Müller-Lüdenscheidt, ada@a.example")).toBe("müller lüdenscheidt ada a example");
});
