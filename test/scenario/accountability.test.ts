/** Who answers for each way in, over HTTP: named, approved by another than who wrote it, void when what was approved is another thing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parsePlainDate } from "../../src/kernel/time.ts";
import type { PersonId } from "../../src/people/index.ts";
import { type Answer, type Browser, succeeded } from "../support/browser.ts";
import { ESTATE, openWholeApp, type WholeApp } from "../support/whole-app.ts";

const MORE_ESTATE = [
  ESTATE,
  "applications:",
  "  - { key: payroll, name: Payroll, owner: ada, tier: 1 }",
  "deviceClasses:",
  "  - { key: laptop, name: Managed laptops, lead: ivo }",
].join("\n");

let story: WholeApp;
beforeAll(async () => {
  story = await openWholeApp();
  const applied = await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: MORE_ESTATE, dryRun: false });
  if (applied.status !== 200) throw new Error(JSON.stringify(applied.body));
});
afterAll(async () => {
  await story.close();
});

const codesOf = (answer: Answer) => (answer.body["reasons"] as { code: string }[] | undefined)?.map(({ code }) => code) ?? [];
const person = (player: keyof WholeApp["idOf"]) => ({ kind: "person", id: story.idOf[player] });

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly contentHash: string;
  readonly approval: { state: string; voidedBy: string[] };
  readonly gaps: { kind: string; seat: string | null }[];
  readonly onPoint: { by: string; persons: { name: string }[] } | null;
}

const seats = () => ({
  statement: "A passkey bound to the laptop; without it, a second one from the safe.",
  businessOwner: person("ada"),
  approver: story.idOf.gerda,
  maintainer: person("ivo"),
  rota: null,
  platformOwner: person("ines"),
  operationOwner: person("ada"),
});
const add = (more: object = {}) =>
  story.as.ivo.ask("POST", "/api/v1/journeys", {
    population: "human",
    about: { kind: "application", key: "payroll" },
    ...seats(),
    ...more,
  });
const shown = async (id: string) => succeeded(await story.as.audrey.ask("GET", `/api/v1/journeys/${id}`)).body as unknown as Shown;

async function approve(browser: Browser, id: string, contentHash?: string): Promise<Answer> {
  const hash = contentHash ?? (await shown(id)).contentHash;
  const assertion = await browser.sign("accountability.approveModel", id, hash);
  return browser.ask("POST", `/api/v1/journeys/${id}/approve`, { contentHash: hash, assertion });
}

async function change(id: string, more: object): Promise<Answer> {
  const { version } = await shown(id);
  return story.as.ivo.ask("PUT", `/api/v1/journeys/${id}`, { ...seats(), status: "active", ...more }, { "If-Match": `"${version}"` });
}

async function putOperation(minutes: number): Promise<void> {
  const { model } = story.app.estate;
  const path = { key: "passkey", name: "Passkey", population: "human", role: "primary", needs: "idp", minutes } as const;
  const by = { by: { id: story.idOf.ivo as PersonId, roles: ["iam"] }, now: story.clock.now() };
  if ((await model.components.find("idp")) === undefined) {
    const nothing = { owner: null, evidence: null, unavailability: null, requires: null, connection: null, endpoints: [] };
    await model.components.put(
      "idp",
      { name: "Provider", kind: "idp", layer: "identity", status: "active", ...nothing },
      { ...by, ifMatch: 0 },
    );
  }
  const found = await model.operations.find("pay-wages");
  const version = found === undefined ? 0 : (await model.operations.load("pay-wages")).version;
  const nobody = { businessOwner: null, modelApprover: null, maintainer: null, onCall: null };
  await model.operations.put(
    "pay-wages",
    { name: "Pay wages", criticality: 1, application: null, ...nobody, tolerates: 1, withinMinutes: null, paths: [path], status: "active" },
    { ...by, ifMatch: version },
  );
}

describe("a journey", () => {
  let id: string;

  test("names its seats; what nobody fills is a gap, and of the same there is no second", async () => {
    const added = succeeded(await add({ platformOwner: null })).body as unknown as Shown;
    ({ id } = added);
    expect(added.gaps.map(({ kind, seat }) => [kind, seat])).toEqual([
      ["unapproved", "approver"],
      ["noRota", "onPoint"],
      ["unowned", "platformOwner"],
    ]);
    expect(codesOf(await add())).toEqual(["accountability.journeyExists"]);
    expect((await add({ deviceClass: "laptop" })).status).toBe(201);
    expect(codesOf(await add({ about: { kind: "application", key: "nothing" } }))).toEqual(["accountability.aboutUnknown"]);
    expect(codesOf(await add({ deviceClass: "typewriter" }))).toEqual(["accountability.deviceClassUnknown"]);
  });

  test("is given to nobody unknown, to no help desk, and approved by nobody who maintains it: every reason at once", async () => {
    const refused = await add({
      population: "machine",
      businessOwner: person("hedi"),
      approver: story.idOf.ivo,
      platformOwner: { kind: "person", id: "per_nobody" },
      operationOwner: { kind: "team", id: "tea_nobody" },
      rota: "rta_nothing",
    });
    expect(refused.status).toBe(422);
    expect(codesOf(refused).sort()).toEqual([
      "accountability.helpDeskMayNotOwn",
      "accountability.maintainerMayNotApprove",
      "accountability.rotaUnknown",
      "accountability.seatUnknown",
      "accountability.seatUnknown",
    ]);
    expect(codesOf(await add({ population: "machine", approver: story.idOf.hedi }))).toEqual(["accountability.approverNotAllowed"]);
    expect(codesOf(await add({ population: "machine", approver: story.idOf.rolf }))).toEqual(["accountability.approverNotAllowed"]);
  });

  test("is approved by the approver it names and by nobody else, over exactly what stands there", async () => {
    expect(codesOf(await approve(story.as.ines, id))).toEqual(["accountability.notYours"]);
    expect(codesOf(await approve(story.as.gerda, id, "sha256:other"))).toEqual(["accountability.changedMeanwhile"]);
    const approved = succeeded(await approve(story.as.gerda, id)).body as unknown as Shown;
    expect(approved.approval.state).toBe("approved");
    expect(codesOf(await approve(story.as.gerda, id))).toEqual(["accountability.alreadyApproved"]);
  });

  test("keeps its approval when a seat changes hands, and loses it when its words change or its approver comes to maintain it", async () => {
    expect((succeeded(await change(id, {})).body as unknown as Shown).approval.state).toBe("approved");
    const changed = succeeded(await change(id, { statement: "A password." })).body as unknown as Shown;
    expect([changed.approval.state, changed.approval.voidedBy]).toEqual(["void", ["content"]]);
    expect(changed.gaps.map(({ kind }) => kind)).toContain("approvalVoid");
    expect((succeeded(await change(id, {})).body as unknown as Shown).approval.state).toBe("approved");
    expect(codesOf(await change(id, { maintainer: person("gerda") }))).toEqual(["accountability.maintainerMayNotApprove"]);
    const handed = succeeded(await change(id, { maintainer: person("gerda"), approver: null })).body as unknown as Shown;
    expect(handed.approval.voidedBy).toEqual(["content", "approverMaintains"]);
    succeeded(await change(id, {}));
  });

  test("is not approved by who wrote it", async () => {
    const added = succeeded(
      await story.as.gerda.ask("POST", "/api/v1/journeys", {
        population: "third-party",
        about: { kind: "application", key: "payroll" },
        ...seats(),
      }),
    );
    expect(codesOf(await approve(story.as.gerda, added.body["id"] as string))).toEqual(["accountability.authorMayNotApprove"]);
  });

  test("to an operation loses its approval when a way in of the operation changes", async () => {
    await putOperation(0);
    const added = succeeded(await add({ about: { kind: "operation", key: "pay-wages" } })).body as unknown as Shown;
    succeeded(await approve(story.as.gerda, added.id));
    expect((await shown(added.id)).approval.state).toBe("approved");
    await putOperation(30);
    expect((await shown(added.id)).approval).toMatchObject({ state: "void", voidedBy: ["content"] });
    expect((succeeded(await approve(story.as.gerda, added.id)).body as unknown as Shown).approval.state).toBe("approved");
  });

  test("says who is on point, and that its owner left", async () => {
    const rota = succeeded(
      await story.as.ivo.ask("POST", "/api/v1/rotas", {
        key: "it",
        name: "IT on call",
        source: {
          kind: "rotation",
          people: [story.idOf.nils, story.idOf.rolf],
          startsOn: parsePlainDate("2026-02-23"),
          handoverAt: "08:00",
          everyDays: 7,
        },
      }),
    ).body as { id: string };
    const on = succeeded(await change(id, { rota: rota.id })).body as unknown as Shown;
    expect(on.onPoint?.persons.map(({ name }) => name)).toEqual(["rolf"]);
    succeeded(await story.admin.ask("POST", `/api/v1/people/${story.idOf.rolf}/deactivate`, { reason: "Left." }));
    expect((await shown(id)).gaps).toEqual([expect.objectContaining({ kind: "nobodyOnPoint", seat: "onPoint" })]);
    const cover = { from: story.clock.now(), until: "2026-03-09T12:00:00Z", person: story.idOf.ines };
    expect(codesOf(await story.as.gerda.ask("POST", `/api/v1/rotas/${rota.id}/overrides`, { ...cover, person: story.idOf.rolf }))).toEqual([
      "accountability.seatEmpty",
    ]);
    expect(codesOf(await story.as.audrey.ask("POST", `/api/v1/rotas/${rota.id}/overrides`, cover))).toEqual(["accountability.notYours"]);
    succeeded(await story.as.nils.ask("POST", `/api/v1/rotas/${rota.id}/overrides`, cover));
    expect((await shown(id)).onPoint?.persons.map(({ name }) => name)).toEqual(["ines"]);
    const { shifts } = succeeded(await story.as.audrey.ask("GET", `/api/v1/rotas/${rota.id}/shifts?days=14`)).body as {
      shifts: { by: string; persons: { name: string; active: boolean }[] }[];
    };
    expect(shifts.map(({ by, persons }) => [by, persons[0]!.name])).toEqual([
      ["override", "ines"],
      ["rotation", "nils"],
      ["rotation", "rolf"],
    ]);
    const { address } = succeeded(await story.as.nils.ask("POST", "/api/v1/messages/calendar")).body as { address: string };
    const own = await (await story.app.http.fetch(new Request(address))).text();
    expect(own).toContain("SUMMARY:it: you are on point");
    expect(own).toContain("DTSTART:20260309T120000Z");
    expect(
      codesOf(
        await story.as.ivo.ask("POST", "/api/v1/rotas", {
          key: "none",
          name: "None",
          source: { kind: "feed", address: "http://a.example" },
        }),
      ),
    ).toEqual(["accountability.feedAddress"]);
  });
});

test("what is missing becomes findings with an owner and a day, and is mended when somebody fills it", async () => {
  const found = async (kind: string) => {
    const answer = succeeded(await story.as.audrey.ask("GET", `/api/v1/findings?state=open&kind=${kind}&limit=200`));
    return answer.body["items"] as { statement: string; ownerName: string | null; dueAt: string; subject: { kind: string } }[];
  };
  await story.app.findings.reconcile(story.clock.now());
  const missing = (await found("pathMissing")).map(({ statement }) => statement);
  expect(missing).toEqual(
    expect.arrayContaining([
      "Pay wages has no fallback.",
      "Pay wages has no recovery path.",
      "Pay wages has no break-glass path.",
      "Pay wages has no rollback.",
    ]),
  );
  expect((await found("onCallGap")).map(({ statement }) => statement)).toContainEqual(
    expect.stringMatching(/^IT on call: From .* on only rolf would be, who is not here, on point\.$/),
  );
  const unapproved = await found("modelNotApproved");
  expect(unapproved[0]).toMatchObject({ ownerName: "ada", subject: { kind: "journey" } });
  const { items } = succeeded(await story.as.audrey.ask("GET", "/api/v1/ways-back?gaps=true")).body as {
    items: { key: string; gaps: object[] }[];
  };
  expect(items.map(({ key, gaps }) => [key, gaps.length])).toEqual([["pay-wages", 4]]);
  const undescribed = "Nothing says who answers for the sign-in of people to Pay wages, and who is on point when it fails.";
  const statements = async () => (await found("accountabilityGap")).map(({ statement }) => statement);
  expect(await statements()).not.toContain(undescribed);
  const journeys = succeeded(await story.as.audrey.ask("GET", "/api/v1/journeys?gaps=true&limit=1")).body as {
    items: Shown[];
    next?: string;
  };
  expect(journeys.items).toHaveLength(1);
  for (const journey of (succeeded(await story.as.audrey.ask("GET", "/api/v1/journeys")).body as { items: Shown[] }).items) {
    succeeded(await change(journey.id, { status: "retired" }));
  }
  await story.app.findings.reconcile(story.clock.now());
  expect(await found("modelNotApproved")).toEqual([]);
  expect(await statements()).toContain(undescribed);
});
