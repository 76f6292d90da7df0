/** A full read of a provider that is broken off anywhere, any number of times, while the provider changes. */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { addConnection, createScanning, keysTold } from "../../test/support/scan-world.ts";
import { type Bypass, type Connector, type Progress, ProviderFault } from "../connectors/port.ts";
import { addDuration, duration, instant, subtractDuration } from "../kernel/time.ts";
import type { Database } from "../platform/db.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const PLACES = 12;
const PAGE = 3;

class Killed extends Error {}

const capabilities = async () => ({ changes: true }) as Awaited<ReturnType<Connector["capabilities"]>>;

/** Places in a fixed order, each held or free; pages of three, and the page is the checkpoint. */
function createProvider() {
  const held = new Set<number>();
  /** What of a place is shown otherwise than at first; by how often it was shown, where each showing differs. */
  const shown = new Map<number, (time: number) => Partial<Bypass>>();
  const asked: number[] = [];
  let waiting = 0;
  const each: { beforePage?: (page: number) => unknown; beforeItem?: (place: number) => void } = {};
  async function* discover(progress?: Progress): AsyncGenerator<Bypass> {
    for (let page = Number(progress?.from ?? 0); page * PAGE < PLACES; page++) {
      waiting += 1;
      await each.beforePage?.(page);
      waiting -= 1;
      asked.push(page);
      // Read at once, as a provider answers.
      const items = [...held].filter((place) => Math.floor(place / PAGE) === page).sort((a, b) => a - b);
      for (const place of items) {
        each.beforeItem?.(place);
        yield { ...bypassAt(place), ...shown.get(place)?.(1) };
        if (shown.has(place)) yield { ...bypassAt(place), ...shown.get(place)?.(2) };
      }
      await progress?.reached(String(page + 1));
    }
  }
  const connector = { discover, capabilities } as Partial<Connector> as Connector;
  return { held, shown, asked, each, countWaiting: () => waiting, connector };
}

function bypassAt(place: number): Bypass {
  const key = `place ${place}`;
  return { key, form: "ungoverned_exemption", subject: { kind: "user", key, name: key }, object: "group", critical: false, evidence: {} };
}

