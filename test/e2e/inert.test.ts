/** Whatever a hostile hand typed, everywhere one can type, stays text: on every page, in files and in what is sent. */
import { serve, type ServerType } from "@hono/node-server";
import { parse } from "csv-parse/sync";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { everyTextField, MARK } from "../support/planted.ts";
import { findTurned, findWhatRuns } from "./support/inert.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { OVERFLOW, pagesInside, settle, unvisited, watchCalls } from "./support/every-page.ts";
import { plantEverything, type PlantedScene } from "./support/planted-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: that hostile text stays text, in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 400_000;

/** Fields that take any text and keep none, by the reason; a name without a dot is meant in every body, `name.*` with all below it. */
const NOT_KEPT: Readonly<Record<string, readonly string[]>> = {
  "it is compared with what was made here": ["challengeId", "voteOnException.contentHash", "approveModel.contentHash"],
  "it names what must exist": [
    "endSessions.person",
    "invitePerson.person",
    "connectProvider.kind",
    "claimBypass.category",
    "takeUpAccessRequest.category",
    "openDraft.category",
    "addApplication.provider.policy",
    "acknowledgeEscalation.key",
    "handOnReview.to",
    "voteOnException.seat",
    "voteOnException.onBehalfOf",
    "previewBulk.ids[]",
    "performBulk.rows[].id",
    "openDesignIssue.about.id",
    "openDesignIssue.owner",
    "proposeRisk.executive",
    "proposeRisk.exceptions[]",
    "proposeRisk.designIssue",
    ...["addJourney", "changeJourney"].flatMap((endpoint) => [`${endpoint}.approver`, `${endpoint}.rota`]),
    "addJourney.about.key",
    "addJourney.deviceClass",
    ...["addRota", "changeRota"].map((endpoint) => `${endpoint}.source.people[]`),
    "coverShift.person",
    "applyProposal.key",
    "planDrill.subject.key",
    "planDrill.fails[]",
    "changeDrillPlan.fails[]",
    "runDrillProbe.probe",
    "assignFinding.owner",
    "proposeRisk.operations[]",
    "proposeRisk.lockOutSets[].operation",
    "proposeRisk.lockOutSets[].failures[]",
    "proposeRisk.findings[]",
    "previewModel.components[].key",
    "previewModel.operations[].key",
  ],
  "it is sealed and shown to nobody": ["addRota.source.address", "changeRota.source.address"],
  "it is asked and not kept": ["explainDecision.*", "previewRequest.*", "previewModel.operations[].paths[].key"],
  "it is refused unless it is written as an address": ["putComponent.endpoints[].address"],
  "the same content as of a draft, where every field of it is planted": ["proposeVersion.content.*", "decideReview.content.*"],
  "no company provider is set up here": ["beginCompanySignIn.label", "finishCompanySignIn.answer"],
};
const isNamed = (field: string, name: string): boolean =>
  name.endsWith(".*") ? field.startsWith(name.slice(0, -1)) : name.includes(".") ? field === name : field.endsWith(`.${name}`);

