import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { askFrom, castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture } from "./support/console.ts";
import { heading, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the pages of those who run Postern: ${NO_CHROMIUM}\n`);

describe.skipIf(chromium === undefined)("the pages of those who run Postern", () => {
  let console: OpenConsole;
  let admin: Visit;
  let audrey: Visit;
  beforeAll(async () => {
    console = await openConsole(chromium!);
    admin = await console.visit();
    await admin.page.goto(console.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    await press(admin.page, "Use the example");
    await admin.page.getByRole("link", { name: "See the bypasses found" }).waitFor();
    await castPeople(admin.page);
    await askFrom(admin.page, "POST", "/api/v1/people", { displayName: "Audrey", roles: ["auditor"] });
  });
  afterAll(async () => {
    await console.close();
  });

  describe("an auditor", () => {
    beforeAll(async () => {
      audrey = await inviteAndEnrol(console, admin.page, "Audrey");
    });

    test("verifies the whole log in the browser, and each entry shown", async () => {
      const { page } = audrey;
      await page.getByRole("link", { name: "Journal and proofs" }).click();
      await heading(page, "Journal and proofs").waitFor();
      await page.getByText("this browser has verified no checkpoint of this log yet").waitFor();
      const shown = page.getByRole("table", { name: "What happened", exact: true }).getByRole("row");
      const unproven = async () => {
        await press(page, "Verify now");
        await page.getByText(/^The log of \d+ entries holds$/).waitFor();
        expect(await page.getByText("Fails", { exact: true }).count()).toBe(0);
        return (await shown.count()) - 1 - (await page.getByText("In the log", { exact: true }).count());
      };
      // The last entries wait a second for their place in the log.
      await expect.poll(unproven, { timeout: 30_000, interval: 500 }).toBe(0);
      await picture(page, "journal-verified");
    });

    test("is told, when verifying again, that the log is the one seen before, grown longer", async () => {
      const { page } = audrey;
      await askFrom(admin.page, "POST", "/api/v1/people", { displayName: "Somebody new", roles: [] });
      await page.goto("/journal");
      await page.getByText(/entries, verified/).waitFor();
      await page.getByRole("link", { name: "Somebody new" }).waitFor();
      await press(page, "Verify now");
      await page.getByText("It is the log this browser saw last time, grown longer.").waitFor();
      await page.getByText(/The first \d+ entries are those this browser verified last time/).waitFor();
    });

    test("finds a tile that was tampered with, and what was seen before is not forgotten for it", async () => {
      const { page } = audrey;
      await page.goto("/journal");
      await page.route("**/api/v1/journal/tile/0/**", async (route) => {
        const answer = await route.fetch();
        const body = await answer.body();
        body[40]! ^= 1;
        await route.fulfill({ response: answer, body });
      });
      const before = await page.evaluate("localStorage.getItem('postern.log')");
      await press(page, "Verify now");
      await page.getByRole("alert").getByText("The log does not hold").waitFor();
      await page.getByText("Fails", { exact: true }).first().waitFor();
      await picture(page, "journal-tampered");
      expect(await page.evaluate("localStorage.getItem('postern.log')")).toBe(before);
      await page.unroute("**/api/v1/journal/tile/0/**");
      await press(page, "Verify now");
      await page.getByText("It is the log this browser saw last time, grown longer.").waitFor();
    });

    test("finds a log that was set back, and an entry that is not what was hashed", async () => {
      const { page } = audrey;
      await page.evaluate(`{
        const kept = JSON.parse(localStorage.getItem("postern.log"));
        localStorage.setItem("postern.log", JSON.stringify({ ...kept, size: kept.size + 1000 }));
      }`);
      await page.goto("/journal");
      await press(page, "Verify now");
      await page.getByText(/when this browser looked last$/).waitFor();
      await page.evaluate("localStorage.removeItem('postern.log')");
      await page.route("**/api/v1/journal/entries?*", async (route) => {
        const answer = await route.fetch();
        const body = (await answer.text()).replace("Somebody new", "Somebody old");
        // A question may be asked again while the way is given back.
        await route.fulfill({ response: answer, body }).catch(() => undefined);
      });
      await page.goto("/journal");
      await page.getByRole("table", { name: "What happened", exact: true }).getByRole("row").nth(3).waitFor();
      await press(page, "Verify now");
      await page.getByText("Not what was hashed").waitFor();
      await page.unroute("**/api/v1/journal/entries?*");
    });

    test("looks for what one person did and what happened to one thing; the address keeps it", async () => {
      const { page } = audrey;
      await page.goto("/journal");
      await page.getByLabel("Kind").selectOption({ label: "Connection" });
      await page.getByRole("link", { name: "Provider connected" }).waitFor();
      expect(await page.getByRole("table", { name: "What happened", exact: true }).getByRole("row").count()).toBe(2);
      await page.getByRole("link", { name: "Alma", exact: true }).first().click();
      await page.getByRole("link", { name: "Invited", exact: true }).waitFor();
      expect(page.url()).toContain("actor=per_");
      await page.getByRole("link", { name: "Invited", exact: true }).first().click();
      await page.getByText("The proof holds").waitFor();
    });
  });

  describe("an administrator", () => {
    test("withdraws an invitation, and its link lets nobody in", async () => {
      const { page } = admin;
      const { id } = await askFrom(page, "POST", "/api/v1/people", { displayName: "Left early", roles: [] });
      expect(id).toMatch(/^per_/);
      await page.goto("/people");
      await page.getByRole("searchbox", { name: "Search people" }).fill("Left early");
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Left early" }) });
      await row.getByRole("button", { name: "Invite" }).click();
      await press(page, "Make the link");
      const link = await page.getByRole("dialog").locator("code").filter({ hasText: "/enrol#" }).textContent();
      await press(page, "Done");
      await page.goto("/administration");
      const invitation = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Left early", exact: true }) });
      await invitation.getByText("Open", { exact: true }).waitFor();
      await invitation.getByRole("button", { name: "Withdraw" }).click();
      const dialog = page.getByRole("dialog", { name: "Withdraw the invitation of Left early?" });
      await dialog.getByRole("button", { name: "Withdraw it" }).click();
      await invitation.getByText("Withdrawn").waitFor();
      expect(await invitation.getByRole("button", { name: "Withdraw" }).count()).toBe(0);
      const stranger = await console.visit();
      await stranger.page.goto(link ?? "");
      await heading(stranger.page, "This link does not work").waitFor();
      await stranger.context.close();
    });

    test("ends the calendar address of somebody, and sees that there is none any more", async () => {
      const { page } = admin;
      await askFrom(audrey.page, "POST", "/api/v1/messages/calendar", {});
      await page.goto("/administration");
      await page.getByRole("combobox", { name: "Whose" }).click();
      await page.keyboard.type("Audrey");
      await page.getByRole("option", { name: /^Audrey/ }).click();
      await page.getByRole("button", { name: "End the address" }).waitFor();
      await picture(page, "administration-calendar");
      await press(page, "End the address");
      await page.getByRole("dialog", { name: "End the calendar address of Audrey?" }).getByRole("button", { name: "End it" }).click();
      await page.getByText("There is none.", { exact: true }).waitFor();
      expect(await page.getByRole("button", { name: "End the address" }).count()).toBe(0);
    });

    test("ends the session of somebody, who is out at once and loses nothing else", async () => {
      const { page } = admin;
      await page.goto("/administration");
      await page.getByRole("combobox", { name: "Whose" }).click();
      await page.keyboard.type("Audrey");
      await page.getByRole("option", { name: /^Audrey/ }).click();
      await page.getByRole("table", { name: "Passkeys" }).getByText("Works", { exact: true }).waitFor();
      const sessions = page.getByRole("table", { name: "Sessions" });
      await sessions.getByRole("button", { name: "End", exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
      await page.getByText("Nobody is signed in", { exact: true }).waitFor();
      await picture(page, "administration");
      await audrey.page.goto("/journal");
      await heading(audrey.page, "Sign in").waitFor();
    });

    test("is told what runs here, and is not told a key", async () => {
      const { page } = admin;
      await page.goto("/administration");
      await page.getByText("Embedded, single node").waitFor();
      await page.getByText("none is known of").waitFor();
      expect(await page.getByText(/^[0-9a-f]{8}$/).count()).toBe(1);
    });

    test("makes a second passkey on another device and removes it again, each signed with one that works", async () => {
      const { page, context } = admin;
      const cdp = await context.newCDPSession(page);
      await page.goto("/access");
      const table = page.getByRole("table", { name: "Passkeys" });
      await table.getByRole("row").nth(1).waitFor();
      await cdp.send("WebAuthn.enable");
      const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
        options: { protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      });
      const signed = await admin.countAssertions();
      await press(page, "Add a passkey");
      await table.getByRole("row").nth(2).waitFor();
      expect(await admin.countAssertions()).toBeGreaterThan(signed);
      await picture(page, "access");
      await table.getByRole("row").nth(2).getByRole("button", { name: "Remove" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
      await table.getByRole("row").nth(2).waitFor({ state: "detached" });
      await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    });
  });

  describe("an IAM engineer", () => {
    let ivo: Visit;
    beforeAll(async () => {
      ivo = await inviteAndEnrol(console, admin.page, "Ivo");
    });

    test("claims an unregistered bypass into a draft that already says what is known", async () => {
      const { page } = ivo;
      await page.getByRole("link", { name: /^Bypasses found/ }).click();
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^svc-payroll/ }) });
      await row.getByText("Unregistered", { exact: true }).waitFor();
      await picture(page, "bypasses");
      await row.getByRole("button", { name: "Claim" }).click();
      const dialog = page.getByRole("dialog", { name: "Answer for svc-payroll's bypass" });
      await expect.poll(() => dialog.getByLabel("Category").inputValue(), { timeout: 30_000 }).toBe("service_account");
      await dialog.getByLabel("Unit").fill("Payroll");
      await picture(page, "claim");
      await dialog.getByRole("button", { name: "Claim into a draft" }).click();
      await heading(page, "Request an exception").waitFor();
      expect(await page.getByLabel("Title").inputValue()).toContain("svc-payroll");
      await page.goto("/bypasses?view=claimed");
      await page.getByRole("rowheader", { name: /^svc-payroll/ }).waitFor();
    });

    test("escalates one that cannot wait, which then leads the list with name and reason", async () => {
      const { page } = ivo;
      await page.goto("/bypasses");
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^viktor\.petrov/ }) });
      await row.getByRole("button", { name: "Escalate" }).click();
      await page.getByRole("dialog").getByLabel("Why it cannot wait").fill("He has left the company.");
      await page.getByRole("dialog").getByRole("button", { name: "Escalate it" }).click();
      const first = page.getByRole("table").getByRole("row").nth(1);
      await first.getByText("Ivo: He has left the company.").waitFor();
      await first.getByText("Escalated", { exact: true }).waitFor();
    });

    test("sees on the connection what is missing, and who changed what behind Postern's back", async () => {
      const { page } = ivo;
      await page.goto("/connections");
      await press(page, "Health and drift");
      await page.getByText(/^Permissions: .* held, .* missing/).waitFor();
      const drift = page.getByRole("table", { name: "Changed behind Postern's back" });
      await drift.getByRole("row").nth(1).waitFor();
      await picture(page, "drift");
    });

    test("reads by which doors people get in without a passkey, the worst first, and goes from a door to its bypasses", async () => {
      const { page } = ivo;
      await page.goto("/today");
      await page.getByRole("link", { name: "Inventory", exact: true }).click();
      await heading(page, "Inventory").waitFor();
      const doors = page.getByRole("table", { name: "Doors, the worst first" }).getByRole("row");
      await doors.nth(1).waitFor();
      const isCritical = await doors.evaluateAll((rows) => rows.slice(1).map((row) => (row.textContent ?? "").includes("critical")));
      expect(isCritical[0]).toBe(true);
      expect(isCritical).toEqual(isCritical.toSorted((a, b) => Number(b) - Number(a)));
      await picture(page, "inventory");
      const counted = Number(await doors.nth(1).getByRole("link").textContent());
      await doors.nth(1).getByRole("link").click();
      await heading(page, "Bypasses found").waitFor();
      const listed = page.getByRole("table").getByRole("row");
      await expect.poll(async () => (await listed.count()) - 1).toBeGreaterThanOrEqual(counted);
    });

    test("finds a person among many, and reads on one page what they hold and may decide", async () => {
      const { page } = ivo;
      await page.goto("/people");
      await page.getByRole("searchbox", { name: "Search people" }).fill("Nils");
      await page.getByRole("link", { name: "Nils", exact: true }).click();
      await heading(page, "Nils").waitFor();
      await page.getByText("Remote access", { exact: false }).waitFor();
      await page.getByText("No delegation", { exact: true }).waitFor();
      await press(page, "Say when");
      const dialog = page.getByRole("dialog", { name: "When is Nils away?" });
      for (const [label, day] of [
        ["First day away", "20990101"],
        ["Last day away", "20990114"],
      ] as const) {
        await dialog.getByRole("group", { name: label }).getByRole("spinbutton").first().click();
        await page.keyboard.type(day);
      }
      await dialog.getByRole("button", { name: "Save" }).click();
      await page.getByText(/1 Jan 2099/).waitFor();
      await picture(page, "person");
      await press(page, "Take back");
      await page.getByText("No absence is planned.").waitFor();
    });

    test("makes a team of two with a lead", async () => {
      const { page } = ivo;
      await page.goto("/teams");
      await page.getByRole("button", { name: "Add a team" }).first().click();
      const dialog = page.getByRole("dialog", { name: "Add a team" });
      await dialog.getByLabel("Name").fill("Night shift");
      await dialog.getByLabel("Key").fill("night-shift");
      for (const [label, name] of [
        ["Led by", "Ada"],
        ["Add a member", "Ada"],
        ["Add a member", "Nils"],
      ] as const) {
        await dialog.getByRole("combobox", { name: label }).click();
        await page.keyboard.type(name);
        await page.getByRole("option", { name: new RegExp(`^${name}`) }).waitFor();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
      }
      await dialog.getByRole("list", { name: "Members" }).getByRole("button", { name: "Nils" }).waitFor();
      await picture(page, "team");
      await dialog.getByRole("button", { name: "Add", exact: true }).click();
      const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Night shift" }) });
      await row.getByText("2 people").waitFor();
      await row.getByRole("link", { name: "Ada" }).click();
      await page.getByText("Night shift (leads it)").waitFor();
    });
  });

  test("nothing on these pages broke a script or the content security policy", () => {
    expect([admin, audrey].flatMap((person) => person.complaints)).toEqual([]);
  });
});
