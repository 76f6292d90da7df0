/** What is not as it must be: it belongs to somebody, who says what is being done, hands it on, or has its risk accepted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: findings in a real browser: ${NO_CHROMIUM}\n`);

describe.skipIf(chromium === undefined)("findings, in a real browser", () => {
  let scene: ServedScene;
  let gerda: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    gerda = await scene.visitAs(scene.as.gerda);
  });
  afterAll(async () => {
    await scene.close();
  });

  test("governance sees what is wrong and gives it to somebody, who finds it on Today", async () => {
    const { page, complaints } = gerda;
    await page.goto("/findings");
    await heading(page, "Findings").waitFor();
    await page.getByRole("table").getByRole("link").first().waitFor();
    await picture(page, "findings");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await page.getByRole("link", { name: "Mended", exact: true }).click();
    await page.waitForURL(/view=mended/);
    await page.getByRole("link", { name: "Open", exact: true }).click();
    const statement = await page.getByRole("table").getByRole("link").first().textContent();
    await page.getByRole("table").getByRole("link").first().click();
    await page.getByText("Nobody has said yet.").waitFor();
    await page.getByRole("button", { name: "Say what is being done" }).click();
    await page.getByLabel("What is being done, and until when").fill("It is looked at this week.");
    await page.getByRole("button", { name: "Write it down" }).click();
    await page.getByText("It is looked at this week.").waitFor();
    await page.getByRole("button", { name: "Say whose it is" }).click();
    await page.getByRole("combobox", { name: "Who answers for it" }).click();
    await page.keyboard.type("Ada");
    await page.getByRole("option", { name: /^Ada Lindqvist/ }).click();
    await page.getByLabel("Why it is theirs").fill("The VPN is hers.");
    await page.getByRole("button", { name: "Give it to them" }).click();
    await page.getByText("The VPN is hers.").waitFor();
    await picture(page, "finding");
    expect((await findBarriers(page)).barriers).toEqual([]);
    const ada = await scene.visitAs(scene.as.ada);
    await ada.page.goto("/today");
    await ada.page.getByRole("heading", { level: 2, name: "Findings that are yours" }).waitFor();
    await ada.page.getByRole("link", { name: statement! }).click();
    await ada.page.getByRole("button", { name: "Hand it on" }).waitFor();
    expect([...complaints, ...ada.complaints]).toEqual([]);
  });

  test("a finding is put before an executive, whole, from its page", async () => {
    const { page } = gerda;
    const { items } = succeeded(await scene.admin.ask("GET", "/api/v1/findings?state=open")).body as {
      items: { id: string; statement: string }[];
    };
    const finding = items[0]!;
    await page.goto(`/findings/${finding.id}`);
    await page.getByRole("link", { name: "Propose a risk acceptance" }).click();
    await page.getByRole("list", { name: "Findings it covers" }).getByText(finding.statement).waitFor();
    await picture(page, "propose-risk-of-a-finding");
    expect((await findBarriers(page)).barriers).toEqual([]);
  });
});
