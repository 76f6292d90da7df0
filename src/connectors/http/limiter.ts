/**
 * So many requests a second and no more, whoever asks: one for each tenant whose provider counts all applications together. It
 * holds for this process; several replicas need one that they share behind the same two words (docs/decisions/0018).
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { Limiter } from "./client.ts";

/** `nowMs` counts steadily; nothing is decided by it but how long to wait. */
export function createRateLimiter(perSecond: number, nowMs: () => number = () => performance.now()): Limiter {
  const intervalMs = 1000 / perSecond;
  let nextAt = 0;
  let pausedUntil = 0;
  return {
    take: async () => {
      // Whoever asks has a place of its own at once, so that many who ask together go one after the other.
      for (;;) {
        const at = Math.max(nextAt, nowMs());
        nextAt = at + intervalMs;
        await sleep(Math.max(0, Math.ceil(at - nowMs())));
        // A pause that began meanwhile moves the places that were given before it.
        if (pausedUntil <= nowMs()) return;
      }
    },
    pause: (ms) => {
      pausedUntil = Math.max(pausedUntil, nowMs() + ms);
      nextAt = Math.max(nextAt, pausedUntil);
    },
  };
}
