import { expect, test } from "vitest";

import { createLookAfter } from "./compose-health.ts";
import type { StoredConnection } from "./connections/index.ts";
import type { Health } from "./connectors/port.ts";
import { addDuration, duration, instant } from "./kernel/time.ts";
import { manualClock } from "./platform/clock.ts";
import { createLog } from "./platform/log.ts";

const WELL: Health = { reachable: true, words: "well", permissions: [], clockSkewMs: 59_000 };
const RIGHT = { name: "read people", why: "x", without: "y" };

/** What the log says of a connection in such health, looked at as often as these instants. */
async function loggedOf(health: Health | Error, after: readonly string[] = ["PT0S"]) {
  const clock = manualClock(instant("2026-11-21T12:00:00Z"));
  const start = clock.now();
  const lines: Record<string, unknown>[] = [];
  const log = createLog(
    () => clock.now(),
    (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  const connections = {
    load: async () => ({ connection: { key: "corp" } }) as StoredConnection,
    health: async () => {
      if (health instanceof Error) throw health;
      return health;
    },
  };
  const look = createLookAfter({ connections, clock, log });
  for (const length of after) {
    clock.set(addDuration(start, duration(length)));
    await look("con_1");
  }
  return lines.map(({ at: _at, level: _level, ...facts }) => facts);
}

test("nothing is said of a connection that is well, or whose rights cannot be tried", async () => {
  expect(await loggedOf(WELL)).toEqual([]);
  expect(await loggedOf({ ...WELL, permissions: [RIGHT, { ...RIGHT, held: true }] })).toEqual([]);
});

test.each<[string, Partial<Health>, Record<string, unknown>]>([
  ["a clock that is a minute off, either way", { clockSkewMs: -60_001 }, { clockSkewMs: -60_001 }],
  ["a right that is missing", { permissions: [{ ...RIGHT, held: false }] }, { missing: "read people" }],
  [
    "what cannot be read",
    { coverage: [{ of: "groups", total: 415, readable: 414, unreadable: ["cn=x: may not be read"] }] },
    { unreadable: "cn=x: may not be read" },
  ],
  ["a provider that does not answer", { reachable: false }, { reachable: false }],
])("%s is said", async (_, health, said) => {
  expect(await loggedOf({ ...WELL, ...health })).toMatchObject([{ event: "connection amiss", connection: "corp", ...said }]);
});

test("it is said once a day, however often the provider is read; and a fault of ours is said, not thrown", async () => {
  expect(await loggedOf({ ...WELL, reachable: false }, ["PT0S", "PT15M", "PT23H59M", "P1D"])).toHaveLength(2);
  expect(await loggedOf(new TypeError("ours"))).toMatchObject([{ connection: "con_1", error: "TypeError: ours" }]);
});
