/** Publishes the register of decisions of an instance: signed by the log's key, with proofs out of the journal. */
import { randomUUID } from "node:crypto";

import { millisecondsOf } from "./compose-decisions.ts";
import type { Callers } from "./compose-callers.ts";
import {
  createPublisher,
  createSnapshotPoint,
  type DecisionLogService,
  type Follower,
  manifestKeyName,
  type Publisher,
  type SnapshotPoint,
  textOfRules,
} from "./decisions/index.ts";
import { createSigner, newestCheckpoint, proveGrowth, signNote } from "./journal/index.ts";
import type { Clock } from "./kernel/time.ts";
import type { Db } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";

interface Ground {
  readonly clock: Clock;
  readonly log: Log;
  readonly db: Db;
  readonly callers: Callers;
  readonly follower: Follower;
  readonly decisionLog: Pick<DecisionLogService, "followed">;
}

export interface Publication {
  readonly point: SnapshotPoint;
  /** From here on it is signed: the log has to be open. */
  start(log: string, privateKey: Parameters<typeof createSigner>[1]): void;
  stop(): Promise<void>;
}

export function openPublication({ clock, log, db, callers, follower, decisionLog }: Ground): Publication {
  const nowMs = millisecondsOf(clock);
  let publisher: Publisher | undefined;
  const point = createSnapshotPoint({
    authenticate: callers.authenticate,
    admission: callers.admission,
    publisher: {
      manifest: () => publisher?.manifest(),
      file: (digest) => publisher?.file(digest),
      watch: (published) => publisher?.watch(published) ?? (() => undefined),
    },
    consistency: (from, to) => proveGrowth(db, from, to),
    onFollowed: (caller) => decisionLog.followed(caller, nowMs()),
    headers: ["X-Content-Type-Options", "nosniff"],
    requestId: randomUUID,
  });
  return {
    point,
    start(name, privateKey) {
      const keyName = manifestKeyName(name);
      const signer = createSigner(keyName, privateKey);
      publisher = createPublisher({
        // Nobody packs a register that nobody may read.
        followed: () => (callers.hasEdges() ? follower.followed() : undefined),
        ruleText: (rules) => textOfRules(db, rules),
        checkpoint: () => newestCheckpoint(db),
        sign: (text) => signNote(signer, text),
        keyName,
        nowMs,
        log,
      });
      publisher.start();
    },
    async stop() {
      point.drain();
      await publisher?.stop();
    },
  };
}
