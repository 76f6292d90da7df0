import { momentOf, type PlainDate, type Zone } from "../../../src/kernel/time.ts";

/** The instant of a day and a time of day as they are typed, in the organisation's zone; null where no day is. */
export function instantOfDay(day: string, time: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const second = (hours * 60 + minutes) * 60;
  return momentOf(day as PlainDate, Number.isFinite(second) ? second : 0, zone as Zone);
}
