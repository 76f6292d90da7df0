/**
 * The log of decisions, off the request path. An answer is counted and laid into a list of bounded length, and that is all its caller
 * waits for; once a second what has gathered is written. What finds no room is lost, and that is counted too.
 */
import { addDuration, type Clock, duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import type { DecisionLog } from "./asked.ts";
import { createKeep, type PropertyRead } from "./kept.ts";
import { entryOf, type LogEntry, type LogSetting, mayBeLeftOut } from "./log-entry.ts";
import { type Batch, createLogStore, keyOfResource } from "./log-store.ts";
import { createPulse, type Latencies, type Recent } from "./pulse.ts";
import { count, type Day, dayOf, newTally, type Tally } from "./tally.ts";
import type { ReasonCode } from "./verdict.ts";

export interface LogDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells this process from all others, also from itself before it was started again. */
  readonly replica: string;
  readonly setting: LogSetting;
  readonly keepDays: number;
  /** Ten million where it is not said. */
  readonly maxRows?: number;
  /** Of things asked about, those that exceptions are about; others are not remembered, for callers may name anything. */
  readonly covered: (resources: readonly ResourceNamed[]) => Promise<readonly ResourceNamed[]>;
}

export interface ResourceNamed {
  readonly kind: string;
  readonly id: string;
}

/** Entries that wait at most; those beyond are lost. With one write a second it is also what a replica keeps of a second. */
export const MAX_WAITING = 4096;
const WRITE_EVERY_MS = 1000;
/** A replica that has nothing to write says all the same that it is there. */
const HEARTBEAT = duration("PT1M");
/** The table holds no more, however short ago they were written. */
const MAX_ROWS = 10_000_000;
const PRUNED_AT_ONCE = 5000;
const PRUNED_A_TICK = 20;

export interface LogStanding {
  readonly setting: LogSetting;
  readonly keepDays: number;
  readonly waiting: number;
  /** Since this process began. */
  readonly lost: number;
  readonly writtenAt: Instant | null;
  /** Since when writing fails; null while it works. */
  readonly failingSince: Instant | null;
}

export interface AnswerCount {
  readonly caller: string;
  readonly code: ReasonCode;
  readonly times: number;
}

export interface DecisionLogService extends DecisionLog {
  /** Properties that the rules look at, beside those of the register; the last call counts. */
  keepAlso(reads: readonly PropertyRead[]): void;
  /** A caller took the register, to answer from it itself: of that nothing is counted here, and that is noted. */
  followed(caller: string, nowMs: number): void;
  /** Writes what has gathered; throws when it cannot, and loses nothing by that. */
  flush(): Promise<void>;
  start(): void;
  /** Writes the rest and says that nothing more comes. */
  stop(): Promise<void>;
  prune(now: Instant): Promise<void>;
  standing(): LogStanding;
  recent(nowMs: number): Recent;
  latencies(): Latencies;
  /** Since this process began, as far as written. */
  answerCounts(): readonly AnswerCount[];
}

export function createDecisionLog(deps: LogDependencies): DecisionLogService {
  const gathered = createGathering(deps.setting);
  const writer = createWriter(deps, gathered);
  const store = createLogStore(deps.db);
  return {
    record: gathered.record,
    answered: (tookMs, nowMs) => gathered.pulse.answered(tookMs, nowMs),
    followed: (caller, nowMs) => gathered.followed(caller, nowMs),
    keepAlso: (reads) => gathered.keepAlso(reads),
    ...writer,
    async prune(now) {
      const before = subtractDuration(now, duration(`P${deps.keepDays}D`));
      await inRounds(() => store.pruneBefore(before, PRUNED_AT_ONCE));
      const most = (await store.newest()) - (deps.maxRows ?? MAX_ROWS);
      if (most > 0) await inRounds(() => store.pruneUpTo(most, PRUNED_AT_ONCE));
      await store.pruneReplicas(before);
    },
    standing: () => ({ setting: deps.setting, keepDays: deps.keepDays, ...gathered.standing(), ...writer.standing() }),
    recent: (nowMs) => gathered.pulse.recent(nowMs),
    latencies: () => gathered.pulse.latencies(),
  };
}

/** Others get their turn at the database in between. */
async function inRounds(remove: () => Promise<number>): Promise<void> {
  for (let round = 0; round < PRUNED_A_TICK; round++) if ((await remove()) < PRUNED_AT_ONCE) return;
}

type Gathering = ReturnType<typeof createGathering>;

