/** A reading that breaks off is none: what was last read in full grows old, and is told as old wherever it is shown. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { addDuration, duration, type Instant } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { replayAll } from "../support/replayed.ts";
import { openWholeApp, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let provider: MemoryProvider;
let connection: string;

beforeAll(async () => {
  provider = createMemoryProvider(() => story.clock.now());
  const kind = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true as const, config }), create: () => provider };
  story = await openWholeApp({ connectorFactories: [kind] });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
  expect(made.body["isStale"]).toBe(true);
});
afterAll(async () => {
  const { faults } = await replayAll(story.app.database, REPLAYS);
  await story.close();
  expect(faults).toEqual([]);
});

const ask = async (path: string) => succeeded(await story.admin.ask("GET", path)).body;
const scan = () => story.admin.ask("POST", `/api/v1/connections/${connection}/scan`, {});
/** People sign in again, as sessions do not last as long. */
async function later(length: string): Promise<void> {
  story.clock.set(addDuration(story.clock.now(), duration(length)));
  for (const browser of [story.admin, ...Object.values(story.as)]) succeeded(await browser.signIn());
}
const ours = async () => ((await ask("/api/v1/connections"))["items"] as Record<string, unknown>[])[0]!;

/** What each place says of the age of what it shows. */
async function told() {
  const inventory = (await ask("/api/v1/inventory")) as {
    sources: { isStale: boolean; readAt: Instant | null }[];
    unknown: { words: string }[];
  };
  const today = (await ask("/api/v1/today")) as { unknown: { unreadProviders: unknown[] } };
  const bypasses = (await ask(`/api/v1/bypasses?connection=${connection}`)) as { stale: unknown[] };
  return {
    connection: (await ours())["isStale"],
    bypasses: bypasses.stale.length > 0,
    inventory: inventory.sources[0]!.isStale,
    today: today.unknown.unreadProviders.length > 0,
  };
}
const EVERYWHERE = { connection: true, bypasses: true, inventory: true, today: true };
const NOWHERE = { connection: false, bypasses: false, inventory: false, today: false };

test("what was never read is stale everywhere, and fresh everywhere once it was read in full", async () => {
  provider.held.add("hand s0");
  expect(await told()).toEqual(EVERYWHERE);
  succeeded(await scan());
  expect(await told()).toEqual(NOWHERE);
});

test("readings that break off leave the last full one as it was: after an hour all that it showed is stale, with what went wrong", async () => {
  const readAt = story.clock.now();
  provider.isUp = false;
  for (const length of ["PT30M", "PT31M"]) {
    await later(length);
    expect((await scan()).status).toBe(502);
  }
  expect(await ours()).toMatchObject({
    scannedAt: readAt,
    scanWords: "1 bypasses seen, 1 new, 0 gone; who changed what is unknown: its log is switched off, or not connected",
    brokeOff: { at: story.clock.now(), words: "after 0 bypasses: connection refused" },
  });
  // What the provider says of itself is not for everybody.
  for (const [name, isTold] of [
    ["rolf", false],
    ["ada", false],
    ["audrey", true],
  ] as const) {
    const { items } = (await story.as[name].ask("GET", "/api/v1/connections")).body as { items: Record<string, unknown>[] };
    const shown = items.find(({ id }) => id === connection)!;
    expect([name, "scanWords" in shown, "words" in (shown["brokeOff"] as object)]).toEqual([name, isTold, isTold]);
  }
  expect(await told()).toEqual(EVERYWHERE);
  const { stale, items } = await ask("/api/v1/bypasses");
  expect(stale).toEqual([{ id: connection, name: "Memory", readAt }]);
  expect(items).toHaveLength(1);
  expect((await ask("/api/v1/bypasses?connection=con_other"))["stale"]).toEqual([]);
  provider.isUp = true;
  succeeded(await scan());
  expect(await told()).toEqual(NOWHERE);
  expect(await ours()).not.toHaveProperty("brokeOff");
});

test("a reading that takes longer than a turn is as old as its beginning, and not due again as soon as it ends", async () => {
  const begun = story.clock.now();
  const after = (length: string) => addDuration(begun, duration(length));
  const discover = provider.discover.bind(provider);
  provider.discover = async function* () {
    yield* discover();
    story.clock.set(after("PT40M"));
  };
  await story.app.bypasses.scan(connection);
  provider.discover = discover;
  const asked = async () => {
    const { rows } = await story.app.database.pool.query<{ n: number }>("select count(*)::int as n from pgboss.job where name = 'scan'");
    return rows[0]!.n;
  };
  const before = await asked();
  await story.moveTo(after("PT54M"));
  expect([await asked(), (await ours())["scannedAt"]]).toEqual([before, begun]);
  await story.moveTo(after("PT55M"));
  expect(await asked()).toBe(before + 1);
});

test("an exception's read-back is as old as the last look, whether or not the journal was told of it, and stale after an hour", async () => {
  const subject = { kind: "user", key: "s1", name: "s1" } as const;
  provider.add(subject);
  const asked = { connection, policy: "vpn", subject, until: addDuration(story.clock.now(), duration("P20D")) };
  const shown = await submitRequest(story, asked);
  for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
  await story.app.tick.tickOnce(story.clock.now());
  const seen = async () => (await show(story.as.rolf, shown.id)) as unknown as Seen;
  await story.until(seen, ({ observed }) => observed === "present", "on");
  // Nothing changes, so the journal is told of no more readings.
  for (let n = 0; n < 6; n++) await story.moveTo(addDuration(story.clock.now(), duration("PT16M")));
  const fresh = await seen();
  expect(fresh).toMatchObject({ isStale: false, bindings: [{ isStale: false, lastReadAt: story.clock.now() }] });
  provider.isUp = false;
  await story.moveTo(addDuration(story.clock.now(), duration("PT61M")));
  expect(await seen()).toMatchObject({
    isStale: true,
    observed: "present",
    bindings: [{ isStale: true, lastReadAt: fresh.bindings[0]!.lastReadAt }],
  });
  const { items } = (await ask("/api/v1/exceptions")) as { items: { isStale: boolean }[] };
  expect(items.map(({ isStale }) => isStale)).toEqual([true]);
  provider.isUp = true;
});

interface Seen {
  readonly observed: string;
  readonly isStale: boolean;
  readonly bindings: readonly { readonly isStale: boolean; readonly lastReadAt: Instant }[];
}
