import { afterAll, beforeAll, describe, expect, test } from "vitest";

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
