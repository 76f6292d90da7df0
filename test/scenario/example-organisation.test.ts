/** The example organisation beside a real instance: what it holds, that its journal is sound, and that the real one is untouched by it. */
import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { readConfig } from "../../src/config.ts";
import { createExampleOrganisation, type ExampleOrganisation } from "../../src/example-organisation/organisation.ts";
import { manualClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import { type Answer, type Browser, codeOf, createBrowser, succeeded } from "../support/browser.ts";
import { replayAll } from "../support/replayed.ts";
import { type OpenedExample, openExampleOrganisation, placeExample, YEAR_ENDS } from "../support/example-organisation.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

let example: OpenedExample;
let real: WholeApp;
let beside: ExampleOrganisation;
let front: ReturnType<ExampleOrganisation["front"]>;
/** A browser at the address of both. */
let visitor: Browser;

beforeAll(async () => {
  example = await openExampleOrganisation();
  real = await openWholeApp({ start: YEAR_ENDS });
  const placed = await placeExample();
  await cp(placed, join(real.dataDir, "example"), { recursive: true });
  await rm(placed, { recursive: true });
  const log = createLog(
    () => "",
    () => undefined,
  );
  const config = readConfig({ POSTERN_DATA: real.dataDir, POSTERN_TICK_SECONDS: "3600" });
  beside = createExampleOrganisation({ config, clock: manualClock(YEAR_ENDS), log });
  await beside.resume();
  front = beside.front(real.app);
  visitor = createBrowser({ fetch: (request) => front(request, {}) }, ORIGIN);
}, 900_000);

afterAll(async () => {
  await beside.stop();
  await real.close();
  await example.close();
});

interface Row {
  readonly ref: string;
  readonly state: string;
  readonly category: string;
  readonly overstayMinutes: number;
  readonly flags: readonly string[];
}

const register = async () => (await example.as("governance").ask<{ items: Row[] }>("GET", "/api/v1/exceptions?limit=200")).items;

test("the year has every category, an open overstay, a suspension, a pending extension and requests that wait", async () => {
  const rows = await register();
  expect(new Set(rows.map(({ category }) => category)).size).toBe(8);
  const states = new Set(rows.map(({ state }) => state));
  for (const state of ["draft", "in_approval", "active", "suspended", "revoke_failed", "closed", "rejected", "withdrawn"]) {
    expect(states).toContain(state);
  }
  const laptop = rows.find(({ ref }) => ref === example.facts.refs["plant-laptop"]);
  expect(laptop).toMatchObject({ state: "revoke_failed" });
  expect(laptop?.overstayMinutes).toBeGreaterThan(10 * 24 * 60);
  expect(rows.flatMap(({ flags }) => flags)).toContain("extensionPending");
  expect(rows.find(({ ref }) => ref === example.facts.refs["control-room-break-glass"])).toMatchObject({ state: "active" });
});

test("its journal and its stored state agree, entry by entry, with every decision resting on a signature", async () => {
  const { faults, entries } = await replayAll(example.app.database, REPLAYS);
  expect(faults).toEqual([]);
  expect(entries).toBeGreaterThan(500);
});

test("the real instance signs for nobody: it has no such address, and what the example signs opens nothing there", async () => {
  for (const path of ["/api/v1/personas/sign", "/api/v1/personas/governance/enter"]) {
    expect((await real.admin.ask("POST", path, { options: {} })).status).toBe(404);
  }
  const asked = (await real.admin.ask("POST", "/api/v1/sign-in/begin", {})).body as { challengeId: string; options: object };
  const { response } = await example
    .as("governance")
    .ask<{ response: object }>("POST", "/api/v1/personas/sign", { options: asked.options });
  const tried = await real.admin.ask("POST", "/api/v1/sign-in/finish", { challengeId: asked.challengeId, response });
  expect(codeOf(tried)).toBe("access.signInRefused");
});

const at = (path: string, method = "GET", body?: unknown): Promise<Answer> => visitor.ask(method, `/example${path}`, body);

test.each(["/personas/governance/enter", "/persona%73/governance/enter", "/personas/governance/%65nter", "/personas/%67overnance/enter"])(
  "only who is signed in to the real instance walks in, however its address is written: %s",
  async (path) => {
    const tried = await at(`/api/v1${path}`, "POST", {});
    expect([tried.status, codeOf(tried)]).toEqual([401, "http.signInNeeded"]);
    expect(tried.headers.getSetCookie()).toEqual([]);
    const signedIn = createBrowser({ fetch: (request) => front(request, {}) }, ORIGIN);
    signedIn.setCookie(real.admin.cookie());
    succeeded(await signedIn.ask("POST", `/example/api/v1${path}`, {}));
  },
);

test.each(["/metrics", "/metric%73", "/%6detrics", "/healthz", "/readyz", "/ready%7a"])(
  "what operators ask is answered by the real instance only: %s",
  async (path) => {
    const [here, there] = await Promise.all(
      ["/example", ""].map(async (base) => (await front(new Request(`${ORIGIN}${base}${path}`), {})).text()),
    );
    expect(there).toMatch(/^ok$|^ready$|postern_/m);
    expect(here).not.toMatch(/^ok$|^ready$|postern_/m);
  },
);

interface Kinds {
  readonly kinds: readonly { readonly kind: string }[];
}

test("the example connects to nothing but its invented directories, and the real instance to none of them", async () => {
  const administrator = example.as("administrator");
  const there = await administrator.ask<Kinds>("GET", "/api/v1/connections");
  expect(there.kinds.map(({ kind }) => kind)).toEqual(["office", "plant"]);
  const here = succeeded(await real.admin.ask("GET", "/api/v1/connections")).body as unknown as Kinds;
  expect(here.kinds.map(({ kind }) => kind)).toEqual(["activedirectory", "openldap", "keycloak", "entra", "okta", "example"]);
  const elsewhere = { key: "elsewhere", name: "Elsewhere", kind: "openldap", config: { url: "ldaps://10.0.0.1" }, secret: "x" };
  await expect(administrator.ask("POST", "/api/v1/connections", elsewhere)).rejects.toThrow("connections.kindUnknown");
});

test("a session of one instance is none of the other, and its cookie travels to its own path only", async () => {
  visitor.setCookie(real.admin.cookie());
  expect((await at("/api/v1/session")).status).toBe(401);
  const entered = succeeded(await at("/api/v1/personas/approver/enter", "POST", {}));
  const [line = ""] = entered.headers.getSetCookie();
  expect(line).toMatch(/^postern-8080-example=[^;]+; Path=\/example\/; HttpOnly; SameSite=Strict/);
  const walking = line.slice(0, line.indexOf(";"));
  visitor.setCookie(walking);
  expect(succeeded(await at("/api/v1/session")).body["person"]).toMatchObject({ name: "Chloé Martin" });
  expect((await visitor.ask("GET", "/api/v1/session")).status).toBe(401);
});

test("a step of the first hour is ticked by what was really asked for", async () => {
  const stepOf = async (key: string) => {
    const { items } = succeeded(await at("/api/v1/first-hour")).body as { items: { key: string; done: boolean }[] };
    return items.find((step) => step.key === key)?.done;
  };
  expect(await stepOf("overstay")).toBe(false);
  succeeded(await at(`/api/v1/exceptions/${example.facts.refs["plant-laptop"]}`));
  expect(await stepOf("overstay")).toBe(true);
  expect(await stepOf("decide")).toBe(false);
});

test("removing it deletes its folder and leaves the real instance as it was", async () => {
  const before = (await real.admin.ask("GET", "/api/v1/people?limit=200")).body;
  await beside.remove();
  expect(existsSync(join(real.dataDir, "example"))).toBe(false);
  expect(codeOf(await at("/api/v1/session"))).toBe("example.notLoaded");
  // Not to the address this process was asked at, which is not the one people type where a proxy stands before it.
  expect((await front(new Request("http://elsewhere.example/example/today"), {})).headers.get("Location")).toBe("/welcome");
  expect((await real.admin.ask("GET", "/api/v1/people?limit=200")).body).toEqual(before);
});
