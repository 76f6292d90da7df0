import { expect, test } from "vitest";

import { createLagMeter } from "./loop-lag.ts";

test("lateness that goes on is told, and one long piece of work is not", () => {
  const meter = createLagMeter();
  let atMs = 0;
  const run = (forMs: number, lateMs: number) => {
    for (const end = atMs + forMs; atMs < end;) meter.tick((atMs += 20 + lateMs), lateMs);
  };
  run(1000, 0);
  meter.tick((atMs += 3000), 3000);
  expect(meter.lag()).toBe(0);
  run(1000, 0);
  expect(meter.lag()).toBe(0);
  run(1000, 200);
  expect(meter.lag()).toBe(200);
  run(1000, 5);
  expect(meter.lag()).toBe(5);
});
