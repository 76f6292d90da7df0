/**
 * Takes the README's pictures from the real product: `npm run pictures`. A register is lived through on a manual clock that ends
 * now, over HTTP and against the built-in example directory, and looked at in Chromium. With POSTERN_TEST_PICTURES=FOLDER every
 * page is taken too, for a look at the whole of it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { serve } from "@hono/node-server";
import type { BrowserContext } from "playwright-core";
import { build } from "vite";

import { findChromium, launchBrowser, NO_CHROMIUM } from "../test/e2e/support/browser.ts";
import { liveThrough } from "../test/e2e/support/scene.ts";
import { freePort } from "../test/support/free-port.ts";

const ROOT = join(import.meta.dirname, "..");
const LOOKS = ["light", "dark"] as const;
const EVERY_PAGE = ["/register?view=all", "/register", "/approvals", "/request", "/bypasses", "/connections", "/people", "/welcome"];

const chromium = findChromium();
if (chromium === undefined) throw new Error(NO_CHROMIUM);
await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
const scene = await liveThrough();
const port = await freePort();
const server = serve({ fetch: scene.app.http.fetch, port, hostname: "localhost" });
const browser = await launchBrowser(chromium);
const origin = `http://localhost:${port}`;

async function open(colorScheme: "light" | "dark", width: number): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: origin, colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
  const [name = "", value = ""] = scene.reader.cookie().split("=");
  await context.addCookies([{ name, value, url: origin }]);
  return context;
}

async function take(context: BrowserContext, path: string, file: string, fullPage: boolean): Promise<void> {
  const page = await context.newPage();
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: file, fullPage });
  await page.close();
}

try {
  const pictures = join(ROOT, "docs", "pictures");
  mkdirSync(pictures, { recursive: true });
  for (const look of LOOKS) {
    const context = await open(look, 1280);
    await take(context, `/exceptions/${scene.shown}`, join(pictures, `exception-${look}.png`), false);
    await take(context, "/register?view=all", join(pictures, `register-${look}.png`), false);
    await context.close();
  }
  const folder = process.env["POSTERN_TEST_PICTURES"];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    const pages = [...EVERY_PAGE, ...scene.refs.map((ref) => `/exceptions/${ref}`)];
    for (const [look, width] of [
      ["light", 1280],
      ["dark", 1280],
      ["light", 360],
    ] as const) {
      const context = await open(look, width);
      for (const path of pages) {
        await take(context, path, join(folder, `${look}-${width}${path.replaceAll(/[^a-z0-9]+/gi, "-")}.png`), true);
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  server.close();
  await scene.close();
}
