/**
 * So many requests a second and no more, whoever asks: one for each tenant whose provider counts all applications together. It
 * holds for this process, where there is no database; replicas share theirs (platform/turns.ts) behind the same two words.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { Limiter } from "./client.ts";

export interface LimiterTime {
  /** Counts steadily; nothing is decided by it but how long to wait. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const REAL: LimiterTime = { nowMs: () => performance.now(), sleep };

/** Whoever asks has a place of its own at once, so that those who ask together go one after the other. */
export function createRateLimiter(perSecond: number, time: LimiterTime = REAL): Limiter {
  const intervalMs = 1000 / perSecond;
  let [nextAt, pausedUntil] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    take: async () => {
      for (;;) {
        const at = Math.max(nextAt, pausedUntil, time.nowMs());
        nextAt = at + intervalMs;
        const waitMs = Math.ceil(at - time.nowMs());
        if (waitMs > 0) await time.sleep(waitMs);
        // A pause that began meanwhile holds for those too who had their place before it.
        if (pausedUntil <= time.nowMs()) return;
      }
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, time.nowMs() + ms);
    },
  };
}
