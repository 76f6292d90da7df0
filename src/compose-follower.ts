/** What keeps an instance's decisions in step with its journal, and what Prometheus is told of it. */
import { join } from "node:path";

import { millisecondsOf } from "./compose-decisions.ts";
import type { Config } from "./config.ts";
import {
  createFollower,
  type DecisionLogService,
  type Follower,
  loadRuleSets,
  openKeeping,
  type RuleSet,
  rulesOfTexts,
  textsOfRules,
} from "./decisions/index.ts";
import type { Clock } from "./kernel/time.ts";
import { type Database, openReader } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";
import type { Metrics } from "./platform/metrics.ts";
import { RELEASE } from "./platform/release.ts";
import { listenFor, type Wake } from "./platform/wake.ts";

interface Around {
  readonly clock: Clock;
  readonly log: Log;
  /** Told which properties the rules in force look at, whenever they change. */
  readonly keepAlso: DecisionLogService["keepAlso"];
}

/** The database says nothing for this long: it is given up, and asked anew. */
const CONNECT_WITHIN_MS = 5000;

/** Follows the journal of a database, by a connection of its own where there are several. */
export function openFollower(
  config: Pick<Config, "databaseUrl" | "dataDir" | "decisionMaxAgeSeconds">,
  { clock, log, keepAlso }: Around,
  { db }: Pick<Database, "db">,
): Follower {
  const { databaseUrl } = config;
  const known = <Sets extends ReadonlyMap<string, RuleSet>>(ruleSets: Sets): Sets => {
    keepAlso([...ruleSets.values()].flatMap(({ reads }) => reads));
    return ruleSets;
  };
  const follower = createFollower({
    openReader: () => (databaseUrl === undefined ? { db, abandon: () => undefined } : openReader(databaseUrl, CONNECT_WITHIN_MS)),
    log,
    nowMs: millisecondsOf(clock),
    elapsedMs: () => performance.now(),
    maxAgeMs: config.decisionMaxAgeSeconds * 1000,
    async readRuleSets(reader) {
      const ruleSets = await loadRuleSets(reader, (name, why) => log.error("rule set not in force", { name, why }));
      return known(ruleSets);
    },
    textsOfRules,
    rulesOfTexts: (texts) => known(rulesOfTexts(texts)),
    keeping: openKeeping({ folder: join(config.dataDir, "decisions"), release: RELEASE, elapsedMs: () => performance.now(), log }),
  });
  if (databaseUrl === undefined) return follower;
  let wake: Wake | undefined;
  return {
    ...follower,
    start() {
      follower.start();
      wake ??= listenFor(databaseUrl, "journal_grew", () => follower.wake(), log);
    },
    async stop() {
      await wake?.close();
      wake = undefined;
      await follower.stop();
    },
  };
}

/** Of the follower, in numbers; NaN where nothing was read yet. */
export function tellFollower(metrics: Metrics, follower: Pick<Follower, "snapshot" | "followed">, clock: Clock): void {
  const nowMs = millisecondsOf(clock);
  const snapshot = () => follower.snapshot();
  metrics.gauge(
    "postern_decision_snapshot_sequence",
    "Entries of the journal that decisions know of",
    () => snapshot()?.register.sequence ?? NaN,
  );
  metrics.gauge("postern_decision_snapshot_grants", "Rows of grants that decisions look in", () => snapshot()?.register.size ?? NaN);
  const book = () => follower.followed()?.book;
  metrics.gauge("postern_decision_snapshot_bytes", "Packed rows and persons in memory, which the file on disk is as large as", () => {
    const read = book();
    return read === undefined ? NaN : (read.base?.words.byteLength ?? 0);
  });
  metrics.gauge("postern_decision_snapshot_changes", "Exceptions and persons that changed since it was packed", () => {
    const read = book();
    return read === undefined ? NaN : read.overlay.exceptions.size + read.overlay.persons.size;
  });
  metrics.gauge("postern_decision_snapshot_age_seconds", "Since when no more is known of the journal", () => {
    const read = snapshot();
    return read === undefined ? NaN : (nowMs() - read.freshAtMs) / 1000;
  });
}
