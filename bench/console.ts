/**
 * The console's register at 100,000 exceptions on PostgreSQL, in a real Chromium: until its first paint, until its rows stand
 * there, and until each key and press is answered; all of it again with the processor made four times slower.
 */
import { join } from "node:path";

import { serve } from "@hono/node-server";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";

import { addDuration, duration, instantOfEpochMs } from "../src/kernel/time.ts";
import { executeSql } from "../src/platform/db.ts";
import { findChromium, launchBrowser, NO_CHROMIUM } from "../test/e2e/support/browser.ts";
import { liveThrough, type Scene } from "../test/e2e/support/scene.ts";
import { postgresMissing, startPostgres } from "../test/support/databases.ts";
import { freePort } from "../test/support/free-port.ts";
import { barePage } from "./bare-page.ts";
import { addStopwatch, interactionsOf, timeChange, timeFetch, timeLoad } from "./console-page.ts";
import { type Bench, type Figure, figure, quantile, seconds } from "./figure.ts";
import { storeCopies } from "./many-exceptions.ts";

const ROOT = join(import.meta.dirname, "..");
const STORED = 100_000;
const LOADS = 20;
const ROUNDS = 12;
/** As fast as somebody types. */
const KEY_MS = 60;
const LIMIT = "limit 100 ms at p95";
const FIRST_ROW = "tbody th";
const ROWS = "/api/v1/exceptions?sort=ends";

export const consoleBench: Bench = {
  name: "console",
  missing: () => postgresMissing() ?? (findChromium() === undefined ? NO_CHROMIUM : undefined),
  async run() {
    await build({ root: join(ROOT, "web"), configFile: join(ROOT, "vite.config.ts"), logLevel: "error" });
    const postgres = await startPostgres();
    const port = await freePort();
    const scene = await liveThrough(`http://localhost:${port}`, { databaseUrl: postgres.url, isForged: true });
    const bare = barePage(scene.app.exceptions);
    const fetch = (request: Request) => bare(request) ?? scene.app.http.fetch(request);
    const server = serve({ fetch, port, hostname: "localhost" });
    const browser = await launchBrowser(findChromium()!);
    try {
      await fill(scene);
      const at = { browser, scene, origin: `http://localhost:${port}` };
      return [...(await slowedBy(1, at)), ...(await slowedBy(4, at))];
    } finally {
      await browser.close();
      server.close();
      await scene.close();
      await postgres.stop();
    }
  },
};

async function fill({ app, as, refs }: Scene): Promise<void> {
  const { body } = await as.ivo.ask("GET", `/api/v1/exceptions/${refs[0]}`);
  const model = (await app.exceptions.store.find(String(body["id"])))!.exception;
  const at = instantOfEpochMs(Date.now());
  const taken = await seconds(async () => {
    await storeCopies(app.exceptions, model, STORED, {
      at,
      names: (i) => ({ "lucia.ferrer": `user.${i}`, "Control-room terminal 3": `Control-room terminal ${i}` }),
      endOf: (i) => addDuration(at, duration(`PT${48 + (i % 2000)}H`)),
    });
    await executeSql(app.database.db, "analyze");
    // Proofs for all of it are made meanwhile; nothing else is to run beside what is measured.
    for (let left = STORED; left > 0; await new Promise((resolve) => setTimeout(resolve, 500))) {
      const { rows } = await executeSql(app.database.db, "select count(*)::int as left from journal_entry where leaf_index is null");
      left = (rows as { left: number }[])[0]!.left;
    }
  });
  process.stderr.write(`${STORED} exceptions stored in ${taken.toFixed(0)} s\n`);
}

interface Served {
  readonly browser: Browser;
  readonly scene: Scene;
  readonly origin: string;
}

async function slowedBy(rate: number, served: Served): Promise<Figure[]> {
  const words = rate === 1 ? "" : `, CPU ${rate}x slower`;
  return [...(await loads(served, rate, words)), ...(await hand(served, rate, words))];
}

/** Somebody signed in, at a device that has nothing of the console yet. */
async function visitCold({ browser, scene, origin }: Served, rate: number): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 860 } });
  const [name = "", value = ""] = scene.as.gerda.cookie().split("=");
  await context.addCookies([{ name, value, url: origin }]);
  const page = await context.newPage();
  await addStopwatch(page);
  await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate });
  return { context, page };
}

