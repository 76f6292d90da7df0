/** Rows of passkeys, invitations and kept assertions, and the changes that make them. */
import type { Kysely } from "kysely";

import type { SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import type { Db, Tx } from "../platform/db.ts";
import { evolve as evolveInvitation, type Invitation, type InvitationEvent } from "./invitation.ts";
import { evolve as evolvePasskey, type Passkey, type PasskeyEvent } from "./passkey.ts";

type Tables = {
  passkey: {
    id: string;
    version: number;
    state: unknown;
    person: string;
    credential_id: string;
    status: string;
    counter: number;
    used_at: string | null;
  };
  invitation: {
    id: string;
    version: number;
    state: unknown;
    purpose: string;
    status: string;
    person: string | null;
    secret_hash: string | null;
  };
  assertion: { digest: string; person: string; record: string; at: string };
};

export interface StoredPasskey {
  readonly version: number;
  readonly passkey: Passkey;
  readonly usedAt: Instant | null;
}

export interface StoredInvitation {
  readonly version: number;
  readonly invitation: Invitation;
}

export type AccessStore = ReturnType<typeof createAccessStore>;

export function createAccessStore(untyped: Db) {
  const db = untyped.withTables<Tables>();
  return { ...passkeyRows(db), ...invitationRows(db), ...assertionRows(db) };
}

function passkeyRows(db: Kysely<Tables>) {
  const passkeyOf = (row: Pick<Tables["passkey"], "version" | "state" | "used_at">): StoredPasskey => ({
    version: row.version,
    passkey: row.state as Passkey,
    usedAt: row.used_at as Instant | null,
  });
  const passkeys = db.selectFrom("passkey").select(["version", "state", "used_at"]);
  return {
    async findPasskey(id: string): Promise<StoredPasskey | undefined> {
      const row = await passkeys.where("id", "=", id).executeTakeFirst();
      return row && passkeyOf(row);
    },
    async findCredential(credentialId: string): Promise<StoredPasskey | undefined> {
      const row = await passkeys.where("credential_id", "=", credentialId).executeTakeFirst();
      return row && passkeyOf(row);
    },
    async passkeysOf(person: string): Promise<StoredPasskey[]> {
      return (await passkeys.where("person", "=", person).orderBy("id").execute()).map(passkeyOf);
    },
    async anyPasskey(): Promise<boolean> {
      return (await db.selectFrom("passkey").select("id").limit(1).executeTakeFirst()) !== undefined;
    },
    /** Moves the counter forward in one step; false when it would stand still or go back, which a copied key makes it do. */
    async advanceCounter(id: string, seen: number, now: Instant): Promise<boolean> {
      const moved = await db
        .updateTable("passkey")
        .set({ counter: seen, used_at: now })
        .where("id", "=", id)
        .where("status", "=", "active")
        .where((row) => row.or([row("counter", "<", seen), row.and([row("counter", "=", 0), row.val(seen === 0)])]))
        .executeTakeFirst();
      return moved.numUpdatedRows === 1n;
    },
    /** Locks a person's passkeys until the transaction ends, and counts those that work. */
    async countActive(tx: Tx, person: string): Promise<number> {
      const rows = await tx
        .withTables<Tables>()
        .selectFrom("passkey")
        .select("status")
        .where("person", "=", person)
        .orderBy("id")
        .forUpdate()
        .execute();
      return rows.filter(({ status }) => status === "active").length;
    },
  };
}

function invitationRows(db: Kysely<Tables>) {
  const invitationOf = (row: Pick<Tables["invitation"], "version" | "state">): StoredInvitation => ({
    version: row.version,
    invitation: row.state as Invitation,
  });
  const invitations = db.selectFrom("invitation").select(["version", "state"]);
  return {
    async findInvitation(id: string): Promise<StoredInvitation | undefined> {
      const row = await invitations.where("id", "=", id).executeTakeFirst();
      return row && invitationOf(row);
    },
    async findInvitationBySecret(secretHash: string): Promise<StoredInvitation | undefined> {
      const row = await invitations.where("secret_hash", "=", secretHash).executeTakeFirst();
      return row && invitationOf(row);
    },
    async openFirstRuns(): Promise<StoredInvitation[]> {
      return (await invitations.where("purpose", "=", "first_run").where("status", "=", "open").execute()).map(invitationOf);
    },
    async openInvitationsOf(person: string): Promise<StoredInvitation[]> {
      return (await invitations.where("person", "=", person).where("status", "=", "open").execute()).map(invitationOf);
    },
    /** Newest first; `before` is the id of the last one seen. */
    async listInvitations(limit: number, before: string | undefined): Promise<Invitation[]> {
      const page = invitations.orderBy("id", "desc").limit(limit);
      const rows = await (before === undefined ? page : page.where("id", "<", before)).execute();
      return rows.map((row) => invitationOf(row).invitation);
    },
  };
}

function assertionRows(db: Kysely<Tables>) {
  return {
    async keepAssertion(tx: Tx, digest: string, person: string, record: string, at: Instant): Promise<void> {
      await tx.withTables<Tables>().insertInto("assertion").values({ digest, person, record, at }).execute();
    },
    async findAssertion(digest: string): Promise<string | undefined> {
      return (await db.selectFrom("assertion").select("record").where("digest", "=", digest).executeTakeFirst())?.record;
    },
  };
}

export function passkeyChange(before: StoredPasskey | undefined, ...events: readonly PasskeyEvent[]): SubjectChange {
  const state = events.reduce<Passkey | undefined>(evolvePasskey, before?.passkey)!;
  return {
    kind: "passkey",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: events,
    state,
    table: "passkey",
    columns: passkeyColumns(state),
  };
}

/** The columns that follow from the state alone. */
export function passkeyColumns(state: Passkey): Readonly<Record<string, unknown>> {
  return { person: state.person, credential_id: state.credentialId, status: state.state };
}

export function invitationColumns(state: Invitation): Readonly<Record<string, unknown>> {
  return { person: state.person, purpose: state.purpose, status: state.state };
}

/** The change that makes a passkey; its counter starts where the authenticator's stands. */
export function newPasskeyChange(event: PasskeyEvent, counter: number): SubjectChange {
  const change = passkeyChange(undefined, event);
  return { ...change, columns: { ...change.columns, counter } };
}

/** `secretHash` is kept while the link is open, and forgotten with it. */
export function invitationChange(
  before: StoredInvitation | undefined,
  event: InvitationEvent,
  secretHash: string | null = null,
): SubjectChange {
  const state = evolveInvitation(before?.invitation, event);
  return {
    kind: "invitation",
    subject: state.id,
    fromVersion: before?.version ?? 0,
    entries: [event],
    state,
    table: "invitation",
    columns: { ...invitationColumns(state), secret_hash: secretHash },
  };
}
