import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import type { ConnectorFactory } from "../connectors/port.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import { createSeal, type Seal } from "../platform/seal.ts";
import { createConnectionService } from "./service.ts";
import { createConnectionStore } from "./store.ts";

const [OLD, NEW, OTHER] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array];

const FACTORY: ConnectorFactory = {
  kind: "never",
  title: "A kind that is never asked",
  parse: (config) => ({ ok: true, config }),
  create: () => {
    throw new Error("without its secret nothing is made");
  },
};

const serviceOf = ({ db }: Database, sealer: Seal) =>
  createConnectionService({
    db,
    ids: randomIds(manualClock(instant("2026-03-01T08:00:00Z"))),
    store: createConnectionStore(db),
    factories: [FACTORY],
    sealer,
    countNeeding: async () => 0,
  });

/** A connection whose secret was sealed with this key. */
async function keep({ db }: Database, id: string, key: Uint8Array): Promise<string> {
  const text = "insert into connection (id, version, state, key, status) values ($1, 1, $2, $1, 'connected')";
  await executeSql(db, text, [id, JSON.stringify({ kind: "never" })]);
  const sealed = createSeal([key]).seal(`secret of ${id}`);
  await db.transaction().execute((tx) => createConnectionStore(db).putSecret(tx, id, sealed));
  return sealed;
}

const unexpected = (connection: string) => {
  throw new Error(`${connection} should have been readable`);
};

describeOnBothDatabases("connection secrets", (open) => {
  test("after a change of keys every secret is sealed with the new one, once, and the old key can go", async () => {
    const database = await open();
    for (const id of ["con_a", "con_b"]) await keep(database, id, OLD);
    const both = serviceOf(database, createSeal([NEW, OLD]));
    expect(await both.resealSecrets(unexpected)).toBe(2);
    expect(await both.resealSecrets(unexpected)).toBe(0);
    for (const id of ["con_a", "con_b"]) {
      const sealed = await createConnectionStore(database.db).sealedSecret(id);
      expect(createSeal([NEW]).open(sealed!)).toBe(`secret of ${id}`);
    }
  });

  test("a secret whose key is gone is kept and named, its provider says so when asked, and the others are sealed anew", async () => {
    const database = await open();
    const lost = await keep(database, "con_c", OLD);
    await keep(database, "con_d", OTHER);
    const service = serviceOf(database, createSeal([NEW, OTHER]));
    const unreadable: string[] = [];
    expect(await service.resealSecrets((connection, why) => unreadable.push(`${connection}: ${why}`))).toBe(1);
    expect(unreadable).toEqual([expect.stringMatching(/^con_c: This was sealed with the key [0-9a-f]{8}, which is not here/)]);
    expect(await createConnectionStore(database.db).sealedSecret("con_c")).toBe(lost);
    expect(await service.health("con_c")).toMatchObject({ reachable: false, words: expect.stringContaining("give the secret again") });
  });

  test("a secret that was changed meanwhile is left as it is", async () => {
    const database = await open();
    const fresh = await keep(database, "con_e", NEW);
    const store = createConnectionStore(database.db);
    expect(await store.replaceSecret("con_e", createSeal([OLD]).seal("stale"), createSeal([NEW]).seal("stale"))).toBe(false);
    expect(await store.sealedSecret("con_e")).toBe(fresh);
  });
});
