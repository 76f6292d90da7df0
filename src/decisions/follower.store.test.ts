import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createPersons } from "../../test/support/persons.ts";
import { CONNECTION, createRegister } from "../../test/support/register.ts";
import { perform } from "../exceptions/index.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import { loadLogKey, openLog } from "../journal/log-key.ts";
import { sequenceAll } from "../journal/sequencer.ts";
import { epochMs, instant } from "../kernel/time.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { manualClock } from "../platform/clock.ts";
import { createFollower, type Follower } from "./follower-service.ts";
import { openKeeping } from "./keeping-service.ts";

const START = instant("2026-03-02T09:00:00Z");
const opened: Follower[] = [];
afterEach(async () => {
  for (const follower of opened.splice(0)) await follower.stop();
});

describeOnBothDatabases("whoever follows the journal", (open) => {
  async function world(folder?: string, on?: Database, isAway = false, at = START) {
    const database = on ?? (await open());
    const clock = manualClock(at);
    const register = await createRegister(database, clock);
    const elapsed = { ms: 0 };
    const lines: string[] = [];
    const log = {
      info: (line: string) => lines.push(line),
      warn: (line: string) => lines.push(line),
      error: (line: string) => lines.push(line),
    };
    const broken = { is: false };
    const follower = createFollower({
      openReader: () => ({
        get db() {
          if (broken.is) throw new Error("no database");
          return database.db;
        },
        abandon: () => undefined,
      }),
      log,
      nowMs: () => epochMs(clock.now()),
      elapsedMs: () => elapsed.ms,
      maxAgeMs: 60_000,
      keeping: folder === undefined ? undefined : openKeeping({ folder, release: "1.0.0", elapsedMs: () => elapsed.ms, log }),
      readRuleSets: async () => new Map(),
      textsOfRules: async () => [],
      rulesOfTexts: () => new Map(),
      // Only when it is told to: nothing here hangs on a pause.
      lookEveryMs: 1_000_000,
    });
    opened.push(follower);
    broken.is = isAway;
    follower.start();
    await follower.catchUp();
    const keys = [{ connection: CONNECTION, kind: "user", key: "anna" }] as const;
    const permits = () => {
      const snapshot = follower.snapshot()!;
      const nothing = { address: null, networks: [], deviceClasses: [] };
      const found = snapshot.register.look(
        { keys, resource: { kind: "policy", id: "vpn" }, method: "password", ...nothing },
        epochMs(clock.now()),
      );
      return found.kind === "grant" ? "grant" : found.code;
    };
    return { database, clock, register, follower, permits, lines, elapsed, broken };
  }

  async function granted(of: Awaited<ReturnType<typeof world>>) {
    const id = await of.register.request("anna");
    for (const who of ["per_iam", "per_network"]) await of.register.vote(id, who);
    await of.register.tick();
    await of.register.drain();
    return id;
  }

  const revoke = (of: Awaited<ReturnType<typeof world>>, id: ExceptionId) =>
    perform(of.register.deps, id, {
      command: { type: "revokeNow", reason: "done" },
      actor: { kind: "person", id: "per_owner" },
      now: of.clock.now(),
      assertion: "assertion",
    });

  test("knows what is committed before it has a leaf, and counts it once when it has one", async () => {
    const it = await world();
    const id = await granted(it);
    expect(it.permits()).toBe("exception_needed");
    await it.follower.catchUp();
    expect(it.permits()).toBe("grant");
    const { sequence: before } = it.follower.snapshot()!.register;
    await sequence(it.database);
    await it.follower.catchUp();
    expect(it.follower.snapshot()!.register.sequence).toBe(before);
    expect(before).toBeGreaterThan(5);
    await revoke(it, id);
    await it.follower.catchUp();
    expect(it.permits()).toBe("exception_ended");
    expect(it.follower.snapshot()!.register.sequence).toBeGreaterThan(before);
    expect(it.lines).toEqual([]);
  });

  test("knows who left and which accounts are whose", async () => {
    const it = await world();
    await granted(it);
    const persons = createPersons(it.register.deps, it.clock);
    await persons.add("per_anna", []);
    await persons.link("per_anna", CONNECTION, "anna");
    await it.follower.catchUp();
    const find = (name: string) => it.follower.snapshot()!.register.findSubject("user", name, CONNECTION);
    expect(find("per_anna")).toEqual({ keys: [{ connection: CONNECTION, kind: "user", key: "anna" }], active: true });
    await persons.leave("per_anna");
    await it.follower.catchUp();
    expect(find("anna")?.active).toBe(false);
  });

  test("begins anew where the journal was set back: what is gone from it lets nobody through", async () => {
    const it = await world();
    await granted(it);
    await sequence(it.database);
    await it.follower.catchUp();
    expect(it.permits()).toBe("grant");
    await forget(it.database);
    await it.follower.catchUp();
    await it.follower.catchUp();
    expect(it.lines[0]).toMatch(/another journal/);
    expect(it.permits()).toBe("exception_needed");
    expect(it.follower.snapshot()!.register.sequence).toBe(0);
  });

  test("begins anew where an entry that it knew without a leaf is gone", async () => {
    const it = await world();
    await granted(it);
    await it.follower.catchUp();
    expect(it.permits()).toBe("grant");
    await forget(it.database);
    await it.follower.catchUp();
    await it.follower.catchUp();
    expect(it.permits()).toBe("exception_needed");
  });

  test("begins anew where another entry stands in the place of one that it knew without a leaf", async () => {
    const it = await world();
    await granted(it);
    await it.follower.catchUp();
    expect(it.permits()).toBe("grant");
    const { rows } = await executeSql(it.database.db, "select count(*)::int as n from journal_entry");
    await forget(it.database);
    // As a dump brings it back: places are given out anew from where it was.
    await executeSql(it.database.db, "alter table journal_entry alter column position restart with 1");
    const persons = createPersons(it.register.deps, it.clock);
    for (let n = 0; n < (rows[0] as { n: number }).n; n++) await persons.add(`per_new${n}`, []);
    await it.follower.catchUp();
    await it.follower.catchUp();
    expect(it.permits()).toBe("exception_needed");
  });

  test("begins anew where the journal has a gap: whatever was in it counts", async () => {
    const it = await world();
    const id = await granted(it);
    await sequence(it.database);
    await it.follower.catchUp();
    expect(it.permits()).toBe("grant");
    const before = await lastLeaf(it.database);
    await revoke(it, id);
    await sequence(it.database);
    const revoked = await lastLeaf(it.database);
    await createPersons(it.register.deps, it.clock).add("per_new", []);
    await sequence(it.database);
    await executeSql(it.database.db, "alter table journal_entry disable trigger journal_entry_append_only");
    await executeSql(it.database.db, "delete from journal_entry where leaf_index > $1 and leaf_index <= $2", [before, revoked]);
    await it.follower.catchUp();
    await it.follower.catchUp();
    expect(it.permits()).toBe("exception_ended");
    expect(it.lines[0]).toMatch(/another journal/);
  });

  /** A follower that knew of a grant, and has ended. */
  async function kept() {
    const folder = mkdtempSync(join(tmpdir(), "postern-kept-"));
    const it = await world(folder);
    await sequence(it.database);
    const id = await granted(it);
    await it.follower.catchUp();
    await it.follower.stop();
    return { ...it, folder, id };
  }

  describe("with what it kept on disk", () => {
    test("starts from it, and takes in what was committed meanwhile before it counts as fresh", async () => {
      const before = await kept();
      await sequence(before.database);
      const same = await world(before.folder, before.database);
      expect(same.permits()).toBe("grant");
      await same.follower.stop();
      await revoke(before, before.id);
      const after = await world(before.folder, before.database);
      expect([after.permits(), after.lines]).toEqual(["exception_ended", []]);
    });

    test("answers while the database is away from its start on, as old as what it kept", async () => {
      const before = await kept();
      const away = await world(before.folder, before.database, true);
      expect(away.permits()).toBe("grant");
      const { freshAtMs } = away.follower.snapshot()!;
      away.elapsed.ms = 61_000;
      await away.follower.catchUp();
      expect(freshAtMs - away.follower.snapshot()!.freshAtMs).toBe(61_000);
      away.broken.is = false;
      await away.follower.catchUp();
      expect(epochMs(away.clock.now()) - away.follower.snapshot()!.freshAtMs).toBe(0);
    });

    test("takes nothing for young where the clock says that it is yet to be heard", async () => {
      const before = await kept();
      const earlier = instant("2026-03-01T09:00:00Z");
      const away = await world(before.folder, before.database, true, earlier);
      expect(epochMs(earlier) - away.follower.snapshot()!.freshAtMs).toBeGreaterThan(1e12);
    });

    test("throws it away where the database is another one", async () => {
      const before = await kept();
      const other = await world(before.folder);
      await other.follower.catchUp();
      expect(other.lines).toContain("another journal, or one that was set back: read anew");
      expect(other.permits()).toBe("exception_needed");
    });

    test("throws it away where it is ahead of the database, as of one that was restored", async () => {
      const before = await kept();
      await forget(before.database);
      const after = await world(before.folder, before.database);
      await after.follower.catchUp();
      expect(after.lines).toContain("another journal, or one that was set back: read anew");
      expect(after.permits()).toBe("exception_needed");
    });
  });

  test("says how old its news is by the clock that is never set, and catches up by itself", async () => {
    const it = await world();
    const age = () => epochMs(it.clock.now()) - it.follower.snapshot()!.freshAtMs;
    expect(age()).toBe(0);
    it.broken.is = true;
    it.elapsed.ms = 61_000;
    it.clock.set(instant("2026-03-02T08:00:00Z"));
    await it.follower.catchUp();
    expect(age()).toBe(61_000);
    it.broken.is = false;
    await it.follower.catchUp();
    expect(age()).toBe(0);
    expect(it.lines).toEqual(["journal not followed", "journal followed again"]);
  });
});

async function sequence(database: Database) {
  const signer = await openLog(database.db, await loadLogKey({ dataDir: "/nonexistent", given: KEY }), "postern.example/journal");
  await sequenceAll({ db: database.db, signer }, START);
}

async function lastLeaf({ db }: Database): Promise<number> {
  const { rows } = await executeSql(db, "select max(leaf_index) as leaf from journal_entry");
  return (rows[0] as { leaf: number }).leaf;
}

/** As a backup restored from before the first exception would be. */
async function forget({ db }: Database): Promise<void> {
  for (const text of [
    "alter table journal_entry disable trigger journal_entry_append_only",
    "delete from journal_entry",
    "delete from exception_binding",
    "delete from exception",
  ])
    await executeSql(db, text);
}

const KEY = Buffer.alloc(32, 7).toString("base64");
