/** Tables for people, JSON for programs. */

/** Columns as wide as their widest cell; numbers are the caller's to format. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
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
