import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Connector, ConnectorFactory } from "../../src/connectors/port.ts";
import { addDuration, duration, instantOfEpochMs } from "../../src/kernel/time.ts";
import { type Answer, type Browser as Signed, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { openWholeApp, show, type Shown, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";
import { findChromium, NO_CHROMIUM } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { type Served, serveToBrowsers, signIn } from "./support/serve.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: engineers and the help desk in a real browser: ${NO_CHROMIUM}\n`);

const POSTERN = join(import.meta.dirname, "..", "..", "bin", "postern");
const SUBJECT = { kind: "user", key: "s1", name: "terminal-7" } as const;

const codesOf = ({ body }: Answer) => (body["reasons"] as { code: string }[]).map(({ code }) => code);

describe.skipIf(chromium === undefined)("engineers and the help desk in a real browser", () => {
  let story: WholeApp & Served;
  let provider: MemoryProvider;
  let asked: Shown;
  const later = (length: string) => addDuration(story.clock.now(), duration(length));
  const visitAs = (person: Signed) => story.visitAs(person);

  beforeAll(async () => {
    provider = createMemoryProvider(() => story.clock.now());
    const factory: ConnectorFactory = {
      kind: "memory",
      title: "Memory",
      parse: (config) => ({ ok: true, config }),
      create: (): Connector => provider,
    };
    const start = instantOfEpochMs(Date.now());
    story = await serveToBrowsers(
      chromium!,
      (origin) => openWholeApp({ origin, start, connectorFactories: [factory] }),
      ({ app }) => app,
    );
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "plant", name: "Plant", kind: "memory", config: {} });
    provider.add(SUBJECT);
    const connection = succeeded(made).body["id"] as string;
    asked = await submitRequest(story, { connection, policy: "vpn", subject: SUBJECT, until: later("P20D") });
  });
  afterAll(async () => {
    await story.close();
  });

  test("the help desk cannot approve by any path: not on the page, not past it, not for somebody else, not with a role beside", async () => {
    const { page } = await visitAs(story.as.hedi);
    await page.goto(`/exceptions/${asked.ref}/decide`);
    const approve = page.getByRole("button", { name: "Approve with your passkey" });
    expect(await approve.getAttribute("aria-disabled")).toBe("true");
    await approve.focus();
    await page.getByRole("tooltip").getByText("The help desk never decides.").first().waitFor();
    await page.keyboard.press("Enter");

    // With a real signature, past the page.
    const voted = await vote(story.as.hedi, asked);
    expect(voted.status).toBe(422);
    expect(codesOf(voted)).toContain("exceptions.helpDeskMayNotApprove");

    // As stand-in of somebody who may.
    const stoodIn = await story.as.ivo.ask("POST", "/api/v1/delegations", {
      to: story.idOf.hedi,
      role: "iam",
      validFrom: story.clock.now(),
      validUntil: later("P3D"),
      reason: "holiday",
    });
    expect(stoodIn.status).toBe(422);
    expect(codesOf(stoodIn)).toContain("people.delegateHelpDesk");

    // With an approver's role beside their own.
    const yaml = "people:\n  - { key: hedi, name: hedi, roles: [help_desk, iam] }";
    const combined = await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false });
    expect(codesOf(combined)).toEqual(["people.helpDeskCombined"]);
    expect((await show(story.as.ivo, asked.id)).state).toBe("in_approval");
    await page.context().close();
  });

  test("a platform engineer lets the command line in on this browser, reads with it, and it can decide nothing", async () => {
    const home = mkdtempSync(join(tmpdir(), "postern-cli-"));
    const env = { ...process.env, XDG_CONFIG_HOME: home };
    const run = (args: readonly string[], onNote: (text: string) => void = () => undefined) =>
      new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
        const child = spawn(process.execPath, [POSTERN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
        let out = "";
        let err = "";
        child.stdout.on("data", (chunk) => (out += String(chunk)));
        child.stderr.on("data", (chunk) => {
          err += String(chunk);
          onNote(err);
        });
        child.once("close", (code) => resolve({ code, out, err }));
      });
    try {
      const { page } = await visitAs(story.as.ines);
      const address = Promise.withResolvers<string>();
      const login = run(["login", "--no-browser", "--url", story.origin], (noted) => {
        const found = /http:\S+\s/.exec(noted)?.[0];
        if (found !== undefined) address.resolve(found.trim());
      });
      await page.goto(await address.promise);
      await page.getByRole("heading", { level: 1, name: "Let the command line in?" }).waitFor();
      await page.getByText("ines (IAM)").waitFor();
      await picture(page, "cli");
      await page.getByRole("button", { name: "Let it in" }).click();
      expect((await login).code).toBe(0);

      const listed = await run(["exceptions"]);
      expect(listed).toMatchObject({ code: 0, out: expect.stringContaining(asked.ref) });
      const { token } = JSON.parse(readFileSync(join(home, "postern", "token.json"), "utf8")) as { token: string };
      const voted = await fetch(`${story.origin}/api/v1/exceptions/${asked.id}/vote`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify({ decision: "approve", ...asked.approval, reason: "", assertion: { challengeId: "none", response: {} } }),
      });
      expect(voted.status).toBeGreaterThanOrEqual(400);
      expect((await show(story.as.ivo, asked.id)).state).toBe("in_approval");
      await page.context().close();
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  test("who is on call sees on Today what did not end, takes it on, and reads the provider back once it answers again", async () => {
    succeeded(await vote(story.as.ivo, asked));
    succeeded(await vote(story.as.nils, asked));
    await story.moveTo(story.clock.now());
    const became = (state: string) =>
      story.until(
        () => show(story.as.ivo, asked.id),
        (shown) => shown.state === state,
        state,
      );
    await became("active");
    const onCall = await visitAs(story.as.ivo);
    const { page } = onCall;

    provider.isUp = false;
    await story.moveTo(later("P20D"));
    await became("revoke_failed");
    await story.moveTo(later("PT2H"));
    await signIn(onCall, story.as.ivo, story.origin);
    await page.goto("/today");
    await page.getByRole("heading", { level: 2, name: "What did not end" }).waitFor();
    await page.getByRole("link", { name: "VPN without a passkey for terminal-7" }).first().waitFor();
    await picture(page, "on-call-today");
    await page.goto("/approvals?view=due");
    await page
      .getByRole("button", { name: `Take on the escalation about ${asked.ref}` })
      .first()
      .click();
    await page.getByText(`You took the escalation about ${asked.ref} on.`).first().waitFor();

    await page.goto(`/exceptions/${asked.ref}`);
    await page.getByText("Not in force, but the provider still holds it (2 h over)").waitFor();
    await picture(page, "on-call-exception");
    provider.isUp = true;
    await page.getByRole("button", { name: "Read the provider back now" }).click();
    await story.moveTo(later("PT10M"));
    await became("closed");
    await signIn(onCall, story.as.ivo, story.origin);
    await page.reload();
    await page.getByText("Closed: the provider was read back and it is gone").waitFor();
    expect([...provider.held]).toEqual([]);
    await page.context().close();
  });
});
