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

test("nothing typed is query syntax", () => {
  expect(searchQuery("Ada  & (Love'lace) :*")).toBe("ada:* & love:* & lace:*");
  expect(searchQuery(" &|! ")).toBeUndefined();
  expect(searchText("Müller-Lüdenscheidt, ada@a.example")).toBe("müller lüdenscheidt ada a example");
});
