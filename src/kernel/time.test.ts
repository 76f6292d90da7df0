import { expect, test } from "vitest";

import { addDuration, durationMs, instant, parseDuration } from "./time.ts";

const LONGEST = "P36525D";

test.each(["P36525DT1S", "P99999999D", "PT99999999999H", "P1Y", "P1M", "-P1D", "soon"])("%s is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("a duration of a hundred years is one, and ends at an instant", () => {
  expect(durationMs(parseDuration(LONGEST)!)).toBe(36_525 * 86_400_000);
  expect(addDuration(instant("2026-03-02T09:00:00Z"), parseDuration(LONGEST)!)).toBe("2126-03-03T09:00:00.000Z");
});
