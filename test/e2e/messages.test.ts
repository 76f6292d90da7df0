/** Messages in a real browser: from the letter to the decision, one's own choices, and what administrators see of it all. */
import { serve, type ServerType } from "@hono/node-server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser as Signed, succeeded } from "../support/browser.ts";
import { freePort } from "../support/free-port.ts";
import { startMailServer, type TestMailServer, textOf } from "../support/mail-server.ts";
import { createMemoryProvider } from "../support/memory-provider.ts";
import { ESTATE, openWholeApp, submitRequest, type WholeApp } from "../support/whole-app.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit, type Visit } from "./support/browser.ts";
import { heading, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: messages in a real browser: ${NO_CHROMIUM}\n`);

const lettersTo = (mail: TestMailServer, address: string) => mail.taken.filter(({ to }) => to.includes(address));

describe.skipIf(chromium === undefined)("messages in a real browser", () => {
  let mail: TestMailServer;
  let story: WholeApp;
  let server: ServerType;
  let browser: Browser;
  let origin: string;
  let ivo: Visit;
  let admin: Visit;

  beforeAll(async () => {
    mail = await startMailServer();
    origin = `http://localhost:${await freePort()}`;
    const provider = createMemoryProvider(() => story.clock.now());
    provider.add({ kind: "user", key: "s1", name: "s1" });
    const factory: ConnectorFactory = {
      kind: "memory",
      title: "Memory",
      parse: (config) => ({ ok: true, config }),
      create: () => provider,
    };
    const env = { POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`, POSTERN_MAIL_FROM: "postern@harbour.example" };
    story = await openWholeApp({ origin, env, connectorFactories: [factory] });
    const yaml = ESTATE.replaceAll(/key: (\w+), name: \w+,/g, (found, key: string) => `${found} email: ${key}@harbour.example,`);
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    server = serve({ fetch: story.app.http.fetch, port: Number(new URL(origin).port), hostname: "localhost" });
    browser = await launchBrowser(chromium!);
    ivo = await visitAs(story.as.ivo);
    admin = await visitAs(story.admin);
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    await story.close();
    await mail.close();
  });

  async function visitAs(person: Signed, looks?: Parameters<typeof visit>[2]): Promise<Visit> {
    const visiting = await visit(browser, origin, looks);
    const [name = "", value = ""] = person.cookie().split("=");
    await visiting.context.addCookies([{ name, value, url: origin }]);
    return visiting;
  }

  test("before anything was sent, each list says what comes next", async () => {
    await admin.page.goto("/deliveries");
    await admin.page.getByText("Nothing was sent yet").waitFor();
    await ivo.page.goto("/messages");
    await ivo.page.getByText("Nothing was sent to you yet").waitFor();
    await ivo.page.getByText("ivo@harbour.example").waitFor();
  });

  test("the link of a letter leads to exactly the decision, and says that it was followed", async () => {
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
    const connection = succeeded(made).body["id"] as string;
    const subject = { kind: "user", key: "s1", name: "s1" };
    await submitRequest(story, { connection, policy: "vpn", subject, until: addDuration(story.clock.now(), duration("P20D")) });
    await story.until(
      async () => {
        await story.moveTo(story.clock.now());
        return lettersTo(mail, "ivo@harbour.example");
      },
      ({ length }) => length === 1,
      "Ivo gets a letter",
    );
    const [link] = /http:\S+\/decide\?m=\S+/.exec(textOf(lettersTo(mail, "ivo@harbour.example")[0]!))!;
    await ivo.page.goto(link);
    await heading(ivo.page, "VPN without a passkey for s1").waitFor();
    await ivo.page.getByRole("button", { name: "Approve with your passkey" }).waitFor();
    await admin.page.goto("/deliveries");
    const row = admin.page.getByRole("row", { name: /^ivo/ });
    await row.getByText("Sent", { exact: true }).waitFor();
    await story.until(
      async () => {
        await admin.page.reload();
        await row.waitFor();
        return row.getByText("not yet").count();
      },
      (count) => count === 0,
      "it was followed",
    );
  });

  test("language and quiet are kept, and said to hold no incident back", async () => {
    const { page } = ivo;
    await page.goto("/messages");
    await page.getByLabel("Language of messages").selectOption({ label: "Deutsch" });
    await page.getByLabel("Mute the daily message").check();
    await press(page, "Keep this");
    await page.getByText("Kept. It holds from the next message on.").waitFor();
    await page.reload();
    expect(await page.getByLabel("Mute the daily message").isChecked()).toBe(true);
    expect(await page.getByLabel("Language of messages").inputValue()).toBe("de");
    await page.getByRole("button", { name: "Keep this" }).hover();
    await page.getByText("Nothing is changed.").waitFor();
  });

  test("a calendar address is shown once, works for a program without a session, and ends at once", async () => {
    const { page } = ivo;
    await press(page, "Make an address");
    const shown = page.getByText(/\/api\/v1\/calendars\//);
    await shown.waitFor();
    const address = (await shown.textContent())!;
    const calendar = await fetch(address);
    expect(calendar.headers.get("content-type")).toContain("text/calendar");
    expect(await calendar.text()).toMatch(/SUMMARY:EXC-2026-0001: Entscheidung fällig/);
    await page.reload();
    await page.getByRole("button", { name: "End the address" }).waitFor();
    expect(await page.getByText(/\/api\/v1\/calendars\//).count()).toBe(0);
    await press(page, "End the address");
    await press(page, "End it");
    await page.getByText("The calendar address has ended.").waitFor();
    expect((await fetch(address)).status).toBe(404);
  });

  test("a trial shows what the mail server says: to an administrator without an address, why none was sent", async () => {
    await admin.page.goto("/deliveries");
    await press(admin.page, "Send me a trial message");
    await admin.page.getByText("You have no mail address here. Have it added under People.").waitFor();
  });

  test("the palette finds both pages by the words people use", async () => {
    await admin.page.keyboard.press("Control+k");
    await admin.page.keyboard.type("smtp");
    await admin.page.getByRole("option", { name: /Deliveries/ }).waitFor();
  });
});
