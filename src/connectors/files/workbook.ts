/** Workbooks (XLSX), in bounded memory: a few kilobytes of one can stand for gigabytes. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What the thread is asked. */
export interface WorkbookAsked {
  readonly bytes: Uint8Array;
  readonly mostUnpacked: number;
}

export type WorkbookAnswer = { readonly text: string } | { readonly isTooLarge: true } | { readonly isUnreadable: true };

/** The parts of a register of a hundred thousand exceptions, unpacked, are some 150 megabytes. */
export const MOST_UNPACKED_BYTES = 256 * 1024 * 1024;

/** What that takes to be read, with room to spare; a sheet whose two cells lie a million rows apart would take all there is. */
const MOST_HEAP_MEGABYTES = 1536;

/** Its first sheet as the CSV it would be saved as. */
export async function readWorkbook(bytes: Uint8Array, mostHeapMegabytes: number = MOST_HEAP_MEGABYTES): Promise<WorkbookAnswer> {
  const asked: WorkbookAsked = { bytes, mostUnpacked: MOST_UNPACKED_BYTES };
  const worker = new Worker(new URL("./workbook-worker.ts", import.meta.url), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes },
  });
  try {
    const [answer] = (await once(worker, "message")) as [WorkbookAnswer];
    return answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") return { isTooLarge: true };
    throw error;
  } finally {
    await worker.terminate();
  }
}
