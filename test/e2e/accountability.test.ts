/** Who answers for each way in: described by one, approved by another with a passkey, found missing where nobody does. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { press } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the stories of who answers for a way in: ${NO_CHROMIUM}\n`);

const heading = (page: Page, name: string | RegExp, level = 1) => page.getByRole("heading", { level, name });
const MODEL = "A passkey bound to the laptop; without it a second one from the safe.";

async function choose(
  page: Page,
  within: ReturnType<Page["getByRole"]>,
  label: string | RegExp,
  typed: string,
  option: RegExp,
): Promise<void> {
  await within.getByRole("combobox", { name: label }).fill(typed);
  await page.getByRole("option", { name: option }).first().click();
}

async function typeDay(page: Page, label: string, day: Date): Promise<void> {
  await page.getByRole("group", { name: label }).getByRole("spinbutton").first().click();
  await page.keyboard.type(day.toISOString().slice(0, 10).replaceAll("-", ""));
}

describe.skipIf(chromium === undefined)("who answers for a way in", () => {
  let scene: ServedScene;
  let ivo: Visit;
  let eva: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    ivo = await scene.visitAs(scene.as.ivo);
    eva = await enrolArchitect();
  });
  afterAll(async () => {
    await scene.close();
  });

  /** Somebody who approves, on her own device: her passkey is real. */
  async function enrolArchitect(): Promise<Visit> {
    const yaml = [
      "people:\n  - { key: eva, name: Eva Roth, roles: [security_architecture] }",
      "applications:\n  - { key: payroll, name: Payroll, owner: ada, tier: 1 }",
    ].join("\n");
    succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    const found = succeeded(await scene.admin.ask("GET", "/api/v1/people?search=Eva")).body as { items: { id: string }[] };
    const { id } = found.items[0]!;
    const assertion = await scene.admin.sign("access.invite", id);
    const invited = succeeded(await scene.admin.ask("POST", "/api/v1/invitations", { person: id, assertion }));
    const visit = await scene.visitNew();
    await visit.page.goto(String(invited.body["link"]));
    await press(visit.page, "Make a passkey");
    await press(visit.page, "Sign in with it");
    await visit.page.getByRole("button", { name: /Eva Roth/ }).waitFor();
    return visit;
  }

  test("an engineer says who takes turns, and sees who is on point now and in the weeks to come", async () => {
    const { page, complaints } = ivo;
    await page.goto("/rotas");
    await page.getByRole("button", { name: "Add a rota" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Add a rota" });
    await dialog.getByLabel("Name").fill("IT on call");
    await dialog.getByLabel("Key").fill("it");
    for (const name of ["Ivo", "Nils"]) await choose(page, dialog, /Add somebody/, name, new RegExp(`^${name}`));
    await typeDay(page, "From the day", new Date(Date.now() - 3 * 86_400_000));
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await heading(page, "IT on call").waitFor();
    const shifts = page.getByRole("list", { name: "Who is on point when" }).getByRole("listitem");
    expect(await shifts.count()).toBeGreaterThanOrEqual(4);
    await shifts.filter({ hasText: "Now" }).getByText(/^Ivo/).waitFor();
    await picture(page, "rota");
    await page.getByRole("button", { name: "Somebody covers" }).click();
    const covers = page.getByRole("dialog", { name: "Who covers?" });
    await choose(page, covers, "Covers", "Nils", /^Nils/);
    await typeDay(page, "From the day", new Date(Date.now() - 86_400_000));
    await typeDay(page, "Until the day", new Date(Date.now() + 2 * 86_400_000));
    await covers.getByRole("button", { name: "Note it" }).click();
    await shifts.filter({ hasText: "Now" }).getByText(/^Nils/).waitFor();
    expect(complaints).toEqual([]);
  });

  test("an engineer describes a way in, and it stands in the map with what is missing in words and in shape", async () => {
    const { page, complaints } = ivo;
    await page.goto("/accountability");
    await page.getByRole("button", { name: "Add a way in" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Add a way in" });
    await choose(page, dialog, "Application", "Pay", /^Payroll/);
    await dialog.getByLabel(/With which authenticators/).fill(MODEL);
    await choose(page, dialog, /^Business owner/, "Ada", /^Ada/);
    await choose(page, dialog, /^Approves the model/, "Eva", /^Eva/);
    await choose(page, dialog, /^Maintains it/, "Ivo", /^Ivo/);
    await dialog.getByLabel(/^Who is on point/).selectOption({ label: "IT on call" });
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await heading(page, /^People to /).waitFor();
    await page.getByText("Its access model was never approved.").waitFor();
    await page.getByText("Nobody is named as platform owner.").waitFor();
    await picture(page, "way-in");
    await page.goto("/accountability?view=gaps");
    const row = page.getByRole("row").filter({ hasText: "People to" });
    await row.getByText("Never approved").waitFor();
    await row.getByText("Nobody").first().waitFor();
    await picture(page, "accountability");
    expect(complaints).toEqual([]);
  });

  test("who is named approves exactly what stands there with a passkey; other words make it void", async () => {
    await ivo.page.getByRole("link", { name: /^People to/ }).click();
    await ivo.page.getByRole("button", { name: "Approve with your passkey" }).hover();
    await ivo.page.getByText("Only Eva Roth approves it.").first().waitFor();
    await eva.page.goto(new URL(ivo.page.url()).pathname);
    const signed = await eva.countAssertions();
    await press(eva.page, "Approve with your passkey");
    const asked = eva.page.getByRole("dialog", { name: /^Approve: People to/ });
    await asked.getByText(MODEL).waitFor();
    await picture(eva.page, "way-in-approve");
    await asked.getByRole("button", { name: "Sign it" }).click();
    await eva.page.getByText("Approved", { exact: true }).first().waitFor();
    expect(await eva.countAssertions()).toBe(signed + 1);
    await ivo.page.reload();
    await ivo.page.getByRole("button", { name: "Edit" }).click();
    const dialog = ivo.page.getByRole("dialog", { name: /^People to/ });
    await dialog.getByLabel(/With which authenticators/).fill("A password.");
    await dialog.getByText("Saving other words makes the approval void.").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await ivo.page.getByText("Approval void").first().waitFor();
    await ivo.page
      .getByText(/what was approved was changed since/)
      .first()
      .waitFor();
    await picture(ivo.page, "way-in-void");
    expect([...ivo.complaints, ...eva.complaints]).toEqual([]);
  });
});
