/** Lists of exceptions kept elsewhere: rows of any shape, mapped to what the register needs. Every fault of every row at once. Pure. */
import { type Refusal, refusal } from "../kernel/problem.ts";
import { endOfDay, type Instant, parseInstant, parsePlainDate, type Zone } from "../kernel/time.ts";

/** What the register can take from a row. */
export const IMPORT_FIELDS = [
  "externalId",
  "title",
  "category",
  "unit",
  "connection",
  "policy",
  "subject",
  "application",
  "until",
  "owner",
  "justification",
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Column of the file for each field; a field may have a fixed value instead (`=legacy_application`). */
export type Mapping = Readonly<Partial<Record<ImportField, string>>>;

const REQUIRED: readonly ImportField[] = ["externalId", "title", "category", "connection", "policy", "subject"];

export interface SourceRow {
  /** As a person counts: the first row after the header is 2. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface ImportRow {
  readonly line: number;
  readonly externalId: string;
  readonly title: string;
  readonly category: string;
  readonly unit: string;
  readonly connection: string;
  readonly policy: string;
  readonly subject: string;
  readonly application: string | null;
  readonly until: Instant | null;
  readonly owner: string | null;
  readonly justification: string;
}

export interface MappedRows {
  readonly rows: readonly ImportRow[];
  readonly faults: readonly Refusal[];
}

/** Maps rows. A date means the end of that day in the organisation's zone; an unreadable one is refused, never guessed. */
export function mapRows(source: readonly SourceRow[], mapping: Mapping, zone: Zone): MappedRows {
  const columns = new Set(source.flatMap((row) => Object.keys(row.cells)));
  const faults = mappingFaults(mapping, columns);
  if (faults.length > 0) return { rows: [], faults };
  if (source.length === 0) return { rows: [], faults: [refusal("exceptions.importEmpty", "The file has no rows.")] };
  const rows: ImportRow[] = [];
  const seen = new Map<string, number>();
  for (const row of source) {
    const wrong = [...rowFaults(row, mapping, zone)];
    const externalId = cell(row, mapping, "externalId");
    const before = seen.get(externalId);
    if (before !== undefined) wrong.push(fault(row, "externalId", `the same external id as line ${before}`));
    seen.set(externalId, row.line);
    faults.push(...wrong);
    if (wrong.length === 0) rows.push(toRow(row, mapping, zone));
  }
  return { rows, faults };
}

function mappingFaults(mapping: Mapping, columns: ReadonlySet<string>): Refusal[] {
  const missing = REQUIRED.filter((field) => (mapping[field] ?? "") === "");
  const unknown = Object.entries(mapping).filter(
    ([, column]) => column !== undefined && !column.startsWith("=") && columns.size > 0 && !columns.has(column),
  );
  return [
    ...missing.map((field) =>
      refusal("exceptions.importMapping", `Say which column holds "${field}", or give it a fixed value with "=value".`, {
        at: `/mapping/${field}`,
      }),
    ),
    ...unknown.map(([field, column]) =>
      refusal("exceptions.importMapping", `The file has no column "${column}". It has: ${[...columns].join(", ")}.`, {
        at: `/mapping/${field}`,
      }),
    ),
  ];
}

function cell(row: SourceRow, mapping: Mapping, field: ImportField): string {
  const column = mapping[field] ?? "";
  return (column.startsWith("=") ? column.slice(1) : (row.cells[column] ?? "")).trim();
}

function fault(row: SourceRow, field: ImportField, words: string): Refusal {
  return refusal("exceptions.importRow", `Line ${row.line}, ${field}: ${words}.`, { at: `line ${row.line}` });
}

function* rowFaults(row: SourceRow, mapping: Mapping, zone: Zone): Generator<Refusal> {
  for (const field of REQUIRED) if (cell(row, mapping, field) === "") yield fault(row, field, "is empty");
  const until = cell(row, mapping, "until");
  if (until !== "" && readEnd(until, zone) === undefined)
    yield fault(row, "until", `"${until}" is no date (2026-11-27) and no instant (2026-11-27T09:00:00Z)`);
  if (cell(row, mapping, "title").length > 200) yield fault(row, "title", "is longer than 200 characters");
}

function readEnd(text: string, zone: Zone): Instant | undefined {
  const day = parsePlainDate(text);
  return day === undefined ? parseInstant(text) : endOfDay(day, zone);
}

function toRow(row: SourceRow, mapping: Mapping, zone: Zone): ImportRow {
  const of = (field: ImportField) => cell(row, mapping, field);
  const orNull = (field: ImportField) => (of(field) === "" ? null : of(field));
  return {
    line: row.line,
    externalId: of("externalId"),
    title: of("title"),
    category: of("category"),
    unit: of("unit") === "" ? "unassigned" : of("unit"),
    connection: of("connection"),
    policy: of("policy"),
    subject: of("subject"),
    application: orNull("application"),
    until: readEnd(of("until"), zone) ?? null,
    owner: orNull("owner"),
    justification: of("justification"),
  };
}
