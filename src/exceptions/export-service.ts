/** The register as a file. Which rows there are and in which order is settled at one moment; they are read a batch at a time. */
import { csvLine } from "../kernel/csv.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { writeSheet } from "../platform/spreadsheet.ts";
import { MOST_SHEET_ROWS } from "./contract-export.ts";
import { type ExportedPast, type ExportKey, fileColumns } from "./export-columns.ts";
import { type LetPast, letPast } from "./let-past.ts";
import { providerSubject } from "./provider-subject.ts";
import { rowsOf } from "./register.ts";
import type { ExceptionDependencies } from "./service.ts";
import type { ListFilter } from "./store.ts";

const BATCH = 500;

/** Excel takes a file for UTF-8 only when it says so at its very beginning. */
const BYTE_ORDER_MARK = "\uFEFF";

type Cells = readonly (string | number | null)[];

export interface ExportOrder {
  readonly filter: Omit<ListFilter, "limit" | "cursor">;
  readonly columns: readonly ExportKey[];
  readonly now: Instant;
}

/** A connection's key, and the provider's ids of its policies by their keys. */
export interface ExportedConnection {
  readonly key: string;
  readonly policyIds: ReadonlyMap<string, string>;
}

export interface ExportDependencies extends ExceptionDependencies {
  readonly connectionOf: (id: string) => Promise<ExportedConnection>;
}

/** Lines of CSV, as they are read. */
export async function* exportCsv(deps: ExportDependencies, order: ExportOrder): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(fileColumns(order.columns).map(({ title }) => title));
  const ids = await deps.store.listIds(order.filter);
  for await (const rows of batches(deps, ids, order)) yield rows.map(csvLine).join("");
}

/** A JSON list of objects, named like the columns. */
export async function* exportJson(deps: ExportDependencies, order: ExportOrder): AsyncGenerator<string> {
  const titles = fileColumns(order.columns).map(({ title }) => title);
  const ids = await deps.store.listIds(order.filter);
  let before = "[";
  for await (const rows of batches(deps, ids, order)) {
    for (const cells of rows) {
      yield `${before}\n${JSON.stringify(Object.fromEntries(titles.map((title, at) => [title, cells[at]])))}`;
      before = ",";
    }
  }
  yield before === "[" ? "[]\n" : "\n]\n";
}

/** A spreadsheet with typed cells. Refuses `exceptions.exportTooLarge`. */
export async function exportSheet(deps: ExportDependencies, order: ExportOrder): Promise<Uint8Array> {
  const ids = await deps.store.listIds(order.filter);
  if (ids.length > MOST_SHEET_ROWS) {
    const detail = `These are ${ids.length} rows; a spreadsheet is made of at most ${MOST_SHEET_ROWS}. Narrow the filter, or take CSV.`;
    throw new Refused([refusal("exceptions.exportTooLarge", detail)]);
  }
  return writeSheet("Register", fileColumns(order.columns), batches(deps, ids, order));
}

async function* batches(deps: ExportDependencies, ids: readonly string[], { columns, now }: ExportOrder): AsyncGenerator<Cells[]> {
  const cells = fileColumns(columns);
  const known = new Map<string, Promise<ExportedConnection>>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const items = await deps.store.findMany(ids.slice(from, from + BATCH));
    const rows = await rowsOf(deps, items, now);
    const past = await Promise.all(items.map(({ exception }) => exportedPast(deps, known, letPast(exception, now))));
    yield rows.map((row, at) => cells.map((column) => column.of({ ...row, letsPast: past[at]! }, now)));
  }
}

async function exportedPast(
  deps: ExportDependencies,
  known: Map<string, Promise<ExportedConnection>>,
  past: LetPast | undefined,
): Promise<ExportedPast | null> {
  if (past === undefined) return null;
  const { connection: id, policy, subjects, until } = past;
  const asked = known.get(id) ?? deps.connectionOf(id);
  known.set(id, asked);
  const connection = await asked;
  return {
    connection: connection.key,
    policy,
    policyId: connection.policyIds.get(policy) ?? null,
    subjects: subjects.map(providerSubject),
    until,
  };
}
