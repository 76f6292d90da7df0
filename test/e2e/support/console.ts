/** The whole product as people meet it: the built console served by the application, in a real browser. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve, type ServerType } from "@hono/node-server";
import type { Browser, Locator, Page } from "playwright-core";

import { type App, compose } from "../../../src/compose.ts";
import { readConfig } from "../../../src/config.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { randomIds } from "../../../src/platform/ids.ts";
import { createLog } from "../../../src/platform/log.ts";
import { freePort } from "../../support/free-port.ts";
import { launchBrowser, visit, type Visit } from "./browser.ts";

/** Who plays beside the first administrator: name → roles. */
export const CAST = {
  Ada: ["application_owner"],
  Ivo: ["iam"],
  Ines: ["iam"],
  Nils: ["network_security"],
  Rolf: [],
} as const;
export type Player = keyof typeof CAST;

const ESTATE = [
  "organisation: { name: Brightwater, zone: Europe/Zurich }",
  "people:",
  ...Object.entries(CAST).map(
    ([name, roles]) => `  - { key: ${name.toLowerCase()}, name: ${name}, unit: Plant, roles: [${roles.join(", ")}] }`,
  ),
].join("\n");

export interface OpenConsole {
  readonly app: App;
  readonly browser: Browser;
  readonly origin: string;
  /** The link the terminal shows at the first start. */
  readonly firstLink: string;
  readonly logged: readonly string[];
  /** One more person at their own device. */
  visit(looks?: Parameters<typeof visit>[2]): Promise<Visit>;
  close(): Promise<void>;
}

/** Builds the console and starts everything on a fresh embedded database and the real clock. `more` is further configuration. */
export async function openConsole(
  chromium: string,
  more: (origin: string) => Promise<Readonly<Record<string, string>>> = () => Promise.resolve({}),
): Promise<OpenConsole> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const dataDir = mkdtempSync(join(tmpdir(), "postern-console-"));
  const logged: string[] = [];
  const log = createLog(
    () => systemClock.now(),
    (line) => void logged.push(line),
  );
  const env = { POSTERN_DATA: dataDir, POSTERN_ORIGIN: origin, PORT: String(port), POSTERN_TICK_SECONDS: "1" };
  const config = readConfig({ ...env, ...(await more(origin)) });
  const app = await compose(config, { clock: systemClock, ids: randomIds(systemClock), log });
  await app.start();
  const link = await app.access.enrolment.createFirstRunLink(systemClock.now());
  const server: ServerType = serve({ fetch: app.http.fetch, port, hostname: "localhost" });
  const browser = await launchBrowser(chromium);
  return {
    app,
    browser,
    origin,
    firstLink: link!.link,
    logged,
    visit: (looks) => visit(browser, origin, looks),
    async close() {
      await browser.close();
      server.close();
      await app.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Asks the API from inside a signed-in page, for what a story needs but is not about. */
export async function askFrom(page: Page, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, answer } = await page.evaluate(
    async ([method, path, body]) => {
      const init = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(path, { method, ...init });
      return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
    },
    [method, path, body] as const,
  );
  if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/** Makes the cast known, through the file an operator would apply. */
export async function castPeople(administrator: Page): Promise<void> {
  await askFrom(administrator, "POST", "/api/v1/estate/apply", { yaml: ESTATE, dryRun: false });
}

/** The administrator makes a link on the people page; the person opens it on their own device, enrols and signs in. */
export async function inviteAndEnrol(console: OpenConsole, administrator: Page, name: string): Promise<Visit> {
  await administrator.goto("/people");
  await administrator.getByRole("searchbox", { name: "Search people" }).fill(name);
  const row = administrator.getByRole("row").filter({ has: administrator.getByRole("rowheader", { name, exact: true }) });
  await row.getByRole("button", { name: "Invite" }).click();
  await administrator.getByRole("button", { name: "Make the link" }).click();
  const link = await administrator.getByRole("dialog").locator("code").filter({ hasText: "/enrol#" }).textContent();
  await administrator.getByRole("button", { name: "Done" }).click();
  const person = await console.visit();
  await person.page.goto(link ?? "");
  await person.page.getByRole("button", { name: "Make a passkey" }).click();
  await person.page.getByRole("button", { name: "Sign in with it" }).click();
  await person.page.getByRole("heading", { level: 1, name: "Today" }).waitFor();
  return person;
}

/** What a control says when it is pointed at; of a disabled one, why it is. */
export function tip(page: Page, words: string | RegExp): Locator {
  return page.getByRole("tooltip").filter({ hasText: words });
}

/** Keeps a picture for people to look at, when POSTERN_TEST_PICTURES names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["POSTERN_TEST_PICTURES"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
