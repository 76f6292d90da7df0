/** What the providers really hold, wired to who reads them and to the register that answers for it. */
import { type BypassService, createBypassService, createPassStore } from "./bypasses/index.ts";
import type { Effects } from "./compose-effects.ts";
import type { ConnectionService, DriftService } from "./connections/index.ts";
import { coverageOf, endedOf, type ExceptionDependencies, reopenFor } from "./exceptions/index.ts";

type BypassStore = Parameters<typeof createBypassService>[0]["store"];

interface Around {
  readonly connections: ConnectionService;
  readonly drift: DriftService;
  readonly exceptions: ExceptionDependencies;
  readonly bypassStore: BypassStore;
  readonly effects: Effects;
}

export function createBypasses({ connections, drift, exceptions, bypassStore, effects }: Around): BypassService {
  const { db, ids, clock, store } = exceptions;
  return createBypassService({
    db,
    ids,
    clock,
    store: bypassStore,
    passes: createPassStore(db),
    connector: (id) => connections.connector(id),
    connected: async () => (await connections.list()).flatMap(({ connection: { id, status } }) => (status === "connected" ? [id] : [])),
    coverage: (connection) => coverageOf(store, connection),
    ended: (asked) => endedOf(store, asked),
    reappeared: (exception, bypass, now) => reopenFor(exceptions, exception, bypass, now),
    watch: (connection) => drift.watch(connection),
    origins: (connection, subjectKeys) => drift.origins(connection, subjectKeys),
    originsByNow: (connection, asked) => drift.originsByNow(connection, asked),
    requestTelling: (tx, subject) => effects.requestTelling(tx, subject),
    noteScan: (id, at, words) => connections.noteScan(id, at, words),
    noteBrokeOff: (id, at, words) => connections.noteBrokeOff(id, at, words),
  });
}
