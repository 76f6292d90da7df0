/** What questions are answered with, which a process has before its database answers: who may ask, what was kept, the log of answers. */
import { type Callers, openCallers } from "./compose-callers.ts";
import { openDecisionLog } from "./compose-decision-log.ts";
import { openFollower } from "./compose-follower.ts";
import type { Config } from "./config.ts";
import type { DecisionLogService, Follower } from "./decisions/index.ts";
import type { Clock } from "./kernel/time.ts";
import { type Database, openDatabase } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";

export interface DecisionGround {
  /** PostgreSQL's may be away yet: nothing was asked of it. */
  readonly database: Database;
  readonly callers: Callers;
  /** Keeps what is answered from in step with the journal. */
  readonly follower: Follower;
  readonly decisionLog: DecisionLogService;
}

export async function openGround(
  config: Config,
  { clock, log, isExample }: { readonly clock: Clock; readonly log: Log; readonly isExample?: boolean },
): Promise<DecisionGround> {
  const { databaseUrl, dataDir } = config;
  const database = await openDatabase({ ...(databaseUrl !== undefined && { databaseUrl }), dataDir });
  try {
    // Callers of the real instance are nobody to an invented one.
    const callers = openCallers(isExample === true ? {} : config, { clock, log });
    const decisionLog = openDecisionLog(config, { clock, log }, database.db);
    const follower = openFollower(config, { clock, log, keepAlso: (reads) => decisionLog.keepAlso(reads) }, database);
    return { database, callers, follower, decisionLog };
  } catch (error) {
    await database.close();
    throw error;
  }
}
