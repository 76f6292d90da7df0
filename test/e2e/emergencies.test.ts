/** An emergency at a gateway: begun by who finds it on Today, and looked back on by somebody else, whether it was foreseen or not. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addDuration, duration, instantOfEpochMs } from "../../src/kernel/time.ts";
import { believing, type Gateway, linkAccount, putForward, serveGateways, type Served as Gateways } from "../support/asking-gateway.ts";
import { approveBy, breakGlass, type Glass } from "../support/break-glass.ts";
import { succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { type Served, serveToBrowsers } from "./support/serve.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: emergencies in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 300_000;
const OPERATOR = "person-mei.tanaka";
const ENGINEER = "person-jonas.keller";

const section = (page: Page, name: string): Locator =>
  page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name, exact: true }) });

describe.skipIf(chromium === undefined)("an emergency, in a real browser", () => {
  let story: WholeApp & Served;
  let gateways: Gateways;
  let gateway: Gateway;
  let connection: string;
  let glass: Glass;

  const file = async (key: string, why: string) => {
    const denied = await gateway.evaluate({ subject: key });
    const said = { context: { business_justification: why }, requested_access: { emergency: true } };
    const filed = await gateway.ask("/access/v1/requests", gateway.submission(denied, { subject: { type: "user", id: key }, ...said }));
    expect(filed.status).toBe(202);
    return (filed.body["task"] as { id: string }).id;
  };

  beforeAll(async () => {
    const start = instantOfEpochMs(Date.now());
    story = await serveToBrowsers(
      chromium!,
      (origin) => openWholeApp({ origin, start, decisions: believing() }),
      ({ app }) => app,
    );
    const yaml = "people:\n  - { key: nils, name: nils, roles: [network_security, operations] }";
    succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    succeeded(await story.as.nils.signIn());
    const made = await story.admin.ask("POST", "/api/v1/connections", { key: "example", name: "Example", kind: "example", config: {} });
    connection = succeeded(made).body["id"] as string;
    await linkAccount(story, "audrey", { connection, key: OPERATOR });
    await linkAccount(story, "rolf", { connection, key: ENGINEER });
    glass = await breakGlass(story, { connection, policy: "vpn", subject: { kind: "user", key: OPERATOR, name: "mei.tanaka" } });
    gateways = await serveGateways(story, OPERATOR);
    gateway = gateways.as("Control-room gateway");
  }, LONG_MS);
  afterAll(async () => {
    await gateways.close();
    await story.close();
  });

  test(
    "an emergency that nobody foresaw waits on Today of whoever owns it until governance says in a signed sentence whether it was right",
    async () => {
      const request = await file(ENGINEER, "The pump house is flooded.");
      const taken = { category: "remote_access", unit: "plant" };
      const opened = await story.as.rolf.ask("POST", `/api/v1/access-requests/${request}/take-up`, taken);
      const { exception } = succeeded(opened).body as { exception: string };
      const subject = { kind: "user", key: ENGINEER, name: "jonas.keller" };
      const until = addDuration(story.clock.now(), duration("PT4H"));
      await approveBy(story, await putForward(story, exception, { connection, policy: "vpn", subject, until }), [
        story.as.ivo,
        story.as.nils,
      ]);
      succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${exception}/revoke`, { reason: "The water is out." }));
      await story.app.findings.reconcile(story.clock.now());

      const ada = await story.visitAs(story.as.ada);
      await ada.page.goto("/today");
      await section(ada.page, "Findings that are yours").getByText("was granted as an emergency").waitFor();

      const { page, complaints } = await story.visitAs(story.as.gerda);
      await page.goto(`/exceptions/${exception}`);
      const from = section(page, "Asked for at a gateway");
      await from.getByRole("button", { name: "Look back on the emergency" }).click();
      const dialog = page.getByRole("dialog", { name: "Look back on the emergency?" });
      await dialog.getByLabel("Was it an emergency, and used as meant?").fill("The pumps had to be stopped at once.");
      await picture(page, "look-back-on-an-emergency");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await dialog.getByRole("button", { name: "Sign it with your passkey" }).click();
      await from.getByText("The pumps had to be stopped at once.").waitFor();
      await picture(page, "looked-back-on-an-emergency");

      // A round that was under way before the answer does not know of it; the next one does.
      const stillThere = async () => {
        await story.app.findings.reconcile(story.clock.now());
        await ada.page.goto("/today");
        await section(ada.page, "What needs you").waitFor();
        await ada.page.waitForLoadState("networkidle");
        return ada.page.getByText("was granted as an emergency").count();
      };
      await expect.poll(stillThere, { timeout: 30_000, interval: 1000 }).toBe(0);
      expect([...complaints, ...ada.complaints]).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "who looks after sign-ins finds an emergency on Today, lets them in for two hours with a passkey, and somebody else is asked to look back on it",
    async () => {
      await file(OPERATOR, "The control room is dark.");
      expect((await gateway.evaluate()).body["decision"]).toBe(false);
      const { page, complaints } = await story.visitAs(story.as.ivo);
      await page.goto("/today");
      const emergencies = section(page, "Emergencies");
      await emergencies.getByText("Control-room gateway").waitFor();
      await emergencies.getByText("audrey").waitFor();
      await picture(page, "emergency-on-today");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await emergencies.getByRole("button", { name: "Let them in for a while" }).click();
      const dialog = page.getByRole("dialog", { name: "Let audrey in?" });
      await dialog.getByLabel("For how long").selectOption("2");
      expect(await dialog.getByLabel("What it is for").inputValue()).toBe("The control room is dark.");
      await picture(page, "emergency-let-in");
      expect((await findBarriers(page)).barriers).toEqual([]);
      await dialog.getByRole("button", { name: "Let them in with your passkey" }).click();
      await emergencies.waitFor({ state: "detached" });
      expect((await gateway.evaluate()).body["decision"]).toBe(true);

      const gerda = await story.visitAs(story.as.gerda);
      await gerda.page.goto("/today");
      await section(gerda.page, "What needs you").getByText(glass.ref).first().waitFor();
      expect([...complaints, ...gerda.complaints]).toEqual([]);
    },
    LONG_MS,
  );
});
