/** The thread that reads a workbook: whatever is in it, it takes the memory that the thread is given and no more. */
import { parentPort, workerData } from "node:worker_threads";

import { readSheet } from "read-excel-file/node";

import type { WorkbookAsked, WorkbookAnswer } from "./workbook.ts";
import { unzip, zipStored } from "./zip.ts";

/** What the library really gives; its types say the constructors. */
type Cell = string | number | boolean | Date | null;

const { bytes, mostUnpacked } = workerData as WorkbookAsked;

async function read(): Promise<WorkbookAnswer> {
  const entries = unzip(Buffer.from(bytes), (name) => /\.(xml|rels)$/.test(name), mostUnpacked);
  if (entries === undefined) return { isTooLarge: true };
  // The library unpacks without a limit: it is given what was counted, and cannot find anything else in it.
  const rows = await readSheet(zipStored(entries), 1);
  return { text: rows.map((row) => `${row.map((cell) => cellText(cell as Cell)).join(",")}\n`).join("") };
}

/** A day of a spreadsheet has no zone; it comes as midnight UTC, and is a day again here. */
function cellText(cell: Cell): string {
  const text = cell instanceof Date ? cell.toISOString().replace(/T00:00:00\.000Z$/, "") : String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const answer = await read().catch((): WorkbookAnswer => ({ isUnreadable: true }));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(answer);
