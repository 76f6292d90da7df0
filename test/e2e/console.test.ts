import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture } from "./support/console.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the console in a real browser: ${NO_CHROMIUM}\n`);

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** Picks from a list to search by typing. */
async function pick(page: Page, label: string, name: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.keyboard.type(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
}

/** Types a day into the segments of a date field, as a keyboard does. */
async function typeDay(page: Page, label: string, day: Date): Promise<void> {
  const field = page.getByRole("group", { name: label });
  await field.getByRole("spinbutton").first().click();
  const [year, month, date] = day.toISOString().slice(0, 10).split("-");
  await page.keyboard.type(`${year}${month}${date}`);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const TITLE = "VPN without a passkey for the control room";

async function fillRequest(page: Page): Promise<void> {
  await page.getByRole("radio", { name: /Remote access/ }).check();
  await page.getByLabel("Unit").fill("Plant");
  await page.getByLabel("Title").fill(TITLE);
  await page.getByLabel("Why no stronger way exists today").fill("The terminal takes no authenticator until it is replaced.");
  await page.getByLabel("Kind of reason").selectOption({ label: "The technology cannot do it" });
  await page.getByLabel("Provider").selectOption({ label: "Example directory" });
  await page.getByLabel("Policy", { exact: true }).selectOption({ label: "VPN" });
  await page.getByLabel("Find a person, group or account").fill("amara.osei");
  await press(page, "Find and add");
  await page.getByLabel("Control 1").fill("Only from the plant's own network");
  await page.getByLabel("Risk without them").selectOption({ label: "Moderate" });
  await page.getByLabel("Risk with them").selectOption({ label: "Low" });
  await typeDay(page, "Until the end of", inDays(20));
  await page.getByLabel("What replaces it").fill("A terminal with a reader");
  await pick(page, "Who brings that about", "Ada");
  await pick(page, "Business owner", "Ada");
  await pick(page, "Implementer", "Ines");
}

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
    await fillRequest(rolf.page);
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
    await nils.page.getByRole("link", { name: "Proof" }).first().click();
    await nils.page.getByText("The proof holds").waitFor();
    expect(await nils.page.getByText("Holds", { exact: true }).count()).toBe(4);
    await picture(nils.page, "entry");
  });

  test("nothing on these pages broke a script or the content security policy", () => {
    expect([admin, rolf, ivo, nils].flatMap((person) => person.complaints)).toEqual([]);
  });
});
