/** Signing in through a real OpenID provider, in a real browser, from the button to the page one wanted. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { systemClock } from "../../src/platform/clock.ts";
import { openProvider, type OpenIdProvider } from "../support/openid-provider.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { askFrom, castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture } from "./support/console.ts";
import { heading, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: company sign-in in a real browser: ${NO_CHROMIUM}\n`);

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Ada/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await heading(page, "Sign in").waitFor();
}

async function expectNoBarriers(page: Page): Promise<void> {
  const { barriers, looked } = await findBarriers(page);
  expect(barriers).toEqual([]);
  expect(looked).toBeGreaterThan(10);
}

describe.skipIf(chromium === undefined)("company sign-in in a real browser", () => {
  let console: OpenConsole;
  let provider: OpenIdProvider;
  let admin: Visit;
  let ada: Visit;
  beforeAll(async () => {
    console = await openConsole(chromium!, async (origin) => {
      provider = await openProvider(`${origin}/sign-in/company`);
      const { issuer, clientId, name } = provider.settings;
      return {
        POSTERN_OIDC_ISSUER: issuer,
        POSTERN_OIDC_CLIENT_ID: clientId,
        POSTERN_OIDC_NAME: name,
        POSTERN_OIDC_ACR: "phr",
      };
    });
    admin = await console.visit();
    await admin.page.goto(console.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    await castPeople(admin.page);
    ada = await inviteAndEnrol(console, admin.page, "Ada");
  });
  afterAll(async () => {
    await console.close();
    await provider.stop();
  });

  test("Ada connects her account, signing with her passkey, and is back where she was", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: /^Ada/ }).click();
    await page.getByRole("menuitem", { name: "Your access" }).click();
    await heading(page, "Your access").waitFor();
    await expectNoBarriers(page);
    const signed = await ada.countAssertions();
    // The server started, and everybody worked, without asking the provider anything.
    expect(provider.asked).toEqual([]);
    await press(page, "Connect");
    await press(page, "sub-ada by passkey");
    await heading(page, "Your access").waitFor();
    await page.getByText("sub-ada", { exact: true }).waitFor();
    expect(await ada.countAssertions()).toBe(signed + 1);
    expect(page.url()).toBe(`${console.origin}/access`);
    await expectNoBarriers(page);
    await picture(page, "your-access");
  });

  test("she signs in with it, comes to the page she wanted, and the list of sessions says by what", async () => {
    const { page } = ada;
    await signOut(page);
    await page.goto("/access");
    await heading(page, "Sign in").waitFor();
    await page.getByRole("button", { name: "Sign in with Northwind ID" }).waitFor();
    await expectNoBarriers(page);
    await picture(page, "sign-in-company");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const signed = await ada.countAssertions();
    await press(page, "Sign in with Northwind ID");
    await heading(page, "Your access").waitFor();
    expect(await ada.countAssertions()).toBe(signed);
    const row = page.getByRole("row", { name: /this one/ });
    await row.getByRole("cell", { name: "Northwind ID" }).waitFor();
    // The answer went through the address without any server seeing it there.
    expect(asked.some((url) => url.includes("/sign-in/company"))).toBe(true);
    expect(asked.filter((url) => url.startsWith(console.origin) && /[?&](code|state)=/.test(url))).toEqual([]);
    expect(ada.complaints).toEqual([]);
  });

  test("a sign-in there by password is refused with what was demanded and what came, and with a page about it", async () => {
    const { page, complaints } = await console.visit();
    await page.goto("/");
    await press(page, "Sign in with Northwind ID");
    await press(page, "sub-ada by password");
    await heading(page, "Not signed in strongly enough").waitFor();
    await page.getByRole("alert").filter({ hasText: "Demanded: acr phr. What came: acr 1; amr pwd." }).waitFor();
    expect(page.url()).toBe(`${console.origin}/sign-in/company`);
    await expectNoBarriers(page);
    await picture(page, "sign-in-company-weak");
    await page.getByRole("link", { name: "What this means, and what to do" }).click();
    await heading(page, "access.companySignInWeak").waitFor();
    expect(complaints).toEqual([]);
  });

  test("somebody whose account is connected to nobody is told how to get in", async () => {
    const { page } = await console.visit({ colorScheme: "dark", width: 360 });
    await page.goto("/");
    await press(page, "Sign in with Northwind ID");
    await press(page, "sub-eve by passkey");
    await page.getByRole("alert").filter({ hasText: "ask an administrator for an invitation" }).waitFor();
    await expectNoBarriers(page);
    await picture(page, "sign-in-company-unknown");
    await press(page, "Go on without it");
    await heading(page, "Sign in").waitFor();
  });

  test("an administrator sees whose account it is, and what disconnecting it does", async () => {
    const { page } = admin;
    const { items } = (await askFrom(page, "GET", "/api/v1/people?search=Ada")) as { items: { id: string }[] };
    await page.goto(`/administration?person=${items[0]!.id}`);
    await page.getByText("sub-ada", { exact: true }).waitFor();
    await press(page, "Disconnect");
    const dialog = page.getByRole("dialog", { name: "Disconnect the company account of Ada?" });
    await dialog.getByText("every session it opened ends at once").waitFor();
    await expectNoBarriers(page);
    await picture(page, "company-account-administration");
    await dialog.getByRole("button", { name: "Not now" }).click();
    await page.goto("/people");
    await page.getByText(`or with an account of ${provider.settings.name} that is connected`).waitFor();
  });

  test("a session that ends in mid-work is begun again in another tab, and nothing typed is lost", async () => {
    const { page, context } = ada;
    await page.goto("/people");
    await heading(page, "People").waitFor();
    const { items } = (await askFrom(page, "GET", "/api/v1/people?search=Ada")) as { items: { id: string }[] };
    await console.app.access.sessions.end({ person: items[0]!.id }, "revoked", systemClock.now());
    await page.getByRole("searchbox", { name: "Search people" }).fill("Ivo");
    const gate = page.getByRole("dialog", { name: "Your session has ended" });
    await gate.waitFor();
    await expectNoBarriers(page);
    await picture(page, "session-ended-company");
    const opened = context.waitForEvent("page");
    await gate.getByRole("link", { name: "sign in with Northwind ID in a new tab" }).click();
    const other = await opened;
    await press(other, "Sign in with Northwind ID");
    await heading(other, "Your access").waitFor();
    await other.close();
    await press(page, "I am signed in: go on");
    await gate.waitFor({ state: "detached" });
    await page.getByRole("rowheader", { name: "Ivo" }).waitFor();
    expect(await page.getByRole("searchbox", { name: "Search people" }).inputValue()).toBe("Ivo");
  });

  test("while the provider is down its button says so, and the passkey lets her in", async () => {
    const { page } = ada;
    await signOut(page);
    await provider.stop();
    await page.goto("/access");
    await press(page, "Sign in with Northwind ID");
    await page.getByRole("alert").filter({ hasText: "Northwind ID does not answer. Sign in with your passkey" }).waitFor();
    await expectNoBarriers(page);
    await picture(page, "sign-in-company-down");
    await press(page, "Sign in with a passkey");
    await heading(page, "Your access").waitFor();
    await page
      .getByRole("row", { name: /this one/ })
      .getByRole("cell", { name: "a passkey" })
      .waitFor();
    await provider.start();
  });
});
