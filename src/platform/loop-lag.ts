/**
 * How late this process is with everything: by how much a timer is behind. One long piece of work is no load, so that only lateness that
 * goes on is told: of two stretches of time one after the other, the one with less.
 */

export interface LagMeter {
  /** A timer ran that was due `lateMs` before. */
  tick(atMs: number, lateMs: number): void;
  /** Milliseconds. */
  lag(): number;
}

const STRETCH_MS = 250;

export function createLagMeter(): LagMeter {
  let startedMs = -Infinity;
  let now = 0;
  let before = 0;
  return {
    tick(atMs, lateMs) {
      if (atMs - startedMs >= STRETCH_MS) {
        before = now;
        now = 0;
        startedMs = atMs;
      }
      now = Math.max(now, lateMs);
    },
    lag: () => Math.min(now, before),
  };
}

const EVERY_MS = 20;

/** Measures this process until it is closed; keeps it not alive. */
export function measureLag(): { readonly lagMs: () => number; close(): void } {
  const meter = createLagMeter();
  let dueMs = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const atMs = performance.now();
    meter.tick(atMs, Math.max(0, atMs - dueMs));
    dueMs = atMs + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return { lagMs: () => meter.lag(), close: () => clearInterval(timer) };
}
