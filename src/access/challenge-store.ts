/** Rows of questions to an authenticator and of codes for the command line: used once, by taking them out. */
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";

type Tables = {
  challenge: { id: string; purpose: string; person: string | null; session: string | null; facts: unknown; expires_at: string };
  cli_grant: { code_hash: string; verifier_hash: string; session: string; label: string; expires_at: string };
};

export type ChallengePurpose = "sign_in" | "enrol" | "add_passkey" | "decide" | "company_sign_in";

/** Whom a challenge is for. One of another session, or of another person, is none. */
export interface Bound {
  readonly person: string;
  readonly session: string;
}

export interface Challenge {
  readonly id: string;
  readonly purpose: ChallengePurpose;
  readonly bound?: Bound;
  readonly facts: unknown;
  readonly expiresAt: Instant;
}

export type ChallengeStore = ReturnType<typeof createChallengeStore>;

export function createChallengeStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async putChallenge(challenge: Challenge, now: Instant): Promise<void> {
      const { id, purpose, bound, facts, expiresAt } = challenge;
      await db.deleteFrom("challenge").where("expires_at", "<=", now).execute();
      await db
        .insertInto("challenge")
        .values({
          id,
          purpose,
          person: bound?.person ?? null,
          session: bound?.session ?? null,
          facts: JSON.stringify(facts),
          expires_at: expiresAt,
        })
        .execute();
    },
    /** Takes a challenge out: of any number of parallel askers exactly one gets it. */
    async takeChallenge(id: string, purpose: ChallengePurpose, now: Instant, bound?: Bound): Promise<unknown> {
      const one = db.deleteFrom("challenge").where("id", "=", id).where("purpose", "=", purpose).where("expires_at", ">", now);
      const mine = bound === undefined ? one : one.where("person", "=", bound.person).where("session", "=", bound.session);
      return (await mine.returning("facts").executeTakeFirst())?.facts;
    },
    async putGrant(grant: { codeHash: string; verifierHash: string; session: string; label: string; expiresAt: Instant }): Promise<void> {
      const { codeHash, verifierHash, session, label, expiresAt } = grant;
      await db
        .insertInto("cli_grant")
        .values({ code_hash: codeHash, verifier_hash: verifierHash, session, label, expires_at: expiresAt })
        .execute();
    },
    /** Takes a grant out, like a challenge. A code presented once is gone, whatever comes of it. */
    async takeGrant(codeHash: string, now: Instant): Promise<{ verifierHash: string; session: string; label: string } | undefined> {
      const row = await db
        .deleteFrom("cli_grant")
        .where("code_hash", "=", codeHash)
        .where("expires_at", ">", now)
        .returning(["verifier_hash", "session", "label"])
        .executeTakeFirst();
      return row && { verifierHash: row.verifier_hash, session: row.session, label: row.label };
    },
  };
}
