import { expect, test } from "vitest";

import { functionsOf } from "./function-lengths.ts";

const lengths = (...lines: string[]) => functionsOf("a.ts", lines.join("\n")).map(({ name, line, lines: own }) => [name, line, own]);

test("a function is as long as its lines, of whatever kind it is", () => {
  expect(lengths("", "function one() {", "  return 1;", "}")).toEqual([["one", 2, 3]]);
  expect(lengths("const two = () =>", "  2;")).toEqual([["two", 1, 2]]);
  expect(lengths("const o = {", "  three() {", "    return 3;", "  },", "};")).toEqual([["three", 2, 3]]);
  expect(lengths("class C {", "  four() {", "    return 4;", "  }", "}")).toEqual([["four", 2, 3]]);
  expect(lengths("call(() => 5);")).toEqual([["(anonymous)", 1, 1]]);
});

test("the lines of a function inside another are its own, and not the other's", () => {
  const text = [
    "function outer() {",
    "  const a = 1;",
    "  function inner() {",
    "    a;",
    "    a;",
    "    a;",
    "  }",
    "  return inner;",
    "}",
  ];
  expect(lengths(...text)).toEqual([
    ["outer", 1, 6],
    ["inner", 3, 5],
  ]);
});

test("offsets are those of characters, also after ones that take several bytes", () => {
  expect(lengths("// Zürich → 🏰", "function one() {", "}")).toEqual([["one", 2, 2]]);
});
