/** The thread that works out what locks whom out: questions in, answers out, one after the other. */
import { parentPort } from "node:worker_threads";

import { createThinker, type Question } from "./thinking.ts";

/** One operation is looked at exactly for so long; then what is known by then is the answer, and says how far it is complete. */
const BUDGET_MS = 2_000;

const think = createThinker(() => {
  const end = performance.now() + BUDGET_MS;
  return () => performance.now() > end;
});

parentPort?.on("message", ({ id, question }: { id: number; question: Question }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage({ id, ...answered(question) });
});

function answered(question: Question) {
  try {
    return { value: think(question) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
