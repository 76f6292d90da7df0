/** What somebody is told while they write a request, over HTTP: the same facts that will judge it, before anything is put forward. */
import { afterAll, beforeAll, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import type { RequestPreview } from "../../src/exceptions/contract-preview.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { openWholeApp, requestBody, show, type Shown, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let connection: string;
let active: Shown;
let provider: MemoryProvider;
beforeAll(async () => {
  const factory: ConnectorFactory = { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: () => provider };
  provider = createMemoryProvider(() => story.clock.now());
  story = await openWholeApp({ connectorFactories: [factory] });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
  connection = String(succeeded(made).body["id"]);
  const asked = await submitRequest(story, { ...(await bodyParts("lucia.ferrer")), until: days(20) });
  succeeded(await vote(story.as.ivo, asked));
  succeeded(await vote(story.as.nils, asked));
  await story.app.tick.tickOnce(story.clock.now());
  active = await story.until(
    () => show(story.as.rolf, asked.id),
    ({ state }) => state === "active",
    "active",
  );
});
afterAll(async () => {
  await story.close();
});

const days = (n: number) => addDuration(story.clock.now(), duration(`P${n}D`));

async function bodyParts(name: string) {
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
  return { connection, policy: "vpn", subject: succeeded(found).body["subject"] as { kind: string; key: string; name: string } };
}

type Asked = { category: string; content: Record<string, unknown> };

async function asking(name: string, until = days(30)): Promise<Asked> {
  const { category, content } = requestBody(story, { ...(await bodyParts(name)), until }) as Asked;
  return { category, content };
}

async function preview(browser: Browser, body: object): Promise<RequestPreview> {
  return succeeded(await browser.ask("POST", "/api/v1/requests/preview", body)).body as unknown as RequestPreview;
}

test("an exception for the same is told with its state and age, to its owner as one to change, and ends nothing", async () => {
  await story.moveTo(days(3));
  const asked = await asking("lucia.ferrer");
  const told = await preview(story.as.ivo, asked);
  expect(told.twins).toMatchObject([{ id: active.id, likeness: "same", state: "active", trueAgeDays: 3, whyOver: null }]);
  expect((await preview(story.as.ivo, { ...asked, category: "legacy_application" })).twins).toMatchObject([{ likeness: "elsewhere" }]);
  const other = await asking("ming.zhao");
  expect(await preview(story.as.ivo, other)).toMatchObject({ twins: [], wider: [{ id: active.id, mayPropose: false }] });
  expect(await preview(story.as.rolf, other)).toMatchObject({ wider: [{ id: active.id, mayPropose: true }] });
});

test("a request that was refused stays a twin, with the words it was refused with", async () => {
  const refused = await submitRequest(story, { ...(await bodyParts("hugo.lambert")), until: days(20) });
  succeeded(await vote(story.as.nils, refused, "reject"));
  const told = await preview(story.as.ivo, await asking("hugo.lambert"));
  expect(told.twins).toMatchObject([{ id: refused.id, state: "rejected", whyOver: "no" }]);
});

test("everybody behind a group is counted once, and a group that could not be asked about is not counted as nobody", async () => {
  const asked = await asking("crew-north");
  const [item] = asked.content["scope"] as object[];
  const twice = { ...asked, content: { ...asked.content, scope: [{ ...item, ceiling: 4 }, item] } };
  const { covered, reasons } = await preview(story.as.rolf, twice);
  expect(covered).toMatchObject({ people: 4, knownCount: 0, unknownAccounts: 4 });
  expect(reasons.map(({ code, at }) => `${code} ${at}`)).toContain("exceptions.headcountOverCeiling /scope/1/ceiling");
  expect(reasons.filter(({ at }) => at === "/scope/0/ceiling")).toEqual([]);
  const elsewhere = { ...item, subject: { kind: "group", key: "x", name: "x", connection: "con_nowhere", person: null } };
  const unknown = await preview(story.as.rolf, { ...asked, content: { ...asked.content, scope: [item, elsewhere] } });
  expect(unknown.covered).toMatchObject({ people: null, subjects: [{ accounts: 4 }, { accounts: null }] });
});

test("the last end that can be asked for, the approvals and the first review are those of this request, not of its kind in general", async () => {
  const first = await preview(story.as.rolf, await asking("ming.zhao"));
  expect(first.applying).toMatchObject({
    renewal: 0,
    endSetBy: "term",
    latestEnd: days(90),
    firstReviewAt: days(30),
    grantedSoFar: "PT0S",
  });
  const shown = succeeded(await story.as.rolf.ask("GET", `/api/v1/exceptions/${active.id}`)).body;
  const version = (shown["versions"] as { content: { scope: Record<string, unknown>[] } }[])[0]!;
  const scope = version.content.scope.map(({ subject, resource, conditions, ceiling }) => ({ subject, resource, conditions, ceiling }));
  const content = { ...version.content, scope, requestedUntil: days(200) };
  const extension = await preview(story.as.rolf, { exception: active.id, kind: "extension", category: "remote_access", content });
  expect(extension.applying).toMatchObject({ renewal: 1 });
  expect(extension.applying.stages.map(({ roles, isForRenewal }) => [roles.join(), isForRenewal])).toEqual([
    ["iam,network_security", false],
    ["security_governance", true],
  ]);
  expect(extension.reasons.map(({ code }) => code)).toContain("exceptions.termTooLong");
  expect(await show(story.as.rolf, active.id)).toMatchObject({ state: "active", version: shown["version"] });
});

test("whatever was typed so far is kept in a draft, and each thing begun and not finished is named where it stands", async () => {
  const asked = await asking("ming.zhao");
  const content = {
    ...asked.content,
    weakenedControl: { connection, policy: "", lostMethod: "" },
    exitPlan: { what: "", owner: story.idOf.ada, milestones: [{ what: "Order it", by: null }] },
    accountability: { businessOwner: null, implementer: story.idOf.ines },
  };
  const body = { category: asked.category, unit: "plant", content };
  const { body: opened } = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", body));
  expect(opened["draft"]).toMatchObject(content);
  const refused = await story.as.rolf.ask("POST", `/api/v1/exceptions/${String(opened["id"])}/submit`, {});
  const places = (refused.body["reasons"] as { at?: string }[]).map(({ at }) => at);
  for (const at of ["/weakenedControl/policy", "/exitPlan/what", "/exitPlan/milestones/0", "/accountability/businessOwner"]) {
    expect(places).toContain(at);
  }
});

test("what a provider says of itself when it fails is not told to who writes a request, only what it means", async () => {
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  const elsewhere = String(succeeded(made).body["id"]);
  const asked = await asking("ming.zhao");
  const [item] = asked.content["scope"] as object[];
  const subject = { kind: "group", key: "g-1", name: "Plant", connection: elsewhere, person: null };
  const content = {
    ...asked.content,
    scope: [{ ...item, subject }],
    weakenedControl: { connection: elsewhere, policy: "vpn", lostMethod: "passkey" },
  };
  provider.isUp = false;
  const told = await preview(story.as.rolf, { ...asked, content });
  expect(told.covered.subjects).toEqual([{ key: "g-1", accounts: null, whyUnknown: "The provider could not be reached." }]);
  expect(told.reasons.map(({ code }) => code)).toEqual(["exceptions.providerUnreachable"]);
  const found = await story.as.rolf.ask("GET", `/api/v1/connections/${elsewhere}/subject?name=plant`);
  expect(codeOf(found)).toBe("connections.unreachable");
  for (const answer of [told, found.body]) expect(JSON.stringify(answer)).not.toContain("connection refused");
  provider.isUp = true;
});

test("a program that asks on and on is told to wait, by person; nobody who types ever is", async () => {
  const body = await asking("ming.zhao");
  await story.moveTo(days(1));
  let asked = 0;
  // Refused for what it asks, each of them is one all the same.
  const wrong = { ...body, category: "none" };
  while ((await story.as.ines.ask("POST", "/api/v1/requests/preview", wrong)).status !== 429) asked++;
  // The form asks at every pause of half a second: two minutes of it, with what comes back meanwhile.
  expect(asked).toBe(120);
  const refused = await story.as.ines.ask("POST", "/api/v1/requests/preview", body);
  expect([refused.status, codeOf(refused), refused.headers.get("Retry-After")]).toEqual([429, "exceptions.previewTooOften", "1"]);
  await preview(story.as.rolf, body);
  story.clock.set(addDuration(story.clock.now(), duration("PT1S")));
  await preview(story.as.ines, body);
});
