import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Db, executeSql } from "./db.ts";
import { createTurns } from "./turns.ts";

class NoTurn extends Error {
  readonly waitMs: number;

  constructor(waitMs: number) {
    super("no turn");
    this.waitMs = waitMs;
  }
}

function turnsOf(db: Db, tenant: string, perSecond?: number) {
  return createTurns(db, tenant, (waitMs) => new NoTurn(waitMs), perSecond);
}

async function secondsLeft(db: Db, column: "next_at" | "paused_until"): Promise<number> {
  const { rows } = await executeSql(db, `select extract(epoch from ${column} - clock_timestamp())::int as left from provider_turn`);
  return (rows[0] as { left: number }).left;
}

/** By the clock that turns go by. */
async function clockOf(db: Db): Promise<number> {
  const { rows } = await executeSql(db, "select (extract(epoch from clock_timestamp()) * 1000)::double precision as at");
  return (rows[0] as { at: number }).at;
}

/** When somebody's turn came. */
async function took(db: Db, turns: { take(): Promise<void> }): Promise<number> {
  await turns.take();
  return clockOf(db);
}

describeOnBothDatabases("turns that two instances share", (open) => {
  test("come so many a second for both together", async () => {
    const { db } = await open();
    const both = [turnsOf(db, "tenant", 10), turnsOf(db, "tenant", 10)];
    const begun = await clockOf(db);
    const asked = Array.from({ length: 10 }, (_, n) => took(db, both[n % 2]!));
    // Nine intervals lie between ten turns; later is never wrong.
    expect(Math.max(...(await Promise.all(asked))) - begun).toBeGreaterThan(890);
  });

  test("are nobody's while one of them was asked for a pause, also for who had a place before it", async () => {
    const { db } = await open();
    const [one, other] = [turnsOf(db, "tenant", 5), turnsOf(db, "tenant", 5)];
    const first = await took(db, one);
    const waiting = took(db, other);
    await one.pause(1000);
    expect((await waiting) - first).toBeGreaterThan(950);
  });

  test("without a pace wait for pauses only, and other tenants for nobody", async () => {
    const { db } = await open();
    const [one, other, stranger] = [turnsOf(db, "tenant"), turnsOf(db, "tenant"), turnsOf(db, "stranger", 1)];
    await one.take();
    const begun = await took(db, other);
    await one.pause(500);
    await one.pause(1);
    const [paused, free] = await Promise.all([took(db, other), took(db, stranger)]);
    expect(paused - begun).toBeGreaterThan(450);
    expect(free).toBeLessThan(paused);
  });

  test("hold no longer what was put down before the clock was set back", async () => {
    const { db } = await open();
    await executeSql(db, "insert into provider_turn values ('tenant', now() + interval '1 day', now() + interval '1 day')");
    const [paced, unpaced] = [turnsOf(db, "tenant", 1), turnsOf(db, "tenant")];
    await paced.take();
    await unpaced.take();
    // Nor does it hide a pause that is asked for now.
    await unpaced.pause(80_000);
    expect(await secondsLeft(db, "paused_until")).toBeLessThanOrEqual(80);
    expect(await secondsLeft(db, "next_at")).toBeLessThanOrEqual(1);
  });

  test("are refused beyond the longest wait, with how long it would be, and no two get the last place", async () => {
    const { db } = await open();
    // A place every twenty seconds: whoever has one waits, the others are told at once.
    const turns = turnsOf(db, "tenant", 0.05);
    await turns.take();
    const refused: unknown[] = [];
    for (let n = 0; n < 20; n += 1) void turns.take().catch((error: unknown) => refused.push(error));
    // Four of the places lie within a minute and a half; one more, should twenty seconds pass on the way.
    await expect.poll(() => refused.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(15);
    expect(refused.length).toBeLessThanOrEqual(16);
    for (const error of refused) {
      expect(error).toBeInstanceOf(NoTurn);
      expect((error as NoTurn).waitMs).toBeGreaterThan(60_000);
    }
    expect(await secondsLeft(db, "next_at")).toBeLessThanOrEqual(110);
  });
});
