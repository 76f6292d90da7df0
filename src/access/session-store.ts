/** Rows of sessions, challenges and command-line grants: all short-lived, none in the journal. */
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { Session, SessionEnd, SessionKind } from "./session.ts";

type SessionRow = {
  id: string;
  kind: string;
  person: string;
  passkey: string;
  token_hash: string;
  roles_at_sign_in: string;
  label: string;
  address: string;
  opened_at: string;
  seen_at: string;
  expires_at: string;
  ended_at: string | null;
  ended_why: string | null;
};

type Tables = {
  session: SessionRow;
  challenge: { id: string; purpose: string; person: string | null; session: string | null; facts: unknown; expires_at: string };
  cli_grant: { code_hash: string; verifier_hash: string; session: string; label: string; expires_at: string };
};

export type ChallengePurpose = "sign_in" | "enrol" | "add_passkey" | "decide";

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

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async insert(session: Session, tokenHash: string): Promise<void> {
      await db.insertInto("session").values(rowOf(session, tokenHash)).execute();
    },
    async findByToken(tokenHash: string): Promise<Session | undefined> {
      const row = await db.selectFrom("session").selectAll().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row && sessionOf(row);
    },
    async find(id: string): Promise<Session | undefined> {
      const row = await db.selectFrom("session").selectAll().where("id", "=", id).executeTakeFirst();
      return row && sessionOf(row);
    },
    async openOf(person: string): Promise<Session[]> {
      const rows = await db
        .selectFrom("session")
        .selectAll()
        .where("person", "=", person)
        .where("ended_at", "is", null)
        .orderBy("id")
        .execute();
      return rows.map(sessionOf);
    },
    async touch(id: string, now: Instant): Promise<void> {
      await db.updateTable("session").set({ seen_at: now }).where("id", "=", id).where("ended_at", "is", null).execute();
    },
    /** Ends what is still open of these; a session ends once, for one reason. */
    async end(which: { id: string } | { person: string } | { passkey: string }, why: SessionEnd, now: Instant): Promise<void> {
      const [[column, value]] = Object.entries(which) as [["id" | "person" | "passkey", string]];
      await db
        .updateTable("session")
        .set({ ended_at: now, ended_why: why })
        .where(column, "=", value)
        .where("ended_at", "is", null)
        .execute();
    },
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
    /** Deletes what opens nothing any more; sessions stay listed until `keptSince`. */
    async forget(now: Instant, keptSince: Instant): Promise<void> {
      await db.deleteFrom("challenge").where("expires_at", "<=", now).execute();
      await db.deleteFrom("cli_grant").where("expires_at", "<=", now).execute();
      await db.deleteFrom("session").where("expires_at", "<=", keptSince).execute();
    },
  };
}

function rowOf(session: Session, tokenHash: string): SessionRow {
  return {
    id: session.id,
    kind: session.kind,
    person: session.person,
    passkey: session.passkey,
    token_hash: tokenHash,
    roles_at_sign_in: session.rolesAtSignIn,
    label: session.label,
    address: session.address,
    opened_at: session.openedAt,
    seen_at: session.seenAt,
    expires_at: session.expiresAt,
    ended_at: session.endedAt,
    ended_why: session.endedWhy,
  };
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    kind: row.kind as SessionKind,
    person: row.person,
    passkey: row.passkey,
    rolesAtSignIn: row.roles_at_sign_in,
    label: row.label,
    address: row.address,
    openedAt: row.opened_at as Instant,
    seenAt: row.seen_at as Instant,
    expiresAt: row.expires_at as Instant,
    endedAt: row.ended_at as Instant | null,
    endedWhy: row.ended_why as SessionEnd | null,
  };
}
