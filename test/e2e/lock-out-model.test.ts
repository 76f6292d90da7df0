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
    await way.getByLabel("Role").selectOption("break-glass");
    await way.getByLabel("What it needs").fill("(cards");
    await way.getByLabel("Name").fill("From the safe");
    await page.getByText("At the end a closing bracket is missing.").waitFor();
    await page.getByRole("group", { name: "From the safe" }).getByLabel("What it needs").fill("cards");
    const difference = page.locator("section").filter({ has: page.getByRole("heading", { name: "What that changes" }) });
    await difference.getByText(/single/).waitFor();
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
});
