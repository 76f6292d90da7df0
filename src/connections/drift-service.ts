/** Reads the providers' logs on from where it left off: who changed what Postern governs, besides Postern. */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import { type Connector, type ProviderChange, ProviderFault } from "../connectors/port.ts";
import { commit, type CommitContext, retryOnConflict, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import type { Tx } from "../platform/db.ts";
import { type Drift, originStepOf } from "./drift.ts";
import { driftChange, type DriftsRead, type DriftStore } from "./drift-store.ts";
import type { ConnectionStore } from "./store.ts";

export interface DriftDependencies extends CommitContext {
  readonly clock: Clock;
  readonly store: DriftStore;
  readonly connections: ConnectionStore;
  readonly connector: (connection: string) => Promise<Connector>;
  /** Asks, within the commit, whom to tell of it. */
  readonly requestTelling: (tx: Tx, connection: string) => Promise<void>;
}

/** Whose doing is asked: a subject in an object, by the provider's keys. */
export interface Placed {
  readonly subject: string;
  readonly object: string;
}

/** Who did it, where the log names somebody. */
export type OriginOf = (subject: string, object: string) => string | undefined;

/** A busy Samba was seen to show a change before its audit log told of it. Two seconds are little beside the quarter of an hour between readings. */
const LOG_LOOKS = 8;
const LOG_LOOK_MS = 250;
const WATCH: Actor = { kind: "system", id: "watch" };

export type DriftService = ReturnType<typeof createDriftService>;

export function createDriftService(deps: DriftDependencies) {
  return {
    /** Reads all that is new in a provider's log. Throws ProviderFault when the log cannot be read; what was read until then is kept. */
    watch: (connection: string): Promise<void> => readAll(deps, connection),
    /** Who put these subjects where they are, as far as the log was read. */
    origins: (connection: string, subjectKeys: readonly string[]) => deps.store.origins(connection, subjectKeys),
    /**
     * Who put these where they are, with the log read on until now. What is opened again for it is named at once or never, so a log
     * that lags a moment behind is waited for, but not longer. A log that cannot be read names nobody.
     */
    async originsByNow(connection: string, asked: readonly Placed[]): Promise<OriginOf> {
      const look = async () => {
        await readOn(deps, connection);
        return deps.store.origins(connection, [...new Set(asked.map(({ subject }) => subject))]);
      };
      let originOf = await look();
      if (!(await (await deps.connector(connection)).capabilities()).changes) return originOf;
      const isUnnamed = ({ subject, object }: Placed) => originOf(subject, object) === undefined;
      for (let left = LOG_LOOKS; left > 0 && asked.some(isUnnamed); left--) {
        await setTimeout(LOG_LOOK_MS);
        originOf = await look();
      }
      return originOf;
    },
    /** What was read since, by when it was read. */
    readSince: (connection: string, since: Instant): Promise<readonly DriftsRead[]> => deps.store.readSince(connection, since),
    /** The latest read first; `before` is the id of the last one seen. */
    list: (connection: string, limit: number, before?: string): Promise<readonly Drift[]> => deps.store.list(connection, limit, before),
  };
}

async function readAll(deps: DriftDependencies, connection: string): Promise<void> {
  while (await retryOnConflict(() => readPage(deps, connection)));
}

async function readOn(deps: DriftDependencies, connection: string): Promise<void> {
  try {
    await readAll(deps, connection);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
  }
}

/**
 * One page, recorded together with the place to read on from: after a crash it is read again, and known again. Says whether there
 * is more. Throws VersionConflict when another replica read on meanwhile.
 */
async function readPage(deps: DriftDependencies, connection: string): Promise<boolean> {
  const cursor = (await deps.connections.find(connection))?.changesCursor;
  const page = await (await deps.connector(connection)).changes(cursor);
  // A provider without a log gives no place to read on from.
  if (page.cursor === "" || page.cursor === cursor) return false;
  const seenAt = deps.clock.now();
  const drifts = new Map(page.items.filter(({ ours }) => !ours).map((change) => [digestOf(change), change]));
  const known = await deps.store.known(connection, [...drifts.keys()]);
  const fresh = [...drifts].filter(([key]) => !known.has(key));
  const changes = fresh.map(([key, { at, object, action, subject = null, by = null }]) => {
    const data = { id: deps.ids.next("drift"), connection, at, seenAt, object, action, subject, by };
    return driftChange({ type: "driftSeen", data }, key);
  });
  await commit(deps, {
    at: seenAt,
    actor: WATCH,
    changes,
    alongside: async (tx) => {
      if (!(await deps.connections.moveChangesCursor(tx, connection, cursor, page.cursor))) {
        throw new VersionConflict(`The log of ${connection} was read on meanwhile.`);
      }
      if (changes.length > 0) await deps.requestTelling(tx, connection);
      await deps.store.applySteps(tx, connection, page.items.map(originStepOf));
    },
  });
  return page.more;
}

function digestOf({ at, object, action, subject, by }: ProviderChange): string {
  return createHash("sha256")
    .update(JSON.stringify([at, object, action, subject?.key ?? null, by ?? null]))
    .digest("hex");
}
