import { beforeAll, expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { type Ask, serveRoutes } from "../../test/support/serve.ts";
import { commit } from "../journal/append.ts";
import { instant } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import type { DelegationView, PersonDetailsView, PersonView } from "./contract.ts";
import { peopleRoutes } from "./routes.ts";
import { createPeopleService } from "./service.ts";

const now = instant("2026-03-02T09:00:00Z");
const ids = randomIds(manualClock(now));

describeOnBothDatabases("people over HTTP", (open) => {
  let ask: Ask;
  const chief = ids.next("person");
  const asChief = `${chief} administrator`;
  const made = async (displayName: string, ...roles: string[]) => {
    const { status, body } = await ask("POST /api/v1/people", { as: asChief, body: { displayName, roles } });
    expect(status).toBe(201);
    return (body as PersonDetailsView).id;
  };

  beforeAll(async () => {
    const database = await open();
    const service = createPeopleService({ db: database.db, ids });
    const change = await service.createFirstAdministrator({ id: chief, name: "Grace Example" }, now);
    await commit({ db: database.db, ids }, { at: now, actor: { kind: "system", id: "terminal" }, changes: [change] });
    ask = serveRoutes(database, peopleRoutes(service));
  });

  test("200: everybody signed in finds people, and sees no more of them than they need", async () => {
    const id = await made("Ada Example", "iam");
    const list = await ask("GET /api/v1/people?search=ada", { as: "per_reader" });
    const [seen] = (list.body as { items: PersonView[] }).items;
    expect(seen).toEqual({ id, key: null, displayName: "Ada Example", unit: null, roles: ["iam"], active: true, onLeave: false });
    expect((await ask(`GET /api/v1/people/${id}`, { as: "per_reader" })).body).not.toHaveProperty("details");
    for (const as of [id, "per_x auditor"]) {
      expect((await ask(`GET /api/v1/people/${id}`, { as })).body).toHaveProperty("details.source", "api");
    }
  });

  test("401 without a session, 404 without the role, as if there were nothing", async () => {
    expect(await ask("GET /api/v1/people")).toMatchObject({ status: 401, codes: ["http.signInNeeded"] });
    const asked = { body: { displayName: "X" }, as: "per_x help_desk auditor" };
    expect(await ask("POST /api/v1/people", asked)).toMatchObject({ status: 404, codes: ["http.notFound"] });
    expect(await ask("GET /api/v1/people/per_nobody", { as: "per_x" })).toMatchObject({ status: 404, codes: ["people.notFound"] });
  });

  test("400: what cannot be read is refused, not a fault", async () => {
    for (const path of ["/people?cursor=nonsense", "/people?role=king", "/people/per_%00", "/teams?cursor=eA==", "/delegations?cursor=1"]) {
      expect(await ask(`GET /api/v1${path}`, { as: asChief })).toMatchObject({ status: 400, codes: ["http.invalidInput"] });
    }
  });

  test("400: text with a character no database keeps is refused wherever it stands", async () => {
    const bad = "a\0b";
    for (const body of [{ displayName: bad }, { displayName: "X", unit: bad }]) {
      expect(await ask("POST /api/v1/people", { as: asChief, body })).toMatchObject({ status: 400, codes: ["http.invalidInput"] });
    }
    expect(await ask("GET /api/v1/people?unit=%00", { as: asChief })).toMatchObject({ status: 400, codes: ["http.invalidInput"] });
  });

  test("428 without the version read, 412 when it is old, 200 and the next one otherwise", async () => {
    const id = await made("Bob Example");
    const body = { displayName: "Bob B. Example", email: null, unit: "Finance", manager: null, deputy: null, roles: [] };
    const path = `PUT /api/v1/people/${id}`;
    expect(await ask(path, { as: asChief, body })).toMatchObject({ status: 428, codes: ["people.ifMatchNeeded"] });
    expect(await ask(path, { as: asChief, body, ifMatch: 7 })).toMatchObject({ status: 412, codes: ["people.changedMeanwhile"] });
    expect(await ask(path, { as: asChief, body, ifMatch: 1 })).toMatchObject({
      status: 200,
      etag: '"3"',
      body: { unit: "Finance", version: 3 },
    });
  });

  test("422: every reason against a person at once, each with its place", async () => {
    const body = { displayName: "X", roles: ["help_desk", "iam"], manager: "per_nobody" };
    const { status, body: problem } = await ask("POST /api/v1/people", { as: asChief, body });
    expect(status).toBe(422);
    expect(problem).toMatchObject({
      reasons: [
        { code: "people.personUnknown", at: "/manager" },
        { code: "people.helpDeskCombined", at: "/roles" },
      ],
    });
  });

  test("403: a leave is set by the person or those who keep people, and by nobody else", async () => {
    const id = await made("Cleo Example");
    const body = { leave: [{ from: "2026-03-01T00:00:00+01:00", until: "2026-03-10T00:00:00+01:00" }] };
    const path = `PUT /api/v1/people/${id}/leave`;
    expect(await ask(path, { as: "per_x executive", body, ifMatch: 1 })).toMatchObject({ status: 403, codes: ["people.notYours"] });
    expect(await ask(path, { as: id, body, ifMatch: 1 })).toMatchObject({ status: 200, body: { onLeave: true } });
  });

  test("a delegation is given by the person themselves, seen by those concerned, and ended by either", async () => {
    const [a, b] = [await made("Dora Example", "executive"), await made("Emil Example", "executive")];
    const body = { to: b, validFrom: "2026-03-01T00:00:00Z", validUntil: "2026-03-10T00:00:00Z", role: null, reason: "Holiday" };
    const given = await ask("POST /api/v1/delegations", { as: `${a} executive`, body });
    expect(given).toMatchObject({ status: 201, body: { from: a, fromName: "Dora Example", toName: "Emil Example", inForce: true } });
    expect(await ask("POST /api/v1/delegations", { as: asChief, body: { ...body, from: a } })).toMatchObject({ status: 400 });
    const listed = async (as: string, query = "") =>
      (await ask(`GET /api/v1/delegations${query}`, { as })).body as { items: DelegationView[] };
    expect((await listed(b)).items).toHaveLength(1);
    expect((await listed("per_x")).items).toEqual([]);
    expect((await listed("per_x auditor", `?person=${a}`)).items).toHaveLength(1);
    expect(await ask(`GET /api/v1/delegations?person=${a}`, { as: "per_x" })).toMatchObject({ status: 403, codes: ["people.notYours"] });
    const revoke = `POST /api/v1/delegations/${(given.body as DelegationView).id}/revoke`;
    expect(await ask(revoke, { as: "per_x auditor" })).toMatchObject({ status: 422, codes: ["people.notYours"] });
    expect(await ask(revoke, { as: b })).toMatchObject({ status: 200, body: { inForce: false, revoked: { by: b } } });
    expect((await listed(a, "?open=true")).items).toEqual([]);
  });

  test("deactivate, reactivate, link an account, keep a team", async () => {
    const id = await made("Finn Example");
    const people = `/api/v1/people/${id}`;
    expect(await ask(`POST ${people}/deactivate`, { as: asChief, body: { reason: "Left" } })).toMatchObject({
      status: 200,
      body: { active: false },
    });
    expect(await ask(`POST ${people}/reactivate`, { as: asChief })).toMatchObject({ status: 200, body: { active: true } });
    const account = { connection: "con_1", key: "guid" };
    expect(await ask(`POST ${people}/accounts`, { as: asChief, body: account })).toMatchObject({
      body: { details: { accounts: [{ key: "guid" }] } },
    });
    const team = await ask("POST /api/v1/teams", { as: asChief, body: { key: "ops", name: "Operations", members: [id] } });
    expect(team).toMatchObject({ status: 201, etag: '"1"' });
    expect(await ask("POST /api/v1/teams", { as: asChief, body: { key: "ops", name: "Again" } })).toMatchObject({
      status: 409,
      codes: ["people.keyTaken"],
    });
    const { id: teamId } = team.body as { id: string };
    const changed = { name: "Operations", members: [], lead: null, status: "dissolved" };
    expect(await ask(`PUT /api/v1/teams/${teamId}`, { as: asChief, body: changed, ifMatch: 1 })).toMatchObject({
      status: 200,
      body: { status: "dissolved" },
    });
    expect(await ask(`GET /api/v1/teams/${teamId}`, { as: id })).toMatchObject({ body: { members: [] } });
  });
});
