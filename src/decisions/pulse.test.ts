import { expect, test } from "vitest";

import { createPulse } from "./pulse.ts";

const NOW = 1_800_000_000_000;

test("the last minute is told second by second, and what is older is forgotten", () => {
  const pulse = createPulse();
  pulse.decided(true, NOW - 120_000);
  pulse.decided(true, NOW - 1000);
  pulse.decided(false, NOW - 1000);
  pulse.decided(true, NOW - 60_000);
  const { perSecond, permits, denials } = pulse.recent(NOW);
  expect(perSecond).toHaveLength(60);
  expect([perSecond[0], perSecond[59]]).toEqual([1, 2]);
  expect([permits, denials]).toEqual([2, 1]);
  expect(pulse.recent(NOW + 3_600_000)).toMatchObject({ permits: 0, denials: 0, requests: 0, p50Ms: null, p99Ms: null });
});

test("times are told by the upper end of what they lie in; one in a hundred does not move the p99, two do", () => {
  const pulse = createPulse();
  for (let i = 0; i < 98; i++) pulse.answered(0.2, NOW - 1000);
  pulse.answered(30, NOW - 1000);
  pulse.answered(0.2, NOW - 1000);
  expect(pulse.recent(NOW)).toMatchObject({ requests: 100, p50Ms: 0.25, p99Ms: 0.25 });
  pulse.answered(30, NOW - 1000);
  expect(pulse.recent(NOW).p99Ms).toBe(50);
  expect(pulse.latencies().counts.reduce((sum, each) => sum + each, 0)).toBe(101);
});