async function loads(served: Served, rate: number, words: string): Promise<Figure[]> {
  const of: Record<"register" | "bare", { painted: number; ready: number }[]> = { register: [], bare: [] };
  for (let i = 0; i < LOADS; i++) {
    for (const [name, path] of [
      ["register", "/register"],
      ["bare", "/bare"],
    ] as const) {
      const { context, page } = await visitCold(served, rate);
      of[name].push(await timeLoad(page, path, FIRST_ROW));
      await context.close();
    }
  }
  const note = `${STORED} exceptions, signed in, nothing cached, ${LOADS} loads`;
  const peer = "a bare page with the same rows, from the same server";
  return [0.5, 0.95].flatMap((q) =>
    (["painted", "ready"] as const).map((what) => {
      const at = (name: keyof typeof of) =>
        quantile(
          of[name].map((load) => load[what]),
          q,
        );
      const title = what === "painted" ? "first contentful paint of the register" : "rows of the register shown";
      return figure(`console: ${title}, p${q * 100}${words}`, "ms", at("register"), peer, at("bare"), note);
    }),
  );
}

/** One kind of act: does it once, and tells how long what it asked for took to stand there. */
type Act = readonly [name: string, act: (page: Page, i: number) => Promise<number>];

const ACTS: readonly Act[] = [
  [
    "search typed",
    async (page, i) => {
      const box = page.getByRole("searchbox", { name: "Search the register" });
      await box.press("ControlOrMeta+a");
      return timeChange(page, FIRST_ROW, () => page.keyboard.type(`terminal ${numberOf(i)}`, { delay: KEY_MS }), `C${numberOf(i)}`);
    },
  ],
  ["column sorted", (page, i) => timeChange(page, FIRST_ROW, () => press(page, "button", i % 2 === 0 ? "Reference" : "True age"))],
  [
    "filter changed",
    (page, i) => timeChange(page, "main nav [aria-current=page]", () => press(page, "link", i % 2 === 0 ? "All" : "Open")),
  ],
  ["next page", (page) => timeChange(page, FIRST_ROW, () => press(page, "link", "Next page"))],
  [
    "palette opened and typed in",
    async (page, i) => {
      await page.keyboard.press("ControlOrMeta+k");
      await page.getByRole("dialog", { name: "Search or go to" }).waitFor();
      const ref = `EXC-2026-C${numberOf(i)}`;
      const shown = await timeChange(page, "dialog [role=option]", () => page.keyboard.type(ref, { delay: KEY_MS }), ref);
      await page.keyboard.press("Escape");
      return shown;
    },
  ],
  [
    "row opened",
    async (page) => {
      const shown = await timeChange(page, "h1", () => page.getByRole("rowheader").first().getByRole("link").click());
      await page.goBack();
      await page.locator(FIRST_ROW).first().waitFor();
      return shown;
    },
  ],
];

/** Of one copy in many, all with as many digits, so that none begins like another. */
function numberOf(i: number): number {
  return STORED / 10 + ((i * 6007 + 11) % (STORED * 0.9));
}

async function press(page: Page, role: "button" | "link", name: string): Promise<void> {
  await page.getByRole("main").getByRole(role, { name, exact: true }).click();
}

async function hand(served: Served, rate: number, words: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const all: number[] = [];
  const { context, page } = await visitCold(served, rate);
  await timeLoad(page, "/bare", FIRST_ROW);
  await page.getByRole("searchbox").click();
  await page.keyboard.type("a bare input that nothing listens to", { delay: KEY_MS });
  const bare = quantile(await interactionsOf(page), 0.95);
  for (const [name, act] of ACTS) {
    await timeLoad(page, "/register", FIRST_ROW);
    const shown: number[] = [];
    const fetched: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      shown.push(await act(page, i));
      fetched.push(await timeFetch(page, ROWS));
    }
    const taken = await interactionsOf(page);
    all.push(...taken);
    const note = `${taken.length} keys and presses, ${LIMIT}`;
    figures.push(
      figure(`console: ${name}, next frame, p95${words}`, "ms", quantile(taken, 0.95), "a key in a bare input", bare, note),
      figure(
        `console: ${name}, answer shown, p95${words}`,
        "ms",
        quantile(shown, 0.95),
        "50 rows of the API fetched",
        quantile(fetched, 0.95),
      ),
    );
  }
  await context.close();
  const note = `${all.length} keys and presses, ${LIMIT}`;
  return [
    figure(`console: every interaction, next frame, p95${words}`, "ms", quantile(all, 0.95), "a key in a bare input", bare, note),
    ...figures,
  ];
}
