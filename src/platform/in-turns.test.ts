import { expect, test } from "vitest";

import { inTurns } from "./in-turns.ts";

test("all are given in their order, and others get their turn after every so many", async () => {
  let turns = 0;
  let isOver = false;
  const other = () => {
    turns += 1;
    if (!isOver) setImmediate(other);
  };
  setImmediate(other);
  const given: number[] = [];
  const turnsAt: number[] = [];
  for await (const each of inTurns([...Array(250).keys()], 100)) {
    given.push(each);
    turnsAt.push(turns);
  }
  isOver = true;
  expect(given).toEqual([...Array(250).keys()]);
  expect(turnsAt[99]).toBe(turnsAt[0]);
  expect(turnsAt[100]).toBeGreaterThan(turnsAt[99]!);
  expect(turnsAt[200]).toBeGreaterThan(turnsAt[199]!);
});
