/** Rows of sessions: short-lived, not in the journal. */
import type { Instant } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import type { Opener, Session, SessionEnd, SessionKind } from "./session.ts";

type SessionRow = {
  id: string;
  kind: string;
  person: string;
  passkey: string | null;
  company_account: string | null;
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
  company_account: { id: string; status: string; issuer: string };
  challenge: { expires_at: string };
  cli_grant: { expires_at: string };
};

/** Whose sessions. */
export type SessionsOf = { id: string } | { person: string } | { passkey: string } | { companyAccount: string };

const COLUMNS = { id: "id", person: "person", passkey: "passkey", companyAccount: "company_account" } as const;

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return {
    async insert(session: Session, tokenHash: string): Promise<void> {
      await db.insertInto("session").values(rowOf(session, tokenHash)).execute();
    },
    /** `issuer`: the company provider that is configured; what another one opened opens nothing any more. */
    async findByToken(tokenHash: string, issuer: string | undefined): Promise<Session | undefined> {
      // What is no longer trusted opens nothing, even if a session of it was opened at the moment it fell.
      const row = await db
        .selectFrom("session")
        .leftJoin("passkey", "passkey.id", "session.passkey")
        .leftJoin("company_account", "company_account.id", "session.company_account")
        .selectAll("session")
        .where("token_hash", "=", tokenHash)
        .where((of) =>
          of.or([
            of("passkey.status", "=", "active"),
            of.and([of("company_account.status", "=", "connected"), of("company_account.issuer", "=", issuer ?? "")]),
          ]),
        )
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
    async end(which: SessionsOf, why: SessionEnd, now: Instant): Promise<void> {
      const [[name, value]] = Object.entries(which) as [[keyof typeof COLUMNS, string]];
      await db
        .updateTable("session")
        .set({ ended_at: now, ended_why: why })
        .where(COLUMNS[name], "=", value)
        .where("ended_at", "is", null)
        .execute();
    },
    /** Ends what is still open of a person but one session. */
    async endOthers(person: string, kept: string, why: SessionEnd, now: Instant): Promise<void> {
      await db
        .updateTable("session")
        .set({ ended_at: now, ended_why: why })
        .where("person", "=", person)
        .where("id", "!=", kept)
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
    passkey: session.opener.kind === "passkey" ? session.opener.id : null,
    company_account: session.opener.kind === "company_account" ? session.opener.id : null,
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
    opener: openerOf(row),
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

function openerOf({ passkey, company_account }: SessionRow): Opener {
  return passkey !== null ? { kind: "passkey", id: passkey } : { kind: "company_account", id: company_account! };
}
