/** What the console does while somebody looks at it: others change things, the network goes, the session ends. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addDuration, duration } from "../../src/kernel/time.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { requestBody } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { askFrom, castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture, type Player } from "./support/console.ts";
import { heading, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the console while others work: ${NO_CHROMIUM}\n`);

interface Asked {
  readonly id: string;
  readonly ref: string;
}

describe.skipIf(chromium === undefined)("the console while others work", () => {
  let console: OpenConsole;
  let admin: Visit;
  let rolf: Visit;
  let nils: Visit;
  let ask: (subject: string) => Promise<Asked>;

  beforeAll(async () => {
    console = await openConsole(chromium!);
    admin = await console.visit();
    await admin.page.goto(console.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    await castPeople(admin.page);
    const example = { key: "example", name: "Example directory", kind: "example", config: {} };
    const connection = String((await askFrom(admin.page, "POST", "/api/v1/connections", example))["id"]);
    const people = (await askFrom(admin.page, "GET", "/api/v1/people?limit=200"))["items"] as { id: string; displayName: string }[];
    const idOf = Object.fromEntries(people.map(({ id, displayName }) => [displayName.toLowerCase(), id])) as Record<
      Lowercase<Player> | "gerda" | "hedi" | "audrey",
      string
    >;
    rolf = await inviteAndEnrol(console, admin.page, "Rolf");
    nils = await inviteAndEnrol(console, admin.page, "Nils");
    ask = async (name) => {
      const found = await askFrom(rolf.page, "GET", `/api/v1/connections/${connection}/subject?name=${name}&policy=vpn`);
      const subject = found["subject"] as { kind: string; key: string; name: string };
      const until = addDuration(systemClock.now(), duration("P20D"));
      const body = requestBody({ idOf, clock: systemClock as never }, { connection, policy: "vpn", subject, until });
      const { id } = (await askFrom(rolf.page, "POST", "/api/v1/exceptions", body)) as unknown as Asked;
      return (await askFrom(rolf.page, "POST", `/api/v1/exceptions/${id}/submit`, {})) as unknown as Asked;
    };
  });
  afterAll(async () => {
    await console.close();
  });

  test("a page that is open to the stream of events settles: nothing else waits on it", async () => {
    await nils.page.goto("/register?view=deciding");
    await heading(nils.page, "Register").waitFor();
    await nils.page.waitForLoadState("networkidle");
  });

  test("a list that was empty fills by itself; after that a new row waits to be asked for, and nothing moves", async () => {
    const { page } = nils;
    const first = await ask("amara.osei");
    const row = page.getByRole("row").filter({ hasText: first.ref });
    await row.waitFor();
    const second = await ask("lucia.ferrer");
    const place = await row.boundingBox();
    await page.getByRole("button", { name: "1 new, show" }).waitFor();
    expect(await row.boundingBox()).toEqual(place);
    expect(await page.getByRole("row").filter({ hasText: second.ref }).count()).toBe(0);
    await picture(page, "live-news");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await press(page, "1 new, show");
    await page.getByRole("row").filter({ hasText: second.ref }).waitFor();
  });

  test("a row that left is shown as gone until one asks; two windows of one browser are told by one stream", async () => {
    const { page, context } = nils;
    const streams: string[] = [];
    context.on("request", (request) => {
      if (request.url().endsWith("/api/v1/events")) streams.push(request.url());
    });
    const second = await context.newPage();
    await second.goto("/register?view=deciding");
    await second.getByRole("row").nth(2).waitFor();
    const { ref, id } = await ask("hugo.lambert");
    await second.getByRole("button", { name: "1 new, show" }).click();
    await press(page, "1 new, show");
    await askFrom(rolf.page, "POST", `/api/v1/exceptions/${id}/withdraw`, { reason: "Not needed." });
    for (const each of [page, second]) {
      await each.getByRole("button", { name: "1 gone, show" }).click();
      await each.getByRole("row").filter({ hasText: ref }).waitFor({ state: "detached" });
    }
    expect(streams).toEqual([]);
    await second.close();
  });

  test("a bypass that somebody else claims stays where it was, shown as gone, until one asks", async () => {
    const { items } = (await askFrom(admin.page, "GET", "/api/v1/connections")) as unknown as { items: { id: string }[] };
    await askFrom(admin.page, "POST", `/api/v1/connections/${items[0]!.id}/scan`, {});
    const ivo = await inviteAndEnrol(console, admin.page, "Ivo");
    const { page } = ivo;
    await page.goto("/bypasses");
    await page.getByRole("row").nth(2).waitFor();
    const rows = await page.getByRole("row").count();
    const { items: found } = (await askFrom(admin.page, "GET", "/api/v1/bypasses?status=unregistered")) as unknown as {
      items: { id: string }[];
    };
    await askFrom(admin.page, "POST", `/api/v1/bypasses/${found[0]!.id}/claim`, { category: "legacy_application", unit: "plant" });
    const news = page.getByRole("button", { name: "1 gone, show" });
    await news.waitFor();
    expect(await page.getByRole("row").count()).toBe(rows);
    await picture(page, "bypasses-live");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await news.click();
    await news.waitFor({ state: "detached" });
    expect(await page.getByRole("row").count()).toBe(rows - 1);
    expect(ivo.complaints).toEqual([]);
  });

  test("the network goes: the page says so, keeps what was typed, and goes on by itself", async () => {
    const { page, context } = rolf;
    await page.goto("/request");
    await page.getByRole("radio", { name: /Legacy application/ }).check();
    await page.getByLabel("Title").fill("Typed while the network went");
    await context.setOffline(true);
    const banner = page.getByRole("status").filter({ hasText: "Postern is out of reach" });
    await banner.waitFor();
    await picture(page, "offline");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await context.setOffline(false);
    await banner.waitFor({ state: "detached" });
    expect(await page.getByLabel("Title").inputValue()).toBe("Typed while the network went");
  });

  test("Postern falls silent while the network stays: the page says so, asks again when told to, and finds it by itself", async () => {
    const { page, context } = nils;
    await page.goto("/register?view=all");
    await heading(page, "Register").waitFor();
    await context.route("**/*", (route) => route.abort());
    await page.getByRole("button", { name: "Title" }).click();
    const banner = page.getByRole("status").filter({ hasText: "Postern is out of reach" });
    await banner.waitFor();
    const asked = page.waitForRequest((request) => request.url().endsWith("/healthz"));
    await banner.getByRole("button", { name: "Try now" }).click();
    await asked;
    expect(await banner.isVisible()).toBe(true);
    await context.unroute("**/*");
    await banner.waitFor({ state: "detached" });
  });

  test("the session ends in the middle of a form: one signs in over it, and what was asked is done, once, with all that was typed", async () => {
    const { page, context } = rolf;
    await page.getByLabel("Unit").fill("Billing");
    await page.getByLabel("Title").fill("Typed before the session ended");
    await context.clearCookies();
    await press(page, "Go on");
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.getByRole("button", { name: "Sign in and go on" }).click();
    await page.getByText(/is saved as a draft/).waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Typed before the session ended");
    const drafts = await askFrom(page, "GET", "/api/v1/exceptions?state=draft");
    const titles = (drafts["items"] as { title: string }[]).map(({ title }) => title);
    expect(titles.filter((title) => title === "Typed before the session ended")).toHaveLength(1);
  });

  test("what was said in passing can be read again", async () => {
    const { page } = rolf;
    await page.getByRole("button", { name: /Rolf/ }).click();
    await page.getByRole("menuitem", { name: "Confirmations" }).click();
    const dialog = page.getByRole("dialog", { name: "Confirmations" });
    await dialog.getByText(/is saved as a draft/).waitFor();
    await picture(page, "confirmations");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await dialog.getByRole("button", { name: "Close" }).click();
  });

  test("an answer from before the new sign-in does not ask for another", async () => {
    const { page, context } = rolf;
    await page.goto("/request");
    const draft = page.getByText("Typed before the session ended").first();
    await draft.waitFor();
    await context.clearCookies();
    const signedIn = Promise.withResolvers<void>();
    let isHeld = false;
    await page.route(
      /\/api\/v1\/exceptions\?/,
      async (route) => {
        const answer = await route.fetch();
        expect(answer.status()).toBe(401);
        isHeld = true;
        await signedIn.promise;
        await route.fulfill({ response: answer });
      },
      { times: 1 },
    );
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    // Who comes back to the window has all that is no longer fresh asked for anew: one answer asks to sign in, the other is held.
    const comeBack = () => page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
    await expect.poll(async () => (await comeBack(), isHeld && (await dialog.isVisible())), { timeout: 60_000, interval: 250 }).toBe(true);
    await dialog.getByRole("button", { name: "Sign in and go on" }).click();
    await dialog.waitFor({ state: "detached" });
    const again = page.waitForResponse((response) => /\/api\/v1\/exceptions\?/.test(response.url()) && response.ok());
    signedIn.resolve();
    await again;
    expect(await dialog.count()).toBe(0);
  });

  test("Today asks the approver for the votes they may give, each with its due time, and leads to the decision", async () => {
    const { page } = nils;
    await page.goto("/");
    await heading(page, "Today").waitFor();
    const items = page.getByRole("main").getByRole("listitem").filter({ hasText: "Vote" });
    await items.nth(1).waitFor();
    const waiting = await items.count();
    await picture(page, "today-approver");
    const { ref } = await ask("robert.hale");
    await press(page, "1 new, show");
    await items.filter({ hasText: ref }).waitFor();
    expect(await items.count()).toBe(waiting + 1);
    await page.getByRole("link", { name: `Today ${waiting + 1}` }).waitFor();
    await items.filter({ hasText: ref }).getByRole("link", { name: "Read and decide" }).click();
    await page.getByRole("button", { name: "Approve with your passkey" }).waitFor();
  });

  test("Today shows the one who asked their draft and no vote; the page has no barrier, wide or narrow, light or dark", async () => {
    const { page } = rolf;
    await page.goto("/today");
    const main = page.getByRole("main");
    await main
      .getByRole("listitem")
      .filter({ hasText: "Typed before the session ended" })
      .getByRole("link", { name: "Go on writing" })
      .waitFor();
    expect(await main.getByRole("link", { name: "Read and decide" }).count()).toBe(0);
    for (const who of [rolf, nils, admin]) {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1280, 360]) {
          await who.page.emulateMedia({ colorScheme });
          await who.page.setViewportSize({ width, height: 800 });
          await who.page.goto("/today");
          await who.page.getByRole("heading", { level: 2, name: "What is unknown" }).waitFor();
          expect((await findBarriers(who.page)).barriers).toEqual([]);
          expect(await who.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
          await picture(who.page, `today-${[rolf, nils, admin].indexOf(who)}-${colorScheme}-${width}`);
        }
      }
    }
  });

  test("nothing of this broke a script or the content security policy", () => {
    expect([admin, rolf, nils].flatMap((person) => person.complaints)).toEqual([]);
  });
});
