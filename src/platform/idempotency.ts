/** Answers of POST requests kept under the caller's Idempotency-Key: the same request twice changes something once. */
import { createHash } from "node:crypto";

import { refusal, Refused } from "../kernel/problem.ts";
import { type Instant, minutesBetween } from "../kernel/time.ts";
import type { Db } from "./db.ts";

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
  idempotency_key: { actor: string; key: string; fingerprint: string; status: number | null; reply: unknown; created_at: string };
};

/** After this long without an answer the first attempt is taken for dead. */
const ABANDONED_AFTER_MINUTES = 2;

export function createIdempotencyStore(untyped: Db): IdempotencyStore {
  const db = untyped.withTables<Tables>();
  return {
    async once({ actor, key, fingerprint, now }, run) {
      if (key.length > 200)
        throw new Refused([refusal("http.idempotencyKeyInvalid", "An Idempotency-Key has at most 200 characters.")], 400);
      const digest = createHash("sha256").update(fingerprint).digest("hex");
      const inserted = await db
        .insertInto("idempotency_key")
        .values({ actor, key, fingerprint: digest, created_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n) {
        const kept = await db
          .selectFrom("idempotency_key")
          .selectAll()
          .where("actor", "=", actor)
          .where("key", "=", key)
          .executeTakeFirst();
        if (kept !== undefined && kept.fingerprint !== digest) {
          throw new Refused(
            [refusal("http.idempotencyKeyReused", "This Idempotency-Key was used for a different request. Choose a new one.")],
            422,
          );
        }
        if (kept !== undefined && kept.status !== null) return { status: kept.status, body: kept.reply };
        if (kept !== undefined && minutesBetween(kept.created_at as Instant, now) < ABANDONED_AFTER_MINUTES) {
          throw new Refused([refusal("http.requestInProgress", "The same request is still being worked on. Ask again in a moment.")], 409);
        }
      }
      const mine = db.deleteFrom("idempotency_key").where("actor", "=", actor).where("key", "=", key);
      try {
        const reply = await run();
        if (reply instanceof Response) {
          await mine.execute();
          return reply;
        }
        await db
          .updateTable("idempotency_key")
          .set({ status: reply.status, reply: JSON.stringify(reply.body) })
          .where("actor", "=", actor)
          .where("key", "=", key)
          .execute();
        return reply;
      } catch (error) {
        // Nothing was done: the same key may be used for the corrected attempt.
        await mine.execute();
        throw error;
      }
    },
  };
}