/** The part that requests touch. */
function createGathering(setting: LogSetting) {
  const pulse = createPulse();
  let keep = createKeep([]);
  let entries: LogEntry[] = [];
  let tallies = new Map<Day, Tally>();
  /** By caller, the day for which it was noted: they follow all the time. */
  const edges = new Map<string, Day>();
  let passed = 0;
  let lost = 0;
  const leavesOut = (mayBe: boolean) => {
    if (setting.kind === "full") return false;
    return setting.kind === "off" || (mayBe && passed++ % setting.every !== 0);
  };
  const tallyOf = (nowMs: number): Tally => {
    const day = dayOf(nowMs);
    let tally = tallies.get(day);
    if (tally === undefined) tallies.set(day, (tally = newTally(day)));
    return tally;
  };
  const record: DecisionLog["record"] = (question, verdict, asked, nowMs) => {
    const tally = tallyOf(nowMs);
    count(tally, question, verdict, asked, nowMs);
    pulse.decided(verdict.permit, nowMs);
    if (leavesOut(mayBeLeftOut(verdict))) {
      tally.leftOut += 1;
    } else if (entries.length >= MAX_WAITING) {
      tally.lost += 1;
      lost += 1;
    } else {
      tally.kept += 1;
      entries.push(entryOf(question, verdict, asked, keep, nowMs));
    }
  };
  return {
    record,
    pulse,
    followed(caller: string, nowMs: number): void {
      const day = dayOf(nowMs);
      if (edges.get(caller) === day) return;
      edges.set(caller, day);
      tallyOf(nowMs).edges.add(caller);
    },
    keepAlso(reads: readonly PropertyRead[]) {
      keep = createKeep(reads);
    },
    take(): { readonly entries: readonly LogEntry[]; readonly tallies: readonly Tally[] } {
      const taken = { entries, tallies: [...tallies.values()] };
      entries = [];
      tallies = new Map();
      return taken;
    },
    standing: () => ({ waiting: entries.length, lost }),
  };
}

/** The part that writes. A batch that could not be written stays as it is until it can be. */
function createWriter({ db, clock, log, replica, covered }: LogDependencies, gathered: Gathering) {
  const store = createLogStore(db);
  const beganAt = clock.now();
  const totals = new Map<string, Map<ReasonCode, number>>();
  let number = 0;
  let batch: Batch | undefined;
  let writtenAt: Instant | null = null;
  let failingSince: Instant | null = null;
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function next(): Batch | undefined {
    const taken = gathered.take();
    const now = clock.now();
    const isQuiet = taken.tallies.length === 0;
    if (isQuiet && (writtenAt === null || (writtenAt <= now && now < addDuration(writtenAt, HEARTBEAT)))) return undefined;
    for (const { answers } of taken.tallies) addTo(totals, answers);
    return { replica, number: ++number, beganAt, heardAt: now, ...taken };
  }

  async function write(): Promise<void> {
    batch ??= next();
    if (batch === undefined) return;
    await store.write(batch, await coveredOf(batch));
    writtenAt = batch.heardAt;
    batch = undefined;
  }

  async function coveredOf({ tallies }: Batch): Promise<ReadonlySet<string>> {
    const named = tallies.flatMap(({ resources }) => [...resources].flatMap(([kind, ids]) => [...ids.keys()].map((id) => ({ kind, id }))));
    return new Set((named.length === 0 ? [] : await covered(named)).map(({ kind, id }) => keyOfResource(kind, id)));
  }

  function flush(): Promise<void> {
    const mine = last.then(write);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function flushOrSay(): Promise<void> {
    try {
      await flush();
      if (failingSince !== null) log.info("decisions written again", { since: failingSince });
      failingSince = null;
    } catch (error) {
      if (failingSince === null) log.warn("decisions not written", { error: words(error) });
      failingSince ??= clock.now();
    }
  }

  async function again(): Promise<void> {
    await flushOrSay();
    if (timer !== undefined) timer = setTimeout(() => void again(), WRITE_EVERY_MS);
  }

  return {
    flush,
    start() {
      timer = setTimeout(() => void again(), WRITE_EVERY_MS);
    },
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      // What a batch that failed left behind, and what gathered after it.
      await flushOrSay();
      await flushOrSay();
      const { waiting } = gathered.standing();
      if (batch !== undefined || waiting > 0) log.error("decisions lost", { entries: (batch?.entries.length ?? 0) + waiting });
      else if (number > 0) await store.noteEnd(replica, clock.now());
    },
    standing: () => ({ waiting: gathered.standing().waiting + (batch?.entries.length ?? 0), writtenAt, failingSince }),
    answerCounts: () => [...totals].flatMap(([caller, codes]) => [...codes].map(([code, times]) => ({ caller, code, times }))),
  };
}

function addTo(totals: Map<string, Map<ReasonCode, number>>, answers: Tally["answers"]): void {
  for (const [caller, codes] of answers) {
    const known = totals.get(caller) ?? new Map<ReasonCode, number>();
    totals.set(caller, known);
    for (const [code, times] of codes) known.set(code, (known.get(code) ?? 0) + times);
  }
}
