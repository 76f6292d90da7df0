import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { openRow } from "../test/support/folding-rows.ts";
import { tellFollower } from "./compose-follower.ts";
import { createBook, putException } from "./decisions/book.ts";
import { createFollower, openKeeping } from "./decisions/index.ts";
import { epochMs, instant } from "./kernel/time.ts";
import { manualClock } from "./platform/clock.ts";
import { createLog } from "./platform/log.ts";
import { createMetrics } from "./platform/metrics.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-told-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("Prometheus is told how far decisions are behind, of how many grants they know, and what memory those take; nothing before", async () => {
  const clock = manualClock(instant("2026-03-02T09:00:30Z"));
  const log = createLog(
    () => "",
    () => undefined,
  );
  const keeping = openKeeping({ folder, release: "1.0.0", elapsedMs: () => 0, log });
  const book = createBook({ key0: 1, key1: 2 }, { logKey: "log.example+1", leaves: 7, lastEntry: "ent_7" });
  for (const n of [1, 2, 3]) putException(book, `exc_${n}`, [openRow(n)]);
  await keeping.fold(book, [], epochMs(instant("2026-03-02T09:00:00Z")), "now");
  const follower = createFollower({
    openReader: () => {
      throw new Error("no database");
    },
    log,
    nowMs: () => epochMs(clock.now()),
    elapsedMs: () => 0,
    maxAgeMs: 60_000,
    readRuleSets: () => Promise.resolve(new Map()),
    textsOfRules: () => Promise.resolve([]),
    rulesOfTexts: () => new Map(),
    keeping,
  });
  const metrics = createMetrics();
  tellFollower(metrics, follower, clock);
  const told = async (name: string) => new RegExp(`^postern_decision_snapshot_${name} (.+)$`, "m").exec(await metrics.text())?.[1];
  expect([await told("age_seconds"), await told("bytes")]).toEqual(["Nan", "Nan"]);
  await follower.load();
  expect([await told("age_seconds"), await told("grants"), await told("sequence"), await told("changes")]).toEqual(["30", "3", "7", "0"]);
  expect(Number(await told("bytes"))).toBe(book.base!.words.byteLength);
  putException(follower.followed()!.book, "exc_4", [openRow(4)]);
  expect([await told("changes"), await told("grants")]).toEqual(["1", "3"]);
});
