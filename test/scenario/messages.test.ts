/** Reaching people over a real SMTP server, on the manual clock: who is told what, when, and what is kept of it. */
import { createPublicKey, verify } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import { addDuration, duration, instant } from "../../src/kernel/time.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { codeOf, createBrowser, succeeded } from "../support/browser.ts";
import { type Chat, type ChatPost, startChat } from "../support/chat.ts";
import { readCalendar } from "../support/icalendar.ts";
import { headerOf, startMailServer, type Taken, type TestMailServer, textOf } from "../support/mail-server.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { ESTATE, openWholeApp, ORIGIN, type Player, show, submitRequest, vote, type WholeApp } from "../support/whole-app.ts";

/** Everybody but Nils, whose address nobody knows. */
const ESTATE_WITH_ADDRESSES = ESTATE.replaceAll(
  /key: (?!nils)(\w+), name: \w+,/g,
  (found, key: string) => `${found} email: ${key}@harbour.example,`,
);

let mail: TestMailServer;
let chat: Chat;
let story: WholeApp;
let provider: MemoryProvider;
let connection: string;

interface Delivery {
  readonly id: string;
  readonly recipient: string;
  readonly template: string;
  readonly result: string;
  readonly answer: string | null;
  readonly tries: number;
  readonly readAt: string | null;
  readonly lines: readonly { readonly kind: string; readonly ref: string; readonly path: string }[];
}

beforeAll(async () => {
  mail = await startMailServer();
  chat = await startChat();
  provider = createMemoryProvider(() => story.clock.now());
  const factory: ConnectorFactory = { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: () => provider };
  const env = {
    POSTERN_SMTP_URL: `smtp+plain://localhost:${mail.port}`,
    POSTERN_MAIL_FROM: "postern@harbour.example",
    POSTERN_WEBHOOK_URL: chat.url,
  };
  story = await openWholeApp({ env, connectorFactories: [factory] });
  succeeded(await story.admin.ask("POST", "/api/v1/estate/apply", { yaml: ESTATE_WITH_ADDRESSES, dryRun: false }));
  for (const key of ["s1", "s2", "s3", "s4", "s5", "s6", "s7"]) provider.add({ kind: "user", key, name: key });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
});
afterAll(async () => {
  await story.close();
  await mail.close();
  chat.close();
});

const to = (player: Player) => mail.taken.filter((letter) => letter.to.includes(`${player}@harbour.example`));
const deliveries = async (query = "") => (await story.admin.ask("GET", `/api/v1/deliveries?limit=200${query}`)).body["items"] as Delivery[];
const deliveriesTo = async (player: Player) => (await deliveries()).filter(({ recipient }) => recipient === story.idOf[player]);
const latest = async (player: Player) => (await deliveriesTo(player))[0]!;
const ask = (key: string, days = 20) =>
  submitRequest(story, {
    connection,
    policy: "vpn",
    subject: { kind: "user", key, name: key },
    until: addDuration(story.clock.now(), duration(`P${days}D`)),
  });
/** Whoever is to be told was noted: the outbox is empty. */
const noted = (player: Player, kind: string, ref: string) =>
  story.until(
    async () => {
      await story.moveTo(story.clock.now());
      return deliveriesTo(player);
    },
    (found) => found.some(({ lines }) => lines.some((line) => line.kind === kind && line.ref === ref)),
    `${player} is told of ${ref}: ${kind}`,
  );
const arrived = (player: Player, count: number) =>
  story.until(
    async () => {
      await story.moveTo(story.clock.now());
      return to(player);
    },
    (letters) => letters.length >= count,
    `${count} letters to ${player}`,
  );
/** Time for a message that must not come: every job that was there is done. */
const settled = () =>
  story.until(
    async () => {
      const { rows } = await story.app.database.pool.query<{ n: number }>(
        "select count(*) as n from pgboss.job where name in ('tell', 'deliver') and state in ('created', 'active')",
      );
      return rows[0]!.n;
    },
    (n) => n === 0,
    "the outbox is empty",
  );

