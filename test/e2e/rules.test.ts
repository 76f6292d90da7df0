import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture, tip } from "./support/console.ts";
import { serveScene, type ServedScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: decision rules in a real browser: ${NO_CHROMIUM}\n`);

describe.skipIf(chromium === undefined)("a governance lead and the rules of the decision point", () => {
  let scene: ServedScene;
  let gerda: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    gerda = await scene.visitAs(scene.as.gerda);
  });
  afterAll(async () => {
    await scene.close();
  });

  test("is told what is wrong with a text as it is typed, sees what it would change, and signs exactly that", async () => {
    const { page } = gerda;
    await page.goto("/rules");
    await picture(page, "rules");
    await page.getByRole("link", { name: "certification" }).click();
    await page.getByRole("heading", { level: 1, name: "certification" }).waitFor();
    const sign = page.getByRole("button", { name: "Put in force with your passkey" });
    const look = page.getByRole("button", { name: "See what would change" });
    const text = page.getByRole("textbox", { name: /^Rules/ });
    await sign.hover();
    await tip(page, "Change something first.").waitFor();

    const shipped = await text.inputValue();
    await text.fill(shipped.replace("subject.properties.role: admin", "subject.role: admin"));
    await page.getByText('"subject.role": Of the subject there is type, id and properties.').waitFor();
    await picture(page, "rules-refused");
    await page.getByRole("button", { name: /^Line 2\d, column 7$/ }).click();
    const place = await text.evaluate((area) => (area as unknown as { selectionStart: number }).selectionStart);
    expect((await text.inputValue()).slice(place)).toMatch(/^subject\.role: admin/);

    await text.fill(shipped.replace("subject.properties.role: admin", "subject.properties.role: [admin, keeper]"));
    await page.getByText("5 rules, in this order:").waitFor();
    await look.click();
    await page.getByText("Nothing was asked of it lately").waitFor();
    await sign.hover();
    await tip(page, "Say why it changes.").waitFor();
    await page.getByRole("textbox", { name: /^Why it changes/ }).fill("Keepers write too.");
    const signed = await gerda.countAssertions();
    await sign.click();
    await page.getByText("Version 1", { exact: true }).waitFor();
    await page.getByText("Keepers write too.").waitFor();
    expect(await gerda.countAssertions()).toBe(signed + 1);
    await picture(page, "rules-in-force");
  });

  test("another role reads the rules and is told why it may not change them", async () => {
    const { page } = await scene.visitAs(scene.as.ivo);
    await page.goto("/rules/todo");
    await page.getByRole("button", { name: "Retire this rule set" }).hover();
    await tip(page, /^Only .* may do this\./).waitFor();
  });
});

const rules = (page: Page) => page.getByRole("textbox", { name: /^Rules/ });
const note = (page: Page) => page.getByRole("textbox", { name: /^Why it changes/ });
const sign = (page: Page) => page.getByRole("button", { name: "Put in force with your passkey" });
const waits = (page: Page) => page.getByText("Version 1 waits for a second signature");

describe.skipIf(chromium === undefined)("rules that two have to sign", () => {
  let scene: ServedScene;
  beforeAll(async () => {
    scene = await serveScene(chromium!, { env: { POSTERN_RULES_BY_TWO: "true" } });
  });
  afterAll(async () => {
    await scene.close();
  });

  test("the first to sign is told that it waits, and may not be the second; another looks at exactly that text, and it is in force", async () => {
    const [gerda, admin] = [await scene.visitAs(scene.as.gerda), await scene.visitAs(scene.admin)];
    await gerda.page.goto("/rules/certification");
    const shipped = await rules(gerda.page).inputValue();
    const wanted = shipped.replace("subject.properties.role: admin", "subject.properties.role: [admin, keeper]");
    await rules(gerda.page).fill(wanted);
    await gerda.page.getByRole("button", { name: "See what would change" }).click();
    await note(gerda.page).fill("Keepers write too.");
    await gerda.page.getByText("Nothing was asked of it lately").waitFor();
    await sign(gerda.page).click();
    await gerda.page.getByText("certification waits for somebody else to sign it.").waitFor();
    await waits(gerda.page).waitFor();
    expect(await rules(gerda.page).inputValue(), "what is in force is shown until then").toBe(shipped);
    expect(await gerda.page.getByText("Version 1", { exact: true }).count()).toBe(0);
    await picture(gerda.page, "rules-waiting");

    const secondBy = async ({ page }: Visit) => {
      await page.getByRole("button", { name: "Look at it" }).click();
      expect(await rules(page).inputValue()).toBe(wanted);
      expect(await note(page).inputValue()).toBe("Keepers write too.");
      await page.getByRole("button", { name: "See what would change" }).click();
      await page.getByText("Nothing was asked of it lately").waitFor();
      await sign(page).click();
    };
    await secondBy(gerda);
    await gerda.page.getByText("You signed it already; somebody else has to sign the same text.").waitFor();

    await admin.page.goto("/rules/certification");
    await waits(admin.page).waitFor();
    await admin.page.getByText("Signed by Gerda Amsler").waitFor();
    expect((await findBarriers(admin.page)).barriers).toEqual([]);
    await secondBy(admin);
    await admin.page.getByText("Version 1", { exact: true }).waitFor();
    await expect.poll(() => waits(admin.page).count()).toBe(0);
    expect(await rules(admin.page).inputValue()).toBe(wanted);
  });
});
