/** How passkeys, invitations and company accounts are rebuilt from their entries: what verifying compares their stored state with. */
import { canonicalJson } from "../journal/append.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Replays } from "../journal/replay.ts";
import { type CompanyAccount, type CompanyAccountEvent, evolve as evolveCompanyAccount } from "./company-account.ts";
import { companyAccountColumns } from "./company-account-store.ts";
import type { Hash, Signature, SignedDecision } from "../journal/signed-decision.ts";
import { subjectContent } from "./assertion.ts";
import { evolve as evolveInvitation, type Invitation, type InvitationEvent } from "./invitation.ts";
import { TERMINAL } from "./invitations.ts";
import { evolve as evolvePasskey, type Passkey, type PasskeyEvent } from "./passkey.ts";
import { contentHashOf } from "./secret.ts";
import { ACCESS_ACTIONS } from "./service.ts";
import { invitationColumns, passkeyColumns } from "./store.ts";
import { verifyAssertionRecord } from "./verify-assertion.ts";

export const accessReplays: Replays = {
  passkey: {
    table: "passkey",
    /** Every signed decision is verified again, against the key its person registered. */
    evolve(state, entry) {
      const event = eventOf(entry) as PasskeyEvent;
      if (event.type === "signed") refuseUnproven(state as Passkey | undefined, event.data);
      return evolvePasskey(state as Passkey | undefined, event);
    },
    columns: (state) => passkeyColumns(state as Passkey),
    signature: keptSignature,
    decision: (_, entry, hash) => passkeyDecision(entry, hash),
  },
  invitation: {
    table: "invitation",
    evolve: (state, entry) => evolveInvitation(state as Invitation | undefined, eventOf(entry) as InvitationEvent),
    columns: (state) => invitationColumns(state as Invitation),
    decision: (_, entry, hash) => invitationDecision(entry, hash),
  },
  companyAccount: {
    table: "company_account",
    evolve: (state, entry) => evolveCompanyAccount(state as CompanyAccount | undefined, eventOf(entry) as CompanyAccountEvent),
    columns: (state) => companyAccountColumns(state as CompanyAccount),
    decision: (_, entry, hash) => companyAccountDecision(entry, hash),
  },
};

function eventOf(entry: JournalEntry): unknown {
  return { type: entry.type, data: entry.data };
}

function keptSignature(entry: JournalEntry): Signature | undefined {
  const event = eventOf(entry) as PasskeyEvent;
  if (event.type !== "signed") return undefined;
  const { digest, record } = event.data;
  return { digest, ...record.preimage };
}

/** What registered a passkey beside another, and what removed one. Links that let somebody enrol have entries of their own. */
function passkeyDecision(entry: JournalEntry, hash: Hash): SignedDecision | undefined {
  const event = eventOf(entry) as PasskeyEvent;
  if (event.type === "removed") return aboutSubject(ACCESS_ACTIONS.removePasskey, entry.subject, event.data.assertion, entry, hash);
  if (event.type !== "registered" || event.data.via.kind !== "passkey") return undefined;
  return aboutSubject(ACCESS_ACTIONS.addPasskey, event.data.person, event.data.via.assertion, entry, hash);
}

/** Only a shell on the machine invites without a signature; its entries say that it did. */
function invitationDecision(entry: JournalEntry, hash: Hash): SignedDecision | undefined {
  const event = eventOf(entry) as InvitationEvent;
  if (event.type !== "invited" || (entry.actor.kind === "system" && entry.actor.id === TERMINAL.id)) return undefined;
  return aboutSubject(ACCESS_ACTIONS.invite, event.data.person ?? "", event.data.assertion ?? "", entry, hash);
}

/** What a directory connects and what signs in is no decision; a person connects and disconnects by signing. */
function companyAccountDecision(entry: JournalEntry, hash: Hash): SignedDecision | undefined {
  const event = eventOf(entry) as CompanyAccountEvent;
  if (event.type === "disconnected")
    return aboutSubject(ACCESS_ACTIONS.disconnectAccount, entry.subject, event.data.assertion, entry, hash);
  if (event.type !== "connected" || event.data.via.kind !== "passkey") return undefined;
  return aboutSubject(ACCESS_ACTIONS.connectAccount, event.data.person, event.data.via.assertion, entry, hash);
}

function aboutSubject(action: string, subject: string, assertion: string, { actor }: JournalEntry, hash: Hash): SignedDecision {
  return { assertion, person: actor.id, action, subject, contentHash: hash(subjectContent(action, subject)) };
}

function refuseUnproven(passkey: Passkey | undefined, signed: { readonly digest: string; readonly record: unknown }): void {
  if (contentHashOf(canonicalJson(signed.record)) !== signed.digest) throw new RangeError("the digest is not of the assertion");
  const verdict = verifyAssertionRecord(signed.record, passkey);
  if (!verdict.ok) throw new RangeError(`the assertion does not hold: ${verdict.fault}`);
}
