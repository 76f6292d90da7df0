/** A server whose database is away at its start: decisions are answered from what was kept on disk, everything else waits. */
import { setTimeout as sleep } from "node:timers/promises";

import { composeDecisions, type DecisionSeams } from "./compose-decisions.ts";
import type { DecisionGround } from "./compose-ground.ts";
import type { Fetch, Point } from "./compose-listen.ts";
import type { Config } from "./config.ts";
import type { Clock } from "./kernel/time.ts";
import { executeSql, isAway, openReader } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";

const LOOK_EVERY_MS = 1000;
const ANSWER_WITHIN_MS = 5000;

/** Whether it takes connections; what else is wrong with it is for whoever uses it to say. */
export async function isDatabaseThere(databaseUrl: string): Promise<boolean> {
  const reader = openReader(databaseUrl, ANSWER_WITHIN_MS);
  const late = new AbortController();
  try {
    const silence = sleep(ANSWER_WITHIN_MS, false, { signal: late.signal }).catch(() => false);
    return await Promise.race([executeSql(reader.db, "select 1").then(() => true), silence]);
  } catch (error) {
    return !isAway(error);
  } finally {
    late.abort();
    reader.abandon();
  }
}

/** Resolves to what `ended` does where that comes first, or to undefined once the database answers. */
export async function untilThere<End>(databaseUrl: string, ended: Promise<End>): Promise<End | undefined> {
  for (;;) {
    const end = await Promise.race([ended, sleep(LOOK_EVERY_MS, undefined)]);
    if (end !== undefined || (await isDatabaseThere(databaseUrl))) return end;
  }
}

export interface StandIn {
  readonly point: Point;
  readonly fetch: Fetch;
  stop(): void;
}

/** Answers questions; requests for access, and all that is no decision, are told to come again. */
export function openStandIn(
  config: Config,
  { clock, log, decisions }: { readonly clock: Clock; readonly log: Log; readonly decisions?: DecisionSeams | undefined },
  { callers, follower, decisionLog }: DecisionGround,
): StandIn {
  const { authenticate, admission } = callers;
  const point = composeDecisions(config, clock, log, {
    authenticate,
    admission,
    snapshot: () => follower.snapshot(),
    decisionLog,
    ...decisions,
  });
  return {
    point: { take: (request, response) => !REQUESTS.test(request.url ?? "") && point.take(request, response) },
    fetch: (request) => (new URL(request.url).pathname === "/healthz" ? new Response("ok\n") : away()),
    stop: () => point.stop(),
  };
}

const REQUESTS = /\/access\/v1\/requests(?:[/?]|$)/;

function away(): Response {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Retry-After": "1" };
  return new Response("the database does not answer\n", { status: 503, headers });
}
