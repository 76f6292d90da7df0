/** The guided first hour: the first administrator loads the example organisation, walks through it, and removes it again. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { askFrom, picture } from "./support/console.ts";
import { heading, press } from "./support/form.ts";
import { type ServedProcess, serveProcess } from "./support/served-process.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the guided first hour: ${NO_CHROMIUM}\n`);

/** A year is played, which is a minute of one processor. */
const YEAR_MS = 600_000;
const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

describe.skipIf(chromium === undefined)("the guided first hour in a real browser", () => {
  let served: ServedProcess;
  let admin: Visit;
  /** All there is in the real instance before anything of the example is there. */
  let before: unknown;

  beforeAll(async () => {
    served = await serveProcess(chromium!);
    admin = await served.visit();
    await admin.page.goto(served.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    before = await everything();
  });
  afterAll(async () => {
    await served.close();
  });

  const itemsOf = async (path: string) => (await askFrom(admin.page, "GET", `/api/v1/${path}`))["items"] as { leaf?: number }[];
  const ENTRIES = "journal/entries?limit=200";
  const everything = async () => {
    // An entry gets its place in the log a moment after it was written.
    const areInLog = async () => expect((await itemsOf(ENTRIES)).every(({ leaf }) => leaf !== undefined)).toBe(true);
    await vi.waitFor(areInLog, { timeout: 30_000 });
    const lists = ["people", "exceptions", "connections", "bypasses", "repeats", ENTRIES];
    return Promise.all(lists.map(async (path) => [path, await itemsOf(path)]));
  };
  const load = () => askFrom(admin.page, "POST", "/api/v1/example-organisation/load", {});
  const stateOf = async () => String((await askFrom(admin.page, "GET", "/api/v1/example-organisation"))["state"]);

  test(
    "one button loads it; meanwhile it says how far it is, a second press does no harm, and everything else goes on",
    async () => {
      const { page } = admin;
      await press(page, "Load the example organisation");
      const progress = page.getByRole("progressbar", { name: /Playing the year/ });
      await progress.waitFor();
      const shareNow = async () => Number(await progress.getAttribute("value"));
      await expect.poll(shareNow, { timeout: YEAR_MS }).toBeGreaterThan(2);
      const share = await shareNow();
      await picture(page, "example-loading");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await load();
      for (const words of ["People", "Policies", "Register"]) {
        await page.getByRole("link", { name: words, exact: true }).click();
        await heading(page, words).waitFor();
      }
      // Everything above was answered while the year was being played, and the second press began nothing anew.
      expect(await stateOf()).toBe("loading");
      await page.goto("/welcome");
      await progress.waitFor();
      expect(await shareNow()).toBeGreaterThanOrEqual(share);
      await page.getByRole("link", { name: "Walk in" }).waitFor({ timeout: YEAR_MS });
      await picture(page, "example-loaded");
    },
    YEAR_MS,
  );

  test("who walks in is told that all of it is invented, chooses in whose shoes, and finds what to do", async () => {
    const { page } = admin;
    await page.getByRole("link", { name: "Walk in" }).click();
    await heading(page, "In whose shoes?").waitFor();
    await page.getByRole("complementary", { name: "Example organisation" }).getByText("all of it is invented").waitFor();
    await picture(page, "example-shoes");
    await page.getByRole("button", { name: /^Farah Siddiqui/ }).click();
    await heading(page, "Your first hour").waitFor();
    await page.getByRole("complementary", { name: "Example organisation" }).getByText("all of it is invented").waitFor();
    await page.getByText("0 of 9 done").waitFor();
    await picture(page, "example-first-hour");
    expect((await findBarriers(page)).barriers).toEqual([]);
  });

  const step = (title: string) => admin.page.getByRole("listitem").filter({ has: admin.page.getByRole("heading", { name: title }) });
  const begin = async (title: string) => {
    await admin.page.getByRole("link", { name: "First hour" }).click();
    await step(title)
      .getByRole("button", { name: /^Go there as/ })
      .click();
  };
  const isDone = async (title: string) => {
    await admin.page.getByRole("link", { name: "First hour" }).click();
    await step(title).getByText("Done", { exact: true }).waitFor();
  };

  test("each step leads to its page in the shoes of whoever does it, and is ticked when it was really done", async () => {
    const { page } = admin;
    await begin("See what ended and is still open");
    await page.getByText(/^Not in force, but the provider still holds it/).waitFor();
    await picture(page, "example-overstay");
    await isDone("See what ended and is still open");

    await begin("Decide on a request");
    await page.getByRole("button", { name: "Approve with your passkey" }).click();
    const dialog = page.getByRole("dialog", { name: "Sign with an invented passkey" });
    await dialog.waitFor();
    await picture(page, "example-signature");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await dialog.getByRole("button", { name: /^Sign as/ }).click();
    await page.getByRole("heading", { level: 2, name: "Three clocks, one time line" }).waitFor();
    await isDone("Decide on a request");

    await begin("End an exception now, and see that it is gone");
    await press(page, "End it now");
    await page.getByRole("dialog").getByLabel("Why").fill("Looked at in the first hour.");
    await page.getByRole("dialog").getByRole("button", { name: "End it now" }).click();
    await page.getByText("Closed: the provider was read back and it is gone").waitFor({ timeout: 60_000 });
    await isDone("End an exception now, and see that it is gone");

    await begin("Find what keeps coming back");
    await heading(page, "Repeats").waitFor();
    await isDone("Find what keeps coming back");

    await begin("Verify it without trusting us");
    await heading(page, "Journal and proofs").waitFor();
    await isDone("Verify it without trusting us");
    await page.getByText("5 of 9 done").waitFor();
  });

  test("it and the real console, open in one browser, know nothing of each other: logs, news, what is typed", async () => {
    const { page, context } = admin;
    const verify = async (path: string) => {
      await page.goto(path);
      await press(page, "Verify now");
      await page.getByText(/^The log of \d+ entries holds$/).waitFor();
    };
    for (const path of ["/example/journal", "/journal", "/example/journal"]) await verify(path);
    await page.getByText("It is the log this browser saw last time").waitFor();

    const begin = async (path: string) => {
      await page.goto(path);
      await page.getByRole("radio", { name: /Remote access/ }).check();
      return page.getByLabel("Title");
    };
    await (await begin("/example/request")).fill("Invented like all of this");
    expect(await (await begin("/request")).inputValue()).toBe("");
    await page.goto("/example/request");
    await page.getByText("What you had typed is back").waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Invented like all of this");

    // The example's window was there first; the real one is told all the same.
    const real = await context.newPage();
    await real.goto("/people");
    await real.getByRole("rowheader", { name: "Alma" }).waitFor();
    await real.waitForLoadState("networkidle");
    expect(await everything()).toEqual(before);
    await askFrom(page, "POST", "/api/v1/people", { displayName: "Berta", roles: [] });
    await real.getByRole("rowheader", { name: "Berta" }).waitFor();
    await real.close();
    before = await everything();
  });

  test("nothing real can be connected to it, and it offers nothing of the kind", async () => {
    const { page } = admin;
    await page.goto("/example/sign-in");
    await page.getByRole("button", { name: /^Imani Okafor/ }).click();
    await heading(page, "Your first hour").waitFor();
    await page.goto("/example/connections");
    await page.getByText("invented, not real").first().waitFor();
    for (const name of ["Office directory (invented)", "Plant directory (invented)"]) await page.getByRole("button", { name }).waitFor();
    expect(await page.getByRole("button", { name: /Active Directory|OpenLDAP|Example directory/ }).count()).toBe(0);
    await page.goto("/example/welcome");
    await page.getByRole("link", { name: "Plant directory (invented)" }).waitFor();
    await page.getByRole("heading", { name: "Try the built-in example" }).waitFor({ state: "detached" });
    expect(await page.getByRole("heading", { name: "Walk through the example organisation" }).count()).toBe(0);
    await picture(page, "example-own-welcome");
  });

  test("its pages have no barrier and fit, wide or narrow, light or dark", async () => {
    const { page } = admin;
    const shown = {
      "/example/connections": /^Read it now/,
      "/example/first-hour": /^Go there as/,
      "/example/sign-in": /^Farah Siddiqui/,
      "/welcome": /^Remove the example/,
    };
    for (const [path, button] of Object.entries(shown)) {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1280, 360]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          await page.goto(path);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.getByRole("button", { name: button }).first().waitFor();
          expect((await findBarriers(page)).barriers).toEqual([]);
          expect(await page.evaluate(OVERFLOW), `${path} ${width}`).toBe(0);
          await picture(page, `example-${path.split("/").at(-1)}-${colorScheme}-${width}`);
        }
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test("one button removes it, with all that was done in it; nothing of the real instance was touched", async () => {
    const { page } = admin;
    await page.goto("/welcome");
    await press(page, "Remove the example organisation");
    await page.getByRole("button", { name: "Load the example organisation" }).waitFor();
    expect(existsSync(join(served.dataDir, "example"))).toBe(false);
    expect(await everything()).toEqual(before);
    await page.goto("/example/first-hour");
    await heading(page, "Welcome, Alma").waitFor();
    expect(admin.complaints).toEqual([]);
  });
});
