/** No page asks in more than two rounds: what it needs is known from its address and from who is signed in, not from answer to answer. */
import type { Page, Request, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { mayCall } from "../../web/can.ts";
import { PAGES, type PageByJob } from "../../web/pages-by-job.ts";
import { findChromium, NO_CHROMIUM } from "./support/browser.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: how deep pages ask, in a real browser: ${NO_CHROMIUM}\n`);

/** The session is one, what is shown is the other. */
const MOST_ROUNDS = 2;
/** So long no call began, nothing was loading and the page had time to spare: whatever did not need an answer has been asked. */
const QUIET_MS = 1000;
const IDLE = "new Promise((resolve) => requestIdleCallback(resolve))";
const LONG_MS = 300_000;
/** Theirs alone; the rest is what governance sees. */
const ADMINISTRATOR = ["administrator"];

const isAsked = (url: URL) => url.pathname.startsWith("/api/");

const sees = ({ needs }: PageByJob, roles: readonly string[]) => needs === undefined || mayCall(needs, roles);

/** Holds every answer until nothing more is asked without one, then lets all of them go together: that is a round. */
async function roundsOf(page: Page, path: string): Promise<readonly (readonly string[])[]> {
  let held: Route[] = [];
  let lastMs = performance.now();
  const rounds: string[][] = [];
  const known = new Set<string>();
  const hold = (route: Route) => {
    const { pathname, search } = new URL(route.request().url());
    // The stream of news never ends, and without news nothing is read a second time because of it.
    if (pathname === "/api/v1/events") return undefined;
    // Read again by the clock: nothing waits for that.
    if (known.has(pathname + search)) return route.continue();
    known.add(pathname + search);
    lastMs = performance.now();
    held.push(route);
    return undefined;
  };
  // Parts of the console that are still on their way will ask something.
  let loading = 0;
  const isPart = (request: Request) => !isAsked(new URL(request.url()));
  const begun = (request: Request) => void (loading += isPart(request) ? 1 : 0);
  const ended = (request: Request) => void (loading -= isPart(request) ? 1 : 0);
  await page.goto("about:blank");
  page.on("request", begun).on("requestfinished", ended).on("requestfailed", ended);
  await page.route(isAsked, hold);
  await page.goto(path, { waitUntil: "load" });
  for (lastMs = performance.now(); ;) {
    await page.waitForTimeout(50);
    if (loading > 0) lastMs = performance.now();
    await page.evaluate(IDLE);
    // Every page asks something of its own after the session, however slow the machine is; after that, quiet is the end.
    const quietMs = held.length === 0 && rounds.length < 2 ? 20 * QUIET_MS : QUIET_MS;
    if (performance.now() - lastMs < quietMs) continue;
    if (held.length === 0) break;
    rounds.push(held.map((route) => new URL(route.request().url()).pathname));
    const released = held;
    held = [];
    await Promise.all(released.map((route) => route.continue()));
    await Promise.all(released.map(async (route) => (await route.request().response())?.finished()));
    lastMs = performance.now();
  }
  page.off("request", begun).off("requestfinished", ended).off("requestfailed", ended);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  return rounds;
}

describe.skipIf(chromium === undefined)("how deep pages ask", () => {
  let scene: ServedScene;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
  }, LONG_MS);
  afterAll(async () => {
    await scene.close();
  });

  test(
    "two rounds of calls, the first of which says who is signed in, and every page is whole",
    async () => {
      const governance = await scene.visitAs(scene.as.gerda);
      const administrator = await scene.visitAs(scene.admin);
      const listed = PAGES.map((page) => [page.to, sees(page, ["security_governance"]) ? governance : administrator] as const);
      const waiting = scene.refs.at(-2);
      const details = [`/exceptions/${scene.shown}`, `/exceptions/${waiting}`, `/exceptions/${waiting}/decide`];
      expect(PAGES.filter((page) => !sees(page, ["security_governance"]) && !sees(page, ADMINISTRATOR))).toEqual([]);
      const deep: Record<string, unknown> = {};
      for (const [path, { page }] of [...listed, ...details.map((path) => [path, governance] as const)]) {
        const rounds = await roundsOf(page, path);
        // A page of which nothing was seen would be as shallow as one can be.
        expect([path, rounds[0]]).toEqual([path, expect.arrayContaining(["/api/v1/session"])]);
        expect([path, rounds.length]).not.toEqual([path, 1]);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        if (rounds.length > MOST_ROUNDS) deep[path] = rounds.slice(MOST_ROUNDS);
      }
      expect(deep).toEqual({});
    },
    LONG_MS,
  );
});
