/**
 * Spreadsheets. Making one takes seconds of nothing but computing and the memory of all its cells: it happens in a thread of its
 * own, one at a time, so that requests are answered meanwhile and two large ones do not add up.
 */
import { Worker } from "node:worker_threads";

export interface SheetColumn {
  readonly title: string;
  /** Instants are RFC 3339 texts and become cells of a date. */
  readonly kind: "text" | "number" | "instant";
}

export type SheetCells = readonly (string | number | null)[];

/** What the thread is told, in this order: one begin, any number of rows, one end. */
export type SheetMessage =
  | { readonly type: "begin"; readonly name: string; readonly columns: readonly SheetColumn[] }
  | { readonly type: "rows"; readonly rows: readonly SheetCells[] }
  | { readonly type: "end" };

/** Room for a hundred thousand rows of twenty-one cells; beyond it the thread ends, not the process. */
const MOST_MEGABYTES = 1024;

let last: Promise<unknown> = Promise.resolve();

/** An XLSX file of one sheet, its header first. Texts are cells of text, whatever they look like: nothing in them is a formula. */
export function writeSheet(
  name: string,
  columns: readonly SheetColumn[],
  batches: AsyncIterable<readonly SheetCells[]>,
): Promise<Uint8Array> {
  const mine = last.then(() => inThread(name, columns, batches));
  last = mine.catch(() => undefined);
  return mine;
}

async function inThread(name: string, columns: readonly SheetColumn[], batches: AsyncIterable<readonly SheetCells[]>): Promise<Uint8Array> {
  const worker = new Worker(new URL("./spreadsheet-worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const tell = (message: SheetMessage): void => worker.postMessage(message);
  try {
    const made = new Promise<Uint8Array>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    made.catch(() => undefined);
    tell({ type: "begin", name, columns: columns.map(({ title, kind }) => ({ title, kind })) });
    for await (const rows of batches) tell({ type: "rows", rows });
    tell({ type: "end" });
    return await made;
  } finally {
    await worker.terminate();
  }
}
