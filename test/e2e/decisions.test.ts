/** The decision point as those see it who have to say why somebody was turned away. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { decide } from "../../src/decisions/decide.ts";
import type { Question } from "../../src/decisions/question.ts";
import type { Id } from "../../src/kernel/id.ts";
import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { askFrom, castPeople, inviteAndEnrol, type OpenConsole, openConsole, picture, tip } from "./support/console.ts";
import { heading, pick, press } from "./support/form.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the decision point in the console: ${NO_CHROMIUM}\n`);

const GONE = "exc_00000000000000000000000000" as Id<"exception">;
const PAYROLL = ["applications:", "  - { key: payroll, name: Payroll, owner: ada, tier: 2 }"].join("\n");

describe.skipIf(chromium === undefined)("decisions in the console", () => {
  let console: OpenConsole;
  let admin: Visit;
  let ivo: Visit;
  let payroll: string;

  /** What callers ask, answered from the register as the decision point answers them. */
  const asked = (caller: string, subject: string, method: string, times: number) => {
    const { app } = console;
    const snapshot = app.follower.snapshot()!;
    const question: Question = {
      subject: { type: "user", id: subject, properties: {} },
      action: { name: "sign_in", properties: { method } },
      resource: { type: "application", id: payroll, properties: {} },
      context: { ip: "10.0.0.7" },
    };
    for (let i = 0; i < times; i++) {
      const nowMs = Date.now();
      const verdict = decide(question, snapshot.ruleSets.get("default")!, snapshot, nowMs);
      const from = { caller, requestId: `${caller}-${i}`, ruleSet: "default", sequence: snapshot.register.sequence, ageMs: 12 };
      app.decisionLog.record(question, verdict, from, nowMs);
      app.decisionLog.answered(0.08, nowMs);
    }
  };

  beforeAll(async () => {
    console = await openConsole(chromium!);
    admin = await console.visit();
    await admin.page.goto(console.firstLink);
    await admin.page.getByLabel("Your name").fill("Alma");
    await press(admin.page, "Make a passkey");
    await press(admin.page, "Sign in with it");
    await heading(admin.page, "Welcome, Alma").waitFor();
    await castPeople(admin.page);
    await askFrom(admin.page, "POST", "/api/v1/estate/apply", { yaml: PAYROLL, dryRun: false });
    const { items } = (await askFrom(admin.page, "GET", "/api/v1/applications")) as { items: { id: string }[] };
    payroll = items[0]!.id;
    await askFrom(admin.page, "POST", "/api/v1/connections", { key: "example", name: "Example directory", kind: "example", config: {} });
    ivo = await inviteAndEnrol(console, admin.page, "Ivo");
    while (console.app.follower.snapshot()?.register.findSubject("user", "rolf") === undefined) await ivo.page.waitForTimeout(100);
    asked("vpn-gateway", "rolf", "password", 3);
    asked("vpn-gateway", "ada", "passkey", 40);
    asked("identity-provider", "nils", "otp", 2);
    await console.app.decisionLog.flush();
  });
  afterAll(async () => {
    await console.close();
  });

  test("an engineer finds who was turned away, asks why, and begins the request that would let them in", async () => {
    const { page } = ivo;
    await page.goto("/decisions");
    await heading(page, "Decisions").waitFor();
    const denied = page.getByRole("table", { name: "Denials that an exception could lift" });
    const row = denied.getByRole("row", { name: /Rolf/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/Payroll.*password.*asked by vpn-gateway.*3/s);
    await picture(page, "decisions");
    await page.getByRole("button", { name: "What is needed? For Rolf" }).click();
    await page.getByText("Denied: no exception for it").waitFor();
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "decisions-answer");
    await press(page, "Request an exception");
    await heading(page, /Request/).waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Payroll: Rolf");
    await picture(page, "decisions-request");
    // What is not sent is nothing: he begins and goes back.
    await page.goBack();
    await heading(page, "Decisions").waitFor();
  });

  test("a question of one's own is answered as a caller would be, with the rule that decided; it counts as no use", async () => {
    const { page } = ivo;
    await page.goto("/decisions");
    await pick(page, "Person", "Rolf");
    await pick(page, "Application", "Payroll");
    await page.getByLabel("With which method").fill("passkey");
    await press(page, "Ask");
    await page.getByText("Permitted: by a rule").waitFor();
    expect(await page.getByText("phishing-resistant", { exact: true }).count()).toBeGreaterThan(0);
    await page.getByText("As it goes over the wire").click();
    const wire = page.locator("pre").last();
    expect(JSON.parse((await wire.textContent())!)).toMatchObject({ decision: true, context: { reason: { code: "permitted_by_rule" } } });
    await picture(page, "decisions-wire");
    await console.app.decisionLog.flush();
    const { items } = (await askFrom(page, "GET", "/api/v1/decisions?limit=200")) as { items: unknown[] };
    expect(items).toHaveLength(45);
    await press(page, "Write it as JSON");
    await page.getByLabel("Question").fill("{");
    await press(page, "Ask");
    await page.getByText("This is no JSON object.").waitFor();
  });

  test("an engineer reports from the log who got in all the same, says what shows it, and is told where nothing came of it", async () => {
    const { page } = ivo;
    const nowMs = Date.now();
    const question: Question = {
      subject: { type: "user", id: "rolf", properties: {} },
      action: { name: "sign_in", properties: { method: "sms" } },
      resource: { type: "application", id: payroll, properties: {} },
      context: {},
    };
    // Of an exception that went meanwhile.
    const grant = { exception: GONE, ref: "EXC-2026-0099", validUntil: instantOfEpochMs(nowMs), owner: null };
    const said = { words: "It is for another method.", obligations: [], requestable: false, grant };
    const from = { caller: "plant-radius", requestId: null, ruleSet: "default", sequence: 1, ageMs: 1 };
    console.app.decisionLog.record(question, { permit: false, code: "outside_exception_scope", ...said }, from, nowMs);
    await console.app.decisionLog.flush();
    await page.goto("/decisions?code=outside_exception_scope");
    await page.getByRole("button", { name: "Report that Rolf got in all the same" }).click();
    const dialog = page.getByRole("dialog", { name: "Did they get in all the same?" });
    await dialog.getByRole("button", { name: "Suspend EXC-2026-0099" }).hover();
    await tip(page, "Say first what shows it.").waitFor();
    await dialog.getByLabel("What shows it").fill("A session in the gateway's own log.");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await picture(page, "decisions-let-in");
    await dialog.getByRole("button", { name: "Suspend EXC-2026-0099" }).click();
    await dialog.getByText("It was not reported").waitFor();
    await page.keyboard.press("Escape");
  });

  test("an auditor reads what was answered, narrowed to one person, and changes nothing", async () => {
    await askFrom(admin.page, "POST", "/api/v1/estate/apply", {
      yaml: "people:\n  - { key: audrey, name: Audrey, unit: Plant, roles: [auditor] }",
      dryRun: false,
    });
    const audrey = await inviteAndEnrol(console, admin.page, "Audrey");
    const { page } = audrey;
    await page.goto("/decisions?decision=deny");
    const log = page.getByRole("table", { name: "Decisions" });
    await log.getByRole("row", { name: /Nils/ }).first().waitFor();
    await log.getByRole("link", { name: "Nils" }).first().click();
    await expect.poll(() => log.getByRole("row").count()).toBe(3);
    expect(new URL(page.url()).searchParams.get("subject")).toBe("nils");
    await picture(page, "decisions-log");
    await page.goto("/decisions?code=outside_exception_scope");
    await page.getByRole("button", { name: "Report that Rolf got in all the same" }).hover();
    await tip(page, /^Only .* may do this\./).waitFor();
    expect(audrey.complaints).toEqual([]);
  });

  test("whoever may not ask about others finds no page, and is told no more than of a page that is none", async () => {
    const rolf = await inviteAndEnrol(console, admin.page, "Rolf");
    expect(await rolf.page.getByRole("link", { name: "Decisions", exact: true }).count()).toBe(0);
    const status = (path: string) => rolf.page.evaluate(async (asked) => (await fetch(asked)).status, path);
    expect(await status("/api/v1/decisions")).toBe(404);
    expect(await status("/api/v1/decisions/standing")).toBe(404);
  });
});
