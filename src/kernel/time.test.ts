import { assert, constantFrom, integer, oneof, property } from "fast-check";
import { expect, test } from "vitest";

import {
  addDuration,
  durationMs,
  endOfDay,
  instant,
  instantOfEpochMs,
  parseDuration,
  parsePlainDate,
  startOfDay,
  wallClock,
  type Zone,
} from "./time.ts";

const LONGEST = "P36525D";

test.each(["P36525DT1S", "P99999999D", "PT99999999999H", "P1Y", "P1M", "-P1D", "soon"])("%s is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("a duration of a hundred years is one, and ends at an instant", () => {
  expect(durationMs(parseDuration(LONGEST)!)).toBe(36_525 * 86_400_000);
  expect(addDuration(instant("2026-03-02T09:00:00Z"), parseDuration(LONGEST)!)).toBe("2126-03-03T09:00:00.000Z");
});

const BERLIN = "Europe/Berlin" as Zone;
const day = (text: string) => parsePlainDate(text)!;

test.each([
  ["the day clocks are set forward has 23 hours", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["the day clocks are set back has 25", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
])("%s", (_, text, from, until) => {
  expect([startOfDay(day(text), BERLIN), endOfDay(day(text), BERLIN)]).toEqual([from, until]);
});

test("where clocks are set forward at midnight, the day begins at the first time there is", () => {
  const [cairo, date] = ["Africa/Cairo" as Zone, day("2026-04-24")];
  expect(startOfDay(date, cairo)).toBe("2026-04-23T22:00:00.000Z");
  expect(wallClock(startOfDay(date, cairo), cairo).minuteOfDay).toBe(60);
});

test("half past two in the night that clocks are set back comes twice, and both are that time", () => {
  const times = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map((text) => wallClock(instant(text), BERLIN));
  expect(times).toEqual([
    { dayOfWeek: 7, minuteOfDay: 150 },
    { dayOfWeek: 7, minuteOfDay: 150 },
  ]);
});

test.each(["Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "UTC"] as Zone[])(
  "the last day there is, and the first, are days in %s",
  (zone) => {
    expect(endOfDay(day("9999-12-31"), zone) > instant("9999-12-30T00:00:00Z")).toBe(true);
    expect(startOfDay(day("0000-01-01"), zone) < instant("0000-01-02T00:00:00Z")).toBe(true);
  },
);

const [FIRST_MS, LAST_MS] = [-62_167_219_200_000, 253_402_300_799_999];

test("an instant is written as the platform writes it, in every year there is", () => {
  const written = integer({ min: FIRST_MS, max: LAST_MS });
  assert(
    property(oneof(written, constantFrom(FIRST_MS, LAST_MS, 0, -1)), (ms) => instantOfEpochMs(ms) === new Date(ms).toISOString()),
    { numRuns: 20_000 },
  );
});

test.each([FIRST_MS - 1, LAST_MS + 1, 1.5, -0.5, Number.NaN, Infinity])("%d milliseconds since 1970 are no instant", (ms) => {
  expect(() => instantOfEpochMs(ms)).toThrow(RangeError);
});
