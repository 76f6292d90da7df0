import { array, assert, constantFrom, integer, property, record, tuple } from "fast-check";
import { describe, expect, test } from "vitest";

import { addDuration, type Duration, duration, instant, msBetween, parsePlainDate, type Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Rota, Rotation } from "./rota.ts";
import { type FeedSeen, onPointAt, type RotaFacts, shiftsBetween } from "./shifts.ts";

const ZURICH = "Europe/Zurich" as Zone;
const per = (name: string) => `per_${name}` as PersonId;
const day = (text: string) => parsePlainDate(text)!;
const WEEKLY: Rotation = {
  kind: "rotation",
  people: [per("ada"), per("bob"), per("cy")],
  startsOn: day("2026-03-02"),
  handoverAt: "09:00",
  everyDays: 7,
};
const rota = (source: Rota["source"], overrides: Rota["overrides"] = []): Rota => ({
  id: "rta_1" as Rota["id"],
  key: "it",
  name: "IT",
  owner: null,
  source,
  overrides,
  status: "active",
});
const own: RotaFacts = { zone: ZURICH, feed: null, personOfMail: () => undefined };
const whoAt = (at: string, of = rota(WEEKLY)) => onPointAt(of, instant(at), own).persons;

describe("a rota of our own", () => {
  test("hands over at the time of the day of the organisation, also when clocks were set in between", () => {
    // Winter: nine is eight in UTC. From 29 March on it is seven.
    expect(whoAt("2026-03-02T07:59:59.999Z")).toEqual([]);
    expect(whoAt("2026-03-02T08:00:00.000Z")).toEqual([per("ada")]);
    expect(whoAt("2026-03-09T07:59:59.999Z")).toEqual([per("ada")]);
    expect(whoAt("2026-03-09T08:00:00.000Z")).toEqual([per("bob")]);
    expect(whoAt("2026-03-23T07:59:59.999Z")).toEqual([per("cy")]);
    expect(whoAt("2026-03-30T06:59:59.999Z")).toEqual([per("ada")]);
    expect(whoAt("2026-03-30T07:00:00.000Z")).toEqual([per("bob")]);
  });

  test("that hands over in the hour that is skipped does so when the clock shows the time next", () => {
    const nightly = rota({ ...WEEKLY, startsOn: day("2026-03-28"), handoverAt: "02:30", everyDays: 1 });
    const [first, second] = shiftsBetween(
      nightly,
      instant("2026-03-28T12:00:00Z"),
      instant("2026-03-30T12:00:00Z"),
      instant("2026-03-28T12:00:00Z"),
      own,
    );
    expect([first!.until, second!.from, second!.until]).toEqual([
      "2026-03-29T01:30:00.000Z",
      "2026-03-29T01:30:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("that hands over in the hour that comes twice does so once, the first time", () => {
    const nightly = rota({ ...WEEKLY, startsOn: day("2026-10-24"), handoverAt: "02:30", everyDays: 1 });
    const shifts = shiftsBetween(
      nightly,
      instant("2026-10-24T12:00:00Z"),
      instant("2026-10-26T12:00:00Z"),
      instant("2026-10-24T12:00:00Z"),
      own,
    );
    expect(shifts.map(({ from, persons }) => [from, persons[0]])).toEqual([
      ["2026-10-24T12:00:00.000Z", per("ada")],
      ["2026-10-25T00:30:00.000Z", per("bob")],
      ["2026-10-26T01:30:00.000Z", per("cy")],
    ]);
  });

  test("has nobody before it begins, and says until when", () => {
    expect(onPointAt(rota(WEEKLY), instant("2026-03-01T12:00:00Z"), own)).toMatchObject({
      by: "nobody",
      until: "2026-03-02T08:00:00.000Z",
    });
  });

  test("lets somebody cover from one moment until just before another; of two the later named counts", () => {
    const [from, until] = [instant("2026-03-03T12:00:00Z"), instant("2026-03-04T12:00:00Z")];
    const covered = rota(WEEKLY, [
      { from, until, person: per("cy") },
      { from: instant("2026-03-03T18:00:00Z"), until: instant("2026-03-03T20:00:00Z"), person: per("bob") },
    ]);
    const shifts = shiftsBetween(covered, instant("2026-03-03T00:00:00Z"), instant("2026-03-05T00:00:00Z"), from, own);
    expect(shifts.map(({ from: at, by, persons }) => [at.slice(5, 13), by, persons[0]])).toEqual([
      ["03-03T00", "rotation", per("ada")],
      ["03-03T12", "override", per("cy")],
      ["03-03T18", "override", per("bob")],
      ["03-03T20", "override", per("cy")],
      ["03-04T12", "rotation", per("ada")],
    ]);
    expect(onPointAt(covered, instant("2026-03-03T01:00:00Z"), own)).toMatchObject({ by: "rotation", until: from });
  });
});

const minutes = (n: number): Duration => duration(`PT${n}M`);

test("shifts have no hole and no overlap, and each says what is asked at every moment of it", () => {
  const start = instant("2026-03-20T00:00:00Z");
  const arbitrary = record({
    zone: constantFrom("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Cairo"),
    people: integer({ min: 1, max: 4 }),
    every: integer({ min: 1, max: 9 }),
    hour: integer({ min: 0, max: 23 }),
    half: constantFrom("00", "30"),
    covers: array(tuple(integer({ min: 0, max: 40_000 }), integer({ min: 1, max: 9000 })), { maxLength: 4 }),
    asked: array(integer({ min: 0, max: 43_199 }), { minLength: 1, maxLength: 8 }),
  });
  assert(
    property(arbitrary, ({ zone, people, every, hour, half, covers, asked }) => {
      const source: Rotation = {
        kind: "rotation",
        people: Array.from({ length: people }, (_, i) => per(String(i))),
        startsOn: day("2026-03-22"),
        handoverAt: `${String(hour).padStart(2, "0")}:${half}`,
        everyDays: every,
      };
      const overrides = covers.map(([at, length], i) => {
        const from = addDuration(start, minutes(at));
        return { from, until: addDuration(from, minutes(length)), person: per(`cover${i}`) };
      });
      const facts = { ...own, zone: zone as Zone };
      const until = addDuration(start, minutes(43_200));
      const shifts = shiftsBetween(rota(source, overrides), start, until, start, facts);
      expect(shifts[0]!.from).toBe(start);
      expect(shifts.at(-1)!.until).toBe(until);
      for (const [i, shift] of shifts.entries()) {
        expect(msBetween(shift.from, shift.until)).toBeGreaterThan(0);
        if (i > 0) expect(shift.from).toBe(shifts[i - 1]!.until);
      }
      for (const minute of asked) {
        const at = addDuration(start, minutes(minute));
        const shift = shifts.find((each) => each.from <= at && at < each.until)!;
        const now = onPointAt(rota(source, overrides), at, facts);
        expect([now.by, now.persons]).toEqual([shift.by, shift.persons]);
      }
    }),
    { numRuns: 300 },
  );
});

const reading = (feed: FeedSeen | null): RotaFacts => ({
  ...own,
  feed,
  personOfMail: (mail) => (mail === "ada@example.org" ? per("ada") : undefined),
});

describe("a calendar kept elsewhere", () => {
  const NOW = instant("2026-03-02T09:00:00Z");
  const read = {
    at: NOW,
    from: instant("2026-03-01T00:00:00Z"),
    until: instant("2026-04-05T00:00:00Z"),
    shifts: [
      { from: instant("2026-03-02T08:00:00Z"), until: instant("2026-03-02T20:00:00Z"), mails: ["ada@example.org"], words: "On call" },
      { from: instant("2026-03-02T18:00:00Z"), until: instant("2026-03-03T08:00:00Z"), mails: ["eve@elsewhere.org"], words: "On call" },
    ],
  };
  const kept = rota({ kind: "feed", host: "calendar.example", mark: "1" });
  const at = (moment: string, feed: FeedSeen | null, now = NOW) =>
    shiftsBetween(kept, instant(moment), addDuration(instant(moment), duration("PT1M")), now, reading(feed))[0]!;

  test("names persons by their addresses, and says who is known to nobody here", () => {
    const feed = { read, failed: null };
    expect(at("2026-03-02T09:00:00Z", feed)).toMatchObject({ by: "feed", persons: [per("ada")], strangers: [] });
    expect(at("2026-03-02T19:00:00Z", feed)).toMatchObject({ persons: [per("ada")], strangers: ["eve@elsewhere.org"] });
    expect(at("2026-03-03T09:00:00Z", feed)).toMatchObject({ by: "nobody", persons: [] });
  });

  test("is not known when it was never read, beyond what was read, and from a day after it was read", () => {
    expect(at("2026-03-02T09:00:00Z", null)).toMatchObject({ by: "unknown", why: "Its calendar was not read yet." });
    const failed = { at: NOW, words: "It answered 404." };
    expect(at("2026-03-02T09:00:00Z", { read: null, failed })).toMatchObject({ by: "unknown", why: "It answered 404." });
    expect(at("2026-04-05T00:00:00Z", { read, failed: null }).by).toBe("unknown");
    const [before, then] = [instant("2026-03-03T08:59:59.999Z"), instant("2026-03-03T09:00:00Z")];
    expect(onPointAt(kept, before, reading({ read, failed })).by).toBe("nobody");
    expect(onPointAt(kept, then, reading({ read, failed })).by).toBe("unknown");
  });
});
