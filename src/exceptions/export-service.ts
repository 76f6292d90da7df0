/** The register as a file. Which rows there are and in which order is settled at one moment; they are read a batch at a time. */
import { csvLine } from "../kernel/csv.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { writeSheet } from "../platform/spreadsheet.ts";
import { MOST_SHEET_ROWS } from "./contract-export.ts";
import { type ExportKey, fileColumns } from "./export-columns.ts";
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

/** Lines of CSV, as they are read. */
export async function* exportCsv(deps: ExceptionDependencies, order: ExportOrder): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(fileColumns(order.columns).map(({ title }) => title));
  const ids = await deps.store.listIds(order.filter);
  for await (const rows of batches(deps, ids, order)) yield rows.map(csvLine).join("");
}

/** A spreadsheet with typed cells. Refuses `exceptions.exportTooLarge`. */
export async function exportSheet(deps: ExceptionDependencies, order: ExportOrder): Promise<Uint8Array> {
  const ids = await deps.store.listIds(order.filter);
  if (ids.length > MOST_SHEET_ROWS) {
    const detail = `These are ${ids.length} rows; a spreadsheet is made of at most ${MOST_SHEET_ROWS}. Narrow the filter, or take CSV.`;
    throw new Refused([refusal("exceptions.exportTooLarge", detail)]);
  }
  return writeSheet("Register", fileColumns(order.columns), batches(deps, ids, order));
}

async function* batches(deps: ExceptionDependencies, ids: readonly string[], { columns, now }: ExportOrder): AsyncGenerator<Cells[]> {
  const cells = fileColumns(columns);
  for (let from = 0; from < ids.length; from += BATCH) {
    const rows = await rowsOf(deps, await deps.store.findMany(ids.slice(from, from + BATCH)), now);
    yield rows.map((row) => cells.map((column) => column.of(row, now)));
  }
}