test("those who may decide are told, by one letter that leads to exactly the decision; those who may not are not asked", async () => {
  const asked = await ask("s1");
  await noted("ivo", "decide", asked.ref);
  const [letter] = (await arrived("ivo", 1)) as [Taken];
  const [delivery] = (await deliveriesTo("ivo")) as [Delivery];
  expect(textOf(letter)).toContain(`${ORIGIN}/exceptions/${asked.id}/decide?m=${delivery.id}`);
  expect(textOf(letter)).toContain(`${asked.ref} is waiting for your decision, by 2026-03-05 10:00 (Europe/Zurich)`);
  expect(headerOf(letter, "Message-ID")).toBe(`<${delivery.id}@localhost>`);
  expect(headerOf(letter, "Auto-Submitted")).toBe("auto-generated");
  expect(headerOf(letter, "List-Unsubscribe")).toBe(`<${ORIGIN}/messages>`);
  // Nothing but reference and title of what was asked.
  expect(letter.raw).not.toMatch(/control room|plant's network|Replace the terminal/);
  await settled();
  // Ines implements it, Rolf asked for it, Hedi is the help desk.
  for (const player of ["ines", "rolf", "hedi", "gerda"] as const) expect(to(player), player).toEqual([]);
});

test("who has no address is not forgotten: the delivery says why there was none", async () => {
  expect(await deliveriesTo("nils")).toMatchObject([{ template: "digest", result: "no_address", tries: 0 }]);
});

test("never a second letter on the same day, and the next morning at seven one for all that is new", async () => {
  const second = await ask("s2");
  const third = await ask("s3");
  await settled();
  await story.moveTo(instant("2026-03-02T22:00:00Z"));
  await story.moveTo(instant("2026-03-03T05:59:59Z"));
  await settled();
  expect(to("ivo")).toHaveLength(1);
  await story.moveTo(instant("2026-03-03T06:00:00Z"));
  await arrived("ivo", 2);
  const text = textOf(to("ivo")[1]!);
  expect(text).toContain(second.ref);
  expect(text).toContain(third.ref);
  expect(text).not.toContain("EXC-2026-0001");
});

test("what was dealt with before the letter went out is not in it", async () => {
  const moot = await ask("s4");
  await settled();
  succeeded(await story.as.rolf.ask("POST", `/api/v1/exceptions/${moot.id}/withdraw`, { reason: "not needed" }));
  await settled();
  const before = to("ivo").length;
  await story.moveTo(instant("2026-03-04T08:00:00Z"));
  await settled();
  expect(to("ivo")).toHaveLength(before);
});

test("muted: no letter of the day any more, in the console all the same; an incident is sent also to those who muted", async () => {
  succeeded(await story.as.ada.ask("PUT", "/api/v1/messages/preferences", { muted: true, language: "de" }));
  const asked = await ask("s5");
  succeeded(await vote(story.as.ivo, asked));
  succeeded(await vote(story.as.nils, asked));
  await story.moveTo(story.clock.now());
  await story.until(
    () => show(story.as.rolf, asked.id),
    ({ state }) => state === "active",
    "it is active",
  );
  await noted("rolf", "granted", asked.ref);
  await settled();
  expect(to("ada")).toEqual([]);

  provider.isUp = false;
  succeeded(await story.as.ivo.ask("POST", `/api/v1/exceptions/${asked.id}/revoke`, { reason: "over" }));
  await story.moveTo(addDuration(story.clock.now(), duration("PT2H")));
  const [letter] = (await arrived("ada", 1)) as [Taken];
  expect(headerOf(letter, "Subject")).toBe(`Postern: jetzt handeln bei ${asked.ref}`);
  expect(textOf(letter)).toContain("konnte beim Anbieter nicht entfernt werden");
  expect(headerOf(letter, "List-Unsubscribe")).toBeUndefined();
  // Told at once, although today's letter had gone out: those on call get the incident beside it.
  await arrived("ines", 1);
  expect((await deliveriesTo("ivo")).filter(({ template }) => template === "incident").length).toBeGreaterThan(0);
  provider.isUp = true;
});

test("the chat was told of the incident once, by a post that the published key shows to be ours", async () => {
  const { key } = succeeded(await story.as.hedi.ask("GET", "/api/v1/webhook-key")).body as { key: string };
  const x = Buffer.from(key.slice("whpk_".length), "base64").toString("base64url");
  const published = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const posts = chat.posts.filter(({ body }) => body.includes("could not be taken out"));
  expect(posts).toHaveLength(1);
  const [{ headers, body }] = posts as [ChatPost];
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  const [, signature = ""] = (headers["webhook-signature"] ?? "").split(",");
  expect(verify(null, signed, published, Buffer.from(signature, "base64"))).toBe(true);
  expect(JSON.parse(body)).toMatchObject({ type: "postern.incident", id: headers["webhook-id"] });
  expect((await deliveries()).find(({ id }) => id === headers["webhook-id"])).toMatchObject({ recipient: null, result: "sent" });
});

test("a calendar holds what is due and a link, and nothing that its reader must not know", async () => {
  await ask("s6");
  await settled();
  const made = await story.as.ivo.ask("POST", "/api/v1/messages/calendar", {}, { "Idempotency-Key": "calendar-1" });
  const address = made.body["address"] as string;
  const secret = address.split("/").at(-1)!.replace(".ics", "");
  expect(secret).toMatch(/^[\w-]{43}$/);
  const read = async (url: string) => {
    const response = await story.app.http.fetch(new Request(url));
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  };
  const { status, type, text } = await read(address);
  expect([status, type]).toEqual([200, "text/calendar; charset=utf-8"]);
  const events = readCalendar(text);
  // s2, s3 and s6 wait for Ivo's decision.
  expect(events.map(({ SUMMARY }) => SUMMARY)).toContain("EXC-2026-0006: decision due");
  for (const event of events) {
    expect(Object.keys(event).toSorted()).toEqual(
      ["DTEND", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "TRANSP", "UID", "URL", "X-MICROSOFT-CDO-BUSYSTATUS"].toSorted(),
    );
    expect(event["URL"]).toMatch(/^http:\/\/localhost:8080\/exceptions\/exc_[a-z0-9]{26}(\/decide)?$/);
    expect(event["DTSTART"]).toMatch(/^\d{8}T\d{6}Z$/);
  }
  expect(text).not.toMatch(/\b(VPN|s6|rolf|ada|harbour)\b/i);
  // The same twice, so that a program changes nothing.
  expect(readCalendar((await read(address)).text).map(({ UID }) => UID)).toEqual(events.map(({ UID }) => UID));
  expect(story.logged.join("")).not.toContain(secret);
  const { rows } = await story.app.database.pool.query<{ kept: string }>(
    "select c::text as kept from message_calendar c union all select k::text from idempotency_key k",
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ kept }) => kept.includes(secret))).toEqual([]);
  const another = (await story.as.ivo.ask("POST", "/api/v1/messages/calendar", {})).body["address"] as string;
  expect((await read(address)).status).toBe(404);
  expect((await read(another)).status).toBe(200);
  await story.as.ivo.ask("DELETE", "/api/v1/messages/calendar");
  expect((await read(another)).status).toBe(404);
  expect((await read(`${ORIGIN}/api/v1/calendars/nothing.ics`)).status).toBe(404);
});

