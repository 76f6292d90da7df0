import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import type { Connector, ProviderChange } from "../connectors/port.ts";
import { entriesOfSubject } from "../journal/index.ts";
import { addDuration, duration, type Instant, instant } from "../kernel/time.ts";
import { executeSql } from "../platform/db.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import { createDriftService } from "./drift-service.ts";
import { createDriftStore } from "./drift-store.ts";
import { createConnectionStore } from "./store.ts";

const NOW = instant("2026-03-02T09:00:00Z");
const ADA = { kind: "user", key: "u1", name: "ada" } as const;
const GROUP = "CN=VPN,DC=corp";

const change = (minute: number, action: ProviderChange["action"], by: string | undefined, more: Partial<ProviderChange> = {}) => ({
  at: instant(`2026-03-01T09:0${minute}:00Z`),
  object: GROUP,
  action,
  subject: ADA,
  ours: false,
  ...(by !== undefined && { by }),
  ...more,
});

/** A provider whose log is all it has: two changes to a page, the cursor being how many were read. */
function providerWith(log: ProviderChange[]): Connector {
  const changes = async (cursor: string | undefined) => {
    const from = Number(cursor ?? 0);
    const items = log.slice(from, from + 2);
    return { items, cursor: String(from + items.length), more: from + items.length < log.length };
  };
  return { changes } as unknown as Connector;
}

describeOnBothDatabases("drift", (open) => {
  const start = async (log: ProviderChange[]) => {
    const { db } = await open();
    const clock = manualClock(NOW);
    const connection = randomIds(clock).next("connection");
    const text = "insert into connection (id, version, state, key, status) values ($1, 1, '{}', $1, 'connected')";
    await executeSql(db, text, [connection]);
    const connections = createConnectionStore(db);
    const asked: string[] = [];
    const requestTelling = async (_: unknown, subject: string) => void asked.push(subject);
    const more = { requestTelling, clock, store: createDriftStore(db), connections, connector: async () => providerWith(log) };
    const service = createDriftService({ db, ids: randomIds(clock), ...more });
    return {
      db,
      service,
      watch: () => service.watch(connection),
      forgetCursor: () => executeSql(db, "update connection set changes_cursor = null where id = $1", [connection]),
      told: async () => (await service.list(connection, 100)).map(({ action, by }) => `${action} by ${by}`).sort(),
      whoPut: async (object = GROUP) => (await service.origins(connection, [ADA.key]))(ADA.key, object),
      /** How often somebody was to be told. */
      timesTold: () => asked.filter((subject) => subject === connection).length,
      readSince: (since: Instant) => service.readSince(connection, since),
      listed: () => service.list(connection, 100),
    };
  };

  test("is an event in the journal with who did it, by the provider's log; what Postern did itself is none", async () => {
    const it = await start([
      change(1, "added", "svc-postern", { ours: true }),
      change(2, "removed", "helga"),
      change(3, "added", undefined),
    ]);
    await it.watch();
    expect(await it.told()).toEqual(["added by null", "removed by helga"]);
    const [one] = await it.listed();
    expect((await entriesOfSubject(it.db, one!.id)).map(({ type, actor }) => [type, actor.id])).toEqual([["driftSeen", "watch"]]);
  });

  test("is read on from where it was left off, and recorded once though it is read again or by two at once", async () => {
    const log = [change(1, "added", "helga"), change(2, "removed", "helga"), change(3, "added", "emil")];
    const it = await start(log);
    await Promise.all([it.watch(), it.watch()]);
    const first = await it.told();
    expect(first).toEqual(["added by emil", "added by helga", "removed by helga"]);
    log.push(change(4, "removed", "emil"));
    await it.watch();
    await it.forgetCursor();
    await it.watch();
    expect(await it.told()).toEqual([...first, "removed by emil"].sort());
  });

  test("is told of once for each reading that showed any, with what was changed as a whole apart", async () => {
    const log: ProviderChange[] = [change(1, "added", "svc-postern", { ours: true })];
    const it = await start(log);
    await it.watch();
    expect([it.timesTold(), await it.readSince(NOW)]).toEqual([0, []]);
    const { subject: _subject, ...whole } = change(3, "deleted", "helga");
    log.push(change(2, "added", "helga"), whole, change(4, "added", "emil"));
    await it.watch();
    expect(await it.readSince(NOW)).toEqual([
      { at: NOW, whole: false, count: 2 },
      { at: NOW, whole: true, count: 1 },
    ]);
    expect(it.timesTold()).toBe(2);
    await it.watch();
    expect(it.timesTold()).toBe(2);
    expect(await it.readSince(addDuration(NOW, duration("PT1S")))).toEqual([]);
  });

  test("names who put a member where it is now, by whatever spelling of the object, and nobody where that is not known", async () => {
    const log: ProviderChange[] = [change(1, "added", "helga")];
    const it = await start(log);
    await it.watch();
    expect(await it.whoPut("cn=vpn,dc=corp")).toBe("helga");
    expect(await it.whoPut("CN=Other")).toBeUndefined();
    const then = async (next: ProviderChange) => {
      log.push(next);
      await it.watch();
      return it.whoPut();
    };
    expect(await then(change(2, "removed", "emil"))).toBeUndefined();
    expect(await then(change(3, "added", "emil"))).toBe("emil");
    expect(await then(change(4, "added", undefined))).toBeUndefined();
    expect(await then(change(5, "added", "svc-postern", { ours: true }))).toBeUndefined();
    expect(await then(change(6, "added", "emil"))).toBe("emil");
    const { subject: _subject, ...whole } = change(7, "deleted", "helga");
    expect(await then(whole)).toBeUndefined();
  });
});
