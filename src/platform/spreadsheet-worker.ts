/** The thread that makes a spreadsheet: takes cells until it is told that there are no more, answers with the file. */
import { parentPort } from "node:worker_threads";

import writeExcelFile, { type Cell } from "write-excel-file/node";

import type { SheetCells, SheetColumn, SheetMessage } from "./spreadsheet.ts";

const WIDTHS: Readonly<Record<SheetColumn["kind"], number>> = { text: 24, number: 12, instant: 20 };

let name = "";
let columns: readonly SheetColumn[] = [];
const data: Cell[][] = [];

parentPort?.on("message", (message: SheetMessage) => {
  if (message.type === "begin") {
    ({ name, columns } = message);
    data.push(columns.map(({ title }) => ({ value: title, type: String, fontWeight: "bold" })));
  } else if (message.type === "rows") {
    for (const row of message.rows) data.push(row.map((cell, i) => cellOf(cell, columns[i]!.kind)));
  } else {
    void finish();
  }
});

function cellOf(cell: SheetCells[number], kind: SheetColumn["kind"]): Cell {
  if (cell === null) return null;
  if (kind === "number") return { type: Number, value: Number(cell) };
  if (kind === "instant") return { type: Date, value: new Date(cell), format: "yyyy-mm-dd hh:mm:ss" };
  return { type: String, value: String(cell) };
}

async function finish(): Promise<void> {
  const options = { sheet: name, columns: columns.map(({ kind }) => ({ width: WIDTHS[kind] })), stickyRowsCount: 1 };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(await writeExcelFile(data, options).toBuffer());
}