async function connect({ db }: Database) {
  const clock = manualClock(NOW);
  const connection = randomIds(clock).next("connection");
  await addConnection(db, connection);
  const provider = createProvider();
  const notes: string[] = [];
  const granted = new Set<string>();
  const asked = { coverage: 0 };
  const coverage = () => {
    asked.coverage += 1;
    const then = new Set(granted);
    return ({ grantRef = "" }: Bypass) => (then.has(grantRef) ? { exception: grantRef, live: true } : undefined);
  };
  const service = createScanning(db, clock, provider.connector, (words) => notes.push(words), coverage);
  return {
    ...provider,
    clock,
    notes,
    granted,
    countCoverageAsked: () => asked.coverage,
    events: (type: string) => keysTold(db, connection, type),
    scan: () => service.scan(connection),
    unlessRead: () => service.scanUnlessRead(connection),
    lastRead: async () => (await service.lastRead()).get(connection),
    known: async () => service.standing(connection),
    openGroups: async () => service.openGroups(connection),
    standing: async () => (await service.standing(connection)).map(({ seen }) => seen.key).sort(),
    held: provider.held,
    wait: (length: string) => clock.set(addDuration(clock.now(), duration(length))),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const keysOf = (places: Iterable<number>) => [...places].map((place) => `place ${place}`).sort();

describeOnBothDatabases("a scan", (open) => {
  test("goes on where the process was killed, and reads no page again that was kept", async () => {
    const it = await connect(await open());
    for (let place = 0; place < PLACES; place++) it.held.add(place);
    it.each.beforeItem = (place) => {
      if (place === 7) throw new Killed();
    };
    await expect(it.scan()).rejects.toThrow(Killed);
    expect(await it.standing()).toEqual(keysOf([0, 1, 2, 3, 4, 5]));
    delete it.each.beforeItem;
    expect(await it.scan()).toEqual({ seen: PLACES, found: PLACES, gone: 0 });
    expect(it.asked).toEqual([0, 1, 2, 2, 3]);
    expect(await it.events("bypassFound")).toEqual(keysOf(Array(PLACES).keys()));
    // A whole one leaves nothing to go on with.
    expect(await it.scan()).toEqual({ seen: PLACES, found: 0, gone: 0 });
    expect(it.asked.slice(5)).toEqual([0, 1, 2, 3]);
  });

  test("that goes on is as old as what it saw first, and says so", async () => {
    const it = await connect(await open());
    it.held.add(0).add(11);
    it.each.beforeItem = (place) => {
      if (place === 11) throw new ProviderFault("unreachable", "gone away");
    };
    await expect(it.scan()).rejects.toThrow("gone away");
    it.wait("PT1H");
    delete it.each.beforeItem;
    await it.scan();
    expect(it.notes).toEqual([`${NOW} broke off after 1 bypasses: gone away`, `${NOW} 2 bypasses seen, 2 new, 0 gone`]);
  });

  test("begins anew when too much time has passed, or when nothing came after the place it went on from", async () => {
    const it = await connect(await open());
    it.each.beforePage = (page) => {
      if (page === 2) throw new ProviderFault("fault", "no usable answer");
    };
    await expect(it.scan()).rejects.toThrow(ProviderFault);
    it.wait("PT25H");
    await expect(it.scan()).rejects.toThrow(ProviderFault);
    expect(it.asked).toEqual([0, 1, 0, 1]);
    await expect(it.scan()).rejects.toThrow(ProviderFault);
    expect(it.asked).toEqual([0, 1, 0, 1]);
    await expect(it.scan()).rejects.toThrow(ProviderFault);
    expect(it.asked).toEqual([0, 1, 0, 1, 0, 1]);
  });

  test("tells what the provider shows otherwise by now, once, and nothing of what comes twice and differs", async () => {
    const it = await connect(await open());
    it.held.add(0).add(1);
    await it.scan();
    it.wait("PT15M");
    const critical: Partial<Bypass> = { critical: true, evidence: { state: "enabled" } };
    it.shown.set(0, () => critical);
    expect(await it.scan()).toEqual({ seen: 2, found: 0, gone: 0 });
    await it.scan();
    expect(await it.events("bypassChanged")).toEqual(keysOf([0]));
    expect((await it.known()).find(({ seen }) => seen.critical)?.seen).toMatchObject({ key: "place 0", ...critical });
    // What became critical is a matter of its own to whoever is asked to claim it.
    expect((await it.openGroups()).map(({ criticalSince, count }) => [criticalSince, count])).toEqual([
      [null, 1],
      [it.clock.now(), 1],
    ]);
    // Pages apart, one showing differs from the other in every reading.
    it.shown.set(11, (time) => ({ key: "place 1", evidence: { path: String(time) } }));
    it.held.add(11);
    it.shown.set(0, () => ({}));
    for (let reading = 0; reading < 3; reading++) await it.scan();
    expect(await it.events("bypassChanged")).toEqual(keysOf([0, 0]));
  });

  test("does not say that nobody answers for what was granted while it read", async () => {
    const it = await connect(await open());
    for (const place of [0, 11]) {
      it.held.add(place);
      it.shown.set(place, () => ({ grantRef: `exc_${place}` }));
    }
    it.held.add(5);
    it.granted.add("exc_0");
    it.each.beforeItem = (place) => void it.granted.add(`exc_${place}`);
    await it.scan();
    const status = Object.fromEntries((await it.known()).map((bypass) => [bypass.seen.key, bypass.status]));
    expect(status).toEqual({ "place 0": "registered", "place 5": "unregistered", "place 11": "registered" });
    // The register is asked again only where it may know more by now.
    expect(it.countCoverageAsked()).toBe(2);
  });

  test("has one reader at a time: another is turned away, or waits, and the first keeps what it reads", async () => {
    const it = await connect(await open());
    it.held.add(0).add(11);
    const first = Promise.withResolvers<void>();
    it.each.beforePage = (page) => (page === 3 ? first.promise : undefined);
    const long = it.unlessRead();
    await until(() => it.countWaiting() === 1);
    delete it.each.beforePage;
    // It has said by when it will have said again that it goes on.
    expect(await it.lastRead()).toBe(addDuration(NOW, duration("PT30S")));
    expect(await it.unlessRead()).toBeUndefined();
    expect(it.asked).toEqual([0, 1, 2]);
    const waiting = it.scan();
    first.resolve();
    expect(await long).toEqual({ seen: 2, found: 2, gone: 0 });
    expect(await waiting).toEqual({ seen: 2, found: 0, gone: 0 });
    expect(it.asked).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(await it.lastRead()).toBe(NOW);
  });

  test("keeps its reader beside a process whose clock is a little slow, and loses one of a clock that was set far back", async () => {
    const it = await connect(await open());
    it.held.add(1);
    const held = Promise.withResolvers<void>();
    it.each.beforePage = () => held.promise;
    const first = it.unlessRead();
    await until(() => it.countWaiting() === 1);
    delete it.each.beforePage;
    it.clock.set(subtractDuration(it.clock.now(), duration("PT20S")));
    expect(await it.unlessRead()).toBeUndefined();
    it.clock.set(subtractDuration(it.clock.now(), duration("P1D")));
    expect(await it.unlessRead()).toMatchObject({ seen: 1 });
    held.resolve();
    // It is told that it was taken up, and concludes nothing.
    expect(await first).toBeUndefined();
  });

  test("takes nothing for gone that another saw since it was taken up, and what nobody saw for gone", async () => {
    const it = await connect(await open());
    it.held.add(0).add(5);
    await it.scan();
    it.held.clear();
    // The first is silent before its first page for so long that a second one reads. It sees nothing after that which counts.
    const first = Promise.withResolvers<void>();
    it.each.beforePage = (page) => (page === 0 ? first.promise : undefined);
    const slow = it.unlessRead();
    await until(() => it.countWaiting() === 1);
    delete it.each.beforePage;
    it.wait("PT1M");
    it.held.add(0);
    expect(await it.scan()).toMatchObject({ seen: 1, gone: 1 });
    it.held.clear();
    first.resolve();
    expect(await slow).toBeUndefined();
    expect(await it.standing()).toEqual(keysOf([0]));
    expect(await it.events("bypassGone")).toEqual(keysOf([5]));
  });

  test(
    "broken off anywhere any number of times loses nothing, finds nothing twice and never takes for gone what is there",
    { timeout: 300_000 },
    async () => {
      const database = await open();
      const move = fc.oneof(
        fc.record({ kind: fc.constant("kill" as const), at: fc.nat(PLACES - 1) }),
        fc.record({ kind: fc.constant("add" as const), at: fc.nat(PLACES - 1) }),
        fc.record({ kind: fc.constant("take" as const), at: fc.nat(PLACES - 1) }),
        fc.record({ kind: fc.constant("whole" as const), at: fc.constant(0) }),
      );
      const model = fc.asyncProperty(fc.uniqueArray(fc.nat(PLACES - 1)), fc.array(move, { maxLength: 12 }), async (begin, moves) => {
        const it = await connect(database);
        for (const place of begin) it.held.add(place);
        /** Held without a break since the beginning: these may never be called gone. */
        const steady = new Set(begin);
        for (const { kind, at } of moves) {
          if (kind === "add") it.held.add(at);
          if (kind === "take") [it.held, steady].forEach((places) => places.delete(at));
          if (kind === "whole") await it.scan();
          if (kind !== "kill") continue;
          it.each.beforeItem = (place) => {
            if (place === at) throw new Killed();
          };
          await it.scan().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
          delete it.each.beforeItem;
        }
        await it.scan();
        const gone = await it.events("bypassGone");
        expect(gone.filter((key) => keysOf(steady).includes(key))).toEqual([]);
        const found = await it.events("bypassFound");
        for (const key of keysOf(steady)) expect(found.filter((each) => each === key)).toEqual([key]);
        // One that was whole from its beginning tells exactly what is there.
        await it.scan();
        expect(await it.standing()).toEqual(keysOf(it.held));
      });
      await fc.assert(model, { numRuns: 60 });
    },
  );
});
