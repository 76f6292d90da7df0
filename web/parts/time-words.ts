/** Times in words: the distance for the eye, the instant in the organisation's zone for the record. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Beyond this many days a distance is told in months: the days would suggest a care nobody takes. */
const DAYS_TOLD = 99;
const DAYS_PER_MONTH = 30.44;
const DAYS_PER_YEAR = 365.25;

/** A length in its largest fitting unit, rounded down: `6 days`, `5 h`, `40 min`. A time left is never told as longer than it is. */
export function lengthWords(ms: number): string {
  const length = Math.abs(ms);
  if (length < MINUTE) return "under a minute";
  if (length < 2 * HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)} h`;
  const days = Math.floor(length / DAY);
  if (days <= DAYS_TOLD) return `${days} days`;
  if (days < 2 * DAYS_PER_YEAR) return `${Math.floor(days / DAYS_PER_MONTH)} months`;
  return `${Math.floor(days / DAYS_PER_YEAR)} years`;
}

/** A length to the second, where one is measured against a limit: `1 h 40 min`, `15 min 54 s`. */
export function exactWords(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(ms / HOUR), "h"],
    [Math.floor(ms / MINUTE) % 60, "min"],
    [Math.floor(ms / 1000) % 60, "s"],
  ];
  const words = units.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`]));
  return words.length === 0 ? "0 s" : words.join(" ");
}

/** `in 6 days`, `3 h ago`, `now`. */
export function distanceWords(atMs: number, nowMs: number): string {
  const distance = atMs - nowMs;
  if (Math.abs(distance) < MINUTE) return "now";
  return distance > 0 ? `in ${lengthWords(distance)}` : `${lengthWords(distance)} ago`;
}

/** `27 Nov 09:00 UTC`; the year only where it is not this year's. An unknown zone is told in UTC. */
export function instantWords(atMs: number, nowMs: number, zone: string): string {
  const parts = partsOf(atMs, zone);
  const year = parts.year === partsOf(nowMs, zone).year ? "" : ` ${parts.year}`;
  return `${parts.day} ${parts.month}${year} ${parts.hour}:${parts.minute} ${parts.timeZoneName}`;
}

type Part = "day" | "month" | "year" | "hour" | "minute" | "timeZoneName";

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(atMs: number, zone: string): Record<Part, string> {
  const parts = formatOf(zone).formatToParts(atMs);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value])) as Record<Part, string>;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = makeFormat(zone) ?? makeFormat("UTC")!;
  formats.set(zone, made);
  return made;
}

function makeFormat(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    });
  } catch {
    return undefined;
  }
}
