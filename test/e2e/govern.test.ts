/** Those who govern: a need that keeps coming back becomes a design issue, an executive answers for the risk, the board reads a page. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { succeeded } from "../support/browser.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { press } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: the stories of those who govern: ${NO_CHROMIUM}\n`);

const heading = (page: Page, name: string | RegExp, level = 1) => page.getByRole("heading", { level, name });
const RISK = "The <b>VPN</b> takes passwords until the gateways are replaced.";

/** Types a day into the segments of a date field, as a keyboard does. */
async function typeDay(page: Page, label: string, day: Date): Promise<void> {
  const field = page.getByRole("group", { name: label });
  await field.getByRole("spinbutton").first().click();
  await page.keyboard.type(day.toISOString().slice(0, 10).replaceAll("-", ""));
}

describe.skipIf(chromium === undefined)("those who govern", () => {
  let scene: ServedScene;
  let gerda: Visit;
  let eva: Visit;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    gerda = await scene.visitAs(scene.as.gerda);
  });
  afterAll(async () => {
    await scene.close();
  });

  /** An executive who enrols on her own device: her passkey is real. */
  async function enrolExecutive(): Promise<Visit> {
    const yaml = "people:\n  - { key: eva, name: Eva Roth, roles: [executive] }";
    succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
    const found = succeeded(await scene.admin.ask("GET", "/api/v1/people?search=Eva")).body as { items: { id: string }[] };
    const { id } = found.items[0]!;
    const assertion = await scene.admin.sign("access.invite", id);
    const invited = succeeded(await scene.admin.ask("POST", "/api/v1/invitations", { person: id, assertion }));
    const visit = await scene.visitNew();
    await visit.page.goto(String(invited.body["link"]));
    await press(visit.page, "Make a passkey");
    await press(visit.page, "Sign in with it");
    await visit.page.getByRole("button", { name: /Eva Roth/ }).waitFor();
    return visit;
  }

  test("the governance lead opens a design issue from what keeps coming back, in the name of who answers for it", async () => {
    const { page, complaints } = gerda;
    await page.goto("/repeats");
    await page.getByRole("link", { name: "Same thing", exact: true }).click();
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^Policy vpn/ }) });
    await row.getByText(/^limit of \d+ reached$/).waitFor();
    await picture(page, "repeats");
    await row.getByRole("button", { name: "Open an issue" }).click();
    const dialog = page.getByRole("dialog", { name: "Open a design issue" });
    await dialog.getByRole("button", { name: "Open the issue" }).hover();
    await dialog.getByText("Name who answers for it first.").waitFor();
    await dialog.getByRole("combobox", { name: "Who answers for it" }).click();
    await page.keyboard.type("Rolf");
    await page.getByRole("option", { name: /^Rolf Tanner/ }).click();
    await dialog.getByRole("button", { name: "Open the issue" }).click();
    await dialog.getByText(/Name the owner of the application; where it is about none/).waitFor();
    await picture(page, "issue-refused");
    await dialog.getByRole("combobox", { name: "Who answers for it" }).fill("Ada");
    await page.getByRole("option", { name: /^Ada Lindqvist/ }).click();
    await dialog.getByRole("button", { name: "Open the issue" }).click();
    await heading(page, /^Policy /).waitFor();
    await page.getByText(/^Asked for \d+ times in 365 days: EXC-/).waitFor();
    await picture(page, "issue");
    await page.goto("/repeats?level=resource");
    await page.getByRole("link", { name: "Open: see it" }).first().click();
    await heading(page, /^Policy /).waitFor();
    expect(complaints).toEqual([]);
  });

  test("an executive answers for a risk with a passkey, nobody else can, and its words stay inert", async () => {
    eva = await enrolExecutive();
    const { page } = gerda;
    await page.getByRole("link", { name: "Propose a risk acceptance" }).click();
    await heading(page, "Propose a risk acceptance").waitFor();
    await page.getByLabel("What may happen, and why it is borne until then").fill(RISK);
    await page.getByLabel("Executive").selectOption({ label: "Eva Roth" });
    await page.getByRole("combobox", { name: "Add an exception" }).fill("Control-room");
    await page.getByRole("option", { name: /Control-room terminal 3/ }).click();
    await page.getByRole("list", { name: "Exceptions it covers" }).getByText("Control-room terminal 3").waitFor();
    await typeDay(page, "Until the end of", new Date(Date.now() + 90 * 86_400_000));
    await picture(page, "risk-propose");
    await press(page, "Put it before the executive");
    await page.getByText(RISK).waitFor();
    await page.getByRole("button", { name: "Accept with your passkey" }).hover();
    await page.getByText("Only Eva Roth accepts it.").first().waitFor();

    await eva.page.goto("/risks?view=proposed");
    await eva.page.getByRole("link", { name: RISK }).click();
    await picture(eva.page, "risk-proposed");
    const signed = await eva.countAssertions();
    await press(eva.page, "Accept with your passkey");
    await eva.page.getByText("Accepted", { exact: true }).first().waitFor();
    expect(await eva.countAssertions()).toBe(signed + 1);
    await picture(eva.page, "risk-accepted");
    expect(await eva.page.getByRole("button", { name: /Accept|Withdraw|Decline/ }).count()).toBe(0);
    expect([...gerda.complaints, ...eva.complaints]).toEqual([]);
  });

  test("the board's page says who carries what, what was accepted, and that what nobody recorded is not known", async () => {
    const { page } = eva;
    await page.goto("/board");
    await heading(page, "Who carries the risk", 2).waitFor();
    const ada = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "Ada Lindqvist" }) });
    const shown = succeeded(await scene.admin.ask("GET", "/api/v1/metrics/register/board")).body as {
      owners: { ownerName: string; exceptions: number; byAge: Record<string, number> }[];
      months: { figures: object | null }[];
    };
    const share = shown.owners.find(({ ownerName }) => ownerName === "Ada Lindqvist")!;
    const cells = await ada.getByRole("cell").allTextContents();
    expect(cells.slice(1, 6)).toEqual([...Object.values(share.byAge), share.exceptions].map(String));
    await page.getByRole("link", { name: RISK }).waitFor();
    const lockOut = succeeded(await scene.admin.ask("GET", "/api/v1/lock-out")).body as { operations: number };
    await page
      .getByText(lockOut.operations === 0 ? /^Nothing says yet/ : new RegExp(`^Of ${lockOut.operations} critical operation`))
      .waitFor();
    await page
      .getByText(/how many people they let through|whether they are used at all/)
      .first()
      .waitFor();
    const unknown = shown.months.filter(({ figures }) => figures === null).length;
    expect(unknown).toBeGreaterThan(5);
    await page.getByRole("img", { name: /^Exceptions granted: .*not known before/ }).waitFor();
    await page.getByText("As a table").first().click();
    const twin = page.getByRole("table", { name: "Exceptions granted" });
    expect(await twin.getByRole("cell", { name: "not known" }).count()).toBe(unknown);
    await picture(page, "board");
  });

  test("the board's page prints on one sheet of A4, light, without the frame around it", async () => {
    const dark = await scene.visitAs(scene.as.gerda, { colorScheme: "dark" });
    const { page } = dark;
    await page.goto("/board");
    await heading(page, "What got better, and what did not", 2).waitFor();
    await page.getByRole("status").filter({ hasText: "Reading" }).waitFor({ state: "detached" });
    await page.getByRole("status").filter({ hasText: "Asking" }).waitFor({ state: "detached" });
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("navigation").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Print" }).count()).toBe(0);
    expect(await page.evaluate("getComputedStyle(document.body).colorScheme")).toBe("light");
    await picture(page, "board-print");
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await dark.context.close();
  });

  test("every figure says what it means on focus, and Escape puts it away", async () => {
    const { page } = gerda;
    await page.goto("/figures");
    const term = page.getByRole("button", { name: "True age, median" });
    await term.focus();
    const meaning = page.getByRole("tooltip").filter({ hasText: /from the first grant of its lineage/ });
    await meaning.waitFor({ state: "visible" });
    await page.keyboard.press("Escape");
    await meaning.waitFor({ state: "hidden" });
    await page.getByText("use not known of", { exact: false }).waitFor();
    await picture(page, "metrics");
  });

  test("who answers for a design issue ends it with a sentence", async () => {
    const { page, context } = await scene.visitAs(scene.as.ada);
    await page.goto("/issues");
    await page.getByRole("link", { name: "Policy vpn" }).click();
    await press(page, "The design was changed");
    await page.getByLabel("What was changed").fill("The gateways take passkeys.");
    await press(page, "Resolve it");
    await heading(page, "How it was resolved", 2).waitFor();
    await page.getByText("The gateways take passkeys.").waitFor();
    await context.close();
  });

  test("who may not read the register of risks is told so, and not shown the way there", async () => {
    const { page, context } = await scene.visitAs(scene.as.hedi);
    for (const path of ["/risks", "/figures", "/board", "/repeats"]) {
      await page.goto(path);
      await page.getByText("Not for your roles").waitFor();
    }
    expect(await page.getByRole("link", { name: "Board view" }).count()).toBe(0);
    await context.close();
  });
});
