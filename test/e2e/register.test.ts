/** The register as somebody works with it: sorts it, takes it away, and ends several at once with one touch. */
import { parse } from "csv-parse/sync";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the register in a real browser: ${NO_CHROMIUM}\n`);

describe.skipIf(chromium === undefined)("the register in a real browser", () => {
  let scene: ServedScene;
  let ilse: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    ilse = await enrolIlse(scene);
  });
  afterAll(async () => {
    await scene.close();
  });

  const refs = async () => {
    const cells = await ilse.page.getByRole("rowheader").allTextContents();
    return cells.map((text) => text.trim());
  };

  test("sorts by any of its columns on the server, and the address bar keeps it", async () => {
    await ilse.page.goto("/register?view=all");
    await ilse.page.getByRole("button", { name: "Title" }).click();
    await ilse.page.getByRole("columnheader", { name: "Title" }).and(ilse.page.locator("[aria-sort=ascending]")).waitFor();
    expect(ilse.page.url()).toContain("sort=title");
    const up = await refs();
    await ilse.page.getByRole("button", { name: "Title" }).click();
    await ilse.page.getByRole("columnheader", { name: "Title" }).and(ilse.page.locator("[aria-sort=descending]")).waitFor();
    expect(await refs()).toEqual(up.toReversed());
    await picture(ilse.page, "register-sorted");
  });

  test("hands out as a file what it shows, in the order it shows it", async () => {
    const shown = await refs();
    const downloading = ilse.page.waitForEvent("download");
    await ilse.page.getByRole("button", { name: "Download as CSV" }).click();
    const rows = parse(readFileSync(await (await downloading).path()), { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row["Reference"])).toEqual(shown);
  });

  test("several are ended with one touch: first it says what would happen to each, then what came of each", async () => {
    const { page } = ilse;
    await page.goto("/register?view=all&sort=ref");
    const [active, , closed] = scene.refs;
    for (const ref of [active!, closed!, scene.refs.at(-2)!]) await page.getByRole("checkbox", { name: `Choose ${ref}` }).check();
    await page.getByText("3 exceptions chosen").waitFor();
    await page.getByRole("button", { name: "End now" }).click();
    const foreseen = page.getByRole("list", { name: "What would happen" });
    await foreseen.getByRole("listitem").filter({ hasText: active! }).getByText("Not in force from now on").waitFor();
    await foreseen.getByRole("listitem").filter({ hasText: closed! }).getByText("Refused").waitFor();
    await page.getByLabel("Why").fill("The new terminals are here.");
    await picture(page, "register-bulk");
    expect((await findBarriers(page)).barriers).toEqual([]);
    const signed = await ilse.countAssertions();
    await page.getByRole("button", { name: "End 2 of 3 with your passkey" }).click();
    await page.getByRole("heading", { name: "Ended: 2 of 2" }).waitFor();
    expect(await ilse.countAssertions()).toBe(signed + 1);
    await page.getByRole("button", { name: "Done" }).click();
    const { body } = succeeded(await scene.as.audrey.ask("GET", `/api/v1/exceptions/${active!}`));
    expect(body["inForce"]).toBe(false);
    expect(ilse.complaints).toEqual([]);
  });
});

/** Ilse of IAM, new here, at her own device with her own passkey. */
async function enrolIlse(scene: ServedScene): Promise<Visit> {
  const yaml = "people:\n  - { key: ilse, name: Ilse Kern, unit: Plant, roles: [iam] }";
  succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
  const { items } = succeeded(await scene.admin.ask("GET", "/api/v1/people?search=Ilse")).body as { items: { id: string }[] };
  const person = items[0]!.id;
  const assertion = await scene.admin.sign("access.invite", person);
  const invited = succeeded(await scene.admin.ask("POST", "/api/v1/invitations", { person, assertion }));
  const visiting = await scene.visitAs(scene.as.ivo);
  await visiting.context.clearCookies();
  await visiting.page.goto(String(invited.body["link"]));
  await visiting.page.getByRole("button", { name: "Make a passkey" }).click();
  await visiting.page.getByRole("button", { name: "Sign in with it" }).click();
  await visiting.page.getByRole("heading", { level: 1 }).first().waitFor();
  await visiting.page.waitForURL((url) => !url.pathname.startsWith("/enrol"));
  return visiting;
}
