/**
 * Takes a picture of every page into docs/screenshots, light, dark and narrow: `npm run screenshots [-- WORD…]` (only pages whose
 * name has one of the words). They show the example organisation at the end of its year, served and looked at in Chromium; its
 * clock stands still, so a picture changes only when the page does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { serve } from "@hono/node-server";
import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";

import type { PersonaKey } from "../src/example-organisation/company.ts";
import { findChromium, launchBrowser, NO_CHROMIUM } from "../test/e2e/support/browser.ts";
import { openExampleOrganisation } from "../test/support/example-organisation.ts";
import { freePort } from "../test/support/free-port.ts";
import { PAGES } from "../web/pages-by-job.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "docs", "screenshots");
const LOOKS = {
  light: { colorScheme: "light", width: 1280 },
  dark: { colorScheme: "dark", width: 1280 },
  narrow: { colorScheme: "light", width: 360 },
} as const;
/** Lossy, but below what an eye sees in text of this size; a fifth of a PNG. */
const QUALITY = 82;
const HEIGHT = 800;
const PATIENCE_MS = 120_000;
/** Longer pages are cut: nobody looks at the fiftieth row of a list. */
const MOST_HEIGHT = 1800;
/** Whose page it is shown as; governance sees most of them. */
const SEEN_BY: Readonly<Record<string, PersonaKey>> = {
  "/today": "approver",
  "/approvals": "approver",
  "/request": "owner",
  "/board": "board",
  "/bypasses": "iam",
  "/inventory": "iam",
  "/connections": "administrator",
  "/people": "administrator",
  "/teams": "administrator",
  "/administration": "administrator",
  "/deliveries": "administrator",
  "/welcome": "administrator",
  "/import": "iam",
};

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly who: PersonaKey | undefined;
  /** Brings the page into the state that is shown. */
  readonly ready?: (page: Page) => Promise<void>;
}

const chromium = findChromium();
if (chromium === undefined) throw new Error(NO_CHROMIUM);
await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
const port = await freePort();
const origin = `http://localhost:${port}`;
const example = await openExampleOrganisation({ origin });
const server = serve({ fetch: example.app.http.fetch, port, hostname: "localhost" });
const browser = await launchBrowser(chromium);

/** The id of the first of a list that the API gives. */
async function first(path: string, who: PersonaKey = "governance"): Promise<string> {
  const { items } = await example.as(who).ask<{ items: readonly { id: string }[] }>("GET", path);
  if (items[0] === undefined) throw new Error(`${path} is empty in the example organisation`);
  return items[0].id;
}

function detail(name: string, path: string, who: PersonaKey = "governance"): Shot {
  return { name, path, who };
}

async function shots(): Promise<readonly Shot[]> {
  const { refs, ids, personas } = example.facts;
  const listed = PAGES.map(({ to }) => ({ name: to.slice(1), path: to, who: SEEN_BY[to] ?? "governance" }));
  return [
    ...listed,
    { name: "sign-in", path: "/sign-in", who: undefined },
    detail("not-found", "/exceptions/EXC-1999-0001"),
    detail("exception", `/exceptions/${refs["scada-link"]}`),
    detail("exception-overstaying", `/exceptions/${refs["plant-laptop"]}`),
    detail("exception-suspended", `/exceptions/${refs["leak-survey"]}`),
    detail("exception-closed", `/exceptions/${refs["lab-analyser"]}`),
    detail("decide", `/exceptions/${ids["field-router"]}/decide`, "approver"),
    detail("review", `/approvals/reviews/${await openReview()}`),
    detail("person", `/people/${personas["owner"]}`, "administrator"),
    detail("policy", "/policies/remote_access"),
    detail("rule-set", "/rules/todo"),
    detail("issue", `/issues/${await first("/api/v1/design-issues")}`),
    detail("risk", `/risks/${await first("/api/v1/risk-acceptances")}`, "board"),
    detail("operation", "/operations/pay-wages"),
    { ...detail("operation-failed", "/operations/pay-wages?failed=office-sign-in"), ready: showPicture },
    detail("operation-changed", "/operations/pay-wages/change", "iam"),
    detail("what-if-failed", "/what-if?failed=office-sign-in"),
    detail("component", "/components/office-sign-in"),
    detail("component-changed", "/components/office-sign-in/change", "iam"),
    detail("common-cause", "/common-causes/hosting-contract", "iam"),
    detail("finding", `/findings/${await first("/api/v1/findings?kind=singlePointOfFailure")}`),
    { ...detail("drill-planned", "/drills/plan?operation=pay-wages&path=codes&fails=office-sign-in"), ready: chooseExercise },
    detail("drill-plan", `/drills/plans/${await first("/api/v1/drill-plans")}`),
    detail("drill", `/drills/${await first("/api/v1/drills?state=scheduled")}`),
    detail("drill-passed", `/drills/${await first("/api/v1/drills?state=finished")}`),
    detail("ways-back", "/accountability?view=ways"),
    detail("way-in", `/accountability/${await first("/api/v1/journeys")}`),
    detail("rota", `/rotas/${await first("/api/v1/rotas")}`),
    detail("risk-proposed", "/risks/propose"),
    detail("journal-entry", `/journal/${await first("/api/v1/journal/entries")}`, "auditor"),
    { ...detail("palette", "/register"), ready: searchAnywhere },
  ];
}

