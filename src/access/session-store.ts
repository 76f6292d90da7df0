/** Rows of sessions: short-lived, not in the journal. */
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
  passkey: { id: string; status: string };
  challenge: { expires_at: string };
  cli_grant: { expires_at: string };
};

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async insert(session: Session, tokenHash: string): Promise<void> {
      await db.insertInto("session").values(rowOf(session, tokenHash)).execute();
    },
    async findByToken(tokenHash: string): Promise<Session | undefined> {
      // A key that is no longer trusted opens nothing, even if a session of it was opened at the moment it fell.
      const row = await db
        .selectFrom("session")
        .innerJoin("passkey", "passkey.id", "session.passkey")
        .selectAll("session")
        .where("token_hash", "=", tokenHash)
        .where("passkey.status", "=", "active")
        .executeTakeFirst();
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
