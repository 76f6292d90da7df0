/** The auditor's story: takes the evidence away and believes nobody, the server least of all. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const MAIN = join(import.meta.dirname, "..", "..", "src", "main.ts");
const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the auditor's story: ${NO_CHROMIUM}\n`);

/** The program as an auditor runs it: another process, without a server, a database or a network. */
function postern(...argv: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", POSTERN_DATA: "/nonexistent" };
    execFile(process.execPath, [MAIN, ...argv], { env }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out: out + err }));
  });
}

describe.skipIf(chromium === undefined)("an auditor", () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-auditor-"));
  let scene: ServedScene;
  let ended: string;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    ended = scene.refs[1]!;
  });
  afterAll(async () => {
    await scene.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("downloads everything about an exception from its page, and verifies it elsewhere with a key of their own", async () => {
    const key = join(folder, "key");
    writeFileSync(key, String(succeeded(await scene.as.audrey.ask("GET", "/api/v1/journal/key")).body["verifierKey"]));
    const { page, complaints } = await scene.visitAs(scene.as.audrey);
    await page.goto(`/exceptions/${ended}`);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download the evidence" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`${ended}-evidence.zip`);
    const file = join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await page.getByText(`${ended}-evidence.zip was downloaded.`).waitFor();
    await picture(page, "exception-evidence");
    const sound = await postern("verify", "--pack", file, "--key", key);
    expect(sound.out).toMatch(new RegExp(`^sound: ${ended}, closed since `));
    expect(sound.out).toContain("Ivo Keller approved version 1 as iam: signed with their passkey");
    expect(sound.out).toMatch(/ended \S+Z \(expired\), seen to be gone \S+Z/);
    expect(sound.code).toBe(0);
    const bytes = readFileSync(file);
    bytes[bytes.indexOf("VersionApproved")]! ^= 1;
    writeFileSync(file, bytes);
    const forged = await postern("verify", "--pack", file, "--key", key);
    expect(forged.out).toMatch(/^NOT SOUND: \d+ faults\nnot_proven at leaf \d+, entry ent_\w+: /);
    expect(forged.code).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("reads what an extension changed, word for word, and nothing that stayed as it was", async () => {
    const { page } = await scene.visitAs(scene.as.audrey);
    await page.goto(`/exceptions/${scene.shown}`);
    await page.getByRole("heading", { level: 2, name: "What changed" }).waitFor();
    await page.getByText("from version 1 to version 2").waitFor();
    const changed = page.getByRole("group", { name: "What changed from one version to the next" });
    expect(await changed.getByRole("term").allTextContents()).toEqual(["Until, not after"]);
    expect(await changed.getByRole("deletion").count()).toBeGreaterThan(0);
    expect(await changed.getByRole("insertion").count()).toBeGreaterThan(0);
    await picture(page, "exception-changed");
  });

  test("who may not take evidence away is told why on the button, and the page has no barrier", async () => {
    const { page } = await scene.visitAs(scene.as.ada);
    await page.goto(`/exceptions/${ended}`);
    const button = page.getByRole("button", { name: "Download the evidence" });
    await button.hover();
    await page
      .getByRole("tooltip")
      .filter({ hasText: /^Only .*auditor.* may do this/ })
      .waitFor();
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    expect((await findBarriers(page)).barriers).toEqual([]);
  });
});
