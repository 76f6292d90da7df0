/** Help where the question arises: what a word means, why a button is off, what a refusal is about, and who answers from now on. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { MEANS } from "../../web/glossary.ts";
import { succeeded } from "../support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture, tip } from "./support/console.ts";
import { heading } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: help in a real browser: ${NO_CHROMIUM}\n`);

/** Ten weeks are lived through before anybody looks. */
const LIVED_MS = 400_000;

/** How far a tooltip reaches out of the window, on any side. */
async function cutOff(page: Page, shown: Locator): Promise<number> {
  const box = (await shown.boundingBox())!;
  const { width, height } = page.viewportSize()!;
  return Math.max(0, -box.x, -box.y, box.x + box.width - width, box.y + box.height - height);
}

describe.skipIf(chromium === undefined)("help where the question arises, in a real browser", () => {
  let scene: ServedScene;
  let ivo: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    ivo = await scene.visitAs(scene.as.ivo);
  }, LIVED_MS);
  afterAll(async () => {
    await scene.close();
  });

  test("a word of the field says what it means on hover, on focus and on touch; Escape and leaving put it away", async () => {
    const { page } = ivo;
    await page.goto(`/exceptions/${scene.shown}`);
    const term = page.getByRole("button", { name: "True age" });
    const means = tip(page, MEANS["true age"]);
    await term.hover();
    await means.waitFor();
    await picture(page, "help-term");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await page.keyboard.press("Escape");
    await means.waitFor({ state: "hidden" });
    await term.focus();
    await means.waitFor();
    await page.keyboard.press("Tab");
    await means.waitFor({ state: "hidden" });
    const id = await term.getAttribute("aria-describedby");
    expect(await page.evaluate(`document.getElementById(${JSON.stringify(id)}).textContent`)).toBe(MEANS["true age"]);

    const cdp = await ivo.context.newCDPSession(page);
    await cdp.send("Emulation.setTouchEmulationEnabled", { enabled: true });
    const { x, y, width, height } = (await term.boundingBox())!;
    const touch = async (at: { x: number; y: number }) => {
      await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
      await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    await touch({ x: x + width / 2, y: y + height / 2 });
    await means.waitFor();
    await touch({ x: 5, y: 5 });
    await means.waitFor({ state: "hidden" });
    await cdp.send("Emulation.setTouchEmulationEnabled", { enabled: false });
  });

  test("Escape puts away the words beside a button, not the dialog they are in", async () => {
    const { page } = await scene.visitAs(scene.admin);
    await page.goto("/people");
    await page.getByRole("button", { name: "Add a person" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a person" });
    await dialog.getByRole("button", { name: "Add", exact: true }).focus();
    await tip(page, "Enter the name first.").waitFor();
    await page.keyboard.press("Escape");
    await tip(page, "Enter the name first.").waitFor({ state: "hidden" });
    expect(await dialog.isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.context().close();
  });

  test("no tooltip is cut off by an edge of the window, wide or narrow", async () => {
    const { page } = await scene.visitAs(scene.as.hedi);
    let seen = 0;
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 640 });
      for (const path of [`/exceptions/${scene.shown}`, "/register?view=all", "/people", "/policies", "/connections"]) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.getByRole("main").getByRole("button").first().waitFor();
        for (const each of await page.getByRole("main").getByRole("button").and(page.locator("[aria-describedby]")).all()) {
          await each.focus();
          const shown = page.locator(`[id="${await each.getAttribute("aria-describedby")}"]`);
          await shown.waitFor();
          expect(await cutOff(page, shown), `${path} at ${width}: ${await shown.textContent()}`).toBe(0);
          seen += 1;
        }
        await picture(page, `help-tooltip-${path.split(/[/?]/)[1]}-${width}`);
      }
    }
    expect(seen).toBeGreaterThan(30);
    await page.context().close();
  });

  test("a refusal leads to its page, which the same server has for everybody", async () => {
    const { page, context, complaints } = await scene.visitAs(scene.admin);
    await page.goto("/people");
    await page.getByRole("button", { name: "Add a person" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a person" });
    await dialog.getByLabel("Name").fill("Quentin Hale");
    for (const role of ["help desk", "IAM"]) await dialog.getByRole("checkbox", { name: role, exact: true }).check();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    const why = dialog.getByText("The help desk never owns and never approves");
    await why.waitFor();
    // Whoever is refused sees why without looking for it.
    await expect.poll(() => cutOff(page, why), { timeout: 30_000 }).toBe(0);
    await picture(page, "help-refusal");
    expect((await findBarriers(page)).barriers).toEqual([]);
    const opening = context.waitForEvent("page");
    await dialog.getByRole("link", { name: /^About this refusal, in a new tab: people.helpDeskCombined/ }).click();
    const about = await opening;
    await about.getByRole("heading", { level: 1 }).waitFor();
    expect(about.url()).toBe(`${scene.origin}/problems/people.helpDeskCombined`);
    await picture(about, "help-problem");
    expect((await findBarriers(about)).barriers).toEqual([]);
    await context.clearCookies();
    await about.reload();
    await about.getByRole("heading", { level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("when an owner has left, somebody who may own takes over with a passkey; who may not is told why", async () => {
    const yaml = "people:\n  - { key: rolf, name: Rolf Tanner, unit: Plant, roles: [application_owner] }";
    succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    succeeded(await scene.admin.ask("POST", `/api/v1/people/${scene.idOf.ada}/deactivate`, { reason: "left" }));
    // Who gets a role signs in anew.
    succeeded(await scene.as.rolf.signIn());

    await ivo.page.goto(`/exceptions/${scene.shown}`);
    await ivo.page.getByText("Not possible now").click();
    await ivo.page.getByRole("listitem").filter({ hasText: "Take over. An owner holds one of: " }).waitFor();
    expect(await ivo.page.getByRole("button", { name: "Take over" }).count()).toBe(0);

    const rolf = await scene.visitAs(scene.as.rolf);
    const { page } = rolf;
    await page.goto(`/exceptions/${scene.shown}`);
    await page.getByRole("button", { name: "Take over" }).click();
    const dialog = page.getByRole("dialog", { name: `Take over ${scene.shown}?` });
    await dialog.getByText("in place of Ada Lindqvist").waitFor();
    await picture(page, "help-take-over");
    expect((await findBarriers(page)).barriers).toEqual([]);
    const signed = await rolf.countAssertions();
    await dialog.getByRole("button", { name: "Answer for it with your passkey" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText(`You answer for ${scene.shown} from now on.`).waitFor();
    await page.getByRole("listitem").filter({ hasText: "A new owner answers for it" }).first().waitFor();
    expect(await rolf.countAssertions()).toBe(signed + 1);
    const { body } = succeeded(await scene.as.ivo.ask("GET", `/api/v1/exceptions/${scene.shown}`));
    expect(body["owner"]).toBe(scene.idOf.rolf);
    await page.getByText("Not possible now").click();
    await page.getByRole("listitem").filter({ hasText: "Take over. You answer for it already." }).waitFor();
    await page.context().close();
  });

  test("all of the navigation fits a low window, and in a lower one the page one is on is in sight", async () => {
    const { page } = ivo;
    const nav = page.getByRole("navigation", { name: "Console" });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto("/people");
    await heading(page, "People").waitFor();
    for (const link of await nav.getByRole("link").all()) {
      const box = (await link.boundingBox())!;
      expect(box.y + box.height, (await link.textContent()) ?? "").toBeLessThanOrEqual(800 - 48);
    }
    await picture(page, "help-nav-800");
    await page.setViewportSize({ width: 1280, height: 480 });
    await page.goto("/people");
    const here = nav.getByRole("link", { name: "People" });
    const person = nav.getByRole("button", { name: /Ivo/ });
    await expect.poll(async () => (await here.boundingBox())!.y + 26 <= (await person.boundingBox())!.y, { timeout: 30_000 }).toBe(true);
    await picture(page, "help-nav-480");
    expect((await findBarriers(page)).barriers).toEqual([]);
    expect(ivo.complaints).toEqual([]);
  });
});
