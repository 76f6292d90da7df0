/**
 * The tick: asks every module what is due, every few seconds, with one `now` for all. Of several replicas on one database only
 * one ticks at a time (a session's advisory lock); on the embedded database the folder's lock already sees to that. Validity
 * never hangs on it: an exception has ended at its instant whether or not the tick has run.
 */
import type { PoolClient } from "pg";

import type { Clock, Instant } from "../kernel/time.ts";
import type { Database } from "./db.ts";
import { type Log, words } from "./log.ts";

export interface TickPart {
  readonly name: string;
  /** Does what is due at `now`. May be run again at once, and by another replica after this one died in the middle. */
  run(now: Instant): Promise<void>;
}

export interface TickReport {
  /** False when another replica was ticking, so that nothing was done here. */
  readonly ran: boolean;
  readonly failed: readonly string[];
}

export interface Tick {
  /** Ticks at once and then every `everySeconds` after the last one ended. */
  start(): void;
  /** One tick, after any that is running here. With `wait` also after one of another replica, else that one counts. */
  tickOnce(at: Instant, more?: { wait?: boolean }): Promise<TickReport>;
  /** Starts no other part, and waits for the one that runs. */
  stop(): Promise<void>;
}

export interface TickSettings {
  readonly parts: readonly TickPart[];
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly everySeconds: number;
  readonly observe?: (part: string, outcome: "completed" | "failed", seconds: number) => void;
}

const LOCK = 7_350_283_563;
const NOT_RUN: TickReport = { ran: false, failed: [] };

export function createTick(settings: TickSettings): Tick {
  const { log } = settings;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let last: Promise<unknown> = Promise.resolve();

  async function runParts(at: Instant): Promise<TickReport> {
    const failed: string[] = [];
    for (const part of settings.parts) {
      if (stopping) break;
      if (!(await runPart(part, at, settings))) failed.push(part.name);
    }
    return { ran: true, failed };
  }

  function tickOnce(at: Instant, { wait = true } = {}): Promise<TickReport> {
    const mine = last.then(() => (stopping ? NOT_RUN : whileLocked(settings.database, wait, () => runParts(at))));
    last = mine.catch(() => undefined);
    return mine;
  }

  async function again(): Promise<void> {
    try {
      await tickOnce(settings.clock.now(), { wait: false });
    } catch (error) {
      // The database is away. What is due stays due, and is found by the next tick.
      log.error("tick failed", { error: words(error) });
    }
    if (!stopping) timer = setTimeout(() => void again(), settings.everySeconds * 1000);
  }

  return {
    tickOnce,
    start: () => void again(),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await last;
    },
  };
}

/** A part's failure is its own: the others still get their turn, and it gets another one at the next tick. */
async function runPart(part: TickPart, at: Instant, { log, observe }: TickSettings): Promise<boolean> {
  const startedMs = performance.now();
  let succeeded = true;
  try {
    await part.run(at);
  } catch (error) {
    succeeded = false;
    log.error("part of the tick failed", { part: part.name, error: words(error) });
  }
  observe?.(part.name, succeeded ? "completed" : "failed", (performance.now() - startedMs) / 1000);
  return succeeded;
}

async function whileLocked(database: Database, wait: boolean, run: () => Promise<TickReport>): Promise<TickReport> {
  // The embedded database has one connection; holding it for the lock would leave the parts none.
  if (database.home === "embedded") return run();
  const session = await database.pool.connect();
  let unlocked = false;
  try {
    const locked = await lock(session, wait);
    const report = locked ? await run() : NOT_RUN;
    if (locked) await session.query("select pg_advisory_unlock($1)", [LOCK]);
    unlocked = true;
    return report;
  } finally {
    // A connection that may still hold the lock must not go back to the pool: it would keep every replica from ticking.
    session.release(!unlocked);
  }
}

async function lock(session: PoolClient, wait: boolean): Promise<boolean> {
  if (wait) {
    await session.query("select pg_advisory_lock($1)", [LOCK]);
    return true;
  }
  const { rows } = await session.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [LOCK]);
  return rows[0]!.locked;
}
