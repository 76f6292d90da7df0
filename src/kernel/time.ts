/**
 * Time as the domain speaks it. An instant is kept as its canonical text (UTC, always milliseconds, always `Z`), so that it
 * is the same value in memory, in a journal entry and in JSON, and so that comparing two instants is comparing two strings.
 * Arithmetic goes through Temporal, as single functions, so that a browser loads no more of it than is used; nothing outside this
 * file imports it.
 */
import * as Calendars from "temporal-polyfill/fns/Calendar";
import * as Durations from "temporal-polyfill/fns/Duration";
import * as Instants from "temporal-polyfill/fns/Instant";
import * as Days from "temporal-polyfill/fns/PlainDate";
import * as DayTimes from "temporal-polyfill/fns/PlainDateTime";
import * as ZonedTimes from "temporal-polyfill/fns/ZonedDateTime";

/** A moment: `2026-11-27T09:00:00.000Z`, exactly 24 characters. Ordered by plain string comparison. */
export type Instant = string & { readonly __brand: "Instant" };

/** An ISO 8601 duration of whole days, hours, minutes or seconds: `P90D`, `PT4H`. */
export type Duration = string & { readonly __brand: "Duration" };

/** A calendar day without a zone: `2026-11-27`. */
export type PlainDate = string & { readonly __brand: "PlainDate" };

/** An IANA time-zone name: `Europe/Zurich`. */
export type Zone = string & { readonly __brand: "Zone" };

/** Where `now` comes from; read once per request or tick by the shell and passed down. */
export interface Clock {
  now(): Instant;
}

const MS_PER_DAY = 86_400_000;
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * The canonical instant of an epoch in milliseconds. Throws RangeError outside the years 0000 to 9999. Every decision writes one, so
 * the calendar is asked once a day that occurs; hours and less are the same on every day.
 */
export function instantOfEpochMs(epochMs: number): Instant {
  const day = Math.floor(epochMs / MS_PER_DAY);
  return `${textOfDay(day)}${textOfTime(epochMs - day * MS_PER_DAY)}Z` as Instant;
}

/** `2026-11-27T` for days since 1970 that were asked for lately. */
const DAYS = new Map<number, string>();
const MOST_DAYS = 10_000;

function textOfDay(day: number): string {
  const known = DAYS.get(day);
  if (known !== undefined) return known;
  const text = Instants.toString(Instants.fromEpochMilliseconds(day * MS_PER_DAY), { smallestUnit: "millisecond" });
  if (!CANONICAL.test(text)) throw new RangeError(`instant out of range: ${text}`);
  if (DAYS.size >= MOST_DAYS) DAYS.clear();
  const date = text.slice(0, "2026-11-27T".length);
  DAYS.set(day, date);
  return date;
}

