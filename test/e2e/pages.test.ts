/** Every page, in every state and look: without barriers, within the screen, and whole by keyboard. A new page is covered by itself. */
import { serve } from "@hono/node-server";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { PERSONAS, type PersonaKey } from "../../src/example-organisation/company.ts";
import { ROLES } from "../../src/people/role.ts";
import { mayCall } from "../../web/can.ts";
import { PAGES, type PageByJob } from "../../web/pages-by-job.ts";
import { type OpenedExample, openExampleOrganisation } from "../support/example-organisation.ts";
import { createBrowser, succeeded } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit } from "./support/browser.ts";
import { type Details, OVERFLOW, pagesInside, PAGES_OUTSIDE, settle, unvisited, type Visited, watchCalls } from "./support/every-page.ts";
import { picture } from "./support/console.ts";
import { walkByKeyboard } from "./support/keyboard.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: every page in every state in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 300_000;
/** Who looks at what, where governance is not who the page is for. */
const SEEN_BY: Readonly<Record<string, PersonaKey>> = {
  "/today": "approver",
  "/approvals": "owner",
  "/approvals/reviews/$review": "owner",
  "/exceptions/$id/decide": "approver",
  "/request": "owner",
  "/import": "iam",
  "/connections": "administrator",
  "/people": "administrator",
  "/people/$id": "administrator",
  "/teams": "administrator",
  "/welcome": "administrator",
  "/journal": "auditor",
  "/journal/$entry": "auditor",
  "/risks/$id": "board",
  "/components": "iam",
  "/components/$key/change": "iam",
  "/operations/$key/change": "iam",
  "/common-causes": "iam",
  "/canaries": "iam",
  "/common-causes/$key/change": "iam",
};
const DETAILS: Details = {
  "/exceptions/$id": "",
  "/exceptions/$id/decide": "",
  "/approvals/reviews/$review": "",
  "/people/$id": "",
  "/policies/$key": "/policies/remote_access",
  "/issues/$id": "",
  "/operations/$key": "/operations/pay-wages",
  "/risks/$id": "",
  "/findings/$id": "",
  "/drills/$id": "",
  "/drills/plans/$id": "",
  "/drills/plans/$id/change": "",
  "/drills/plan": "/drills/plan?operation=pay-wages&path=codes&fails=office-sign-in",
  "/journal/$entry": "",
  "/components/$key": "/components/office-sign-in",
  "/components/$key/change": "/components/office-sign-in/change",
  "/operations/$key/change": "/operations/pay-wages/change",
  "/common-causes/$key": "/common-causes/hosting-contract",
  "/common-causes/$key/change": "/common-causes/hosting-contract/change",
  "/accountability/$id": "",
  "/rotas/$id": "",
  "/rules/$name": "/rules/todo",
};

const STATES = ["with data", "empty", "loading", "failed"] as const;
type State = (typeof STATES)[number];

/** A page as somebody has it open; one a person and state, gone from page to page. */
interface Open {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly underWay: () => number;
}

