/** The thread that reads one calendar and answers with what happens when. */
import { parentPort, workerData } from "node:worker_threads";

import { eventsWithin } from "./calendar-events.ts";
import type { CalendarAsked, CalendarRead } from "./calendar-text.ts";

const { text, ...window } = workerData as CalendarAsked;

function read(): CalendarRead {
  try {
    return { kind: "events", events: eventsWithin(text, window) };
  } catch (error) {
    // Ours say what it is; the library's are about its own insides.
    return { kind: "failed", words: error instanceof RangeError ? error.message : "It is no calendar that can be read." };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(read());
