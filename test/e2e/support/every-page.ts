/** Every address of the console: the pages one goes to, and of each kind of detail page one. A route that is none of these fails a test. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";

import { PAGES } from "../../../web/pages-by-job.ts";

const WEB = join(import.meta.dirname, "..", "..", "..", "web");
const isOfRoutes = (file: string) => /^rout(er|es-[a-z]+)\.tsx?$/.test(file);

/** Routes without a page of their own here: one only sends on, one is of development only, one of the example organisation only. */
const WITHOUT = ["/", "/parts", "/first-hour"];

/** What a route with parameters, or one that is in no list of pages, is looked at with. */
export type Details = Readonly<Record<string, string>>;

export interface Visited {
  /** The route, `/exceptions/$id`. */
  readonly route: string;
  readonly path: string;
}

const CLI = `/cli?port=40000&state=${"a".repeat(20)}&challenge=${"A".repeat(43)}`;
const PLAIN: Details = { "/cli": CLI, "/risks/propose": "/risks/propose", "/approvals": "/approvals?view=reviews" };

/** Every page that wants somebody signed in; `details` fills in what has a parameter. */
export function pagesInside(details: Details): readonly Visited[] {
  const listed = PAGES.map(({ to }) => ({ route: to as string, path: to as string }));
  const more = { ...PLAIN, ...details };
  return [...listed, ...Object.entries(more).map(([route, path]) => ({ route, path }))];
}

/** Pages of who is not signed in. */
export const PAGES_OUTSIDE = ["/sign-in", "/sign-in/company", "/enrol"] as const;

/** Routes of the console that nobody visits. */
export function unvisited(visited: readonly { readonly route: string }[]): string[] {
  const texts = readdirSync(WEB)
    .filter(isOfRoutes)
    .map((file) => readFileSync(join(WEB, file), "utf8"));
  const routes = [...texts.join("\n").matchAll(/^\s*path: "([^"]+)"/gm)].map(([, path = ""]) => path);
  const known = new Set([...WITHOUT, ...PAGES_OUTSIDE, ...visited.map(({ route }) => route)]);
  if (routes.length < PAGES.length) throw new Error("the router is not read as it is written");
  return routes.filter((route) => !known.has(route));
}

const isCounted = (url: string): boolean => !url.endsWith("/api/v1/events");

/** The stream of events never ends, and so the network is never idle: counts what is under way beside it. */
export function watchCalls(page: Page): () => number {
  const under = new Set<object>();
  page.on("request", (request) => isCounted(request.url()) && under.add(request));
  page.on("requestfinished", (request) => under.delete(request));
  page.on("requestfailed", (request) => under.delete(request));
  return () => under.size;
}

/** Waits until the page stands as it stays: it has its heading, nothing is under way, nothing is busy. */
export async function settle(page: Page, underWay: () => number): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  const isQuiet = async () => underWay() === 0 && !(await page.evaluate("document.querySelector('[aria-busy=true]') !== null"));
  for (let quiet = 0, tries = 0; quiet < 3; tries++) {
    quiet = (await isQuiet()) ? quiet + 1 : 0;
    if (tries > 600) throw new Error(`${page.url()} never came to rest: ${underWay()} calls under way`);
    await page.waitForTimeout(40);
  }
}

export const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
