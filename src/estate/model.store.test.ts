import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { replayAll } from "../../test/support/replayed.ts";
import { instant } from "../kernel/time.ts";
import { createPeopleService, type Order, type PersonId } from "../people/index.ts";
import { manualClock } from "../platform/clock.ts";
import { type Database, executeSql } from "../platform/db.ts";
import { randomIds } from "../platform/ids.ts";
import type { ComponentFields } from "./component.ts";
import type { Expression } from "./expression.ts";
import type { OperationFields } from "./operation.ts";
import { createEstateService, type EstateService } from "./service.ts";
import { estateReplays } from "./store.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const component: ComponentFields = {
  name: "Corp IdP",
  kind: "idp",
  layer: "identity",
  owner: null,
  evidence: null,
  unavailability: null,
  requires: null,
  connection: null,
  endpoints: [],
  status: "active",
};
const operation: OperationFields = {
  name: "Pay wages",
  criticality: 1,
  application: null,
  businessOwner: null,
  modelApprover: null,
  maintainer: null,
  onCall: null,
  tolerates: 1,
  withinMinutes: null,
  paths: [],
  status: "active",
};

const pathsOver = (needs: Expression) => [
  { key: "badge", name: "Badge", population: "human", role: "primary", needs, minutes: null } as const,
];

describeOnBothDatabases("the model", (open) => {
  let database: Database;
  let estate: EstateService;
  const order: Order = { by: { id: "per_chief" as PersonId, roles: ["administrator"] }, now };
  const put = (key: string, requires: Expression | null = null, more: Partial<ComponentFields> = {}) =>
    estate.model.components.put(key, { ...component, name: `The ${key}`, requires, ...more }, order);

  beforeAll(async () => {
    database = await open();
    estate = createEstateService({
      db: database.db,
      ids,
      findConnection: (key) => Promise.resolve(key === "head-office" ? "con_1" : undefined),
    });
  });

  test("is read as a whole with its version, which every change takes on and nothing else does", async () => {
    expect(await estate.model.loadModel()).toEqual({ components: [], commonCauses: [], operations: [], version: 0 });
    const owner = (await createPeopleService({ db: database.db, ids }).addPerson({ displayName: "Ada" }, order)).person.id;
    await put("dns", null, { owner, connection: "head-office" });
    await put("idp", { all: ["dns"] });
    await estate.model.commonCauses.put(
      "region",
      { name: "Region", kind: "region", members: ["idp", "dns"], unavailability: null, status: "active" },
      order,
    );
    await estate.model.operations.put("pay-wages", { ...operation, paths: pathsOver("idp") }, order);
    const model = await estate.model.loadModel();
    expect(model).toMatchObject({
      components: [{ key: "dns", owner }, { key: "idp" }],
      commonCauses: [{ key: "region", members: ["dns", "idp"] }],
      operations: [{ key: "pay-wages", paths: [{ key: "badge", needs: "idp" }] }],
      version: 4,
    });
    await put("idp", { all: ["dns"] });
    expect(await estate.model.modelVersion()).toBe(4);
  });

  test("what needs a component is told, and keeps it from being retired", async () => {
    expect(await estate.model.listNeeding("dns")).toEqual([
      { kind: "commonCause", key: "region", name: "Region" },
      { kind: "component", key: "idp", name: "The idp" },
    ]);
    await expect(put("dns", null, { status: "retired", connection: "head-office" })).rejects.toMatchObject({
      status: 422,
      reasons: [{ code: "estate.stillNeeded", detail: expect.stringContaining("Region, The idp") as string }],
    });
  });

  test("a circle is refused and named, however long it is", async () => {
    await put("vault", "idp");
    await put("kms", { any: ["vault", "dns"] });
    await expect(put("dns", "kms")).rejects.toMatchObject({
      reasons: [{ code: "estate.requiresCycle", detail: expect.stringContaining("dns → kms → dns") as string }],
    });
    await expect(put("self", "self")).rejects.toMatchObject({
      reasons: [{ code: "estate.referenceDangling" }, { code: "estate.requiresCycle" }],
    });
  });

  test("two changes that are right alone never close a circle together", async () => {
    await put("left");
    await put("right");
    const both = await Promise.allSettled([put("left", "right"), put("right", "left")]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("what is retired is left out of the analysis, and can come back", async () => {
    await put("fax");
    await put("fax", null, { status: "retired" });
    const keys = async () => (await estate.model.loadModel()).components.map(({ key }) => key);
    expect(await keys()).not.toContain("fax");
    await expect(estate.model.operations.put("pay-wages", { ...operation, paths: pathsOver("fax") }, order)).rejects.toMatchObject({
      reasons: [{ code: "estate.referenceRetired", at: "/paths/0/needs" }],
    });
    await put("fax");
    expect(await keys()).toContain("fax");
  });

  test("is changed over the version read, found by words and by column, a page at a time", async () => {
    const read = await estate.model.operations.load("pay-wages");
    const changed = await estate.model.operations.put(
      "pay-wages",
      { ...read.state, tolerates: 0, name: "Pay all wages" },
      { ...order, ifMatch: read.version },
    );
    expect(changed.version).toBe(read.version + 2);
    await expect(
      estate.model.operations.put("pay-wages", { ...operation, name: "Other" }, { ...order, ifMatch: read.version }),
    ).rejects.toMatchObject({ status: 412, reasons: [{ code: "estate.changedMeanwhile" }] });
    await expect(estate.model.operations.put("pay-wages", operation, { ...order, ifMatch: 0 })).rejects.toMatchObject({ status: 412 });
    expect((await estate.model.operations.list({ search: "wag", limit: 5 })).items).toEqual([changed]);
    expect((await estate.model.components.list({ where: { kind: "vault" }, limit: 5 })).items).toEqual([]);
    const first = await estate.model.components.list({ limit: 2 });
    const second = await estate.model.components.list({ limit: 2, cursor: first.next! });
    expect([...first.items, ...second.items].map(({ state }) => state.key)).toEqual(["dns", "fax", "idp", "kms"]);
    await expect(estate.model.components.load("ghost")).rejects.toMatchObject({ status: 404, reasons: [{ code: "estate.notFound" }] });
  });

  test("the journal replays to all of it, and a changed column is found", async () => {
    expect((await replayAll(database, estateReplays)).faults).toEqual([]);
    await executeSql(database.db, "update component set needs = '{}' where key = 'idp'");
    expect((await replayAll(database, estateReplays)).faults).toEqual([expect.stringContaining("column needs")]);
  });
});
