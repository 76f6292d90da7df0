import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { createIds } from "../kernel/id.ts";
import { instant, type PlainDate } from "../kernel/time.ts";
import { manualClock } from "../platform/clock.ts";
import { createSeal } from "../platform/seal.ts";
import { createCalendarStore } from "./calendar-store.ts";
import { loadWebhookKey } from "./key-service.ts";
import type { Notification } from "./notification.ts";
import { createMessageStore, digestKey } from "./store.ts";

const AT = instant("2026-03-02T09:00:00Z");
const LATER = instant("2026-03-02T10:00:00Z");
const TODAY = "2026-03-02" as PlainDate;
let count = 0;
const ids = createIds(manualClock(AT), (size) => new Uint8Array(size).fill(++count));
const seal = (byte: number) => createSeal([new Uint8Array(32).fill(byte)]);

const made = (more: Partial<Notification> = {}): Notification => ({
  id: ids.next("notification"),
  recipient: "per_1",
  channel: "mail",
  template: "digest",
  dedupeKey: digestKey(TODAY),
  lines: [{ kind: "decide", ref: "EXC-2026-0001", title: "VPN", until: AT, path: "/exceptions/exc_1/decide" }],
  madeAt: AT,
  result: "waiting",
  answer: null,
  tries: 0,
  triedAt: null,
  sentAt: null,
  readAt: null,
  ...more,
});
const note = (key: string, urgency: "digest" | "incident" = "digest", person = "per_1") => ({ person, key, subject: "exc_1", urgency });

describeOnBothDatabases("messages", (open) => {
  const fresh = async () => {
    const { db } = await open();
    const store = createMessageStore(db);
    const insert = (notification: Notification, tells: readonly string[] = []) =>
      db.transaction().execute((tx) => store.insert(tx, notification, tells));
    return { db, store, insert, calendars: createCalendarStore(db) };
  };

  test("of any number that are made at once for a person and day, one is", async () => {
    const { store, insert } = await fresh();
    const all = await Promise.all(Array.from({ length: 10 }, () => insert(made())));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await insert(made({ recipient: "per_2" }))).toBe(true);
    expect(await insert(made({ dedupeKey: digestKey("2026-03-03" as PlainDate) }))).toBe(true);
    expect((await store.list({ limit: 50 })).items).toHaveLength(3);
  });

  test("the chat is told of a matter once, though it is nobody in particular", async () => {
    const { insert } = await fresh();
    const post = { recipient: null, channel: "chat", template: "incident", dedupeKey: "exc_1 revokeFailed x" } as const;
    expect([await insert(made(post)), await insert(made(post))]).toEqual([true, false]);
  });

  test("what was told is not waiting any more, and is not noted again", async () => {
    const { store, insert } = await fresh();
    await store.noteNews([note("a"), note("b"), note("a")], AT);
    const first = made();
    await insert(first, ["a"]);
    await store.noteNews([note("a"), note("b")], LATER);
    expect(await store.untoldOf("per_1")).toMatchObject([{ key: "b", noted_at: AT }]);
    await store.drop("per_1", ["b"], LATER);
    expect(await store.untoldOf("per_1")).toEqual([]);
    expect(await store.reached("per_1")).toEqual({ digestDay: TODAY, incidentAt: null });
  });

  test("those are found to whom something is to be told now: not who had today's, nor who muted, unless it is an incident", async () => {
    const { store, insert } = await fresh();
    const persons = ["per_had", "per_muted", "per_new"];
    await store.noteNews(
      persons.flatMap((person) => [note("a", "digest", person), note("b", "incident", person)]),
      AT,
    );
    await insert(made({ recipient: "per_had" }));
    await store.savePreferences("per_muted", { muted: true, language: "de" });
    expect(await store.waitingPersons("digest", TODAY, "", 10)).toEqual(["per_new"]);
    expect(await store.waitingPersons("incident", TODAY, "", 10)).toEqual(persons);
    expect(await store.waitingPersons("incident", TODAY, "per_had", 1)).toEqual(["per_muted"]);
    expect(await store.waitingPersons("digest", "2026-03-03" as PlainDate, "", 10)).toEqual(["per_had", "per_new"]);
    await store.savePreferences("per_muted", { muted: false, language: "de" });
    expect(await store.preferences("per_muted")).toEqual({ muted: false, language: "de" });
    expect(await store.preferences("per_new")).toEqual({ muted: false, language: "en" });
  });

  test("what a delivery came to stays: a second try that comes too late changes nothing", async () => {
    const { store, insert } = await fresh();
    const one = made();
    await insert(one);
    await store.saveResult(one.id, "deferred", "451 later", AT);
    expect(await store.countUndelivered(AT)).toBe(1);
    await store.saveResult(one.id, "sent", "250 taken", LATER);
    await store.saveResult(one.id, "deferred", "421 gone", LATER);
    expect(await store.find(one.id)).toEqual({ ...one, result: "sent", answer: "250 taken", tries: 2, triedAt: LATER, sentAt: LATER });
    expect(await store.countUndelivered(AT)).toBe(0);
    expect(await store.markRead(one.id, "per_2", AT)).toBe(false);
    expect([await store.markRead(one.id, "per_1", AT), await store.markRead(one.id, "per_1", LATER)]).toEqual([true, true]);
    expect((await store.find(one.id))!.readAt).toBe(AT);
  });

  test("lists are read page by page, newest first", async () => {
    const { store, insert } = await fresh();
    const days = ["01", "02", "03"].map((day) => made({ dedupeKey: digestKey(`2026-03-${day}` as PlainDate) }));
    for (const each of days) await insert(each);
    const first = await store.list({ recipient: "per_1", limit: 2 });
    const second = await store.list({ recipient: "per_1", limit: 2, cursor: first.next! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(days.map(({ id }) => id).toReversed());
    expect(second.next).toBeUndefined();
  });

  test("a calendar address is its owner's until it is ended or another is made", async () => {
    const { calendars } = await fresh();
    await calendars.save("per_1", "hash-1", AT);
    expect(await calendars.use("hash-1", LATER)).toBe("per_1");
    expect(await calendars.find("per_1")).toEqual({ madeAt: AT, usedAt: LATER });
    await calendars.save("per_1", "hash-2", LATER);
    expect(await calendars.use("hash-1", LATER)).toBeUndefined();
    expect(await calendars.find("per_1")).toEqual({ madeAt: LATER, usedAt: null });
    await calendars.remove("per_1");
    expect(await calendars.use("hash-2", LATER)).toBeUndefined();
  });

  test("the signing key is one for all replicas, unreadable in the database, and outlives a change of the seal's key", async () => {
    const { calendars } = await fresh();
    const keys = await Promise.all([1, 2, 3].map(() => loadWebhookKey(calendars, seal(1))));
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(new Set(keys.map(({ privateKey }) => privateKey)).size).toBe(1);
    expect((await calendars.signingKey())!.sealed).not.toContain("PRIVATE KEY");
    const rotated = createSeal([new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)]);
    expect((await loadWebhookKey(calendars, rotated)).publicKey).toBe(keys[0]!.publicKey);
    expect((await loadWebhookKey(calendars, seal(2))).publicKey).toBe(keys[0]!.publicKey);
    // Lost for good: a new one.
    const lost = await loadWebhookKey(calendars, seal(3));
    expect(lost.publicKey).not.toBe(keys[0]!.publicKey);
    expect((await loadWebhookKey(calendars, seal(3))).publicKey).toBe(lost.publicKey);
  });
});
