import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture, tip } from "./support/console.ts";
import { serveScene, type ServedScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: policies in a real browser: ${NO_CHROMIUM}\n`);

describe.skipIf(chromium === undefined)("a governance lead and the policies", () => {
  let scene: ServedScene;
  let gerda: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    gerda = await scene.visitAs(scene.as.gerda);
  });
  afterAll(async () => {
    await scene.close();
  });

  test("sees what a change would do to what lives before it can be signed, and then signs exactly that", async () => {
    const { page } = gerda;
    await page.goto("/policies");
    await picture(page, "policies");
    await page.getByRole("link", { name: "Remote access" }).click();
    await page.getByRole("heading", { level: 1, name: "Remote access" }).waitFor();
    const sign = page.getByRole("button", { name: "Change with your passkey" });
    const look = page.getByRole("button", { name: "See what it would do" });
    await sign.hover();
    await tip(page, "Change something first.").waitFor();

    await page.getByRole("textbox", { name: /^Review every/ }).fill("20");
    await sign.hover();
    await tip(page, "See first what it would do.").waitFor();
    await look.click();
    await page.getByRole("list", { name: "Exceptions it touches" }).getByRole("link").first().waitFor();
    await picture(page, "policy-tried");

    await page.getByLabel("Controls at least").fill("0");
    await look.click();
    await page.getByText("Every bypass has a compensating control.").first().waitFor();
    await picture(page, "policy-refused");
    await page.getByLabel("Controls at least").fill("1");
    await look.click();

    const signed = await gerda.countAssertions();
    await sign.click();
    await page.getByText("Version 2. A change holds from the next decision on.").waitFor();
    expect(await gerda.countAssertions()).toBe(signed + 1);
    await page.getByText("Changed: Review every").waitFor();
    await picture(page, "policy-changed");
  });

  test("another role reads the policies and is told why it may not change them", async () => {
    const { page } = await scene.visitAs(scene.as.rolf);
    await page.goto("/policies/remote_access");
    await page.getByRole("button", { name: "Change with your passkey" }).hover();
    await tip(page, /^Only .* may do this\./).waitFor();
  });
});
