import { describe, expect, test } from "vitest";

import { instant, type Zone } from "../kernel/time.ts";
import { eventsWithin } from "./calendar-events.ts";
import { readCalendarText } from "./calendar-text.ts";

const MARCH = { from: instant("2026-03-23T00:00:00Z"), until: instant("2026-04-13T00:00:00Z"), zone: "Europe/Zurich" as Zone };
/** Berlin's rules as a calendar program writes them, under a name of its own. */
const ZONE = `BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE`;
const calendar = (...parts: string[]) =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", ...parts, "END:VCALENDAR", ""].join("\n").replaceAll("\n", "\r\n");
const event = (...lines: string[]) => ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260301T000000Z", ...lines, "END:VEVENT"].join("\n");
const read = (...parts: string[]) =>
  eventsWithin(calendar(...parts), MARCH).map(({ from, until }) => `${from.slice(5, 16)} ${until.slice(5, 16)}`);
const WEEKLY = ["DTSTART;TZID=Europe/Zurich:20260302T090000", "DTEND;TZID=Europe/Zurich:20260309T090000", "RRULE:FREQ=WEEKLY"];

describe("the times of an event", () => {
  test.each([
    ["in UTC", ["DTSTART:20260325T080000Z", "DTEND:20260325T160000Z"], "03-25T08:00 03-25T16:00"],
    ["for a length", ["DTSTART:20260325T080000Z", "DURATION:PT8H"], "03-25T08:00 03-25T16:00"],
    ["in no zone: that of the organisation", ["DTSTART:20260325T080000", "DTEND:20260325T160000"], "03-25T07:00 03-25T15:00"],
    [
      "in a zone of the world, before clocks are set",
      ["DTSTART;TZID=America/New_York:20260325T080000", "DURATION:PT1H"],
      "03-25T12:00 03-25T13:00",
    ],
    ["by the day: from midnight to midnight, also of 23 hours", ["DTSTART;VALUE=DATE:20260329"], "03-28T23:00 03-29T22:00"],
    ["over several days", ["DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260331"], "03-27T23:00 03-30T22:00"],
  ])("are read %s", (_, lines, expected) => expect(read(event(...lines))).toEqual([expected]));

  test("are read in a zone that the calendar itself explains, on both sides of the day clocks are set", () => {
    const inZone = "TZID=W. Europe Standard Time";
    const lines = [`DTSTART;${inZone}:20260327T090000`, `DTEND;${inZone}:20260327T100000`, "RRULE:FREQ=DAILY;COUNT=4"];
    expect(read(ZONE, event(...lines)).map((each) => each.slice(0, 11))).toEqual([
      "03-27T08:00",
      "03-28T08:00",
      "03-29T07:00",
      "03-30T07:00",
    ]);
  });

  test("in a zone that nobody explains make the whole unreadable, not a shift at another time", () => {
    expect(() => read(event("DTSTART;TZID=Our Office:20260325T080000", "DURATION:PT1H"))).toThrow(
      "It names a time zone that it does not explain: Our Office.",
    );
  });
});

