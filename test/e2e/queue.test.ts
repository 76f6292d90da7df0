import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Browser as Signed, succeeded } from "../support/browser.ts";
import { show } from "../support/whole-app.ts";
import { findBarriers } from "./support/axe.ts";
import { findChromium, NO_CHROMIUM } from "./support/browser.ts";
import { picture } from "./support/console.ts";
import { heading, pick, press, typeDay } from "./support/form.ts";
import { type QueueScene, serveQueue } from "./support/queue-scene.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: each person's queue in a real browser: ${NO_CHROMIUM}\n`);

const COUNT = 40;
const REVOKED = [4, 16, 33];
/** Forty requests, and forty decisions read and signed, take their time on a busy machine. */
const MANY_MS = 400_000;

interface Decided {
  readonly verdict: string;
  readonly sentence: string;
}

async function decisionOn(reader: Signed, ref: string): Promise<Decided | null> {
  const { body } = succeeded(await reader.ask("GET", `/api/v1/exceptions/${ref}`));
  return (body["reviews"] as { decision: Decided | null }[])[0]!.decision;
}

describe.skipIf(chromium === undefined)("each person's queue in a real browser", () => {
  let scene: QueueScene;
  beforeAll(async () => {
    scene = await serveQueue(chromium!, COUNT);
  }, MANY_MS);
  afterAll(async () => {
    await scene.close();
  });

  test("an owner says that a review is not theirs and whose it is unknown to them; it leaves their queue and waits for governance", async () => {
    const { page } = await scene.visitAs(scene.story.as.ada);
    await page.goto("/approvals?view=reviews");
    await page.getByRole("heading", { level: 2, name: `${COUNT} alike: Legacy application in plant, low risk` }).waitFor();
    await page.getByRole("rowheader", { name: scene.reviewed[0]! }).getByRole("link").click();
    await press(page, "Not mine");
    await page.getByRole("dialog").getByLabel("Why it is not yours").fill("The control room went to the other plant in May.");
    await picture(page, "queue-not-mine");
    await press(page, "Hand it on");
    await heading(page, /VPN without a passkey/).waitFor();
    await page.goto("/approvals?view=reviews");
    await page.getByRole("heading", { level: 2, name: new RegExp(`^${COUNT - 1} alike`) }).waitFor();
    expect(await page.getByRole("rowheader", { name: scene.reviewed[0]! }).count()).toBe(0);
    await page.context().close();
  });

  test(
    "a reviewer answers forty reviews one after the other by keyboard, three of them revoked, each signed by its own touch",
    async () => {
      const reviewer = await scene.visitAs(scene.story.as.gerda);
      const { page } = reviewer;
      const before = await reviewer.countAssertions();
      await page.goto("/approvals?view=reviews");
      await page.getByText("handed it on: The control room went to the other plant in May.").waitFor();
      await picture(page, "queue-reviews");
      await page.getByRole("link", { name: "Answer one after the other" }).click();
      await page.getByText(`Review 1 of ${COUNT}`).waitFor();
      await page.getByText("Nothing that was decided on").waitFor();
      await picture(page, "queue-review");
      const wanted = new Map<string, Decided>();
      for (let n = 0; n < COUNT; n++) {
        const group = page.getByRole("group", { name: /^Your answer on/ });
        const ref = (await group.getAttribute("aria-label"))!.replace("Your answer on ", "");
        const sentence = group.getByLabel("Why it is still needed");
        const isOffered = (await sentence.inputValue()) !== "";
        if (!isOffered) {
          await sentence.fill(`The terminal is ordered, the network rule was tested before number ${n}.`);
        } else {
          await page.getByText(/^The sentence is that of EXC-/).waitFor();
        }
        await sentence.focus();
        await page.keyboard.press("Tab");
        if (REVOKED.includes(n)) await page.keyboard.press("Tab");
        const typed = await sentence.inputValue();
        // A sentence offered for keeping is no reason for ending.
        wanted.set(
          ref,
          REVOKED.includes(n) ? { verdict: "revoke", sentence: isOffered ? "" : typed } : { verdict: "retain", sentence: typed },
        );
        await page.keyboard.press("Enter");
        if (n < COUNT - 1) await page.getByRole("group", { name: `Your answer on ${ref}` }).waitFor({ state: "detached" });
      }
      await page.getByText("No review waits for you").waitFor();
      expect(await reviewer.countAssertions()).toBe(before + COUNT);
      expect([...wanted.keys()].toSorted()).toEqual(scene.reviewed.toSorted());
      for (const [ref, decided] of wanted) expect(await decisionOn(scene.story.as.rolf, ref)).toMatchObject(decided);
      // Looked at anew after every ten: no sentence stands on more.
      const sentences = Map.groupBy(
        [...wanted.values()].filter(({ verdict }) => verdict === "retain"),
        (each) => each.sentence,
      );
      expect(Math.max(...[...sentences.values()].map((same) => same.length))).toBe(10);
      expect(reviewer.complaints).toEqual([]);
      await page.context().close();
    },
    MANY_MS,
  );

  test("an approver moves through the queue by keyboard and asks for changes; keys alone decide nothing", async () => {
    const approver = await scene.visitAs(scene.story.as.nils);
    const { page } = approver;
    const before = await approver.countAssertions();
    await page.goto("/approvals");
    const links = page.getByRole("rowheader").getByRole("link");
    await links.first().focus();
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(await links.nth(1).textContent());
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate("document.activeElement.textContent")).toBe(await links.first().textContent());
    const ref = (await links.first().textContent())!;
    await picture(page, "queue-votes");
    await page.keyboard.press("Enter");
    await heading(page, /VPN without a passkey/).waitFor();
    for (const key of ["1", "2", "3", "a", "r", "y", "Enter"]) await page.keyboard.press(key);
    expect(await approver.countAssertions()).toBe(before);
    await page.getByLabel("Reason").fill("Which terminal is it?");
    await press(page, "Ask for changes");
    await page.getByText(`You asked for changes to ${ref}.`).waitFor();
    expect(await approver.countAssertions()).toBe(before + 1);
    await page.goto("/approvals");
    await page.getByRole("rowheader").first().waitFor();
    expect(await page.getByRole("rowheader", { name: ref }).count()).toBe(0);
    await page.context().close();
  });

  test("somebody on leave lets a colleague of their role decide, who does so under both names", async () => {
    const { story } = scene;
    const made = succeeded(await story.admin.ask("POST", "/api/v1/people", { displayName: "Nora", roles: ["network_security"] })).body;
    const assertion = await story.admin.sign("access.invite", String(made["id"]));
    const { link } = succeeded(await story.admin.ask("POST", "/api/v1/invitations", { person: made["id"], assertion })).body;
    const away = await scene.visitAs(story.as.nils);
    await away.page.goto("/away");
    await typeDay(away.page, "First day away", 0);
    await typeDay(away.page, "Last day away", 5);
    await press(away.page, "Add it");
    await away.page.getByText("Away now").waitFor();
    await pick(away.page, "Colleague", "Nora");
    await away.page.getByLabel("In which role").selectOption({ label: "Network security" });
    await typeDay(away.page, "From the beginning of", 0);
    await typeDay(away.page, "Until the end of", 5);
    await away.page.getByLabel("Why", { exact: true }).fill("Holiday");
    await press(away.page, "Let them decide");
    await away.page.getByRole("rowheader", { name: "Nora" }).waitFor();
    await picture(away.page, "away");
    const { barriers, looked } = await findBarriers(away.page);
    expect(barriers).toEqual([]);
    expect(looked).toBeGreaterThan(20);
    await away.context.close();

    const delegate = await scene.visitNew();
    await delegate.page.goto(String(link));
    await press(delegate.page, "Make a passkey");
    await press(delegate.page, "Sign in with it");
    await delegate.page.getByRole("link", { name: "My queue" }).click();
    await delegate.page.getByRole("link", { name: "You may decide for nils" }).waitFor();
    await delegate.page.getByRole("link", { name: "Read and decide" }).click();
    await delegate.page.getByLabel("You decide").selectOption({ label: "For nils, as Network security" });
    await press(delegate.page, "Approve with your passkey");
    await delegate.page.getByText("for network security, as a delegate").first().waitFor();
    await delegate.context.close();
  });

  test("the help desk is told why it can neither decide, nor review, nor be stood in for", async () => {
    const { page } = await scene.visitAs(scene.story.as.hedi);
    await page.goto("/approvals");
    await page.getByText("The help desk never decides", { exact: true }).waitFor();
    await page.goto("/approvals?view=reviews");
    await page.getByText("may neither vote on an exception nor review one").waitFor();
    await page.goto("/away");
    await page.getByRole("button", { name: "Let them decide" }).focus();
    await page.getByRole("tooltip").getByText("The help desk never decides: there is nothing to pass on.").waitFor();
    const stories = await Promise.all(scene.asked.map(({ id }) => show(scene.story.as.ivo, id)));
    await page.goto(`/exceptions/${stories.find(({ state }) => state === "in_approval")!.ref}/decide`);
    await page.getByRole("button", { name: "Approve with your passkey" }).focus();
    await page.getByRole("tooltip").getByText("The help desk never decides.").first().waitFor();
    await page.context().close();
  });

  test("who governs sees how much waits for whom, and a list that cannot be read is not shown as empty", async () => {
    const { page } = await scene.visitAs(scene.story.as.gerda);
    await page.goto("/approvals?view=load");
    await page.getByRole("row", { name: /IAM role/ }).waitFor();
    await picture(page, "queue-load");
    await page.route("**/api/v1/queue/load", (route) => route.abort());
    await page.reload();
    await page.getByRole("alert").getByText("Postern did not answer").first().waitFor();
    expect(await page.getByText("Nothing waits for anybody").count()).toBe(0);
    await page.context().close();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
  ] as const)("every part is without barriers and fits: %s, %i wide", async (colorScheme, width) => {
    const { page, complaints } = await scene.visitAs(scene.story.as.ada, { colorScheme, width });
    for (const path of ["/approvals", "/approvals?view=reviews", "/approvals?view=due", "/approvals?view=load", "/away"]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("networkidle");
      expect((await findBarriers(page)).barriers, path).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), path).toBe(0);
      await picture(page, `queue${path.replaceAll(/[^a-z]+/g, "-")}-${colorScheme}-${width}`);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
