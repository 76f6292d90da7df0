import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import { createSeal, type Seal, SealFault } from "../platform/seal.ts";
import { createConnectionService } from "./service.ts";
import { createConnectionStore } from "./store.ts";

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);
const IDS = ["con_a", "con_b"];

const serviceOf = ({ db }: Database, sealer: Seal) =>
  createConnectionService({
    db,
    ids: randomIds(manualClock(instant("2026-03-01T08:00:00Z"))),
    store: createConnectionStore(db),
    factories: [],
    sealer,
  });

describeOnBothDatabases("connection secrets", (open) => {
  test("after a change of keys every secret is sealed with the new one, once, and the old key can go", async () => {
    const database = await open();
    const store = createConnectionStore(database.db);
    for (const id of IDS) {
      const text = "insert into connection (id, version, state, key, status) values ($1, 1, '{}', $1, 'connected')";
      await executeSql(database.db, text, [id]);
      await database.db.transaction().execute((tx) => store.putSecret(tx, id, createSeal([OLD]).seal(`secret of ${id}`)));
    }
    const both = serviceOf(database, createSeal([NEW, OLD]));
    expect(await both.resealSecrets()).toBe(2);
    expect(await both.resealSecrets()).toBe(0);
    for (const id of IDS) {
      const sealed = (await store.sealedSecret(id))!;
      expect(createSeal([NEW]).open(sealed)).toBe(`secret of ${id}`);
    }
  });

  test("a secret whose key is gone stops the start rather than being lost", async () => {
    const database = await open();
    const store = createConnectionStore(database.db);
    await executeSql(database.db, "insert into connection (id, version, state, key, status) values ('con_c', 1, '{}', 'c', 'connected')");
    const sealed = createSeal([OLD]).seal("secret");
    await database.db.transaction().execute((tx) => store.putSecret(tx, "con_c", sealed));
    await expect(serviceOf(database, createSeal([NEW])).resealSecrets()).rejects.toThrow(SealFault);
    expect(await store.sealedSecret("con_c")).toBe(sealed);
  });

  test("a secret that was changed meanwhile is left as it is", async () => {
    const database = await open();
    const store = createConnectionStore(database.db);
    await executeSql(database.db, "insert into connection (id, version, state, key, status) values ('con_d', 1, '{}', 'd', 'connected')");
    const fresh = createSeal([NEW]).seal("fresh");
    await database.db.transaction().execute((tx) => store.putSecret(tx, "con_d", fresh));
    expect(await store.replaceSecret("con_d", createSeal([OLD]).seal("stale"), createSeal([NEW]).seal("stale"))).toBe(false);
    expect(await store.sealedSecret("con_d")).toBe(fresh);
  });
});
