import { hash } from "node:crypto";

import { expect, test } from "vitest";

import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { instant } from "../kernel/time.ts";
import type { Db } from "./db.ts";
import { createIdempotencyStore, markCarriedOut, type Reply } from "./idempotency.ts";
import { createSeal } from "./seal.ts";

const NOW = instant("2026-03-01T09:00:00Z");
const KEY = new Uint8Array(32).fill(7);
const LATER = instant("2026-03-01T09:05:00Z");
const ASKED = { actor: "per_1", key: "k", fingerprint: "requestException {}", now: NOW };
const ANSWER: Reply = { status: 201, body: { id: "exc_1" } };

const code = (detail: string) => expect.objectContaining({ reasons: [expect.objectContaining({ code: detail })] });

const never = () => new Promise<Reply>(() => undefined);
const notesOf = async (db: Db) => {
  const rows = await db.withTables<{ note: { text: string } }>().selectFrom("note").selectAll().execute();
  return rows.map(({ text }) => text);
};

describeOnBothDatabases("idempotency", (open) => {
  /** A request that makes one note, then waits before it answers. */
  async function setUp() {
    const database = await open();
    const { db } = database;
    await db.schema.createTable("note").addColumn("text", "text").execute();
    const make = (text: string) => (): Promise<void> =>
      db.transaction().execute(async (tx) => {
        await tx.withTables<{ note: { text: string } }>().insertInto("note").values({ text }).execute();
        await markCarriedOut(tx, [text]);
      });
    return { store: createIdempotencyStore(db, createSeal([KEY]).digest), make, notes: () => notesOf(db), db };
  }

  test("the same request twice is carried out once and answered twice; another under its key is refused", async () => {
    const { store, make, notes } = await setUp();
    const run = () => make("exc_1")().then(() => ANSWER);
    expect(await store.once(ASKED, run)).toEqual(ANSWER);
    expect(await store.once({ ...ASKED, now: LATER }, run)).toEqual(ANSWER);
    expect(await notes()).toEqual(["exc_1"]);
    await expect(store.once({ ...ASKED, fingerprint: "other" }, run)).rejects.toEqual(code("http.idempotencyKeyReused"));
    expect(await store.once({ ...ASKED, actor: "per_2", fingerprint: "other" }, () => Promise.resolve(ANSWER))).toEqual(ANSWER);
  });

  test("nothing is kept of a request that could be compared with guesses at a secret in it", async () => {
    const { store, db } = await setUp();
    await store.once(ASKED, () => Promise.resolve(ANSWER));
    const rows = await db.withTables<{ idempotency_key: Record<string, unknown> }>().selectFrom("idempotency_key").selectAll().execute();
    expect(rows).toHaveLength(1);
    const kept = JSON.stringify(rows);
    for (const encoding of ["hex", "base64", "base64url"] as const) expect(kept).not.toContain(hash("sha256", ASKED.fingerprint, encoding));
    expect(kept).not.toContain(ASKED.fingerprint);
  });

  test("a request that was carried out and never answered is not carried out again, and says what it changed", async () => {
    const { store, make, notes } = await setUp();
    const carriedOut = Promise.withResolvers<void>();
    void store.once(ASKED, async () => {
      await make("exc_1")();
      carriedOut.resolve();
      return never();
    });
    await carriedOut.promise;
    for (const now of [NOW, LATER]) {
      const again = store.once({ ...ASKED, now }, () => make("exc_2")().then(() => ANSWER));
      await expect(again).rejects.toEqual(code("http.answerLost"));
      await expect(again).rejects.toThrow("exc_1");
    }
    expect(await notes()).toEqual(["exc_1"]);
  });

  test("a request that was taken for dead cannot change anything any more once another attempt took over", async () => {
    const { store, make, notes } = await setUp();
    const [started, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = store.once(ASKED, async () => {
      started.resolve();
      await woken.promise;
      await make("exc_slow")();
      return ANSWER;
    });
    await started.promise;
    const run = () => make("exc_1")().then(() => ANSWER);
    await expect(store.once(ASKED, run)).rejects.toEqual(code("http.requestInProgress"));
    expect(await store.once({ ...ASKED, now: LATER }, run)).toEqual(ANSWER);
    woken.resolve();
    await expect(slow).rejects.toEqual(code("http.requestInProgress"));
    expect(await notes()).toEqual(["exc_1"]);
    expect(await store.once({ ...ASKED, now: LATER }, run)).toEqual(ANSWER);
  });

  test("what was refused changed nothing, and its key is free for the corrected request", async () => {
    const { store, make, notes } = await setUp();
    await expect(store.once(ASKED, () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(await store.once({ ...ASKED, fingerprint: "corrected" }, () => make("exc_1")().then(() => ANSWER))).toEqual(ANSWER);
    expect(await notes()).toEqual(["exc_1"]);
  });
});
