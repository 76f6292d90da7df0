/**
 * Calendars of others. Their rules may be made so that they are read for ever: they are read in a thread of their own, which ends
 * after a while whatever it is doing.
 */
import { Worker } from "node:worker_threads";

import type { CalendarEvent, CalendarWindow } from "./calendar-events.ts";

export interface CalendarAsked extends CalendarWindow {
  readonly text: string;
}

export type CalendarRead =
  | { readonly kind: "events"; readonly events: readonly CalendarEvent[] }
  | { readonly kind: "failed"; readonly words: string };

const MOST_MS = 10_000;
const MOST_MEGABYTES = 256;

let last: Promise<unknown> = Promise.resolve();

/** One at a time. Never throws for what stands in the text: that is a result. */
export function readCalendarText(asked: CalendarAsked, mostMs = MOST_MS): Promise<CalendarRead> {
  const mine = last.then(() => inThread(asked, mostMs));
  last = mine.catch(() => undefined);
  return mine;
}

async function inThread(asked: CalendarAsked, mostMs: number): Promise<CalendarRead> {
  const worker = new Worker(new URL("./calendar-worker.ts", import.meta.url), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<CalendarRead>((resolve) => {
      const fail = () => resolve({ kind: "failed", words: "It takes too long to be read." });
      timer = setTimeout(fail, mostMs);
      worker.once("message", resolve);
      worker.once("error", fail);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
