import { readFileSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Ask, serveRoutes } from "../../test/support/serve.ts";
import { instant } from "../kernel/time.ts";
import { createPeopleService, type PersonId } from "../people/index.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import type { ApplicationView, PlanView } from "./contract.ts";
import { estateRoutes } from "./routes.ts";
import { createEstateService } from "./service.ts";

const EXAMPLE = readFileSync(new URL("../../docs/examples/estate.yaml", import.meta.url), "utf8");
const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const as = "per_chief administrator";
const reader = "per_reader";

describeOnBothDatabases("the estate over HTTP", (open) => {
  let ask: Ask;
  let owner: PersonId;

  const apply = (yaml: string, dryRun: boolean) => ask("POST /api/v1/estate/apply", { as, body: { yaml, dryRun } });

  beforeAll(async () => {
    const database = await open();
    const people = createPeopleService({ db: database.db, ids });
    const by = { id: "per_chief" as PersonId, roles: ["administrator"] };
    owner = (await people.addPerson({ displayName: "Ada Example" }, { by, now })).person.id;
    ask = serveRoutes(database, estateRoutes(createEstateService({ db: database.db, ids })));
  });

  test("200: the organisation has defaults until it is named, over the version read", async () => {
    expect(await ask("GET /api/v1/organisation", { as: reader })).toMatchObject({
      status: 200,
      etag: '"0"',
      body: { zone: "UTC", isNamed: false },
    });
    const body = { name: "Harbour", zone: "Europe/Zurich" };
    expect(await ask("PUT /api/v1/organisation", { as, body })).toMatchObject({ status: 428, codes: ["estate.ifMatchNeeded"] });
    expect(await ask("PUT /api/v1/organisation", { as, body, ifMatch: 0 })).toMatchObject({
      status: 200,
      body: { version: 1, isNamed: true },
    });
    expect(await ask("PUT /api/v1/organisation", { as, body, ifMatch: 0 })).toMatchObject({
      status: 412,
      codes: ["estate.changedMeanwhile"],
    });
    expect(await ask("PUT /api/v1/organisation", { as, body: { name: "X", zone: "Mars" }, ifMatch: 1 })).toMatchObject({ status: 400 });
  });

  test("201, 409, 412, 200: an application is added once, and changed over the version read", async () => {
    const body = { key: "payroll", name: "Payroll", owner, tier: 1 };
    const made = await ask("POST /api/v1/applications", { as, body });
    expect(made).toMatchObject({
      status: 201,
      etag: '"1"',
      body: { owner: { id: owner, name: "Ada Example", active: true }, status: "active" },
    });
    expect(await ask("POST /api/v1/applications", { as, body })).toMatchObject({ status: 409, codes: ["estate.keyTaken"] });
    const { id } = made.body as ApplicationView;
    const changed = { name: "Payroll", owner, tier: 2, provider: null, supportsPasskeys: true, status: "migrated" };
    const path = `PUT /api/v1/applications/${id}`;
    expect(await ask(path, { as, body: changed })).toMatchObject({ status: 428 });
    expect(await ask(path, { as, body: changed, ifMatch: 9 })).toMatchObject({ status: 412, codes: ["estate.changedMeanwhile"] });
    expect(await ask(path, { as, body: changed, ifMatch: 1 })).toMatchObject({ status: 200, body: { tier: 2, supportsPasskeys: true } });
    expect(await ask(`GET /api/v1/applications/${id}`, { as: reader })).toMatchObject({ status: 200, etag: '"4"' });
    const found = await ask(`GET /api/v1/applications?search=pay&owner=${owner}&status=migrated`, { as: reader });
    expect(found.body).toMatchObject({ items: [{ id }] });
    expect((await ask("GET /api/v1/applications?status=retired", { as: reader })).body).toEqual({ items: [] });
  });

  test("201 and 200: device classes and vendors, whose contracts show the instant they end", async () => {
    const device = await ask("POST /api/v1/device-classes", { as, body: { key: "scanner", name: "Scanner", lead: owner } });
    expect(device).toMatchObject({ status: 201, body: { lead: { name: "Ada Example" } } });
    expect((await ask("GET /api/v1/device-classes", { as: reader })).body).toMatchObject({ items: [{ key: "scanner" }] });
    const body = { key: "crane", name: "Crane", manager: owner, contracts: [{ ref: "C", endsOn: "2027-06-30" }] };
    const vendor = await ask("POST /api/v1/vendors", { as: "per_v vendor_manager", body });
    expect(vendor).toMatchObject({
      status: 201,
      body: { contracts: [{ ref: "C", endsOn: "2027-06-30", endsAt: "2027-06-30T22:00:00.000Z" }] },
    });
    const twice = { name: "Crane", manager: owner, contracts: [body.contracts[0], body.contracts[0]] };
    const path = `PUT /api/v1/vendors/${(vendor.body as { id: string }).id}`;
    expect(await ask(path, { as, body: twice, ifMatch: 1 })).toMatchObject({ status: 422, codes: ["estate.contractTwice"] });
  });

  test("401 without a session, 404 without the role or the thing, 400 for what cannot be read", async () => {
    expect(await ask("GET /api/v1/vendors")).toMatchObject({ status: 401 });
    expect(await ask("POST /api/v1/estate/apply", { as: "per_x auditor", body: { yaml: "", dryRun: true } })).toMatchObject({
      status: 404,
      codes: ["http.notFound"],
    });
    expect(await ask("GET /api/v1/applications/app_nothing", { as: reader })).toMatchObject({ status: 404, codes: ["estate.notFound"] });
    expect(await ask("GET /api/v1/vendors?cursor=x", { as: reader })).toMatchObject({ status: 400, codes: ["http.invalidInput"] });
    expect(await ask("POST /api/v1/applications", { as, body: { key: "Pay Roll", name: "P", owner, tier: 9 } })).toMatchObject({
      status: 400,
    });
  });

  test("a file is tried, applied, and applied again without effect; what is wrong with one is all said at once", async () => {
    const tried = (await apply(EXAMPLE, true)).body as PlanView;
    // The organisation and the payroll application are there already, made by hand above under the same keys.
    expect([tried.created.length, tried.changed.length]).toEqual([31, 2]);
    expect((await apply(EXAMPLE, false)).body).toEqual({ ...tried, dryRun: false });
    expect((await apply(EXAMPLE, false)).body).toMatchObject({ created: [], changed: [], unchanged: 33 });
    const wrong = await apply("people:\n  - { key: ada, name: Ada, shoe: 43 }\n  - { key: bob }\n", false);
    expect(wrong).toMatchObject({ status: 422, codes: ["estate.keyUnknown", "estate.missing"] });
    expect(wrong.body).toMatchObject({ reasons: [{ at: "estate.yaml:2:28" }, { at: "estate.yaml:3:5" }] });
  });
});
