import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Ask, serveRoutes } from "../../test/support/serve.ts";
import { instant } from "../kernel/time.ts";
import { createPeopleService, type PersonId } from "../people/index.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import { estateRoutes } from "./routes.ts";
import { createEstateService } from "./service.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));
const as = "per_chief iam";
const reader = "per_reader auditor";
const idp = { name: "Corp IdP", kind: "idp", layer: "identity" };

describeOnBothDatabases("the model over HTTP", (open) => {
  let ask: Ask;
  let owner: PersonId;
  const put = (path: string, body: unknown, ifMatch = 0) => ask(`PUT /api/v1/${path}`, { as, body, ifMatch });

  beforeAll(async () => {
    const database = await open();
    const people = createPeopleService({ db: database.db, ids });
    owner = (await people.addPerson({ displayName: "Ada Example" }, { by: { id: "per_chief" as PersonId, roles: [] }, now })).person.id;
    ask = serveRoutes(
      database,
      estateRoutes(
        createEstateService({
          db: database.db,
          ids,
          findConnection: (key) => Promise.resolve(key === "office" ? "con_1" : undefined),
          listConnections: () => Promise.resolve([{ key: "office", name: "Office", kind: "entra" }]),
          readEndpoint: ({ address }) =>
            Promise.resolve(
              address.startsWith("down") ? { unread: "It is down." } : { endsOn: "2026-04-01", issuer: "CN=Some CA", faults: [] },
            ),
        }),
      ),
    );
  });

  test("200, 428, 412: a component is added with If-Match 0, changed over the version read, and shows what needs it", async () => {
    expect(await ask("PUT /api/v1/components/idp", { as, body: idp })).toMatchObject({ status: 428, codes: ["estate.ifMatchNeeded"] });
    expect(await put("components/idp", { ...idp, owner })).toMatchObject({
      status: 200,
      etag: '"1"',
      body: { key: "idp", owner: { name: "Ada Example", active: true }, requires: null, endpoints: [], status: "active", neededBy: [] },
    });
    expect(await put("components/idp", idp)).toMatchObject({ status: 412, codes: ["estate.changedMeanwhile"] });
    await put("components/dns", { ...idp, name: "DNS", kind: "dns", layer: "network" });
    expect(await put("components/idp", { ...idp, owner, requires: { all: ["dns"] } }, 1)).toMatchObject({ status: 200, etag: '"2"' });
    expect((await ask("GET /api/v1/components/dns", { as: reader })).body).toMatchObject({
      neededBy: [{ kind: "component", key: "idp", name: "Corp IdP" }],
    });
    expect((await ask("GET /api/v1/components?kind=dns&search=d", { as: reader })).body).toMatchObject({ items: [{ key: "dns" }] });
    expect((await ask("GET /api/v1/components?limit=1", { as: reader })).body).toMatchObject({
      items: [{ key: "idp" }],
      next: expect.any(String) as string,
    });
  });

  test("200: an operation with its ways in, and a common cause", async () => {
    const path = { key: "badge", name: "Badge", population: "human", role: "primary", needs: { atLeast: 1, of: ["idp", "dns"] } };
    const body = { name: "Pay wages", criticality: 1, tolerates: 1, businessOwner: owner, paths: [path] };
    expect(await put("operations/pay-wages", body)).toMatchObject({
      status: 200,
      body: { businessOwner: { name: "Ada Example" }, onCall: null, paths: [{ ...path, minutes: null, assurance: null }] },
    });
    expect((await ask("GET /api/v1/operations?search=wages", { as: reader })).body).toMatchObject({ items: [{ key: "pay-wages" }] });
    const cause = { name: "Region", kind: "region", members: ["idp", "dns"] };
    expect(await put("common-causes/region", cause)).toMatchObject({ status: 200, body: { members: ["dns", "idp"] } });
    expect((await ask("GET /api/v1/common-causes", { as: reader })).body).toMatchObject({ items: [{ key: "region" }] });
    expect(await put("components/dns", { ...idp, name: "DNS", kind: "dns", status: "retired" }, 1)).toMatchObject({
      status: 422,
      codes: ["estate.stillNeeded"],
    });
  });

  test("422: everything that is wrong is said at once; 400: a need that cannot be read, at its place", async () => {
    const requires = { all: [{ any: [] }, "ghost"] };
    const wrong = await put("components/idp", { ...idp, requires, endpoints: [{ kind: "jwks", address: "ftp://x" }] }, 2);
    expect(wrong).toMatchObject({ status: 422, codes: ["estate.endpointInvalid", "estate.expressionEmpty", "estate.referenceDangling"] });
    for (const needs of ["No Key", 7, { all: "idp" }, { any: ["idp"], all: [] }, { atLeast: "2", of: ["idp"] }, null]) {
      const paths = [{ key: "badge", name: "Badge", population: "human", role: "primary", needs }];
      expect(await put("operations/other", { name: "Other", criticality: 2, tolerates: 0, paths })).toMatchObject({
        status: 400,
        codes: ["http.invalidInput"],
      });
    }
    let deep: unknown = "idp";
    for (let i = 0; i < 20_000; i++) deep = { all: [deep] };
    expect(await put("components/deep", { ...idp, requires: deep })).toMatchObject({ status: 400 });
  });

  test("200: what a connection and an endpoint say is proposed, tried without a change, taken over once, and then no more", async () => {
    await put(
      "components/dns",
      {
        ...idp,
        name: "DNS",
        kind: "dns",
        endpoints: [
          { kind: "tls", address: "dns.example:853" },
          { kind: "tls", address: "down.example:1" },
        ],
      },
      1,
    );
    const propose = async (certificates: boolean) =>
      (await ask("POST /api/v1/estate/proposals", { as, body: { certificates } })).body as { items: { key: string }[]; unread: unknown[] };
    const apply = (key: string, dryRun: boolean) => ask("POST /api/v1/estate/proposals/apply", { as, body: { key, dryRun } });
    expect((await propose(false)).items).toMatchObject([{ key: "connection:office", items: [{ kind: "component", key: "office" }] }]);
    const read = await propose(true);
    expect(read.items.map(({ key }) => key)).toEqual(["connection:office", "certificate:dns:dns.example:853"]);
    expect(read.unread).toEqual([{ component: "dns", address: "down.example:1", words: "It is down." }]);
    for (const key of read.items.map((each) => each.key)) {
      const tried = await apply(key, true);
      expect(tried).toMatchObject({ status: 200, body: { dryRun: true } });
      expect((await apply(key, false)).body).toEqual({ ...(tried.body as object), dryRun: false });
      expect(await apply(key, false)).toMatchObject({ status: 404, codes: ["estate.notFound"] });
    }
    expect((await propose(true)).items).toEqual([]);
    expect((await ask("GET /api/v1/components/dns", { as })).body).toMatchObject({ requires: "dns-certificate" });
    expect(await ask("POST /api/v1/estate/proposals", { as: reader, body: {} })).toMatchObject({ status: 404 });
  });

  test("404 without the role or the thing, 401 without a session", async () => {
    expect(await ask("PUT /api/v1/components/idp", { as: reader, body: idp, ifMatch: 2 })).toMatchObject({ status: 404 });
    for (const path of ["components/ghost", "common-causes/ghost", "operations/ghost"]) {
      expect(await ask(`GET /api/v1/${path}`, { as: reader })).toMatchObject({ status: 404, codes: ["estate.notFound"] });
      expect(await ask(`GET /api/v1/${path}`)).toMatchObject({ status: 401 });
      expect(await ask(`GET /api/v1/${path}`, { as: "per_desk help_desk" })).toMatchObject({ status: 404, codes: ["http.notFound"] });
    }
  });
});
