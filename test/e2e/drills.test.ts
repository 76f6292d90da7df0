/** A drill from where it was never tried to the signature of who looked on, each at their own browser. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading, press, typeDay } from "./support/form.ts";
import { type Served, serveToBrowsers } from "./support/serve.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the story of a drill: ${NO_CHROMIUM}\n`);

/** Who is chosen moves below the field, which begins anew. */
async function choose(page: Page, label: string, name: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.keyboard.type(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("list", { name: label }).getByText(name).waitFor();
}

/** Three people at three browsers. */
const LONG_MS = 300_000;
const SECRET = "nobody-is-shown-this";
const NAME = "Codes when the sign-in is away";

describe.skipIf(chromium === undefined)("a drill", () => {
  let scene: WholeApp & Served;
  let gerda: Visit;
  let rolf: Visit;
  let observer: Visit;
  beforeAll(async () => {
    scene = await serveToBrowsers(
      chromium!,
      (origin) => openWholeApp({ origin, start: instantOfEpochMs(Date.now()) }),
      ({ app }) => app,
    );
    for (const [key, name, requires] of [
      ["office-sign-in", "Office sign-in", null],
      ["otp-broker", "One-time codes", "office-sign-in"],
    ] as const) {
      const component = { name, kind: "idp", layer: "identity", requires };
      succeeded(await scene.admin.ask("PUT", `/api/v1/components/${key}`, component, { "If-Match": '"0"' }));
    }
    gerda = await scene.visitAs(scene.as.gerda);
    rolf = await scene.visitAs(scene.as.rolf);
    observer = await scene.visitAs(scene.as.audrey);
  });
  afterAll(async () => {
    await scene.close();
  });

  test(
    "governance plans a drill where nothing was tried, people hold it by its sheet, and only who looked on signs what came of it",
    async () => {
      const { page } = gerda;
      await page.goto("/drills");
      await page.getByText("No drill is planned").waitFor();
      await picture(page, "drills-empty");
      await page.goto("/drills/plan?component=otp-broker&fails=office-sign-in");
      await heading(page, "Plan a drill").waitFor();
      await page.getByLabel("Exercise").selectOption({ label: "The identity provider is away: table-top" });
      await page.getByText(/^Everybody who has to act knows what still works/).waitFor();
      await page.getByLabel("Name", { exact: true }).fill(NAME);
      await typeDay(page, "The first one by the end of", 20);
      await picture(page, "drill-plan");
      await press(page, "Plan it");
      await heading(page, NAME).waitFor();

      await choose(page, "Who takes part", "rolf");
      await page.getByRole("button", { name: "Begin the drill" }).hover();
      await page.getByText("Name who looks on first.").first().waitFor();
      await choose(page, "Who looks on, and takes no part", "audrey");
      await press(page, "Begin the drill");
      await page.getByText("Would fail").waitFor();

      const address = new URL(page.url()).pathname;
      await rolf.page.goto(address);
      await heading(rolf.page, NAME).waitFor();
      const steps = rolf.page.getByRole("button", { name: /^Done: / });
      for (let left = await steps.count(); left > 0; left--) {
        await steps.first().click();
        await expect.poll(() => steps.count(), { timeout: 30_000 }).toBe(left - 1);
      }
      await rolf.page.getByLabel("What was seen").fill("Nobody missed the provider.");
      await press(rolf.page, "Write it down");
      const wall = { name: "wall.txt", mimeType: "text/plain", buffer: Buffer.from("09:14 in by code") };
      await rolf.page.getByLabel("Add a file").setInputFiles(wall);
      await rolf.page.getByRole("link", { name: "wall.txt" }).waitFor();
      await rolf.page.getByRole("button", { name: "Finish and sign with your passkey" }).hover();
      await rolf.page.getByText("Only who looks on and takes no part signs the result.").first().waitFor();
      await picture(rolf.page, "drill-sheet");

      await observer.page.goto(address);
      const judging = observer.page.getByRole("button", { name: /^Met: / });
      await judging.first().waitFor();
      const unjudged = observer.page.getByText("Not judged", { exact: true });
      for (let left = await judging.count(); left > 0; left--) {
        await judging.nth(left - 1).click();
        await expect.poll(() => unjudged.count(), { timeout: 30_000 }).toBe(left - 1);
      }
      await observer.page.getByText("Passed", { exact: true }).first().waitFor();
      const signed = await observer.countAssertions();
      await press(observer.page, "Finish and sign with your passkey");
      await heading(observer.page, NAME).waitFor();
      await observer.page.getByText("Signature", { exact: true }).first().waitFor();
      expect(await observer.countAssertions()).toBe(signed + 1);
      const open = observer.page.getByRole("button", { name: /^(Done|Met|Not met|Stop)/ });
      await expect.poll(() => open.count(), { timeout: 30_000 }).toBe(0);
      await picture(observer.page, "drill-passed");

      await page.goto("/drills");
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: new RegExp(NAME) }) });
      await row.getByText("Passed").waitFor();
      await row.getByText("To come").waitFor();
      await picture(page, "drills");
      expect([...gerda.complaints, ...rolf.complaints, ...observer.complaints]).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "governance holds it oftener and by somebody else, sees what was held of it, and ends it with a reason; nobody else may",
    async () => {
      const { page } = gerda;
      await page.goto("/drills");
      await page.getByRole("link", { name: NAME }).click();
      await heading(page, NAME).waitFor();
      const held = page.getByRole("table", { name: "Drills of this plan" });
      await held.getByText("Passed").waitFor();
      await page.getByText("One-time codes").first().waitFor();
      await page.getByText("Office sign-in").first().waitFor();
      expect((await findBarriers(page)).barriers).toEqual([]);

      await page.getByRole("link", { name: "Change it" }).click();
      await heading(page, `Change ${NAME}`).waitFor();
      const days = page.getByLabel("Days between two, at most");
      await days.fill("often");
      await page.getByRole("button", { name: "Keep it" }).hover();
      await page.getByText("Write the days between two as a whole number.").first().waitFor();
      await days.fill("700");
      await press(page, "Keep it");
      await page.getByText("At tier 4 it is held every 365 days or oftener.").first().waitFor();
      expect(await days.inputValue()).toBe("700");
      await days.fill("30");
      await press(page, "Keep it");
      await heading(page, NAME).waitFor();
      await page.getByText("every 30 days, or oftener").waitFor();
      await picture(page, "drill-plan-page");

      await observer.page.goto(new URL(page.url()).pathname);
      await heading(observer.page, NAME).waitFor();
      expect(await observer.page.getByRole("button", { name: "Hold it no more" }).count()).toBe(0);

      await press(page, "Hold it no more");
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Why").fill("The one-time codes are taken out of service.");
      await dialog.getByRole("button", { name: "Hold it no more" }).click();
      await page.getByText("Retired").first().waitFor();
      await held.getByText("Left out").waitFor();
      await page.goto("/drills");
      await page.getByText("No drill is planned").waitFor();
      expect([...gerda.complaints, ...observer.complaints]).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "who keeps the identities adds an account for drills to sign in with; nobody is shown its secret, and with it that is destroyed",
    async () => {
      const { page, complaints } = await scene.visitAs(scene.as.ivo);
      await page.goto("/canaries");
      await page.getByText("There is no canary yet").waitFor();
      await page.getByRole("button", { name: "Add a canary" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill("Token at the wiki");
      await dialog.getByLabel("Key").fill("Wiki Token");
      await dialog.getByLabel("Account", { exact: true }).fill("drill@example.org");
      await dialog.getByLabel("By", { exact: true }).selectOption("bearer");
      await dialog.getByLabel("Relying parties").fill("https://wiki.example.org");
      await dialog.getByLabel("Token", { exact: true }).fill(SECRET);
      expect((await findBarriers(page)).barriers).toEqual([]);
      await press(page, "Add");
      await dialog
        .getByText(/lower-case letters, digits and dashes/)
        .last()
        .waitFor();
      expect(await dialog.getByLabel("Token", { exact: true }).inputValue()).toBe(SECRET);
      await dialog.getByLabel("Key").fill("wiki-token");
      await press(page, "Add");
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /Token at the wiki/ }) });
      await row.getByText("never seen").waitFor();
      expect(await page.content()).not.toContain(SECRET);
      expect((await findBarriers(page)).barriers).toEqual([]);
      await picture(page, "canaries");
      await row.getByRole("button", { name: "Remove Token at the wiki" }).click();
      await dialog.getByLabel("Why").fill("The wiki is gone.");
      await dialog.getByRole("button", { name: "Remove it" }).click();
      await row.getByText("Removed").waitFor();
      expect(await row.getByRole("button").count()).toBe(0);
      expect(complaints).toEqual([]);
    },
    LONG_MS,
  );
});
