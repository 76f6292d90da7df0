/** Denied at a gateway: the person finds it in the console, makes a request of it or says that it was not them. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { believing, type Gateway, linkAccount, serveGateways, type Served } from "../support/asking-gateway.ts";
import { succeeded } from "../support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading, pick, press, typeDay } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: requests of gateways in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 300_000;

const section = (page: Page, name: string): Locator =>
  page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name, exact: true }) });

/** The VPN was asked for too often in ten weeks: it would take a design issue. */
const file = async (by: Gateway, resource: string) =>
  by.ask(
    "/access/v1/requests",
    by.submission(await by.evaluate({ resource }), {
      resource: { type: "policy", id: resource },
      context: { business_justification: "Night shift in the control room." },
    }),
  );

describe.skipIf(chromium === undefined)("asked for at a gateway, in a real browser", () => {
  let scene: ServedScene;
  let served: Served;
  let gateway: Gateway;
  let rolf: Visit;

  beforeAll(async () => {
    scene = await serveScene(chromium!, { decisions: believing() });
    const { items } = succeeded(await scene.admin.ask("GET", "/api/v1/connections")).body as { items: { id: string }[] };
    const connection = items[0]!.id;
    await linkAccount(scene, "rolf", { connection, key: "person-jonas.keller" });
    served = await serveGateways(scene, "person-jonas.keller");
    gateway = served.as("VPN gateway east");
    rolf = await scene.visitAs(scene.as.rolf);
  }, LONG_MS);
  afterAll(async () => {
    await served.close();
    await scene.close();
  });

  test(
    "somebody denied at a gateway finds it on Today, completes what is missing, and the approver reads where it came from",
    async () => {
      const { page, complaints } = rolf;
      const task = (await file(gateway, "admin-portal")).body["task"] as { status_endpoint: string };
      await page.goto("/today");
      const denied = section(page, "Denied in your name");
      await denied.getByText("VPN gateway east").waitFor();
      await denied.getByText("10.4.0.7, plant").waitFor();
      await picture(page, "denied-in-your-name");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await denied.getByRole("button", { name: "Ask for an exception" }).click();
      const dialog = page.getByRole("dialog", { name: "Ask for an exception?" });
      await dialog.getByLabel("Category").selectOption({ label: "Remote access" });
      await dialog.getByLabel("Unit").fill("Plant");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await dialog.getByRole("button", { name: "Open a draft" }).click();

      await heading(page, "Request an exception").waitFor();
      await section(page, "Asked for at a gateway").getByText("VPN gateway east").waitFor();
      expect(await page.getByLabel("Why no stronger way exists today").inputValue()).toBe("Night shift in the control room.");
      await page.getByLabel("Kind of reason").selectOption({ label: "The technology cannot do it" });
      await page.getByLabel("Control 1").fill("Only from the plant's own network");
      await page.getByLabel("Risk without them").selectOption({ label: "Moderate" });
      await page.getByLabel("Risk with them").selectOption({ label: "Low" });
      await typeDay(page, "Until the end of", 20);
      await page.getByLabel("What replaces it").fill("A terminal with a reader");
      await pick(page, "Who brings that about", "Ada Lindqvist");
      await pick(page, "Business owner", "Ada Lindqvist");
      await pick(page, "Implementer", "Ines Vogel");
      await picture(page, "draft-from-a-denial");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await press(page, "Put it forward");
      await page.waitForURL(/\/exceptions\//);
      await section(page, "Asked for at a gateway").getByText("VPN gateway east").waitFor();
      const { pathname } = new URL(page.url());

      const ivo = await scene.visitAs(scene.as.ivo);
      await ivo.page.goto(`${pathname}/decide`);
      const from = section(ivo.page, "Asked for at a gateway");
      await from.getByText("Rolf Tanner").waitFor();
      await from.getByText("10.4.0.7, plant").waitFor();
      await picture(ivo.page, "decide-on-what-came-of-a-denial");
      expect((await findBarriers(ivo.page)).barriers).toEqual([]);
      await ivo.page.getByRole("button", { name: "Approve with your passkey" }).click();
      await heading(ivo.page, /jonas|Rolf/i).waitFor();
      const polled = await gateway.ask(new URL(task.status_endpoint).pathname, undefined, { method: "GET" });
      expect(polled.body["task"]).toMatchObject({ status: "pending", progress: { step_name: "approval" } });
      expect([...complaints, ...ivo.complaints]).toEqual([]);
    },
    LONG_MS,
  );

  test("somebody in whose name another tried says that it was not them, and is not asked again", async () => {
    const { page, complaints } = rolf;
    const other = served.as("Mail gateway");
    expect((await file(other, "mail")).status).toBe(202);
    await page.goto("/today");
    const denied = section(page, "Denied in your name");
    await denied.getByText("Mail gateway").waitFor();
    await denied.getByRole("button", { name: "It was not me" }).click();
    const dialog = page.getByRole("dialog", { name: "Decline it?" });
    await dialog.getByLabel("Why").fill("I was on leave.");
    await picture(page, "it-was-not-me");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await dialog.getByRole("button", { name: "Decline it" }).click();
    await denied.waitFor({ state: "detached" });
    expect((await file(other, "mail")).status).toBe(409);
    expect(complaints).toEqual([]);
  });
});
