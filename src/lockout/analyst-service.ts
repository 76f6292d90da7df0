/**
 * Asks the thread of the analysis. Requests are answered while it thinks; it is begun at the first question, and again after it ran out
 * of memory or ended otherwise.
 */
import { Worker } from "node:worker_threads";

import type { LockoutModel } from "./model.ts";
import type { Answers, Question } from "./thinking.ts";

/** Whoever waits longer is told so, and the thread is begun anew: whatever held it up, the next question does not wait behind it. */
const ANSWER_WITHIN_MS = 60_000;

/** Room for the sets of an estate of ten thousand operations; beyond it the thread ends, not the process. */
const MOST_MEGABYTES = 1024;

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly asked: Map<number, Asked>;
  model: LockoutModel | undefined;
  /** Everybody who waits is told, and nobody asks it any more. */
  readonly end: (error: Error) => void;
}

export type Analyst = ReturnType<typeof createAnalyst>;

/** `thread`: what answers; `withinMs`: how long it may take. */
export function createAnalyst({
  thread: url = new URL("./analysis-thread-service.ts", import.meta.url),
  withinMs = ANSWER_WITHIN_MS,
} = {}) {
  let thread: Thread | undefined;
  let last = 0;
  const begin = (): Thread => {
    const worker = new Worker(url, {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    const asked = new Map<number, Asked>();
    const end = (error: Error) => {
      if (thread === mine) thread = undefined;
      const waiting = [...asked.values()];
      asked.clear();
      for (const { reject } of waiting) reject(error);
    };
    const mine: Thread = { worker, asked, model: undefined, end };
    worker.on("message", ({ id, value, failed }: { id: number; value?: never; failed?: string }) => {
      const one = asked.get(id);
      asked.delete(id);
      if (failed === undefined) one?.resolve(value!);
      else one?.reject(new Error(failed));
      // Nothing is waited for: the process may end.
      if (asked.size === 0) worker.unref();
    });
    worker.on("error", end);
    worker.on("exit", () => end(new Error("the analysis ended before it answered")));
    return mine;
  };
  const send = <Q extends Question>(at: Thread, question: Q): Promise<Answers[Q["ask"]]> =>
    new Promise<Answers[Q["ask"]]>((resolve, reject) => {
      last += 1;
      const late = setTimeout(() => {
        at.end(new Error(`the analysis took longer than ${withinMs} ms`));
        void at.worker.terminate();
      }, withinMs);
      const settled =
        <T>(settle: (outcome: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          settle(value);
        };
      at.asked.set(last, { resolve: settled(resolve), reject: settled(reject) });
      at.worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      at.worker.postMessage({ id: last, question });
    });
  return {
    /** Asked of a model, which the thread keeps until it is asked of another. */
    async ask<Q extends Question>(model: LockoutModel, question: Q): Promise<Answers[Q["ask"]]> {
      thread ??= begin();
      if (thread.model !== model) {
        thread.model = model;
        void send(thread, { ask: "model", model }).catch(() => undefined);
      }
      return send(thread, question);
    },
  };
}