describe.skipIf(chromium === undefined)("what a hostile hand typed", () => {
  let scene: PlantedScene;
  let server: ServerType;
  let browser: Browser;
  let reader: Visit;
  let underWay: () => number;
  const asked: string[] = [];
  /** How many words beside a plant were measured so far. */
  let words = 0;
  let origin: string;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    scene = await plantEverything(origin);
    server = serve({ fetch: scene.story.app.http.fetch, port, hostname: "localhost" });
    browser = await launchBrowser(chromium!);
    reader = await visit(browser, origin, { width: 360, height: 740 });
    const [name = "", value = ""] = scene.everett.cookie().split("=");
    await reader.context.addCookies([{ name, value, url: origin }]);
    await reader.holdPasskeys(scene.everett.authenticator.exportPasskeys());
    underWay = watchCalls(reader.page);
    reader.page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void dialog.dismiss();
    });
  }, LONG_MS);
  afterAll(async () => {
    await browser.close();
    server.close();
    await scene.story.close();
  });

  const faultsOf = async (page: Page, where: string): Promise<string[]> => {
    const { turned, measured } = await findTurned(page);
    words += measured;
    const found = [...(await findWhatRuns(page)), ...turned, ...asked, ...reader.complaints];
    const overflow = Number(await page.evaluate(OVERFLOW));
    if (overflow > 0) found.push(`${overflow} px wider than the screen`);
    return found.map((fault) => `${where}: ${fault}`);
  };

  test("is in every field of every contract that takes free text", () => {
    const changes = scene.story.app.routes.map((route) => route.endpoint).filter(({ method }) => method !== "GET");
    const every = everyTextField(changes);
    expect(every.length).toBeGreaterThan(150);
    const names = Object.values(NOT_KEPT).flat();
    const left = every.filter((field) => !scene.taken.has(field));
    expect(left.filter((field) => !names.some((name) => isNamed(field, name)))).toEqual([]);
    expect(names.filter((name) => !left.some((field) => isNamed(field, name)))).toEqual([]);
  });

  test(
    "does nothing on any page: no element of it, no script, no address that leads away, nothing turned round, nothing pushed off the screen",
    async () => {
      const { page } = reader;
      const made = scene.made.filter(({ route }) => route !== "/journal/$entry");
      const entries = succeeded(await scene.everett.ask("GET", "/api/v1/journal/entries?limit=200")).body as {
        items: { id: string; kind: string }[];
      };
      const kinds = new Map(entries.items.map(({ id, kind }) => [kind, id]));
      const journal = [...kinds.values()].map((id) => ({ route: "/journal/$entry", path: `/journal/${id}` }));
      const visited = [...pagesInside({}), ...made, ...journal];
      expect(unvisited(visited)).toEqual([]);
      const found: string[] = [];
      let seen = 0;
      for (const { path } of visited) {
        await page.goto(path);
        await settle(page, underWay);
        found.push(...(await faultsOf(page, path)));
        if ((await page.getByText(MARK).count()) > 0) seen++;
        await picture(page, `inert${path.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 40)}`);
      }
      expect(found).toEqual([]);
      // Most pages show some of it, or nothing was looked at.
      expect(seen).toBeGreaterThan(visited.length / 2);
      expect(words).toBeGreaterThan(50);
    },
    LONG_MS,
  );

  test("does nothing in the palette, in a list to choose from, in a dialog or in what is said", async () => {
    const { page } = reader;
    await page.goto("/register?view=all");
    await settle(page, underWay);
    await page.keyboard.press("Control+k");
    const box = page.getByRole("combobox", { name: "Search or go to" });
    const { path } = scene.made.find(({ route }) => route === "/exceptions/$id")!;
    await box.fill(String(succeeded(await scene.everett.ask("GET", `/api/v1${path}`)).body["ref"]));
    await page.getByRole("dialog").getByRole("option").filter({ hasText: "<img src=x onerror" }).first().waitFor();
    expect(await faultsOf(page, "palette")).toEqual([]);
    await page.keyboard.press("Escape");
    await page.goto("/access");
    await page.getByRole("button", { name: "Remove" }).first().click();
    await page.getByRole("dialog").waitFor();
    expect(await faultsOf(page, "dialog")).toEqual([]);
    await page.keyboard.press("Escape");
  });

  test("is a cell and no formula in an exported list", async () => {
    const answer = await scene.story.app.http.fetch(
      new Request(`${origin}/api/v1/register/export?format=csv`, { headers: { Cookie: scene.everett.cookie() } }),
    );
    const rows = parse(Buffer.from(await answer.arrayBuffer()), { bom: true });
    const cells = rows.flat();
    expect(cells.filter((cell) => cell.includes(MARK.slice(1))).length).toBeGreaterThan(5);
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell) && !/^-\d+$/.test(cell))).toEqual([]);
  });
});
