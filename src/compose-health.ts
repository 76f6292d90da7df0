/** Says in the log what is wrong with a connection, before an exception depends on it. */
import { type ConnectionService, isClockWrong } from "./connections/index.ts";
import type { Health } from "./connectors/port.ts";
import { addDuration, type Clock, duration, type Instant } from "./kernel/time.ts";
import { type Log, words } from "./platform/log.ts";

/** Rights are found by trying, which some providers keep a record of: a day is often enough for what people change. */
const LOOK_EVERY = duration("P1D");

export type LookAfter = (connection: string) => Promise<void>;

interface Looking {
  readonly connections: Pick<ConnectionService, "load" | "health">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at a connection when it is told to, at most once a day. Never throws: it is no part of what it is told after. */
export function createLookAfter({ connections, clock, log }: Looking): LookAfter {
  const looked = new Map<string, Instant>();
  return async (id) => {
    const now = clock.now();
    const last = looked.get(id);
    if (last !== undefined && last <= now && now < addDuration(last, LOOK_EVERY)) return;
    looked.set(id, now);
    try {
      const { connection } = await connections.load(id);
      const health = await connections.health(id);
      if (isAmiss(health)) log.warn("connection amiss", { connection: connection.key, ...factsOf(health) });
    } catch (error) {
      log.warn("connection amiss", { connection: id, error: words(error) });
    }
  };
}

function isAmiss(health: Health): boolean {
  const { missing, unreadable } = factsOf(health);
  return !health.reachable || isClockWrong(health.clockSkewMs) || missing !== "" || unreadable !== "";
}

function factsOf({ reachable, permissions, clockSkewMs, coverage = [] }: Health) {
  return {
    reachable,
    clockSkewMs,
    missing: permissions.flatMap(({ held, name }) => (held === false ? [name] : [])).join("; "),
    unreadable: coverage.flatMap((each) => each.unreadable).join("; "),
  };
}
