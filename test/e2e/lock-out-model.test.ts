/** The model of lock-outs is kept from the console: a keeper mends what locks the payroll team out. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading } from "./support/form.ts";
import { type Served, serveToBrowsers } from "./support/serve.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the model of lock-outs, in a real browser: ${NO_CHROMIUM}\n`);

const MODEL = `
applications:
  - { key: payroll, name: Payroll, owner: ada, tier: 1 }
components:
  - { key: sign-in, name: Office sign-in, kind: idp, layer: identity, owner: ivo }
  - { key: broker, name: Code broker, kind: external, layer: provider, owner: ivo, requires: sign-in }
  - { key: cards, name: Cards in the safe, kind: break-glass, layer: facility, owner: ada }
operations:
  - key: pay-wages
    name: Pay wages
    criticality: 1
    application: payroll
    businessOwner: ada
    paths:
      - { key: passkey, name: Passkey, population: human, role: primary, needs: sign-in }
      - { key: codes, name: One-time code, population: human, role: fallback, needs: broker }
`;

describe.skipIf(chromium === undefined)("the model of lock-outs, in a real browser", () => {
  let scene: WholeApp & Served;
  let keeper: Visit;
  let page: Page;

  beforeAll(async () => {
    scene = await serveToBrowsers(
      chromium!,
      (origin) => openWholeApp({ origin }),
      ({ app }) => app,
    );
    succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", { yaml: MODEL, dryRun: false }));
    keeper = await scene.visitAs(scene.as.ivo);
    page = keeper.page;
  });
  afterAll(() => scene.close());

  test("one more way in, and nothing locks the payroll team out alone: said before it is kept, and true after", async () => {
    await page.goto("/operations/pay-wages");
    await page.getByText("If Office sign-in fails, nobody gets in.").waitFor();
    await page.getByRole("link", { name: "Change it" }).click();
    await heading(page, "Change Pay wages").waitFor();
    await page.getByRole("button", { name: "Add a way in" }).click();
    const way = page.getByRole("group", { name: "Way in 3" });
    await way.getByLabel("Key").fill("safe");
    await way.getByLabel("Takes, in minutes").fill("90");
    await way.getByLabel("Stands as").selectOption("break-glass");
    await way.getByLabel("What it needs").fill("(cards");
    await way.getByLabel("Name").fill("From the safe");
    await page.getByText("At the end a closing bracket is missing.").waitFor();
    await page.getByRole("group", { name: "From the safe" }).getByLabel("What it needs").fill("cards");
    const difference = page.locator("section").filter({ has: page.getByRole("heading", { name: "What that changes" }) });
    await difference.getByText(/1 single gone/).waitFor();
    // Said once, and of which operation.
    expect(await page.getByText(/1 single gone/).count()).toBe(1);
    await difference.getByText("is lost by one failure alone now; then it survives any one failure.").waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "model-operation");
    await page.getByRole("button", { name: "Keep it" }).click();
    await heading(page, "Pay wages").waitFor();
    await page.getByText("Survives enough").first().waitFor();
  });

  test("a component shows what hangs on it, and a circle is refused where it was typed", async () => {
    await page.goto("/components");
    await page.getByRole("link", { name: "Office sign-in", exact: true }).click();
    await heading(page, "Office sign-in").waitFor();
    await page.getByRole("link", { name: "Code broker" }).waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "model-component");
    await page.getByRole("link", { name: "Change it" }).click();
    await page.getByLabel("What it needs in turn").fill("broker and cards");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("This closes a circle: sign-in → broker → sign-in.").first().waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "model-circle");
    await page.getByRole("button", { name: "Break it at a cold start" }).click();
    await expect.poll(() => page.getByLabel("What it needs in turn").inputValue()).toBe("broker-cold-start and cards");
    await page.getByRole("button", { name: "Keep it" }).click();
    await heading(page, "Office sign-in").waitFor();
    await page.getByRole("link", { name: "broker at a cold start" }).first().waitFor();
    const { body } = await scene.as.ivo.ask("GET", "/api/v1/components/broker-cold-start");
    expect(body).toMatchObject({ kind: "break-glass", owner: { name: "ivo" } });
  });

  test("a component is added under a key of its own, and nothing is proposed where nothing is seen elsewhere", async () => {
    await page.goto("/components");
    await page.getByRole("button", { name: "Look for what is missing" }).click();
    await page.getByText("The model says all of it.").waitFor();
    await page.getByLabel("Key", { exact: true }).fill("radio");
    await page.getByRole("button", { name: "Describe it" }).click();
    await heading(page, "Describe radio").waitFor();
    await page.getByLabel("Name").fill("Crew radio");
    await page.getByLabel("Kind").selectOption("telecom");
    await page.getByRole("button", { name: "Keep it" }).click();
    await heading(page, "Crew radio").waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
  });

  test("a common cause is described by the names of what it takes along, and locks out what was taken for independent", async () => {
    await page.goto("/common-causes");
    await page.getByText("No common cause is described yet").waitFor();
    await page.getByLabel("Key", { exact: true }).fill("one-building");
    await page.getByRole("button", { name: "Describe it" }).click();
    await heading(page, "Describe one-building").waitFor();
    await page.getByLabel("Name").fill("Head office is closed");
    await page.getByRole("combobox", { name: "Add a component" }).fill("Office sign");
    await page.getByRole("option", { name: /Office sign-in/ }).click();
    await page.getByRole("combobox", { name: "Add a component" }).fill("Cards");
    await page.getByRole("option", { name: /Cards in the safe/ }).click();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "model-cause-change");
    await page.getByRole("button", { name: "Keep it" }).click();
    await heading(page, "Head office is closed").waitFor();
    await page.getByRole("link", { name: "Cards in the safe" }).waitFor();
    await page.getByRole("link", { name: "What if it happens" }).click();
    await page.getByText("Pay wages").first().waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
  });

  test("what somebody else changed meanwhile is not written over unseen, and nothing typed is lost", async () => {
    await page.goto("/components/cards/change");
    await page.getByLabel("Name").fill("Cards, in the new safe");
    const { body: before } = await scene.as.ivo.ask("GET", "/api/v1/components/cards");
    const theirs = { name: "Cards of somebody faster", kind: "break-glass", layer: "facility" };
    succeeded(await scene.as.ivo.ask("PUT", "/api/v1/components/cards", theirs, { "If-Match": `"${String(before["version"])}"` }));
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("It was not kept").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Cards, in the new safe");
    expect(await page.getByRole("link", { name: "See theirs in another window" }).getAttribute("href")).toBe("/components/cards");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await page.getByRole("button", { name: "Keep mine in its place" }).click();
    await heading(page, "Cards, in the new safe").waitFor();
  });
});
