/**
 * Work that follows from a commit, carried by pg-boss: enqueued in the same transaction, at least once, retried with backoff
 * and jitter, and given up loudly (dead letter). A job carries an action; it never decides validity.
 */
import { type JobResult, type JobWithMetadata, PgBoss } from "pg-boss";

import { type Database, type Db, executeSql, type Tx } from "./db.ts";
import { type Log, words } from "./log.ts";

export interface QueueSettings {
  readonly name: string;
  readonly retryLimit: number;
  /** Seconds before the first retry; doubles with jitter. */
  readonly retryDelay: number;
  readonly retryDelayMax: number;
  /** Seconds a handler may take before the job is given to another worker. */
  readonly expireInSeconds: number;
  readonly concurrency: number;
}

export interface Job<T> {
  readonly id: string;
  readonly data: T;
  /** 0 on the first try. */
  readonly retries: number;
  readonly last: boolean;
}

export interface Jobs {
  /**
   * Part of the transaction: no commit, no job. Of the work named by `key` at most one job waits; that one is not begun before
   * this transaction is over, so that it sees what it was asked for after.
   */
  enqueue(tx: Tx, queue: string, key: string, data: object): Promise<void>;
  work<T extends object>(settings: QueueSettings, handle: (job: Job<T>) => Promise<void>): Promise<void>;
  start(): Promise<void>;
  /** Finishes what runs, takes nothing new. */
  stop(): Promise<void>;
}

/** A process that died says so by its silence: its jobs are another's after this long, and at most a round of looking later. */
const HEARTBEAT_SECONDS = 20;
const LOOK_FOR_DEAD_SECONDS = 10;

export function createJobs(database: Database, log: Log): Jobs {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => executeWhole(database.db, text, values ?? []) },
    migrate: true,
    supervise: true,
    superviseIntervalSeconds: LOOK_FOR_DEAD_SECONDS,
    monitorIntervalSeconds: LOOK_FOR_DEAD_SECONDS,
    schedule: false,
  });
  boss.on("error", (error) => log.error("jobs failed", { error: words(error) }));
  /** For a process that is alone with its database: what is marked as running was cut off with the process before, and need not be waited for. */
  async function releaseCutOff(queue: string): Promise<void> {
    const { rows } = await executeSql(database.db, "select id from pgboss.job where name = $1 and state = 'active'", [queue]);
    const ids = rows.map((row) => (row as { id: string }).id);
    if (ids.length > 0) await boss.fail(queue, ids, { error: "the process was cut off" });
  }
  return {
    async enqueue(tx, queue, key, data) {
      const db = { executeSql: (text: string, values?: unknown[]) => executeSql(tx, text, values ?? []) };
      const send = () => boss.send(queue, data, { db, singletonKey: key });
      // One that waits but is begun before it could be held has not seen this transaction: another is needed.
      while ((await send()) === null && !(await holdWaiting(tx, queue, key)));
    },
    async work<T extends object>(settings: QueueSettings, handle: (job: Job<T>) => Promise<void>) {
      const dead = `${settings.name}_dead`;
      await boss.createQueue(dead);
      await boss.createQueue(settings.name, {
        policy: "short",
        retryLimit: settings.retryLimit,
        retryDelay: settings.retryDelay,
        retryBackoff: true,
        retryDelayMax: settings.retryDelayMax,
        expireInSeconds: settings.expireInSeconds,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        deadLetter: dead,
      });
      if (database.home === "embedded") await releaseCutOff(settings.name);
      await boss.work(
        settings.name,
        {
          batchSize: settings.concurrency,
          pollingIntervalSeconds: 0.5,
          burstWhenBatchFull: true,
          includeMetadata: true,
          perJobResults: true,
        },
        async (batch: JobWithMetadata<T>[]) => Promise.all(batch.map((job) => settle(job, handle))),
      );
    },
    start: async () => {
      await boss.start();
    },
    stop: async () => {
      await boss.stop({ graceful: true, timeout: 20_000 });
    },
  };
}

/**
 * The queue begins transactions in the middle of its texts. One that fails half way, as where another replica just made the same
 * tables, must not go back to the pool open: whoever gets that connection next would be refused.
 */
function executeWhole(db: Db, text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }> {
  return db.connection().execute(async (connection) => {
    try {
      return await executeSql(connection, text, values);
    } catch (error) {
      await executeSql(connection, "rollback").catch(() => undefined);
      throw error;
    }
  });
}

/** Keeps the job that waits for this work from being begun until the transaction is over; false when none waits any more. */
async function holdWaiting(tx: Tx, queue: string, key: string): Promise<boolean> {
  // Worded like the queue's own index of what waits: there are as many jobs as there is history.
  const waits = "name = $1 and coalesce(singleton_key, '') = $2 and state = 'created' and policy = 'short'";
  const text = `select 1 from pgboss.job where ${waits} for share`;
  const { rows } = await executeSql(tx, text, [queue, key]);
  return rows.length > 0;
}

/** One job's failure is its own: the rest of its batch is settled by itself. */
async function settle<T>(job: JobWithMetadata<T>, handle: (job: Job<T>) => Promise<void>): Promise<JobResult> {
  try {
    await handle({ id: job.id, data: job.data, retries: job.retryCount, last: job.retryCount >= job.retryLimit });
    return { id: job.id, status: "completed" };
  } catch (error) {
    return { id: job.id, status: "failed", output: { error: words(error) } };
  }
}
