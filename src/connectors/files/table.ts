/** Files that hold rows: CSV with headings, or a JSON list of objects. */
import { parse } from "csv-parse/sync";

import type { SourceFile } from "../port.ts";
import type { Row, Table } from "./map-row.ts";

/** The headings of a CSV file; undefined where its first line has fewer than two. */
export function headingsOf({ text, json }: SourceFile): readonly string[] | undefined {
  if (json !== undefined || /^\s*[[{<]/.test(text)) return undefined;
  const headings = split(text, delimiterOf(text), { to: 1 })?.[0];
  return headings !== undefined && headings.length > 1 ? headings : undefined;
}

/** The rows of a file; a sentence where it is no table. */
export function tableOf(file: SourceFile): Table | string {
  if (file.json !== undefined) return tableOfJson(file.json);
  const lines = split(file.text, delimiterOf(file.text));
  if (lines === undefined) return "it is neither JSON nor CSV that can be read: a quotation mark is not closed, or stands inside a value";
  const [columns = [], ...rows] = lines;
  return {
    columns,
    rows: rows.flatMap((cells, at) =>
      cells.every((cell) => cell === "")
        ? []
        : [{ place: `row ${at + 2}`, cells: Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""])) }],
    ),
  };
}

/** Spreadsheets save with a semicolon where the comma is the decimal sign. */
function delimiterOf(text: string): string {
  const line = unquotedHeadings(text);
  return [",", ";", "\t"].reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best));
}

/** The first line without what stands in quotation marks: a line break in there does not end it, and a comma separates nothing. */
function unquotedHeadings(text: string): string {
  let [line, isQuoted] = ["", false];
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (char === "\r" || char === "\n")) break;
    else if (!isQuoted) line += char;
  }
  return line;
}

function split(text: string, delimiter: string, only: { readonly to?: number } = {}): string[][] | undefined {
  try {
    return parse(text, { ...only, delimiter, relax_column_count: true, trim: true });
  } catch {
    return undefined;
  }
}

function tableOfJson(json: unknown): Table | string {
  if (!Array.isArray(json)) return "it is JSON, but no list of objects";
  const rows: Row[] = [];
  for (const [at, item] of json.entries()) {
    if (typeof item !== "object" || item === null) return `item ${at + 1} is no object`;
    rows.push({ place: `item ${at + 1}`, cells: Object.fromEntries(Object.entries(item).map(([name, value]) => [name, textOf(value)])) });
  }
  return { columns: [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))], rows };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : `${value as string | number | boolean}`.trim();
}
