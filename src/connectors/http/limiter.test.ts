import { expect, it } from "vitest";

import { createRateLimiter, type LimiterTime } from "./limiter.ts";

/** Time that passes only while somebody sleeps, in the order of waking. */
function virtualTime() {
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const time: LimiterTime = {
    nowMs: () => now,
    sleep: (ms) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })),
  };
  /** Lets time go on until nobody sleeps any more. */
  async function pass(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = sleepers.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) return;
      now = next.at;
      next.wake();
    }
  }
  return { time, pass };
}

it("lets those who ask together go one after the other, so many a second", async () => {
  const { time, pass } = virtualTime();
  const limiter = createRateLimiter(1, time);
  const went: number[] = [];
  for (let n = 0; n < 4; n++) void limiter.take().then(() => went.push(time.nowMs()));
  await pass();
  expect(went).toEqual([0, 1000, 2000, 3000]);
});

it("lets nobody go in a pause, whoever had a place before it", async () => {
  const { time, pass } = virtualTime();
  const limiter = createRateLimiter(1, time);
  const went: number[] = [];
  const go = () => limiter.take().then(() => went.push(time.nowMs()));
  await go();
  void go();
  void go();
  await limiter.pause(5000);
  await pass();
  expect(went[0]).toBe(0);
  expect(Math.min(...went.slice(1))).toBeGreaterThanOrEqual(5000);
  const [, second, third] = went;
  expect(third! - second!).toBeGreaterThanOrEqual(1000);
});
