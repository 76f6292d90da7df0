import { describe, expect, test } from "vitest";

import { addDuration, duration, instant, subtractDuration } from "../kernel/time.ts";
import { isStale } from "./freshness.ts";

const NOW = instant("2026-11-21T12:00:00Z");

describe("what was read of a provider", () => {
  test("is fresh for an hour, and stale from then on", () => {
    expect(isStale(NOW, NOW)).toBe(false);
    expect(isStale(subtractDuration(NOW, duration("PT1H")), NOW)).toBe(false);
    expect(isStale(subtractDuration(NOW, duration("PT1H1S")), NOW)).toBe(true);
  });

  test("is stale where it was never read, or read by a clock that was far ahead; a replica's that is a little ahead is none", () => {
    expect(isStale(undefined, NOW)).toBe(true);
    expect(isStale(null, NOW)).toBe(true);
    expect(isStale(addDuration(NOW, duration("PT2M")), NOW)).toBe(false);
    expect(isStale(addDuration(NOW, duration("P8D")), NOW)).toBe(true);
  });
});