describe.skipIf(chromium === undefined)("every page", () => {
  let browser: Browser;
  let full: OpenedExample;
  let empty: WholeApp;
  let close: () => Promise<void>;
  let details: Details;
  const origins = { full: "", empty: "" };
  const titles: string[] = [];
  const sessions = new Map<string, Promise<string>>();
  const opened = new Map<string, Promise<Open>>();
  const roles = new Map<string, readonly string[]>();

  beforeAll(async () => {
    const [one, two] = [await freePort(), await freePort()];
    Object.assign(origins, { full: `http://localhost:${one}`, empty: `http://localhost:${two}` });
    full = await openExampleOrganisation({ origin: origins.full });
    empty = await openWholeApp({ origin: origins.empty });
    const servers = [
      serve({ fetch: full.app.http.fetch, port: one, hostname: "localhost" }),
      serve({ fetch: empty.app.http.fetch, port: two, hostname: "localhost" }),
    ];
    browser = await launchBrowser(chromium!);
    details = await detailsOf(full);
    for (const { key } of PERSONAS) roles.set(key, (await full.as(key).ask<{ roles: string[] }>("GET", "/api/v1/session")).roles);
    close = async () => {
      await browser.close();
      for (const server of servers) server.close();
      await full.close();
      await empty.close();
    };
  }, LONG_MS);
  afterAll(() => close());

  /** One for all states: the clock stands still, and how often one signs in is limited. */
  async function sessionOf(who: string): Promise<string> {
    if (!sessions.has(who)) sessions.set(who, full.cookieOf(who));
    return sessions.get(who)!;
  }

  async function openAs(who: string, state: State): Promise<Open> {
    const origin = state === "empty" ? origins.empty : origins.full;
    const { page, complaints, context } = await visit(browser, origin);
    if (who !== "") {
      const [name = "", value = ""] = (state === "empty" ? await everyRole(empty) : await sessionOf(who)).split("=");
      await context.addCookies([{ name, value, url: origin }]);
    }
    if (state === "loading") await page.route(isData, holdBack);
    if (state === "failed") await page.route(isData, fail);
    return { page, complaints, underWay: watchCalls(page) };
  }

  /** The page at 1280 pixels in the light, at rest. */
  async function lookAt({ route, path }: Visited, who: string, state: State): Promise<Open> {
    const key = `${who} ${state}`;
    if (!opened.has(key)) opened.set(key, openAs(who, state));
    const at = await opened.get(key)!;
    await at.page.emulateMedia({ colorScheme: "light" });
    await at.page.setViewportSize({ width: 1280, height: 860 });
    await at.page.goto(details[route] ?? path);
    if (state !== "loading") await settle(at.page, at.underWay);
    else await at.page.getByRole("heading", { level: 1 }).first().waitFor();
    return at;
  }

  const whoSees = async (route: string): Promise<string> => {
    const needs = PAGES.find((page) => page.to === route) as PageByJob | undefined;
    for (const who of [SEEN_BY[route] ?? "governance", ...PERSONAS.map(({ key }) => key)]) {
      if (needs?.needs === undefined || mayCall(needs.needs, roles.get(who) ?? [])) return who;
    }
    throw new Error(`nobody of the example organisation may see ${route}`);
  };

  test("of the console's routes is looked at below", () => {
    expect(unvisited(pagesInside(DETAILS))).toEqual([]);
  });

  describe.each(STATES)("%s", (state) => {
    test.each(pagesInside(DETAILS))("$route has no barrier and fits every screen", async (visited) => {
      const who = await whoSees(visited.route);
      const at = await lookAt(visited, who, state);
      expect(await faultsOf(at, `${state}${visited.route.replaceAll(/[^a-z]+/g, "-")}`)).toEqual([]);
    });
  });

  test.each(PAGES_OUTSIDE)("%s has no barrier and fits every screen", async (route) => {
    const at = await lookAt({ route, path: route }, "", "with data");
    expect(await faultsOf(at, `outside${route.replaceAll("/", "-")}`)).toEqual([]);
  });

  test.each(pagesInside(DETAILS))("$route is whole by keyboard, and says where one is", async (visited) => {
    const { page } = await lookAt(visited, await whoSees(visited.route), "with data");
    const walked = await walkByKeyboard(page);
    expect(walked.controls).toBeGreaterThan(10);
    expect(walked).toMatchObject({ first: "Skip to the content", missed: [], unseen: [], isFree: true });
    await page.getByRole("button", { name: "Skip to the content" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("MAIN");
    if (!visited.route.includes("$")) titles.push(await page.title());
    const [, title = ""] = /^(.+) · Postern$/.exec(await page.title()) ?? [];
    expect(await page.getByRole("heading", { level: 1, name: title, exact: true }).count(), title).toBe(1);
  });

  test("has a title of its own", () => {
    const twice = titles.filter((title, i) => titles.indexOf(title) !== i);
    // The queue is looked at in two of its views.
    expect(twice).toEqual(["My queue · Postern"]);
  });
});

/** All but who is signed in: without that there is no page. */
const isData = (url: URL): boolean => url.pathname.startsWith("/api/v1/") && !/\/(session|events)$/.test(url.pathname);

const holdBack = (): void => undefined;

async function fail(route: Route): Promise<void> {
  const detail = "Something failed inside Postern. Nothing was half done. Tell your operator the request id 0.";
  const reasons = [{ code: "http.fault", detail }];
  const problem = { type: "/problems/http.fault", title: "http.fault", status: 500, detail, instance: "0", reasons };
  await route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) });
}

