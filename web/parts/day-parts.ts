/** A calendar day as it is typed: year, month and day, each alone and each perhaps not there yet. */

export type DayParts = readonly [year: string, month: string, day: string];

export const NO_DAY: DayParts = ["", "", ""];

/** How many digits a part has, and between what it lies. */
export const PARTS = [
  { name: "year", digits: 4, least: 1, most: 9999, blank: "yyyy" },
  { name: "month", digits: 2, least: 1, most: 12, blank: "mm" },
  { name: "day", digits: 2, least: 1, most: 31, blank: "dd" },
] as const;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The parts of `2026-11-27`; of anything else none. */
export function partsOf(day: string): DayParts {
  const [, year, month, date] = DAY.exec(day.trim()) ?? [];
  return year === undefined || month === undefined || date === undefined ? NO_DAY : [year, month, date];
}

/** `2026-11-27`, or "" while it is not whole or there is no such day. */
export function dayOf(parts: DayParts): string {
  const day = parts.map((part, i) => part.padStart(PARTS[i]!.digits, "0")).join("-");
  if (parts.includes("") || !DAY.test(day) || Number(parts[0]) === 0) return "";
  const at = new Date(`${day}T00:00:00Z`);
  // The 31st of a month that has 30 days would be read as the first of the next.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : "";
}

/** One part more or less, round its ends; what is empty begins at `from`. */
export function stepped(parts: DayParts, at: number, step: number, from: DayParts): DayParts {
  const { digits, least, most } = PARTS[at]!;
  const [now, begin] = [parts[at], from[at]];
  const next = now === undefined || now === "" ? Number(begin) : Number(now) + step;
  const round = next > most ? least : next < least ? most : next;
  return replaced(parts, at, String(round).padStart(digits, "0"));
}

export function replaced(parts: DayParts, at: number, part: string): DayParts {
  const [year, month, day] = parts.map((each, i) => (i === at ? part : each));
  return [year ?? "", month ?? "", day ?? ""];
}

/** True when no further digit can belong to this part: `2026`, `11`, but also a month `4`. */
export function isFull(at: number, part: string): boolean {
  const { digits, most } = PARTS[at]!;
  return part.length >= digits || (part !== "" && Number(part) * 10 > most);
}
