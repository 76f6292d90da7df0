/**
 * Asks the thread of the analysis. Requests are answered while it thinks; it is begun at the first question, and again after it ran out
 * of memory or ended otherwise.
 */
import { Worker } from "node:worker_threads";

import type { LockoutModel } from "./model.ts";
import type { Answers, Question } from "./thinking.ts";

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
}

export type Analyst = ReturnType<typeof createAnalyst>;

export function createAnalyst() {
  let thread: Thread | undefined;
  let last = 0;
  const begin = (): Thread => {
    const worker = new Worker(new URL("./analysis-thread-service.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    const mine: Thread = { worker, asked: new Map(), model: undefined };
    const end = (error: Error) => {
      if (thread === mine) thread = undefined;
      for (const { reject } of mine.asked.values()) reject(error);
      mine.asked.clear();
    };
    worker.on("message", ({ id, value, failed }: { id: number; value?: never; failed?: string }) => {
      const asked = mine.asked.get(id);
      mine.asked.delete(id);
      if (failed === undefined) asked?.resolve(value!);
      else asked?.reject(new Error(failed));
      // Nothing is waited for: the process may end.
      if (mine.asked.size === 0) worker.unref();
    });
    worker.on("error", end);
    worker.on("exit", () => end(new Error("the analysis ended before it answered")));
    return mine;
  };
  const send = <Q extends Question>(at: Thread, question: Q): Promise<Answers[Q["ask"]]> =>
    new Promise<Answers[Q["ask"]]>((resolve, reject) => {
      last += 1;
      at.asked.set(last, { resolve, reject });
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
