/**
 * The jobs of the played year: worked off when the player says so, at the moment its clock shows, instead of whenever a poll comes
 * by. What fails waits for the next time, as it would with the real outbox, which takes over when the year has been played.
 */
import type { Job, Jobs } from "../platform/jobs.ts";

export interface PlayedOutbox extends Jobs {
  /** Works off what waits in these queues, and what that brings; each job is tried once. */
  workOff(queues: readonly string[]): Promise<void>;
}

interface Waiting {
  readonly queue: string;
  readonly key: string;
  readonly data: object;
}

type Handle = (job: Job<object>) => Promise<void>;

export function createPlayedOutbox(): PlayedOutbox {
  const handlers = new Map<string, Handle>();
  const waiting: Waiting[] = [];
  let made = 0;

  function take(queues: readonly string[], passed: ReadonlySet<Waiting>): Waiting | undefined {
    const index = waiting.findIndex((job) => queues.includes(job.queue) && !passed.has(job));
    return index === -1 ? undefined : waiting.splice(index, 1)[0];
  }

  async function run(job: Waiting): Promise<boolean> {
    made += 1;
    try {
      await handlers.get(job.queue)?.({ id: `played-${made}`, data: job.data, retries: 0, last: false });
      return true;
    } catch {
      return false;
    }
  }

  return {
    async enqueue(_tx, queue, key, data) {
      const isThere = waiting.some((job) => job.queue === queue && job.key === key);
      if (!isThere) waiting.push({ queue, key, data });
    },
    async work<T extends object>({ name }: { name: string }, handle: (job: Job<T>) => Promise<void>) {
      handlers.set(name, handle as unknown as Handle);
    },
    start: async () => undefined,
    stop: async () => undefined,
    async workOff(queues) {
      const failed = new Set<Waiting>();
      for (let job = take(queues, failed); job !== undefined; job = take(queues, failed)) {
        if (await run(job)) continue;
        failed.add(job);
        waiting.push(job);
      }
    },
  };
}
