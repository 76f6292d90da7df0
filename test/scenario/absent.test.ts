/** What becomes of exceptions when those they rest on are not there any more: who decides, and the connection. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { REPLAYS } from "../../src/compose-replays.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser, codeOf, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { replayAll } from "../support/replayed.ts";
import { openWholeApp, type Shown, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let provider: MemoryProvider;
let connection: string;

beforeEach(async () => {
  provider = createMemoryProvider(() => story.clock.now());
  const kind = { kind: "memory", title: "Memory", parse: (config: unknown) => ({ ok: true as const, config }), create: () => provider };
  story = await openWholeApp({ connectorFactories: [kind] });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
});
afterEach(async () => {
  const { faults } = await replayAll(story.app.database, REPLAYS);
  await story.close();
  expect(faults).toEqual([]);
});

const after = (days: number) => addDuration(story.clock.now(), duration(`P${days}D`));
const inState = (id: string, state: string) =>
  story.until(
    () => show(story.as.rolf, id),
    (shown) => shown.state === state,
    state,
  );

async function submitted(): Promise<Shown> {
  provider.add({ kind: "user", key: "s1", name: "s1" });
  return submitRequest(story, { connection, policy: "vpn", subject: { kind: "user", key: "s1", name: "s1" }, until: after(20) });
}

const leaves = async (name: "ivo" | "nils") =>
  succeeded(await story.admin.ask("POST", `/api/v1/people/${story.idOf[name]}/deactivate`, { reason: "left" }));

const signIn = async (...browsers: readonly Browser[]) => {
  for (const browser of browsers) succeeded(await browser.signIn());
};

test("the last of a role leaves: governance is asked, nothing is approved without an answer, and in the end it lapses", async () => {
  const { id, ...shown } = await submitted();
  succeeded(await vote(story.as.ivo, { id, ...shown }));
  await leaves("nils");
  const seen: (string | undefined)[] = [];
  for (let days = 3; days <= 9; days += 3) {
    story.clock.set(after(3));
    await story.app.tick.tickOnce(story.clock.now());
    await signIn(story.as.gerda);
    const { state, approval } = succeeded(await story.as.gerda.ask("GET", `/api/v1/exceptions/${id}`)).body as unknown as Open;
    seen.push(`${state} ${approval?.silence ?? ""}`.trim());
  }
  expect(seen).toEqual(["in_approval next_holder", "in_approval governance", "withdrawn"]);
});

test("governance sits in for a role that nobody holds any more", async () => {
  const shown = await submitted();
  succeeded(await vote(story.as.ivo, shown));
  await leaves("nils");
  for (const days of [3, 3]) {
    story.clock.set(after(days));
    await story.app.tick.tickOnce(story.clock.now());
  }
  await signIn(story.as.gerda, story.as.rolf);
  expect((succeeded(await vote(story.as.gerda, shown)).body as unknown as Shown).state).toBe("approved");
});

test("who voted and left before the others had does not count", async () => {
  const shown = await submitted();
  succeeded(await vote(story.as.ivo, shown));
  await leaves("ivo");
  expect(succeeded(await vote(story.as.nils, shown)).body).toMatchObject({ state: "in_approval", approval: { awaits: ["iam"] } });
});

test("who owns an exception leaves: another takes it over with a passkey, over exactly what was approved", async () => {
  const shown = await submitted();
  for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
  await story.moveTo(story.clock.now());
  await inState(shown.id, "active");
  const yaml = `people:\n  - { key: rolf, name: rolf, roles: [application_owner] }`;
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml, dryRun: false }));
  const { rolf, hedi } = story.as;
  // Who gets a role signs in anew.
  await signIn(rolf);
  const takeOver = async (browser: Browser, contentHash: string) => {
    const assertion = await browser.sign("exceptions.takeOver", shown.id, contentHash);
    return browser.ask("POST", `/api/v1/exceptions/${shown.id}/take-over`, { assertion });
  };
  expect(codeOf(await takeOver(rolf, `sha256:${"0".repeat(64)}`))).toBe("access.assertionElsewhere");
  expect(codeOf(await takeOver(hedi, shown.approval!.contentHash))).toBe("exceptions.helpDeskMayNotOwn");
  expect(succeeded(await takeOver(rolf, shown.approval!.contentHash)).body).toMatchObject({ owner: story.idOf.rolf });
});

test("a connection is removed only when nothing needs it: what is asked for, approved or suspended could never begin or come back", async () => {
  const remove = () => story.admin.ask("POST", `/api/v1/connections/${connection}/remove`, { reason: "replaced" });
  const refused = async () => expect(codeOf(await remove())).toBe("connections.exceptionsLive");
  const shown = await submitted();
  await refused();
  for (const name of ["ivo", "nils"] as const) succeeded(await vote(story.as[name], shown));
  await refused();
  await story.moveTo(story.clock.now());
  await inState(shown.id, "active");
  await refused();
  succeeded(await story.as.gerda.ask("POST", `/api/v1/exceptions/${shown.id}/suspend`, { why: "used from abroad" }));
  await inState(shown.id, "suspended");
  await refused();
  succeeded(await story.as.ada.ask("POST", `/api/v1/exceptions/${shown.id}/revoke`, { reason: "retired" }));
  await inState(shown.id, "closed");
  succeeded(await remove());
  expect([...provider.held]).toEqual([]);
});

interface Open {
  readonly state: string;
  readonly approval: { readonly silence: string } | null;
}