/** What is wrong with the page as it stands, in every look. */
async function faultsOf({ page, complaints }: Open, name: string): Promise<string[]> {
  const found: string[] = [];
  const check = async (look: string, what?: Parameters<typeof findBarriers>[1]) => {
    const { barriers, looked } = await findBarriers(page, what);
    found.push(...barriers.map((barrier) => `${look}: ${barrier}`));
    if (looked < (what === "colour" ? 1 : 10)) found.push(`${look}: only ${looked} rules were looked at`);
    const overflow = Number(await page.evaluate(OVERFLOW));
    if (overflow > 0) found.push(`${look}: ${overflow} px wider than the screen`);
    await picture(page, `${name}-${look.replaceAll(" ", "-")}`);
  };
  await check("light 1280");
  await page.emulateMedia({ colorScheme: "dark" });
  await check("dark 1280", "colour");
  await page.setViewportSize({ width: 640, height: 430 });
  await check("at 200 percent", "shape");
  await page.setViewportSize({ width: 360, height: 740 });
  await check("narrow");
  return [...found, ...complaints];
}

const kept = new Map<WholeApp, string>();

/** The session of somebody with every role there is that can be held together. */
async function everyRole(story: WholeApp): Promise<string> {
  const before = kept.get(story);
  if (before !== undefined) return before;
  const roles = ROLES.filter((role) => role !== "help_desk");
  const { body } = await story.admin.ask("POST", "/api/v1/people", { displayName: "Everett Allroles", roles });
  const assertion = await story.admin.sign("access.invite", String(body["id"]));
  const { link } = succeeded(await story.admin.ask("POST", "/api/v1/invitations", { person: body["id"], assertion })).body;
  const person = createBrowser(story.app.http, story.admin.origin);
  await person.enrol(String(link));
  kept.set(story, person.cookie());
  return person.cookie();
}

/** One of each kind, out of the example organisation. */
async function detailsOf(example: OpenedExample): Promise<Details> {
  interface Listed {
    readonly items: readonly { readonly id: string; readonly reviews: readonly { readonly id: string }[] }[];
  }
  const { facts } = example;
  const list = async (path: string, who: PersonaKey = "governance") => (await example.as(who).ask<Listed>("GET", path)).items;
  const [review] = (await list("/api/v1/reviews", "owner")).flatMap(({ reviews }) => reviews);
  return {
    ...DETAILS,
    "/exceptions/$id": `/exceptions/${facts.refs["plant-laptop"]}`,
    "/exceptions/$id/decide": `/exceptions/${facts.ids["field-router"]}/decide`,
    "/approvals/reviews/$review": `/approvals/reviews/${review!.id}`,
    "/people/$id": `/people/${facts.personas["owner"]}`,
    "/issues/$id": `/issues/${(await list("/api/v1/design-issues"))[0]!.id}`,
    "/accountability/$id": `/accountability/${(await list("/api/v1/journeys"))[0]!.id}`,
    "/rotas/$id": `/rotas/${(await list("/api/v1/rotas"))[0]!.id}`,
    "/findings/$id": `/findings/${(await list("/api/v1/findings"))[0]!.id}`,
    "/drills/$id": `/drills/${(await list("/api/v1/drills"))[0]!.id}`,
    "/drills/plans/$id": `/drills/plans/${(await list("/api/v1/drill-plans"))[0]!.id}`,
    "/drills/plans/$id/change": `/drills/plans/${(await list("/api/v1/drill-plans"))[0]!.id}/change`,
    "/risks/$id": `/risks/${(await list("/api/v1/risk-acceptances"))[0]!.id}`,
    "/journal/$entry": `/journal/${(await list("/api/v1/journal/entries", "auditor"))[0]!.id}`,
  };
}
