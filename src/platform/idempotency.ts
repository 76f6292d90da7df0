/**
 * The same POST twice changes something once, however it was cut off: the answer is kept under the caller's Idempotency-Key, and
 * the transaction that carries the request out marks the key.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

import { sql } from "kysely";

import { refusal, Refused } from "../kernel/problem.ts";
import { type Instant, minutesBetween } from "../kernel/time.ts";
import type { Db, Tx } from "./db.ts";

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface IdempotencyStore {
  once(
    request: { actor: string; key: string; fingerprint: string; now: Instant },
    run: () => Promise<Reply | Response>,
  ): Promise<Reply | Response>;
}

type Tables = {
  idempotency_key: {
    actor: string;
    key: string;
    fingerprint: string;
    status: number | null;
    reply: unknown;
    created_at: string;
    holder: string;
    committed: string[] | null;
  };
};
type Kept = Tables["idempotency_key"];

interface Hold {
  readonly actor: string;
  readonly key: string;
  readonly holder: string;
}

/** After this long without an answer another attempt takes over. One that was only slow can then commit nothing: see {@link markCarriedOut}. */
const ABANDONED_AFTER_MINUTES = 1;
/** As many subjects as the refusal of a lost answer names. */
const NAMED_SUBJECTS = 20;

const current = new AsyncLocalStorage<Hold>();

/**
 * Part of every transaction that carries a request out: what it changed is written to the request's key. Throws, so that the
 * transaction rolls back, when another attempt has taken the key over. Without a key it does nothing.
 */
export async function markCarriedOut(tx: Tx, subjects: readonly string[]): Promise<void> {
  const hold = current.getStore();
  if (hold === undefined) return;
  const marked = await tx
    .withTables<Tables>()
    .updateTable("idempotency_key")
    .set({ committed: sql`coalesce(committed, '[]'::jsonb) || ${JSON.stringify(subjects.slice(0, NAMED_SUBJECTS))}::jsonb` })
    .where("actor", "=", hold.actor)
    .where("key", "=", hold.key)
    .where("holder", "=", hold.holder)
    .executeTakeFirst();
  if (marked.numUpdatedRows !== 1n) throw inProgress();
}

/** `digest` marks a request under a key from outside the database: a request may carry a secret, and what is kept of it allows no guesses. */
export function createIdempotencyStore(untyped: Db, digest: (request: string) => string): IdempotencyStore {
  const db = untyped.withTables<Tables>();

  /** The kept row, or undefined when the key is held by us now. */
  async function take(hold: Hold, fingerprint: string, now: Instant): Promise<Kept | undefined> {
    const inserted = await db
      .insertInto("idempotency_key")
      .values({ ...hold, fingerprint, created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;
    const { actor, key } = hold;
    const kept = await db.selectFrom("idempotency_key").selectAll().where("actor", "=", actor).where("key", "=", key).executeTakeFirst();
    if (kept === undefined) throw inProgress();
    const isAbandoned = minutesBetween(kept.created_at as Instant, now) >= ABANDONED_AFTER_MINUTES;
    if (kept.fingerprint !== fingerprint || kept.status !== null || kept.committed !== null || !isAbandoned) return kept;
    const taken = await db
      .updateTable("idempotency_key")
      .set({ holder: hold.holder, created_at: now })
      .where("actor", "=", actor)
      .where("key", "=", key)
      .where("holder", "=", kept.holder)
      .where("committed", "is", null)
      .executeTakeFirst();
    if (taken.numUpdatedRows !== 1n) throw inProgress();
    return undefined;
  }

  return {
    async once({ actor, key, fingerprint, now }, run) {
      if (key.length > 200)
        throw new Refused([refusal("http.idempotencyKeyInvalid", "An Idempotency-Key has at most 200 characters.")], 400);
      const mark = digest(fingerprint);
      const hold = { actor, key, holder: randomUUID() };
      const kept = await take(hold, mark, now);
      if (kept !== undefined) return answerOf(kept, mark);
      const letGo = () => {
        const row = db.deleteFrom("idempotency_key").where("actor", "=", actor).where("key", "=", key);
        return row.where("holder", "=", hold.holder).where("committed", "is", null).execute();
      };
      try {
        const reply = await current.run(hold, run);
        if (reply instanceof Response) {
          await letGo();
          return reply;
        }
        const row = db.updateTable("idempotency_key").set({ status: reply.status, reply: JSON.stringify(reply.body) });
        await row.where("actor", "=", actor).where("key", "=", key).where("holder", "=", hold.holder).execute();
        return reply;
      } catch (error) {
        // Where nothing was carried out, the same key may be used for the corrected attempt.
        await letGo();
        throw error;
      }
    },
  };
}

function answerOf(kept: Kept, fingerprint: string): Reply {
  if (kept.fingerprint !== fingerprint) {
    const detail = "This Idempotency-Key was used for a different request. Choose a new one.";
    throw new Refused([refusal("http.idempotencyKeyReused", detail)], 422);
  }
  if (kept.status !== null) return { status: kept.status, body: kept.reply };
  if (kept.committed === null) throw inProgress();
  const detail = `This request was carried out, but the server stopped before it could answer. It changed: ${kept.committed.join(", ")}.`;
  throw new Refused([refusal("http.answerLost", detail)], 409);
}

function inProgress(): Refused {
  return new Refused([refusal("http.requestInProgress", "The same request is still being worked on. Ask again in a moment.")], 409);
}