test("a calendar's address ends with its person, for good, and by an administrator's hand", async () => {
  const { admin, idOf } = story;
  const { id } = succeeded(await admin.ask("POST", "/api/v1/people", { displayName: "Greta Gone" })).body as { id: string };
  const greta = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
  const assertion = await admin.sign("access.invite", id);
  await greta.enrol(succeeded(await admin.ask("POST", "/api/v1/invitations", { person: id, assertion })).body["link"] as string);
  const make = async () => succeeded(await greta.ask("POST", "/api/v1/messages/calendar", {})).body["address"] as string;
  const read = async (url: string) => (await story.app.http.fetch(new Request(url))).status;
  const shown = async (by = admin) => (await by.ask("GET", `/api/v1/people/${id}/calendar`)).body["calendar"];
  const first = await make();
  expect([await read(first), await shown()]).toEqual([200, { madeAt: story.clock.now(), usedAt: story.clock.now() }]);
  succeeded(await admin.ask("POST", `/api/v1/people/${id}/deactivate`, { reason: "left" }));
  succeeded(await admin.ask("POST", `/api/v1/people/${id}/reactivate`));
  expect([await read(first), await shown()]).toEqual([404, null]);

  succeeded(await greta.signIn());
  const second = await make();
  expect((await story.as.ivo.ask("DELETE", `/api/v1/people/${id}/calendar`)).status).toBe(404);
  expect((await admin.ask("DELETE", `/api/v1/people/${idOf.ivo}/calendar`)).status).toBe(200);
  expect(await read(second)).toBe(200);
  succeeded(await admin.ask("DELETE", `/api/v1/people/${id}/calendar`));
  expect([await read(second), await shown()]).toEqual([404, null]);
});

