import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { findBarriers } from "./support/axe.ts";
import { castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture } from "./support/console.ts";
import { fillRequest, heading, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the console in a real browser: ${NO_CHROMIUM}\n`);

const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const TITLE = "VPN without a passkey for the control room";

/** Reads the request that waits and approves it with the passkey. */
async function approve(person: Visit): Promise<void> {
  const { page } = person;
  await page.goto("/approvals");
  await page.getByRole("link", { name: "Read and decide" }).click();
  await heading(page, TITLE).waitFor();
  const signed = await person.countAssertions();
  await press(page, "Approve with your passkey");
  await page.getByRole("heading", { level: 2, name: "Three clocks, one time line" }).waitFor();
  expect(await person.countAssertions()).toBe(signed + 1);
}

describe.skipIf(chromium === undefined)("the console in a real browser", () => {
  let console: OpenConsole;
  let admin: Visit;
  let rolf: Visit;
  let ivo: Visit;
  let nils: Visit;
  beforeAll(async () => {
    console = await openConsole(chromium!);
    admin = await console.visit();
  });
  afterAll(async () => {
    await console.close();
  });

  test("the first administrator enrols with the terminal's link, and its secret never reaches the server in an address", async () => {
    const asked: string[] = [];
    admin.page.on("request", (request) => asked.push(request.url()));
    await admin.page.goto(console.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await picture(admin.page, "enrol");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    const secret = console.firstLink.split("#")[1]!;
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((url) => url.includes(secret) && !url.includes("#"))).toEqual([]);
    expect(admin.page.url()).not.toContain(secret);
    expect(console.logged.join("")).not.toContain(secret);
  });

  test("the example directory is connected with one button and shows what nobody answers for", async () => {
    await picture(admin.page, "welcome");
    await press(admin.page, "Use the example");
    await admin.page.getByRole("link", { name: "See the bypasses found" }).click();
    await heading(admin.page, "Bypasses found").waitFor();
    await admin.page.getByRole("rowheader", { name: /viktor\.petrov/ }).waitFor();
    await picture(admin.page, "bypasses");
    expect(await admin.page.getByRole("row").count()).toBeGreaterThan(5);
  });

  test("invited people enrol on their own devices, and one of them asks for an exception", async () => {
    await castPeople(admin.page);
    rolf = await inviteAndEnrol(console, admin.page, "Rolf");
    await rolf.page.getByRole("link", { name: "Request an exception" }).first().click();
    await fillRequest(rolf.page, { title: TITLE, owner: "Ada", implementer: "Ines" });
    await picture(rolf.page, "request");
    await press(rolf.page, "Put it forward");
    await heading(rolf.page, TITLE).waitFor();
    await rolf.page.getByText("In approval", { exact: true }).first().waitFor();
    await picture(rolf.page, "in-approval");
  });

  test("the requester finds why they may not decide; two others approve with a passkey each, and it becomes active", async () => {
    await rolf.page.goto(`${rolf.page.url()}/decide`);
    await rolf.page.getByRole("button", { name: "Approve with your passkey" }).hover();
    await rolf.page.getByText("Nobody decides on their own request.").first().waitFor();
    ivo = await inviteAndEnrol(console, admin.page, "Ivo");
    nils = await inviteAndEnrol(console, admin.page, "Nils");
    await approve(ivo);
    await picture(nils.page, "register-empty");
    await approve(nils);
    await nils.page.getByText("Active", { exact: true }).first().waitFor({ timeout: 30_000 });
    await picture(nils.page, "exception");
    await nils.page.getByRole("link", { name: "Register" }).first().click();
    const row = nils.page.getByRole("row").filter({ hasText: TITLE });
    await row.getByText("On, as granted").waitFor();
    await picture(nils.page, "register");
  });

  test("an entry of the journal is proven by the browser itself", async () => {
    await nils.page.goto("/register?view=open");
    await nils.page.getByRole("row").filter({ hasText: TITLE }).getByRole("link").click();
    await nils.page.getByRole("link", { name: "Proof", exact: true }).first().click();
    await nils.page.getByText("The proof holds").waitFor();
    expect(await nils.page.getByText("Holds", { exact: true }).count()).toBe(4);
    await picture(nils.page, "entry");
  });

  test("a session that ends in the middle of work, or a network that does, loses nothing that was typed", async () => {
    const { page, context } = rolf;
    await page.goto("/request");
    await page.getByRole("radio", { name: /Legacy application/ }).check();
    await page.getByLabel("Unit").fill("Billing");
    await page.getByLabel("Title").fill("Typed before the session ended");
    await context.setOffline(true);
    await press(page, "Go on");
    await page.getByText("Postern did not answer", { exact: true }).waitFor();
    await context.setOffline(false);
    await context.clearCookies();
    await press(page, "Go on");
    await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await picture(page, "session-ended");
    await press(page, "Sign in and go on");
    await page.getByText(/is saved as a draft/).waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Typed before the session ended");
    // Nothing is saved of what follows: only this device can know it.
    await page.route("**/api/v1/exceptions/**", (route) => (route.request().method() === "GET" ? route.fallback() : route.abort()));
    await page.getByLabel("Title").fill("Typed before the page was closed");
    await page.reload();
    await page.getByText("What you had typed is back").waitFor();
    await page.unroute("**/api/v1/exceptions/**");
    expect(await page.getByLabel("Title").inputValue()).toBe("Typed before the page was closed");
  });

  test("every fault of a request is told at once, beside its field", async () => {
    await press(rolf.page, "Put it forward");
    await rolf.page.getByText(/things are to be changed/).waitFor();
    await picture(rolf.page, "request-faults");
    for (const label of ["Why no stronger way exists today", "Let through instead", "What replaces it"]) {
      const field = rolf.page.locator("[data-invalid]").filter({ hasText: label });
      expect(await field.count(), label).toBeGreaterThan(0);
    }
    const until = rolf.page.getByRole("group", { name: "Until the end of" }).getByRole("spinbutton").first();
    expect(await until.getAttribute("aria-invalid")).toBe("true");
  });

  test("what one person typed comes back to them alone: not to the next one at this window, and not after signing out", async () => {
    const { page, context } = rolf;
    const begin = async () => {
      await page.goto("/request");
      await page.getByRole("radio", { name: /Legacy application/ }).check();
      return page.getByLabel("Title");
    };
    const signInAgain = async () => {
      await press(page, "Sign in with a passkey");
      await heading(page, "Request an exception").waitFor();
    };
    await (await begin()).fill("For Rolf's eyes");
    await context.clearCookies();
    await page.reload();
    await signInAgain();
    await page.getByText("What you had typed is back").waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("For Rolf's eyes");
    await context.clearCookies();
    await context.addCookies(await nils.context.cookies());
    expect(await (await begin()).inputValue()).toBe("");
    await page.getByRole("button", { name: /^Nils/ }).waitFor();
    await context.clearCookies();
    await page.reload();
    await signInAgain();
    expect(await (await begin()).inputValue()).toBe("");
    await page.getByLabel("Title").fill("Typed before signing out");
    await page.getByRole("button", { name: /^Rolf/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await heading(page, "Sign in").waitFor();
    await page.goto("/request");
    await signInAgain();
    expect(await (await begin()).inputValue()).toBe("");
  });

  test("everything can be reached from the keyboard alone", async () => {
    const { page } = ivo;
    await page.goto("/connections");
    await heading(page, "Connections").waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("EXC-2026-0001");
    await page.getByRole("option", { name: /EXC-2026-0001/ }).waitFor();
    await picture(page, "palette");
    // Faster than the answer: typed anew and entered at once.
    await page.keyboard.press("Control+a");
    await page.keyboard.type("EXC-2026-000");
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await heading(page, TITLE).waitFor();
    await page.getByRole("button", { name: "Search or go to" }).waitFor();
    await page.reload();
    await heading(page, TITLE).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement?.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement?.tagName")).toBe("MAIN");
  });

  test("a dialog opens with Enter, closes with Escape, and gives the focus back to what opened it", async () => {
    const { page } = ivo;
    const opener = page.getByRole("button", { name: "End it now", exact: true });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "End EXC-2026-0001 now?" });
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement?.textContent")).toBe("End it now");
  });

  test("ending it names the consequence, takes it out of the provider, and the register says it was seen to be gone", async () => {
    const { page } = ivo;
    await press(page, "End it now");
    const dialog = page.getByRole("dialog", { name: "End EXC-2026-0001 now?" });
    await dialog.getByLabel("Why").fill("The terminal was replaced.");
    await picture(page, "end-it");
    await dialog.getByRole("button", { name: "End it now" }).click();
    await page.getByText("Closed: the provider was read back and it is gone").first().waitFor({ timeout: 40_000 });
    await picture(page, "closed");
    await page.goto("/register?view=ended");
    const row = page.getByRole("row").filter({ hasText: TITLE });
    await row.getByText("Off, seen").waitFor();
    await row.getByText("Closed").waitFor();
  });

  test.each(["light", "dark"] as const)("the form that connects a directory has no barrier, wide or narrow, in %s", async (colorScheme) => {
    const { page } = ivo;
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto("/connections?add=activedirectory");
      await heading(page, "Connections").waitFor();
      const { barriers, looked } = await findBarriers(page);
      expect(looked).toBeGreaterThan(15);
      expect(barriers).toEqual([]);
      expect(Number(await page.evaluate(OVERFLOW))).toBe(0);
      await picture(page, `${colorScheme}-${width}-connect`);
    }
  });

  test.each(["light", "dark"] as const)("the way in has no barrier, in %s", async (colorScheme) => {
    const stranger = await console.visit({ colorScheme, width: 360, height: 740 });
    await stranger.page.goto("/sign-in");
    await heading(stranger.page, "Sign in").waitFor();
    expect((await findBarriers(stranger.page)).barriers).toEqual([]);
    await picture(stranger.page, `${colorScheme}-360-sign-in`);
    await stranger.page.goto(console.firstLink);
    await heading(stranger.page, "This link does not work").waitFor();
    expect((await findBarriers(stranger.page)).barriers).toEqual([]);
    await stranger.page.goto("/register?view=all");
    await heading(stranger.page, "Sign in").waitFor();
    expect(stranger.page.url()).toContain("to=");
  });

  test("nothing on these pages broke a script or the content security policy", () => {
    expect([admin, rolf, ivo, nils].flatMap((person) => person.complaints)).toEqual([]);
  });
});
