/** The start page: what it asks of whom, and what it tells of what ended and of what did not. */
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Connector, ConnectorFactory } from "../../src/connectors/port.ts";
import type { TodayView } from "../../src/exceptions/contract-today.ts";
import { addDuration, duration } from "../../src/kernel/time.ts";
import { type Browser, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { openWholeApp, requestBody, type Shown, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let provider: MemoryProvider;
let connection: string;
let asked: Shown;
const SUBJECT = { kind: "user", key: "s1", name: "s1" } as const;
const inTwentyDays = () => addDuration(story.clock.now(), duration("P20D"));
beforeAll(async () => {
  provider = createMemoryProvider(() => story.clock.now());
  const factory: ConnectorFactory = {
    kind: "memory",
    title: "Memory",
    parse: (config) => ({ ok: true, config }),
    create: (): Connector => provider,
  };
  story = await openWholeApp({ connectorFactories: [factory] });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
  provider.add(SUBJECT);
  asked = await submitRequest(story, { connection, policy: "vpn", subject: SUBJECT, until: inTwentyDays() });
});
afterAll(async () => {
  await story.close();
});

const today = async (browser: Browser) => succeeded(await browser.ask("GET", "/api/v1/today")).body as unknown as TodayView;
const needs = async (browser: Browser) => (await today(browser)).needsMe.items.map(({ kind, exception }) => `${kind} ${exception.id}`);
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);
const settled = (state: string) =>
  story.until(
    () => show(story.as.rolf, asked.id),
    (shown) => shown.state === state,
    state,
  );

test("a vote is asked of those who may give it; never of who asked, of the help desk, or of who reads only", async () => {
  expect(await needs(story.as.ivo)).toEqual([`vote ${asked.id}`]);
  expect(await needs(story.as.nils)).toEqual([`vote ${asked.id}`]);
  for (const browser of [story.as.rolf, story.as.hedi, story.as.audrey]) expect(await needs(browser)).toEqual([]);
});

test("whoever has voted is not asked again", async () => {
  succeeded(await vote(story.as.ivo, asked));
  expect(await needs(story.as.ivo)).toEqual([]);
  expect(await needs(story.as.nils)).toEqual([`vote ${asked.id}`]);
  succeeded(await vote(story.as.nils, asked));
  await story.app.tick.tickOnce(story.clock.now());
  await settled("active");
});

test("a draft waits for who began it, and for nobody else", async () => {
  const body = requestBody(story, { connection, policy: "vpn", subject: SUBJECT, until: inTwentyDays() });
  const draft = succeeded(await story.as.rolf.ask("POST", "/api/v1/exceptions", body)).body["id"] as string;
  expect(await needs(story.as.rolf)).toEqual([`draft ${draft}`]);
  expect(await needs(story.as.ada)).not.toContain(`draft ${draft}`);
});

test("what ended while its provider does not answer is told as not ended: to who reads for all, and to whom it concerns", async () => {
  provider.isUp = false;
  await story.moveTo(addDuration(story.clock.now(), duration("P20DT1H")));
  // Once it was tried: what is tried while the clock is moved on below would wait for its next turn.
  await settled("revoke_failed");
  expect(ids((await today(story.as.audrey)).notEnded.items)).toEqual([asked.id]);
  expect(ids((await today(story.as.rolf)).notEnded.items)).toEqual([asked.id]);
  expect(ids((await today(story.as.hedi)).notEnded.items)).toEqual([]);
  expect((await today(story.as.audrey)).ended.items).toEqual([]);
});

test("what was read back and is gone has ended, and is told for seven days", async () => {
  provider.isUp = true;
  await story.moveTo(addDuration(story.clock.now(), duration("PT2H")));
  await settled("closed");
  const ended = async (browser: Browser) => (await today(browser)).ended.items.map(({ exception }) => exception.id);
  expect(await ended(story.as.audrey)).toEqual([asked.id]);
  expect(await ended(story.as.rolf)).toEqual([asked.id]);
  expect(await ended(story.as.hedi)).toEqual([]);
  expect((await today(story.as.audrey)).notEnded.items).toEqual([]);
  await story.moveTo(addDuration(story.clock.now(), duration("P8D")));
  expect(await ended(story.as.audrey)).toEqual([]);
});

test("what nobody knows is said: providers not read for an hour; bypasses to those who may read of them", async () => {
  // Nothing reads it meanwhile, whenever its turn comes.
  provider.isUp = false;
  await story.moveTo(addDuration(story.clock.now(), duration("P1D")));
  const before = await today(story.as.audrey);
  expect(before.scope).toBe("all");
  expect(before.unknown.unreadProviders.map(({ name }) => name)).toEqual(["Memory"]);
  provider.isUp = true;
  provider.held.add("hand s9");
  await story.app.bypasses.scan(connection);
  const after = await today(story.as.audrey);
  expect(after.unknown.unreadProviders).toEqual([]);
  expect([...provider.held]).toEqual(["hand s9"]);
  expect(after.unknown.unregisteredBypasses).toBe(1);
  const { scope, unknown } = await today(story.as.hedi);
  expect([scope, unknown.unregisteredBypasses]).toEqual(["own", null]);
});
