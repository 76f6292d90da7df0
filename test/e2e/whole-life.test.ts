import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addDuration, duration, type Instant, instantOfEpochMs } from "../../src/kernel/time.ts";
import { succeeded } from "../support/browser.ts";
import { openWholeApp, show, type WholeApp } from "../support/whole-app.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { fillRequest, heading, press } from "./support/form.ts";
import { type Served, serveToBrowsers } from "./support/serve.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: a whole life in a real browser: ${NO_CHROMIUM}\n`);

const TITLE = "VPN without a passkey for the control room";
const REF = "EXC-2026-0001";

/** From the start page, with a passkey. */
async function approve({ page, countAssertions }: Visit): Promise<void> {
  await page.goto("/today");
  await page.getByRole("link", { name: "Read and decide" }).click();
  await heading(page, TITLE).waitFor();
  const signed = await countAssertions();
  await press(page, "Approve with your passkey");
  await page.getByRole("heading", { level: 2, name: "Three clocks, one time line" }).waitFor();
  expect(await countAssertions()).toBe(signed + 1);
}

describe.skipIf(chromium === undefined)("an exception's whole life in a real browser, by its date", () => {
  let story: WholeApp & Served;
  beforeAll(async () => {
    const start = instantOfEpochMs(Date.now());
    story = await serveToBrowsers(
      chromium!,
      (origin) => openWholeApp({ origin, start }),
      ({ app }) => app,
    );
    const example = { key: "example", name: "Example directory", kind: "example", config: {} };
    succeeded(await story.admin.ask("POST", "/api/v1/connections", example));
  });
  afterAll(async () => {
    await story.close();
  });

  function moveOn(by: string): Instant {
    story.clock.set(addDuration(story.clock.now(), duration(by)));
    return story.clock.now();
  }

  test("an employee asks, two approve at browsers of their own, it is active, ends by its date, and is seen to be gone", async () => {
    const { page } = await story.visitAs(story.as.rolf);
    await page.goto("/request");
    await fillRequest(page, { title: TITLE, owner: "ada", implementer: "ines" });
    await press(page, "Put it forward");
    await heading(page, TITLE).waitFor();
    await page.getByText("In approval", { exact: true }).first().waitFor();
    const ref = page.url().split("/").at(-1)!;

    const [iam, network] = [await story.visitAs(story.as.ivo), await story.visitAs(story.as.nils)];
    await approve(iam);
    expect((await show(story.as.rolf, ref)).state).toBe("in_approval");
    await approve(network);
    // This clock stands still, the browser's does not: it asked from a moment that has to come first.
    await story.app.tick.tickOnce(moveOn("PT2M"));
    await page.getByText(/^In force; it ends/).waitFor();
    await page.getByRole("button", { name: "Read the provider back now" }).waitFor();
    await picture(page, "life-active");

    await story.app.tick.tickOnce(moveOn("P21D"));
    succeeded(await story.as.rolf.signIn());
    await story.until(
      () => show(story.as.rolf, ref),
      ({ state }) => state === "closed",
      "closed",
    );
    // Three weeks later no session lives; the passkey lets them in again.
    await iam.page.goto("/register?view=ended");
    await press(iam.page, "Sign in with a passkey");
    const row = iam.page.getByRole("row").filter({ hasText: TITLE });
    await row.getByText("Off, seen").waitFor();
    await row.getByText("Closed").waitFor();
    await iam.page.getByRole("link", { name: REF }).first().click();
    await iam.page.getByText("Closed: the provider was read back and it is gone").waitFor();
    await picture(iam.page, "life-closed");
    await iam.page.goto("/today");
    await iam.page.getByRole("link", { name: TITLE }).first().waitFor();
    expect([iam, network].flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