function textOfTime(ms: number): string {
  if (!Number.isInteger(ms)) throw new RangeError(`not whole milliseconds: ${ms}`);
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.floor((ms % 60_000) / 1000)];
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds)}.${`${1000 + (ms % 1000)}`.slice(1)}`;
}

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** Reads any RFC 3339 timestamp with a zone offset. Returns undefined for anything unreadable (the caller fails closed). */
export function parseInstant(text: string): Instant | undefined {
  try {
    return instantOfEpochMs(Instants.fromString(text).epochMilliseconds);
  } catch {
    return undefined;
  }
}

/** Like {@link parseInstant}, for literals and values already validated. Throws RangeError when unreadable. */
export function instant(text: string): Instant {
  const parsed = parseInstant(text);
  if (parsed === undefined) throw new RangeError(`not an instant: ${text}`);
  return parsed;
}

/** The end of what nobody has set one: later than every other instant, so that it is compared like any. */
export const NO_END = "9999-12-31T23:59:59.999Z" as Instant;

export function epochMs(at: Instant): number {
  return Instants.fromString(at).epochMilliseconds;
}

/** A hundred years: nothing here lasts as long, and instants stay instants when it is added to them. */
const LONGEST_MS = 36_525 * MS_PER_DAY;

/** Reads a duration of days and smaller units, of a hundred years at most; months and years have no fixed length and are refused. */
export function parseDuration(text: string): Duration | undefined {
  try {
    const read = Durations.fromString(text);
    if (read.years !== 0 || read.months !== 0 || Durations.sign(read) < 0) return undefined;
    const canonical = Durations.toString(read) as Duration;
    return durationMs(canonical) <= LONGEST_MS ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** Like {@link parseDuration}, for literals. Throws RangeError when unreadable. */
export function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new RangeError(`not a duration: ${text}`);
  return parsed;
}

/** Length in milliseconds. A day is 24 hours: terms are measured on the UTC clock, not on a calendar. */
export function durationMs(length: Duration): number {
  const read = Durations.fromString(length);
  return (
    (read.weeks * 7 + read.days) * MS_PER_DAY + read.hours * 3_600_000 + read.minutes * 60_000 + read.seconds * 1000 + read.milliseconds
  );
}

export function durationOfMs(ms: number): Duration {
  const days = Math.floor(ms / MS_PER_DAY);
  const read = Durations.fromFields({ days, milliseconds: ms - days * MS_PER_DAY });
  return Durations.toString(Durations.round(read, { largestUnit: "days" })) as Duration;
}

export function addDuration(at: Instant, length: Duration): Instant {
  return instantOfEpochMs(epochMs(at) + durationMs(length));
}

export function subtractDuration(at: Instant, length: Duration): Instant {
  return instantOfEpochMs(epochMs(at) - durationMs(length));
}

/** Milliseconds from `from` to `to`; negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
  return epochMs(to) - epochMs(from);
}

/** Whole minutes from `from` to `to`, rounded down, never negative: how overstays are counted. */
export function minutesBetween(from: Instant, to: Instant): number {
  return Math.max(0, Math.floor(msBetween(from, to) / 60_000));
}

export function earliest(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

export function latest(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}

export function parsePlainDate(text: string): PlainDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    return Days.toString(dayFrom(text)) as PlainDate;
  } catch {
    return undefined;
  }
}

export function parseZone(text: string): Zone | undefined {
  try {
    Days.toZonedDateTime(dayFrom("2000-01-01"), text);
    return text as Zone;
  } catch {
    return undefined;
  }
}

/** Midnight at which a day begins in a zone. */
export function startOfDay(day: PlainDate, zone: Zone): Instant {
  return nearestInstant(Days.toZonedDateTime(dayFrom(day), zone).epochMilliseconds);
}

/** A date typed by a person means the end of that day in the organisation's zone: the first instant of the next day. */
export function endOfDay(day: PlainDate, zone: Zone): Instant {
  return nearestInstant(Days.toZonedDateTime(Days.addDays(dayFrom(day), 1), zone).epochMilliseconds);
}

/**
 * The moment at which a clock on the wall of a zone shows a second of a day. Where the clock is set forward over it, it is as much
 * later; what the clock shows twice is the first of the two.
 */
export function momentOf(day: PlainDate, secondOfDay: number, zone: Zone): Instant {
  const local = DayTimes.addSeconds(Days.toPlainDateTime(dayFrom(day)), secondOfDay);
  return nearestInstant(DayTimes.toZonedDateTime(local, zone).epochMilliseconds);
}

export function addDays(day: PlainDate, days: number): PlainDate {
  return Days.toString(Days.addDays(dayFrom(day), days)) as PlainDate;
}

/** Calendar days from one to the other; negative when `to` is earlier. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  const utc = "UTC" as Zone;
  return Math.round(msBetween(startOfDay(from, utc), startOfDay(to, utc)) / MS_PER_DAY);
}

const FIRST_MS = epochMs("0000-01-01T00:00:00.000Z" as Instant);
const LAST_MS = epochMs("9999-12-31T23:59:59.999Z" as Instant);

/** Lists say 9999-12-31 for "never": the day is one that can be written, though in most zones its end is not. */
function nearestInstant(epochMs: number): Instant {
  return instantOfEpochMs(Math.min(Math.max(epochMs, FIRST_MS), LAST_MS));
}

/** The instant `days` working days (Monday to Friday) after `at`, at the end of that day in the zone. */
export function endOfWorkingDay(at: Instant, days: number, zone: Zone): Instant {
  let day = ZonedTimes.toPlainDate(zonedTime(at, zone));
  for (let left = days; left > 0;) {
    day = Days.addDays(day, 1);
    if (Days.dayOfWeek(day) <= 5) left -= 1;
  }
  return endOfDay(Days.toString(day) as PlainDate, zone);
}

/** Day of week (1 Monday to 7 Sunday) and minute of the day, in a zone: what a scope's hours are compared with. */
export function wallClock(at: Instant, zone: Zone): { dayOfWeek: number; minuteOfDay: number } {
  const local = zonedTime(at, zone);
  return { dayOfWeek: ZonedTimes.dayOfWeek(local), minuteOfDay: local.hour * 60 + local.minute };
}

/** The calendar day that a moment lies in, in a zone. */
export function dayIn(at: Instant, zone: Zone): PlainDate {
  return Days.toString(ZonedTimes.toPlainDate(zonedTime(at, zone))) as PlainDate;
}

function dayFrom(text: string): Days.Record {
  return Days.fromString(text, Calendars.getISO);
}

function zonedTime(at: Instant, zone: Zone): ZonedTimes.Record {
  return Instants.toZonedDateTimeISO(Instants.fromString(at), zone);
}