test("put off by the server, it is tried again under the same id until it is taken", async () => {
  mail.mood = "defers";
  const made = succeeded(await withAddress(() => story.admin.ask("POST", "/api/v1/messages/trial", {})));
  const id = made.body["id"] as string;
  const of = async () => (await deliveries()).find((each) => each.id === id)!;
  await story.until(of, ({ tries }) => tries >= 1, "it was put off");
  expect(await of()).toMatchObject({ result: "deferred", answer: expect.stringContaining("Greylisted") });
  mail.mood = "takesAndDrops";
  const copies = () => mail.taken.filter((letter) => headerOf(letter, "Message-ID") === `<${id}@localhost>`);
  await story.until(
    () => Promise.resolve(copies()),
    ({ length }) => length === 1,
    "the server took it and the answer was lost",
  );
  mail.mood = "takes";
  await story.until(of, ({ result }) => result === "sent", "it was sent");
  // At least once: the second copy is the same letter to a mail program.
  expect(copies().length).toBeGreaterThanOrEqual(2);
  expect(new Set(copies().map(({ raw }) => headerOf({ raw } as Taken, "Date"))).size).toBe(1);
});

test("refused for good, it is not tried again, and the administrator sees what the server said", async () => {
  mail.mood = "refuses";
  await story.moveTo(addDuration(story.clock.now(), duration("PT1M")));
  const made = succeeded(await story.admin.ask("POST", "/api/v1/messages/trial", {}));
  const id = made.body["id"] as string;
  await story.until(
    () => deliveries("&result=bounced"),
    (found) => found.some((each) => each.id === id),
    "it bounced",
  );
  mail.mood = "takes";
  expect((await deliveries()).find((each) => each.id === id)).toMatchObject({
    tries: 1,
    answer: expect.stringContaining("No such mailbox"),
  });
  expect(story.logged.join("")).toContain("message not delivered");
  expect(story.logged.join("")).not.toContain("@harbour.example");
});

test("down for as long as it takes, it is waited for, and gets each letter once when it is back", async () => {
  await story.moveTo(addDuration(story.clock.now(), duration("PT1M")));
  await mail.down();
  const made = succeeded(await story.admin.ask("POST", "/api/v1/messages/trial", {}));
  const id = made.body["id"] as string;
  const of = async () => (await deliveries()).find((each) => each.id === id)!;
  await story.until(of, ({ tries }) => tries >= 2, "it was tried more than once");
  expect(await of()).toMatchObject({ result: "deferred", answer: expect.stringMatching(/ECONNREFUSED/) });
  await mail.up();
  await story.until(of, ({ result }) => result === "sent", "it was sent");
  expect(mail.taken.filter((letter) => headerOf(letter, "Message-ID") === `<${id}@localhost>`)).toHaveLength(1);
});

