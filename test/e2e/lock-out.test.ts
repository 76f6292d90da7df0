/** Which failure locks whom out: a newcomer on the example organisation, three clicks from Today. */
import { serve } from "@hono/node-server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type OpenedExample, openExampleOrganisation } from "../support/example-organisation.ts";
import { freePort } from "../support/free-port.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: what locks whom out, in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 300_000;

describe.skipIf(chromium === undefined)("what locks whom out, in a real browser", () => {
  let browser: Browser;
  let example: OpenedExample;
  let newcomer: Visit;
  let origin: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const port = await freePort();
    origin = `http://localhost:${port}`;
    example = await openExampleOrganisation({ origin });
    const server = serve({ fetch: example.app.http.fetch, port, hostname: "localhost" });
    browser = await launchBrowser(chromium!);
    newcomer = await asPersona("governance");
    close = async () => {
      await browser.close();
      server.close();
      await example.close();
    };
  }, LONG_MS);
  afterAll(() => close());

  async function asPersona(who: "governance", looks: Parameters<typeof visit>[2] = {}): Promise<Visit> {
    const visited = await visit(browser, origin, looks);
    const [name = "", value = ""] = (await example.cookieOf(who)).split("=");
    await visited.context.addCookies([{ name, value, url: origin }]);
    return visited;
  }

  test("within three clicks from Today: one failure locks the payroll team out, which change fixes it, and who owns it", async () => {
    const { page } = newcomer;
    await page.goto("/today");
    const today = page
      .getByRole("region", { name: "One failure locks out" })
      .or(page.locator("section", { hasText: "One failure locks out" }));
    await today.getByRole("link", { name: "Office sign-in" }).first().waitFor();
    await picture(page, "lock-out-today");

    await today.getByRole("link", { name: "All critical operations" }).click();
    await heading(page, "Critical operations").waitFor();
    const payroll = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Pay wages" }) });
    expect(await payroll.textContent()).toContain("Falls short");
    expect(await payroll.textContent()).toContain("Pay wages is lost by one failure alone: Office sign-in");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-operations");

    await payroll.getByRole("link", { name: "Pay wages", exact: true }).first().click();
    await heading(page, "Pay wages").waitFor();
    const body = page.locator("main");
    await body.getByText("If Office sign-in fails, nobody gets in.").waitFor();
    // Which way does not help, and how it hangs on what fails.
    await body.getByText("One-time code does not help with Office sign-in").waitFor();
    // Which change fixes it, and who is asked for it.
    const fixes = page.locator("section").filter({ has: page.getByRole("heading", { name: "Which change fixes it" }) });
    expect(await fixes.textContent()).toContain("The bank's cards from the safe");
    expect(await fixes.textContent()).toContain("answers for what has to change");
    // Who owns it.
    const who = page.locator("section").filter({ has: page.getByRole("heading", { name: "Who answers" }) });
    expect(await who.textContent()).toContain("Judith Stern");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-operation");
  });

  test("what fails is pressed in the picture, by mouse or key, and what remains is said", async () => {
    const { page } = newcomer;
    await page.goto("/operations/release-payments");
    await page.getByRole("button", { name: "Office sign-in", exact: true }).first().click();
    await page.getByText("With Office sign-in failed, 1 way in remains: The bank's cards from the safe.").waitFor();
    expect(page.url()).toContain("failed=office-sign-in");
    const cards = page.getByRole("button", { name: "The bank's cards, in the treasury safe", exact: true }).first();
    await cards.focus();
    await page.keyboard.press("Enter");
    await page.getByText(/failed, nobody gets in\./).waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-what-remains");
    await page.getByRole("button", { name: "Nothing has failed" }).click();
    await expect.poll(() => page.url()).not.toContain("failed");
  });

  test("a set that locks out is one click from a drill of it and one from the form in which an executive accepts it, both filled in", async () => {
    const { page } = newcomer;
    await page.goto("/operations/pay-wages");
    const sets = page.locator("section").filter({ has: page.getByRole("heading", { name: "Sets of failures that lock out" }) });
    const single = sets.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Office sign-in", exact: true }) });
    expect(await single.getByRole("link", { name: "Plan one" }).getAttribute("href")).toContain("fails=office-sign-in");
    await single.getByRole("link", { name: "Accept this risk: Office sign-in" }).click();
    await heading(page, "Propose a risk acceptance").waitFor();
    const covered = page.getByRole("list", { name: "Lock-out sets it covers" });
    await covered.getByText("Pay wages").waitFor();
    expect(await covered.textContent()).toContain("office-sign-in");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-accept");
  });

  test("an outage that happened elsewhere is asked of the own organisation, with what was taken as failed and where to read of it", async () => {
    const { page } = newcomer;
    await page.goto("/what-if");
    await page.getByRole("link", { name: "Microsoft, 2020-09-28" }).click();
    await page.getByText("operation locked out for 178 minutes").waitFor();
    await page.getByText("Taken as failed here: Office sign-in.").waitFor();
    expect(await page.getByRole("link", { name: "Read of it" }).getAttribute("href")).toMatch(/^https:\/\//);
    await page.getByRole("combobox", { name: "Let fail" }).fill("fibre");
    await page.getByRole("option", { name: /Fibre to the provider/ }).click();
    await page.getByText("every operation still has a way in").waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-what-if");
  });

  test("the register lists alone the exceptions whose fallback fails with what it stands in for, and each says by which way", async () => {
    const { page } = newcomer;
    await page.goto("/register");
    await page.getByRole("link", { name: "Fallback shares fate" }).click();
    const row = page.getByRole("row").filter({ hasText: "The payroll client over VPN" });
    await row.getByRole("link").first().click();
    await heading(page, "The payroll client over VPN").waitFor();
    await page.getByText("It fails with what it stands in for: Code broker (one-time codes by app) → Office sign-in.").first().waitFor();
    await page.getByText("fallback shares fate").first().waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "lock-out-exception");
  });

  test("nothing of it complains, in the dark or on a telephone", async () => {
    const dark = await asPersona("governance", { colorScheme: "dark", width: 390, height: 844 });
    for (const path of ["/operations", "/operations/pay-wages", "/what-if?failed=office-sign-in"]) {
      await dark.page.goto(path);
      await dark.page.getByRole("heading", { level: 1 }).waitFor();
      await dark.page.waitForTimeout(500);
      await picture(dark.page, `lock-out-dark${path.replaceAll(/\W/g, "-")}`);
      expect((await findBarriers(dark.page)).barriers).toEqual([]);
    }
    expect([...dark.complaints, ...newcomer.complaints]).toEqual([]);
  });
});