/** What remains is told where one looks. */
async function showPicture(page: Page): Promise<void> {
  await page
    .getByText(/failed, /)
    .first()
    .waitFor();
}

async function chooseExercise(page: Page): Promise<void> {
  await page.getByLabel("Exercise").selectOption({ label: "The identity provider is away: table-top" });
}

async function openReview(): Promise<string> {
  const { items } = await example
    .as("governance")
    .ask<{ items: readonly { reviews: readonly { id: string }[] }[] }>("GET", "/api/v1/reviews");
  const [review] = items.flatMap(({ reviews }) => reviews);
  if (review === undefined) throw new Error("No review is open in the example organisation");
  return review.id;
}

async function searchAnywhere(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("pump");
  await page.getByRole("dialog").getByRole("option").first().waitFor();
}

async function take(page: Page, { name, path, ready }: Shot, look: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  // Nothing tells when a page is whole: the stream of events never ends, and so the network is never idle.
  await page.waitForTimeout(500);
  await page.waitForFunction(`document.querySelector("[aria-busy=true]") === null`);
  await ready?.(page);
  // The window as tall as the page: what keeps to its edges stands where it does for somebody who scrolled to the end.
  const tall = await page.evaluate<number>("document.documentElement.scrollHeight");
  const { width, height } = page.viewportSize()!;
  await page.setViewportSize({ width, height: Math.min(Math.max(tall, HEIGHT), MOST_HEIGHT) });
  const cdp = await page.context().newCDPSession(page);
  const { data } = await cdp.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  await cdp.detach();
  await page.setViewportSize({ width, height });
  writeFileSync(join(FOLDER, `${name}-${look}.webp`), Buffer.from(data, "base64"));
}

async function contextOf(who: PersonaKey | undefined, { colorScheme, width }: (typeof LOOKS)[keyof typeof LOOKS]): Promise<BrowserContext> {
  const viewport = { width, height: HEIGHT };
  const context = await browser.newContext({ baseURL: origin, colorScheme, viewport, reducedMotion: "reduce" });
  if (who === undefined) return context;
  const [name = "", value = ""] = (await example.cookieOf(who)).split("=");
  await context.addCookies([{ name, value, url: origin }]);
  return context;
}

try {
  mkdirSync(FOLDER, { recursive: true });
  const words = process.argv.slice(2);
  const wanted = (await shots()).filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  for (const [look, how] of Object.entries(LOOKS)) {
    for (const who of new Set(wanted.map((shot) => shot.who))) {
      const context = await contextOf(who, how);
      const page = await context.newPage();
      // A machine that does much else meanwhile is slow, and no page is left out for that.
      page.setDefaultTimeout(PATIENCE_MS);
      for (const shot of wanted) if (shot.who === who) await take(page, shot, look);
      await context.close();
    }
  }
} finally {
  await browser.close();
  server.close();
  await example.close();
}
