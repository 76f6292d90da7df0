/** A connection with nothing around it but its provider and a database, for suites that scan. */
import { type Coverage, createBypassService, createBypassStore, createPassStore } from "../../src/bypasses/index.ts";
import type { Bypass, Connector } from "../../src/connectors/port.ts";
import type { Clock } from "../../src/kernel/time.ts";
import { type Db, executeSql } from "../../src/platform/db.ts";
import { randomIds } from "../../src/platform/ids.ts";

const none = () => undefined;

export async function addConnection(db: Db, connection: string): Promise<void> {
  const text = "insert into connection (id, version, state, key, status) values ($1, 1, '{}', $1, 'connected') on conflict do nothing";
  await executeSql(db, text, [connection]);
}

/** Keys of the bypasses that such an event was told of, once for each time. */
export async function keysTold(db: Db, connection: string, event: string): Promise<readonly string[]> {
  const text = "select b.key from journal_entry e join bypass b on b.id = e.subject where b.connection = $1 and e.type = $2 order by 1";
  const { rows } = await executeSql(db, text, [connection, event]);
  return rows.map((row) => (row as { key: string }).key);
}

export function createScanning(
  db: Db,
  clock: Clock,
  connector: Connector,
  noteScan: (words: string) => void = none,
  coverage: () => (bypass: Bypass) => Coverage | undefined = () => none,
) {
  return createBypassService({
    db,
    ids: randomIds(clock),
    clock,
    store: createBypassStore(db),
    passes: createPassStore(db),
    connector: async () => connector,
    connected: async () => [],
    coverage: async () => coverage(),
    ended: async () => new Set(),
    reappeared: async () => undefined,
    watch: async () => undefined,
    origins: async () => none,
    originsByNow: async () => none,
    requestTelling: async () => undefined,
    noteScan: async (_, at, words) => noteScan(`${at} ${words}`),
    noteBrokeOff: async (_, at, words) => noteScan(`${at} broke off ${words}`),
  });
}
