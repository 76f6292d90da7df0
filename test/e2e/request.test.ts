import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Browser as Signed, succeeded } from "../support/browser.ts";
import { ESTATE } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM, type Visit } from "./support/browser.ts";
import { byKeys } from "./support/by-keys.ts";
import { picture } from "./support/console.ts";
import { dayDigits, heading, pick, press, typeDay } from "./support/form.ts";
import { type ServedScene, serveScene } from "./support/served-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: asking for an exception in a real browser: ${NO_CHROMIUM}\n`);

const LONG_MS = 300_000;
const saved = (page: Page) => page.getByText("Saved. You can go on from any browser.").waitFor();
const known = (page: Page) => page.getByRole("region", { name: "What there is already" });

async function find(page: Page, name: string): Promise<void> {
  await page.getByLabel("Find a person, group or account").fill(name);
  await press(page, "Find and add");
  await page.getByRole("button", { name: `Leave out ${name}` }).waitFor();
}

/** What is asked for, as far as it takes to know what there is already. */
async function beginWith(page: Page, name: string, title = ""): Promise<void> {
  await page.goto("/request");
  await page.getByRole("radio", { name: /Remote access/ }).check();
  await page.getByLabel("Unit").fill("Plant");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Provider").selectOption({ label: "Example directory" });
  await page.getByLabel("Policy", { exact: true }).selectOption({ label: "VPN" });
  await find(page, name);
}

async function goOn(page: Page): Promise<string> {
  await page.getByRole("button", { name: /^(None of these will do: go|Go) on$/ }).click();
  await page.getByLabel("Why no stronger way exists today").waitFor();
  return new URL(page.url()).searchParams.get("draft")!;
}

async function draftOf(reader: Signed, id: string): Promise<Record<string, unknown>> {
  return succeeded(await reader.ask("GET", `/api/v1/exceptions/${id}`)).body["draft"] as Record<string, unknown>;
}

const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

async function succeededList(reader: Signed, query: string): Promise<string[]> {
  const { items } = succeeded(await reader.ask("GET", `/api/v1/exceptions?${query}`)).body as { items: { id: string }[] };
  return items.map(({ id }) => id);
}

/** Reads what is proposed and signs it; `refused` are the words for whoever may not. */
async function approveIn(visiting: Visit, address: string, refused?: string): Promise<void> {
  const { page, context, countAssertions } = visiting;
  const before = await countAssertions();
  await page.goto(`${address}/decide`);
  const approve = page.getByRole("button", { name: "Approve with your passkey" });
  await approve.waitFor();
  if (refused === undefined) {
    await approve.click();
    await page.getByRole("heading", { level: 2, name: "Three clocks, one time line" }).waitFor();
    expect(await countAssertions()).toBe(before + 1);
  } else {
    await approve.focus();
    await page.getByText(refused).first().waitFor();
  }
  await context.close();
}

