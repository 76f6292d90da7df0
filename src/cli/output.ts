/** Tables for people, JSON for programs. */
import { onOneLine } from "../discovery/text.ts";

/** Columns as wide as their widest cell; numbers are the caller's to format. A name with a line of its own makes no row of its own. */
export function table(headings: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(onOneLine));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings.map((heading) => heading.toUpperCase())), ...rows.map(line)].join("\n");
}

/** "in 6 days", "3 h ago": the distance people read first. */
export function distance(from: number, to: number): string {
  const ms = Math.abs(to - from);
  const [value, unit] = ms >= 172_800_000 ? [ms / 86_400_000, "days"] : ms >= 7_200_000 ? [ms / 3_600_000, "h"] : [ms / 60_000, "min"];
  const words = `${Math.floor(value)} ${unit}`;
  return to >= from ? `in ${words}` : `${words} ago`;
}

/** What others wrote must not steer the terminal: neither control characters nor those that turn the direction of writing. */
const STEERING = /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu;

export function inert(text: string): string {
  return text.replaceAll(STEERING, "\uFFFD");
}

/** JSON in which it is escaped: the same value to whoever parses it. Outside of texts there is none of it. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(STEERING, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
