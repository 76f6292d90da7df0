import { expect, test } from "vitest";

import { addDuration, duration, instant } from "../kernel/time.ts";
import { createRateLimit } from "./rate-limit.ts";

const start = instant("2026-01-01T00:00:00Z");
const after = (seconds: number) => addDuration(start, duration(`PT${seconds}S`));

test("a burst is let through, then one try for every refilled token, and the wait is said in whole seconds", () => {
  const limit = createRateLimit({ burst: 2, perSecond: 0.5, addresses: 10 });
  const tries = [0, 0, 0, 1, 2, 2].map((seconds) => limit.take("192.0.2.1", after(seconds)));
  expect(tries).toEqual([undefined, undefined, 2, 1, undefined, 2]);
});

test("one address does not use up another's tries, but one IPv6 network is one address", () => {
  const limit = createRateLimit({ burst: 1, perSecond: 0.01, addresses: 10 });
  const first = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1", "::1", "::ffff:192.0.2.1"];
  expect(first.map((address) => limit.take(address, start))).toEqual(first.map(() => undefined));
  const again = ["192.0.2.1", "2001:db8::ffff:2", "2001:db8:0:0:9::", "2001:0db8:0000:1:a:b:c:d"];
  expect(again.map((address) => limit.take(address, start))).toEqual([100, 100, 100, 100]);
});

test("a clock that goes back refills nothing", () => {
  const limit = createRateLimit({ burst: 1, perSecond: 1, addresses: 10 });
  expect(limit.take("192.0.2.1", after(10))).toBeUndefined();
  expect(limit.take("192.0.2.1", after(0))).toBe(1);
});

test("memory is bounded: the address longest not heard of is forgotten, one in use is not", () => {
  const limit = createRateLimit({ burst: 1, perSecond: 0.01, addresses: 3 });
  limit.take("192.0.2.1", start);
  for (let i = 2; i < 1000; i++) {
    limit.take(`198.51.100.${i}`, start);
    expect(limit.take("192.0.2.1", start)).toBe(100);
  }
  expect(limit.take("198.51.100.2", start)).toBeUndefined();
});