describe.skipIf(chromium === undefined)("asking for an exception in a real browser", () => {
  let scene: ServedScene;
  beforeAll(async () => {
    scene = await serveScene(chromium!);
    // Rolf has a deputy, who acts for him.
    const named = "name: Rolf Tanner, unit: Plant,";
    const yaml = Object.entries(NAMES).reduce((text, [key, name]) => text.replace(`name: ${key},`, `name: ${name}, unit: Plant,`), ESTATE);
    const body = { yaml: yaml.replace(named, `${named} deputy: gerda,`), dryRun: false };
    expect(body.yaml).toContain("deputy: gerda");
    succeeded(await scene.admin.ask("POST", "/api/v1/estate/apply", body));
  }, LONG_MS);
  afterAll(async () => {
    await scene.close();
  });

  test("what there is already comes first: one in force with its true age, one that was refused and why, and stronger ways", async () => {
    const { page, complaints } = await scene.visitAs(scene.as.nils);
    await beginWith(page, "lucia.ferrer");
    const same = known(page).getByRole("listitem").filter({ hasText: "Control-room terminal 3 without a passkey" });
    await same.getByText("Active", { exact: true }).waitFor();
    await same.getByText(/True age 6\d days, ends in/).waitFor();
    await same.getByText("Ada Lindqvist answers for it.").waitFor();
    await known(page).getByText("One application:").waitFor();
    await known(page).getByText("Administration portal").waitFor();
    await picture(page, "request-twin");
    expect(await page.getByLabel("Why no stronger way exists today").count()).toBe(0);
    await page.getByRole("button", { name: "None of these will do: go on" }).waitFor();
    await press(page, "Leave out lucia.ferrer");
    await find(page, "robert.hale");
    const refused = known(page).getByRole("listitem").filter({ hasText: "VPN from a private tablet" });
    await refused.getByText("Rejected", { exact: true }).waitFor();
    await refused.getByText(/never granted\. Why: no/).waitFor();
    await known(page).getByText("One that could take it in").waitFor();
    await known(page)
      .getByText(/Ask Ada Lindqvist, who may propose to add to it/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("how many and who it covers is counted as it is put together; more than allowed is refused in words before anything is sent", async () => {
    const { page } = await scene.visitAs(scene.as.gerda);
    await beginWith(page, "crew-north");
    await page.getByText("Covers 4 people now").waitFor();
    await page.getByText(/4 accounts whose holders are not known here/).waitFor();
    await page.getByLabel("At most, people").fill("2");
    await page.getByText("crew-north covers 4 people; at most 2 are allowed.").waitFor();
    await find(page, "dmitri.volkov");
    await page.getByText("2 accounts now").waitFor({ state: "detached" });
    // He is in that crew: once more, and not counted again.
    await page.getByText("1 account now").waitFor();
    await page.getByText("Covers 4 people now").waitFor();
    await picture(page, "request-headcount");
    await page.context().close();
  });

  let draft: string;
  test("a draft is saved by itself, and whatever was typed is there in another browser, led to from the list of drafts", async () => {
    const first = await scene.visitAs(scene.as.rolf);
    await beginWith(first.page, "elif.demir", "Meters without a reader");
    draft = await goOn(first.page);
    await first.page.getByLabel("Why no stronger way exists today").fill("The meters know passwords only.");
    await first.page.getByLabel("What replaces it").fill("Meters with a reader");
    await pick(first.page, "Business owner", "Ada Lindqvist");
    await typeDay(first.page, "Until the end of", 20);
    await saved(first.page);
    await first.context.close();
    const second = await scene.visitAs(scene.as.rolf);
    const { page } = second;
    await page.goto("/request");
    await picture(page, "request-drafts");
    await page.getByRole("listitem").filter({ hasText: "Meters without a reader" }).getByRole("link").click();
    await page.getByLabel("What replaces it").waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Meters without a reader");
    expect(await page.getByLabel("Why no stronger way exists today").inputValue()).toBe("The meters know passwords only.");
    expect(await page.getByLabel("What replaces it").inputValue()).toBe("Meters with a reader");
    await expect.poll(() => page.getByRole("combobox", { name: "Business owner" }).inputValue()).toBe("Ada Lindqvist");
    await saved(page);
    await picture(page, "request-draft");
    await second.context.close();
  });

  test("two people edit one draft: what one alone changed is taken in, what both changed is chosen field by field, and nothing is lost", async () => {
    const [rolf, gerda] = [await scene.visitAs(scene.as.rolf), await scene.visitAs(scene.as.gerda)];
    for (const { page } of [rolf, gerda]) {
      await page.goto(`/request?draft=${draft}`);
      await saved(page);
    }
    const refused: number[] = [];
    gerda.page.on("response", (response) => void (response.status() === 412 && refused.push(response.status())));
    await rolf.page.getByLabel("Title").fill("Meters of the north plant");
    await rolf.page.getByLabel("On call").fill("Plant hotline");
    await rolf.page.getByLabel("What that depends on").fill("The telephone network");
    await rolf.page.getByText("Saved when you pause.").waitFor();
    await saved(rolf.page);
    const { page } = gerda;
    await page.getByLabel("Title").fill("Meters without passkeys");
    await page.getByLabel("Tracked in").fill("METER-7");
    await page.getByLabel("What that depends on").fill("The mail server");
    const panel = page.getByRole("region", { name: "Rolf Tanner saved meanwhile" });
    await panel.waitFor();
    await expect.poll(() => page.evaluate("document.activeElement?.textContent")).toBe("Rolf Tanner saved meanwhile");
    expect(refused.length).toBeGreaterThan(0);
    await panel.getByText("Taken in without asking, because only Rolf Tanner changed it: On call.").waitFor();
    await picture(page, "request-conflict");
    const { barriers } = await findBarriers(page);
    expect(barriers).toEqual([]);
    expect(await draftOf(scene.as.rolf, draft)).toMatchObject({ title: "Meters of the north plant" });
    // Whoever goes away without choosing is asked again, and has written nothing over the other's meanwhile.
    await page.reload();
    await panel.waitFor();
    await page.getByRole("link", { name: "Register", exact: true }).click();
    await heading(page, "Register").waitFor();
    await page.goBack();
    await panel.waitFor();
    expect(await page.getByLabel("Title").inputValue()).toBe("Meters without passkeys");
    expect(await page.getByLabel("On call").inputValue()).toBe("Plant hotline");
    expect(await draftOf(scene.as.rolf, draft)).toMatchObject({
      title: "Meters of the north plant",
      fallbackDependencies: ["The telephone network"],
    });
    await panel
      .getByRole("group", { name: "Title" })
      .getByRole("radio", { name: /Meters of the north plant/ })
      .check();
    await panel
      .getByRole("group", { name: "What that depends on" })
      .getByRole("radio", { name: /The mail server/ })
      .check();
    await press(page, "Save with these");
    await saved(page);
    expect(await page.getByLabel("Title").inputValue()).toBe("Meters of the north plant");
    expect(await page.getByLabel("On call").inputValue()).toBe("Plant hotline");
    expect(await draftOf(scene.as.rolf, draft)).toMatchObject({
      title: "Meters of the north plant",
      fallbackDependencies: ["The mail server"],
      exitPlan: { what: "Meters with a reader", remediationRef: "METER-7" },
      accountability: { onCall: "Plant hotline" },
    });
    // The first one goes on with a field of their own: brought together without a question.
    await rolf.page.getByLabel("Why no stronger way exists today").fill("The meters know passwords only, says their maker.");
    await rolf.page.getByText("Somebody else changed this draft meanwhile").waitFor();
    await saved(rolf.page);
    expect(await rolf.page.getByLabel("Tracked in").inputValue()).toBe("METER-7");
    expect(await draftOf(scene.as.rolf, draft)).toMatchObject({
      justification: "The meters know passwords only, says their maker.",
      exitPlan: { remediationRef: "METER-7" },
    });
    expect([...rolf.complaints, ...gerda.complaints]).toEqual([]);
    for (const { context } of [rolf, gerda]) await context.close();
  });

  test("every fault is told at once beside its field, and is gone as soon as it is mended; Enter puts nothing forward", async () => {
    const { page } = await scene.visitAs(scene.as.rolf);
    await page.goto(`/request?draft=${draft}`);
    await page.getByLabel("Title").press("Enter");
    await page.getByLabel("Tracked in").press("Enter");
    await saved(page);
    expect(succeeded(await scene.as.rolf.ask("GET", `/api/v1/exceptions/${draft}`)).body["state"]).toBe("draft");
    await press(page, "Put it forward");
    await page.getByText(/things are to be changed/).waitFor();
    const missing = page.getByText("Name the implementer.");
    await missing.waitFor();
    await page.getByText("Name who brings that about.").waitFor();
    await picture(page, "request-faults");
    await pick(page, "Implementer", "Ines Vogel");
    await missing.waitFor({ state: "detached" });
    await page.getByText("Name who brings that about.").waitFor();
    await page.context().close();
  });

  test("an extension shows only what changes, says which approvals that demands, and is approved by two people at their own browsers", async () => {
    const rolf = await scene.visitAs(scene.as.rolf);
    const { page } = rolf;
    await page.goto("/register?view=all&search=Telemetry%20night");
    await page.getByRole("row").filter({ hasText: "Telemetry night shift over VPN" }).getByRole("link").first().click();
    await page.getByRole("link", { name: /Propose an extension/ }).click();
    await heading(page, "Propose an extension").waitFor();
    await page.getByText("Because it is renewal 1: each needs one level more.").waitFor();
    expect(await page.getByLabel("Business owner").count()).toBe(0);
    expect(await page.getByText("Who is let through", { exact: true }).count()).toBe(0);
    await page.getByText("Nothing is changed yet.").waitFor({ state: "attached" });
    await typeDay(page, "Until the end of", 30);
    const changes = page.getByRole("group", { name: "What changed from one version to the next" });
    await changes.getByRole("deletion").waitFor();
    expect(await changes.getByRole("term").allTextContents()).toEqual(["Until, not after"]);
    await page.getByText(/^The need/).click();
    await page.getByLabel("Why no stronger way exists today").fill("The new laptops are late by a month.");
    await expect.poll(() => changes.getByRole("term").allTextContents()).toEqual(["Why", "Until, not after"]);
    await picture(page, "request-extension");
    expect((await findBarriers(page)).barriers).toEqual([]);
    await press(page, "Propose it");
    await heading(page, "Telemetry night shift over VPN").waitFor();
    for (const person of [scene.as.ivo, scene.as.nils]) await approveIn(await scene.visitAs(person), page.url());
    const { approval } = succeeded(await scene.as.rolf.ask("GET", `/api/v1/exceptions/${page.url().split("/").at(-1)!}`)).body;
    expect(approval).toMatchObject({ stage: 1, awaits: ["security_governance"] });
    await approveIn(await scene.visitAs(scene.as.gerda), page.url(), "Whoever acts for the requester does not decide.");
    await rolf.context.close();
  });

  test("from the first key to the submission by keyboard alone, through every field it takes", async () => {
    const statement = "The press hall needs readers that take every card.";
    const issue = { about: { kind: "policy", id: "smart_card" }, owner: scene.idOf.ada, statement };
    const opened = succeeded(await scene.as.gerda.ask("POST", "/api/v1/design-issues", issue)).body["id"];
    const { page } = await scene.visitAs(scene.as.audrey);
    await page.goto("/request");
    await heading(page, "Request an exception").waitFor();
    const keys = byKeys(page);
    await keys.to("Legacy application2 approvals, at most 180 days");
    await keys.press("Space");
    await keys.to("Unit");
    await keys.type("Plant");
    await keys.to("Title");
    await keys.type("Smart-card reader of the press is broken");
    await keys.to("Provider");
    await keys.type("Example");
    await keys.to("Policy");
    await keys.type("Smart");
    await keys.to("Find a person, group or account");
    await keys.type("pavel.dvorak");
    await keys.press("Enter");
    await page.getByText("Covers 1 person now").waitFor();
    await keys.to("Go on");
    await keys.press("Enter");
    await page.getByLabel("Why no stronger way exists today").waitFor();
    await keys.to("Why no stronger way exists today");
    await keys.type("The reader takes no card until it is replaced.");
    await keys.to("Kind of reason");
    await keys.type("The tech");
    await keys.to("Control 1");
    await keys.type("Only in the press hall");
    await keys.to("Risk without them");
    await keys.type("Mod");
    await keys.to("Risk with them");
    await keys.type("Low");
    await keys.to(/^year.*Until the end of/);
    await keys.type(dayDigits(20));
    await keys.to("What replaces it");
    await keys.type("A new reader");
    for (const [field, name] of [
      ["Who brings that about", "Ada Lindqvist"],
      ["Business owner", "Ada Lindqvist"],
      ["Implementer", "Ines Vogel"],
      ["Design issue", statement],
    ] as const) {
      await keys.to(field);
      await keys.type(name);
      await page.getByRole("option", { name: new RegExp(`^${name}`) }).waitFor();
      await keys.press("ArrowDown");
      await keys.press("Enter");
    }
    await saved(page);
    expect(await draftOf(scene.as.audrey, new URL(page.url()).searchParams.get("draft")!)).toMatchObject({ designIssue: opened });
    await keys.to("Put it forward");
    await keys.press("Enter");
    await heading(page, "Smart-card reader of the press is broken").waitFor();
    await page.getByText("In approval", { exact: true }).first().waitFor();
    await page.context().close();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
    // What is left of 1280 pixels at 200 % zoom.
    ["light", 640],
  ] as const)("no barrier, and nothing wider than the screen: %s, %i wide", async (colorScheme, width) => {
    const { page, complaints } = await scene.visitAs(scene.as.rolf, { colorScheme, width });
    const active = (await succeededList(scene.as.rolf, "state=active&search=Crew%20north"))[0]!;
    const faulty = async () => {
      await press(page, "Put it forward");
      await page.getByText(/things are to be changed/).waitFor();
    };
    const states: readonly (readonly [string, string, () => Promise<unknown>])[] = [
      ["new", "/request", () => page.getByText("Your drafts").waitFor()],
      ["draft", `/request?draft=${draft}`, () => known(page).getByText("One that could take it in").waitFor()],
      ["faults", `/request?draft=${draft}`, faulty],
      ["extension", `/request?from=${active}&kind=extension`, () => page.getByText("What changes").waitFor()],
      ["change", `/request?from=${active}&kind=change`, () => page.getByText(/^Who is let through/).click()],
    ];
    for (const [name, path, reach] of states) {
      await page.goto(path);
      await page.getByRole("heading", { level: 2, name: /^The rules/ }).waitFor();
      await reach();
      const { barriers, looked } = await findBarriers(page);
      expect(barriers, name).toEqual([]);
      expect(looked).toBeGreaterThan(20);
      expect(await page.evaluate(OVERFLOW), name).toBe(0);
      await picture(page, `request-${name}-${colorScheme}-${width}`);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** As the scene calls its people at its end. */
const NAMES = {
  ada: "Ada Lindqvist",
  ivo: "Ivo Keller",
  ines: "Ines Vogel",
  nils: "Nils Brandt",
  gerda: "Gerda Amsler",
  hedi: "Hedi Frank",
  rolf: "Rolf Tanner",
  audrey: "Audrey Bell",
} as const;