test("a second trial within the minute is refused", async () => {
  const again = await story.admin.ask("POST", "/api/v1/messages/trial", {});
  expect([again.status, codeOf(again)]).toEqual([409, "messages.trialJustSent"]);
});

test("who mutes while a letter is on its way does not get it any more, nor does who left", async () => {
  succeeded(
    await story.admin.ask("POST", "/api/v1/estate/apply", {
      yaml: ESTATE_WITH_ADDRESSES.replace("key: nils,", "key: nils, email: nils@harbour.example,"),
      dryRun: false,
    }),
  );
  mail.mood = "defers";
  await story.moveTo(instant("2026-03-09T08:00:00Z"));
  await ask("s7");
  await settled();
  await story.moveTo(instant("2026-03-10T08:00:00Z"));
  for (const player of ["ivo", "nils"] as const) {
    await story.until(
      () => latest(player),
      ({ result }) => result === "deferred",
      `the letter to ${player} was put off`,
    );
  }
  const digests = () => to("ivo").filter((letter) => headerOf(letter, "List-Unsubscribe") !== undefined).length;
  const before = [digests(), to("nils").length];
  succeeded(await story.as.ivo.ask("PUT", "/api/v1/messages/preferences", { muted: true, language: "en" }));
  const nils = await story.admin.ask("GET", `/api/v1/people/${story.idOf.nils}`);
  const ifMatch = { "If-Match": nils.headers.get("ETag") ?? "" };
  succeeded(await story.admin.ask("POST", `/api/v1/people/${story.idOf.nils}/deactivate`, { reason: "moved on" }, ifMatch));
  mail.mood = "takes";
  await story.until(
    () => latest("ivo"),
    ({ result }) => result === "muted",
    "it was not sent to Ivo",
  );
  await story.until(
    () => latest("nils"),
    ({ result }) => result === "left",
    "it was not sent to Nils",
  );
  expect([digests(), to("nils").length]).toEqual(before);
});

test("following a link marks the message as read, once and by its recipient only", async () => {
  const [mine] = (await deliveriesTo("ivo")) as [Delivery];
  const foreign = await story.as.ines.ask("POST", `/api/v1/messages/${mine.id}/read`, {});
  expect([foreign.status, codeOf(foreign)]).toEqual([404, "messages.notFound"]);
  expect((await deliveriesTo("ivo"))[0]!.readAt).toBeNull();
  succeeded(await story.as.ivo.ask("POST", `/api/v1/messages/${mine.id}/read`, {}));
  const { readAt } = (await deliveriesTo("ivo"))[0]!;
  expect(readAt).toBe(story.clock.now());
  const own = (await story.as.ivo.ask("GET", "/api/v1/messages")).body["items"] as Delivery[];
  expect(own.map(({ id }) => id)).toEqual((await deliveriesTo("ivo")).map(({ id }) => id));
});

/** The first administrator came by a link and has no address. */
async function withAddress<T>(act: () => Promise<T>): Promise<T> {
  const me = (await story.admin.ask("GET", "/api/v1/session")).body as { person: { id: string } };
  const person = await story.admin.ask("GET", `/api/v1/people/${me.person.id}`);
  const { displayName, roles } = person.body;
  const rest = { displayName, roles, unit: null, manager: null, deputy: null };
  const ifMatch = { "If-Match": person.headers.get("ETag") ?? "" };
  succeeded(await story.admin.ask("PUT", `/api/v1/people/${me.person.id}`, { ...rest, email: "admin@harbour.example" }, ifMatch));
  return act();
}
