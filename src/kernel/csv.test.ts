import { parse } from "csv-parse/sync";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";

import { csvLine } from "./csv.ts";

test("whatever people typed comes back as it was, but that nothing begins like a formula", () => {
  assert(
    property(
      array(oneof(string(), constantFrom("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", 'a"b', "a,b", "a\r\nb")), {
        minLength: 2,
        maxLength: 6,
      }),
      (cells) => {
        const read = parse(csvLine(cells), { record_delimiter: "\r\n", relax_column_count: true });
        expect(read).toHaveLength(1);
        expect(read[0]!.map((cell, i) => (cells[i] === cell ? cell : cell.slice(1)))).toEqual(cells);
        for (const cell of read[0]!) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
      },
    ),
  );
});

test("numbers stay numbers, also below zero, and what is not known is empty", () => {
  expect(csvLine([-3, 0, null, "-3"])).toBe("-3,0,,'-3\r\n");
});