describe("what repeats", () => {
  test("is told one by one, the one that runs when the stretch begins too, at the same time of the day after clocks are set", () => {
    expect(read(event(...WEEKLY))).toEqual(
      ["03-23T08:00 03-30T07:00", "03-30T07:00 04-06T07:00", "04-06T07:00 04-13T07:00"].toSpliced(0, 0, "03-16T08:00 03-23T08:00"),
    );
  });

  test("leaves out what is taken out, in its zone, in UTC or by the day, and adds what is added", () => {
    expect(read(event(...WEEKLY, "EXDATE;TZID=Europe/Zurich:20260330T090000"))).toHaveLength(3);
    expect(read(event(...WEEKLY, "EXDATE:20260330T070000Z"))).toHaveLength(3);
    const daily = ["DTSTART;VALUE=DATE:20260328", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260329"];
    expect(read(event(...daily)).map((each) => each.slice(0, 5))).toEqual(["03-27", "03-29"]);
    expect(read(event("DTSTART:20260325T080000Z", "DURATION:PT1H", "RDATE:20260327T080000Z"))).toHaveLength(2);
  });

  test("is otherwise once where one occurrence is changed, moved into the stretch, or cancelled", () => {
    const moved = event("RECURRENCE-ID;TZID=Europe/Zurich:20260330T090000", "DTSTART:20260401T070000Z", "DTEND:20260402T070000Z");
    expect(read(event(...WEEKLY), moved)).toEqual([
      "03-16T08:00 03-23T08:00",
      "03-23T08:00 03-30T07:00",
      "04-01T07:00 04-02T07:00",
      "04-06T07:00 04-13T07:00",
    ]);
    const fromAfar = event("RECURRENCE-ID:20261130T080000Z", "DTSTART:20260401T070000Z", "DTEND:20260402T070000Z");
    expect(read(event(...WEEKLY), fromAfar)).toContain("04-01T07:00 04-02T07:00");
    const cancelled = event("RECURRENCE-ID:20260330T070000Z", "DTSTART:20260330T070000Z", "DTEND:20260406T070000Z", "STATUS:CANCELLED");
    expect(read(event(...WEEKLY), cancelled)).not.toContain("03-30T07:00 04-06T07:00");
    expect(read(event(...WEEKLY, "STATUS:CANCELLED"))).toEqual([]);
    const ofAnother = cancelled.replace("UID:1", "UID:2");
    expect(read(event(...WEEKLY), ofAnother)).toHaveLength(4);
  });

  test("is told as it is newest, where the same is told twice", () => {
    const older = event("SEQUENCE:1", "DTSTART:20260325T080000Z", "DURATION:PT1H");
    const newer = event("SEQUENCE:2", "DTSTART:20260326T080000Z", "DURATION:PT1H");
    expect(read(newer, older)).toEqual(["03-26T08:00 03-26T09:00"]);
  });

  test("without end and too often is not read, and does not hold anybody up", async () => {
    const often = event("DTSTART:19700101T000000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY");
    expect(() => read(often)).toThrow("It repeats too often to be read.");
    const never = event("DTSTART:20260101T000000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    const result = await readCalendarText({ ...MARCH, text: calendar(never) }, 3000);
    expect(result.kind === "failed" ? result.words : result.events).toEqual(expect.anything());
  });
});

const mails = (...lines: string[]) => eventsWithin(calendar(event("DTSTART:20260325T080000Z", "DURATION:PT1H", ...lines)), MARCH)[0]!.mails;

describe("who an event names", () => {
  test("are those who take part and did not decline, or else who called it", () => {
    const ada = "ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:Ada@Example.org";
    expect(mails(ada, "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.org", "ORGANIZER:mailto:boss@example.org")).toEqual([
      "ada@example.org",
    ]);
    expect(mails("ATTENDEE;CUTYPE=ROOM:mailto:room@example.org", "ORGANIZER:MAILTO:boss@example.org")).toEqual(["boss@example.org"]);
    expect(mails("ATTENDEE:urn:uuid:1")).toEqual([]);
  });

  test("else stands in its words, without what could break a line", () => {
    const [found] = eventsWithin(calendar(event("DTSTART:20260325T080000Z", "DURATION:PT1H", "SUMMARY:Ada\\nis\u001B[31m on call")), MARCH);
    expect(found!.words).toBe("Ada is [31m on call");
  });
});

test.each(["", "<html>", "BEGIN:VCARD\r\nEND:VCARD\r\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", calendar(event("DTSTART:tomorrow"))])(
  "%j is no calendar, and that is said",
  async (text) => {
    const result = await readCalendarText({ ...MARCH, text });
    expect(result).toMatchObject({ kind: "failed", words: expect.stringMatching(/^It (is no|names) /) as unknown });
  },
);
