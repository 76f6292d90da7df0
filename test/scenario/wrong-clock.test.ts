/** A clock that jumps: what was noted ahead of it neither keeps a session open nor keeps a provider from being read. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { addDuration, duration, subtractDuration } from "../../src/kernel/time.ts";
import { createBrowser, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { replayAll } from "../support/replayed.ts";
import { openWholeApp, ORIGIN, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let provider: MemoryProvider;
let connection: string;

beforeAll(async () => {
  provider = createMemoryProvider(() => story.clock.now());
  const kind = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true as const, config }), create: () => provider };
  story = await openWholeApp({ connectorFactories: [kind] });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
});
afterAll(async () => {
  const { faults } = await replayAll(story.app.database, REPLAYS);
  await story.close();
  expect(faults).toEqual([]);
});

/** Sets the clock back and does what is due; people sign in again, as their sessions are from a time that has not come. */
async function setBack(length: string): Promise<void> {
  story.clock.set(subtractDuration(story.clock.now(), duration(length)));
  for (const browser of [story.admin, ...Object.values(story.as)]) succeeded(await browser.signIn());
  expect((await story.app.tick.tickOnce(story.clock.now())).failed).toEqual([]);
}

const tick = () => story.app.tick.tickOnce(story.clock.now());

test("set back by eight days, it reads every provider in full and every live binding back at once, and sees what was changed", async () => {
  const subject = { kind: "user", key: "s1", name: "s1" } as const;
  provider.add(subject);
  const until = addDuration(story.clock.now(), duration("P20D"));
  const shown = await submitRequest(story, { connection, policy: "vpn", subject, until });
  for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
  await tick();
  const seen = (wanted: string) =>
    story.until(
      () => show(story.as.rolf, shown.id),
      ({ observed }) => observed === wanted,
      wanted,
    );
  await seen("present");
  const scannedAt = async () =>
    (succeeded(await story.admin.ask("GET", "/api/v1/connections")).body["items"] as { scannedAt?: string }[])[0]!.scannedAt;
  const isScanned = () => story.until(scannedAt, (at) => at === story.clock.now(), "read in full");

  await story.moveTo(addDuration(story.clock.now(), duration("P10D")));
  await isScanned();
  await setBack("P8D");
  await isScanned();
  provider.held.clear();
  await story.moveTo(addDuration(story.clock.now(), duration("PT16M")));
  await seen("absent");
});

test("a session opened while the clock was ahead is not open until then", async () => {
  const { clock } = story;
  const now = clock.now();
  const ahead = createBrowser(story.app.http, ORIGIN, story.as.rolf.authenticator);
  clock.set(addDuration(now, duration("P365D")));
  succeeded(await ahead.signIn());
  clock.set(now);
  expect((await ahead.ask("GET", "/api/v1/session")).status).toBe(401);
});

test("replicas whose clocks differ by a minute know each other's sessions", async () => {
  const { clock } = story;
  const now = clock.now();
  const ahead = createBrowser(story.app.http, ORIGIN, story.as.rolf.authenticator);
  clock.set(addDuration(now, duration("PT1M")));
  succeeded(await ahead.signIn());
  clock.set(now);
  expect((await ahead.ask("GET", "/api/v1/session")).status).toBe(200);
});
