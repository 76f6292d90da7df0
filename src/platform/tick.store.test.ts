import { expect, test } from "vitest";

import { describeOnBothDatabases, describeOnPostgres } from "../../test/support/databases.ts";
import { type Instant, instant } from "../kernel/time.ts";
import { manualClock } from "./clock.ts";
import { type Database, executeSql, openDatabase } from "./db.ts";
import { createLog } from "./log.ts";
import { createTick, type Tick, type TickPart } from "./tick.ts";

const AT = instant("2026-03-01T08:00:00Z");
const LATER = instant("2026-03-01T08:00:05Z");

function tickOf(database: Database, ...parts: TickPart[]): { tick: Tick; lines: string[] } {
  const lines: string[] = [];
  const log = createLog(
    () => AT,
    (line) => lines.push(line),
  );
  return { tick: createTick({ parts, database, clock: manualClock(AT), log, everySeconds: 3600 }), lines };
}

/** A part that stays in the middle until it is let go. */
function slowPart() {
  const entered = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    entered.resolve();
    await letGo.promise;
  };
  return { part: { name: "slow", run }, entered: entered.promise, letGo: letGo.resolve };
}

/** A part that notes when it ran. */
function noting(name = "noting") {
  const ran: Instant[] = [];
  return { ran, part: { name, run: (now: Instant) => Promise.resolve(void ran.push(now)) } };
}

describeOnBothDatabases("tick", (open) => {
  test("every part is run once with the same now, and may use the database", async () => {
    const database = await open();
    const seen: unknown[] = [];
    const asking: TickPart = {
      name: "asking",
      run: async (now) => void seen.push((await executeSql(database.db, "select $1::text as at", [now])).rows[0]),
    };
    const second = noting();
    const report = await tickOf(database, asking, second.part).tick.tickOnce(AT);
    expect(report).toEqual({ ran: true, failed: [] });
    expect([seen, second.ran]).toEqual([[{ at: AT }], [AT]]);
  });

  test("a part that fails is reported, and the others still get their turn, also next time", async () => {
    const failing: TickPart = { name: "failing", run: () => Promise.reject(new Error("provider says no")) };
    const after = noting();
    const { tick, lines } = tickOf(await open(), failing, after.part);
    expect(await tick.tickOnce(AT)).toEqual({ ran: true, failed: ["failing"] });
    expect(await tick.tickOnce(LATER)).toEqual({ ran: true, failed: ["failing"] });
    expect(after.ran).toEqual([AT, LATER]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: "part of the tick failed", part: "failing", error: "Error: provider says no" },
      { part: "failing" },
    ]);
  });

  test("ticks never overlap: one that is asked for during another comes after it", async () => {
    const slow = slowPart();
    const after = noting();
    const { tick } = tickOf(await open(), slow.part, after.part);
    const first = tick.tickOnce(AT);
    await slow.entered;
    const second = tick.tickOnce(LATER);
    expect(after.ran).toEqual([]);
    slow.letGo();
    await Promise.all([first, second]);
    expect(after.ran).toEqual([AT, LATER]);
  });

  test("starting ticks at once; stopping waits for the part that runs and starts no other", async () => {
    const slow = slowPart();
    const after = noting();
    const { tick } = tickOf(await open(), slow.part, after.part);
    tick.start();
    await slow.entered;
    let stopped = false;
    const stop = tick.stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    slow.letGo();
    await stop;
    expect(after.ran).toEqual([]);
    expect(await tick.tickOnce(LATER)).toEqual({ ran: false, failed: [] });
  });
});

describeOnPostgres("tick of several replicas", (open, newUrl) => {
  async function twoReplicas(): Promise<[Database, Database]> {
    const url = await newUrl();
    return [await openDatabase({ databaseUrl: url, poolSize: 2 }), await openDatabase({ databaseUrl: url, poolSize: 2 })];
  }

  test("while one ticks another does not; when asked to wait it ticks afterwards", async () => {
    const [one, other] = await twoReplicas();
    const slow = slowPart();
    const theirs = noting();
    const first = tickOf(one, slow.part).tick.tickOnce(AT);
    await slow.entered;
    const { tick } = tickOf(other, theirs.part);
    expect(await tick.tickOnce(AT, { wait: false })).toEqual({ ran: false, failed: [] });
    expect(theirs.ran).toEqual([]);
    const waiting = tick.tickOnce(LATER);
    slow.letGo();
    expect(await first).toEqual({ ran: true, failed: [] });
    expect(await waiting).toEqual({ ran: true, failed: [] });
    expect(theirs.ran).toEqual([LATER]);
    await Promise.all([one.close(), other.close()]);
  });

  test("a replica whose connection is cut in the middle of a tick does not keep the others from ticking", async () => {
    const [one, other] = await twoReplicas();
    const slow = slowPart();
    const theirs = noting();
    const { tick } = tickOf(one, slow.part);
    const first = tick.tickOnce(AT);
    await slow.entered;
    await executeSql(
      other.db,
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
    );
    // Granted as soon as the server has seen the cut.
    expect(await tickOf(other, theirs.part).tick.tickOnce(LATER)).toEqual({ ran: true, failed: [] });
    slow.letGo();
    await expect(first).rejects.toThrow();
    expect(await tick.tickOnce(LATER)).toEqual({ ran: true, failed: [] });
    await Promise.all([one.close(), other.close()]);
  });

  test("a database that is away fails the tick and no more", async () => {
    const database = await open();
    const { tick, lines } = tickOf(database, noting().part);
    const cut = { ...database, pool: { connect: () => Promise.reject(new Error("connection refused")) } as unknown as Database["pool"] };
    const away = tickOf(cut, noting().part);
    await expect(away.tick.tickOnce(AT)).rejects.toThrow("connection refused");
    expect(await tick.tickOnce(AT)).toEqual({ ran: true, failed: [] });
    expect(lines).toEqual([]);
  });
});
