import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Db, executeSql } from "./db.ts";
import { createTurns } from "./turns.ts";

/** When somebody's turn came, by the clock that turns go by. */
async function took(db: Db, turns: { take(): Promise<void> }): Promise<number> {
  await turns.take();
  const { rows } = await executeSql(db, "select (extract(epoch from clock_timestamp()) * 1000)::double precision as at");
  return (rows[0] as { at: number }).at;
}

describeOnBothDatabases("turns that two instances share", (open) => {
  test("come so many a second for both together", async () => {
    const { db } = await open();
    const both = [createTurns(db, "tenant", 10), createTurns(db, "tenant", 10)];
    const asked = Array.from({ length: 10 }, (_, n) => took(db, both[n % 2]!));
    const at = (await Promise.all(asked)).sort((a, b) => a - b);
    // Nine intervals lie between ten turns; later is never wrong.
    expect(at.at(-1)! - at[0]!).toBeGreaterThan(800);
  });

  test("are nobody's while one of them was asked for a pause, also for who had a place before it", async () => {
    const { db } = await open();
    const [one, other] = [createTurns(db, "tenant", 5), createTurns(db, "tenant", 5)];
    const first = await took(db, one);
    const waiting = took(db, other);
    await one.pause(1000);
    expect((await waiting) - first).toBeGreaterThan(950);
  });

  test("without a pace wait for pauses only, and other tenants for nobody", async () => {
    const { db } = await open();
    const [one, other, stranger] = [createTurns(db, "tenant"), createTurns(db, "tenant"), createTurns(db, "stranger", 1)];
    await one.take();
    const begun = await took(db, other);
    await one.pause(500);
    await one.pause(1);
    const [paused, free] = await Promise.all([took(db, other), took(db, stranger)]);
    expect(paused - begun).toBeGreaterThan(450);
    expect(free).toBeLessThan(paused);
  });

  test("are never waited for much longer than a pause may be, though the clock was set back", async () => {
    const { db } = await open();
    const far = "insert into provider_turn values ('tenant', now() + interval '1 day', '-infinity')";
    await executeSql(db, far);
    void createTurns(db, "tenant", 1)
      .take()
      .catch(() => undefined);
    const left = "select extract(epoch from next_at - now())::int as left from provider_turn where tenant = 'tenant'";
    await expect.poll(async () => ((await executeSql(db, left)).rows[0] as { left: number }).left).toBeLessThan(100);
  });
});
