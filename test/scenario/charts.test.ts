import { describe, expect, test } from "vitest";

import { comparedOf, verdictOf } from "../../web/charts/change.ts";
import { drawMonths, type MonthValue, monthWords } from "../../web/charts/months.ts";
import { stack } from "../../web/charts/stack.ts";

const FRAME = { width: 300, height: 100, left: 30, right: 10, top: 10, bottom: 20 };

function months(...values: readonly (number | null)[]): MonthValue[] {
  return values.map((value, i) => ({ month: `2026-${String(i + 1).padStart(2, "0")}`, isWhole: i < values.length - 1, value }));
}

const verdict = (...values: readonly (number | null)[]) => verdictOf(comparedOf(months(...values)));

describe("months drawn", () => {
  test("lie inside the frame, in order, the highest value highest", () => {
    const { places, floor, levels } = drawMonths(months(0, 7, 3), FRAME);
    expect(floor).toBe(80);
    expect(places.map(({ x }) => x)).toEqual(places.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(places[0]!.x).toBeGreaterThanOrEqual(30);
    expect(places[2]!.x + places[2]!.width).toBeLessThanOrEqual(290);
    expect(places[0]!.y).toBe(floor);
    expect(places[1]!.y).toBeLessThan(places[2]!.y!);
    expect(places[1]!.y).toBeGreaterThanOrEqual(10);
    expect(levels.map(({ value }) => value)).toEqual([0, 5, 10]);
  });

  test("of which nothing is known have no height, and the line breaks there", () => {
    const { places, path } = drawMonths(months(null, 2, null, 4, 5), FRAME);
    expect(places.map(({ y }) => y === undefined)).toEqual([true, false, true, false, false]);
    expect(path.match(/M/g)).toHaveLength(2);
  });

  test("of nothing but zeros lie on the floor", () => {
    const { places, floor } = drawMonths(months(0, 0), FRAME);
    expect(places.map(({ y }) => y)).toEqual([floor, floor]);
  });

  test("are named by their own month in every zone", () => {
    expect([monthWords("2026-10"), monthWords("2026-01", "short")]).toEqual(["October 2026", "Jan"]);
  });
});

describe("what changed", () => {
  test("is the last whole month against the one three before; the running one does not count", () => {
    expect(comparedOf(months(9, 8, 7, 6, 5, 99))).toMatchObject({ from: { month: "2026-02" }, to: { month: "2026-05" } });
    expect([verdict(9, 8, 7, 6, 5, 99), verdict(5, 5, 5, 6, 0), verdict(5, 5, 5, 5, 0)]).toEqual(["better", "worse", "same"]);
  });

  test("is against the first month known when less was recorded, and unknown when there are no two", () => {
    expect(comparedOf(months(null, null, 4, 3, 0))).toMatchObject({ from: { month: "2026-03" } });
    expect([verdict(null, null, null, 3, 0), verdict(4, 3, 2, null, 0), verdict(3), verdict()]).toEqual(Array(4).fill("unknown"));
  });
});

describe("a stack", () => {
  test("fills its share of the line without gaps, and leaves out what is not there", () => {
    const parts = [
      ["a", 2],
      ["b", 0],
      ["c", 3],
    ] as const;
    expect(stack(parts, 10, 100)).toEqual([
      { key: "a", x: 0, width: 20 },
      { key: "c", x: 20, width: 30 },
    ]);
    expect(stack([["a", 0]], 0, 100)).toEqual([]);
  });
});
