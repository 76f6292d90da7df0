/** How passkeys, invitations and company accounts are rebuilt from their entries: what verifying compares their stored state with. */
import { canonicalJson } from "../journal/append.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { Replays } from "../journal/replay.ts";
import { type CompanyAccount, type CompanyAccountEvent, evolve as evolveCompanyAccount } from "./company-account.ts";
import { companyAccountColumns } from "./company-account-store.ts";
import { evolve as evolveInvitation, type Invitation, type InvitationEvent } from "./invitation.ts";
import { evolve as evolvePasskey, type Passkey, type PasskeyEvent } from "./passkey.ts";
import { contentHashOf } from "./secret.ts";
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
  },
  invitation: {
    table: "invitation",
    evolve: (state, entry) => evolveInvitation(state as Invitation | undefined, eventOf(entry) as InvitationEvent),
    columns: (state) => invitationColumns(state as Invitation),
  },
  companyAccount: {
    table: "company_account",
    evolve: (state, entry) => evolveCompanyAccount(state as CompanyAccount | undefined, eventOf(entry) as CompanyAccountEvent),
    columns: (state) => companyAccountColumns(state as CompanyAccount),
  },
};

function eventOf(entry: JournalEntry): unknown {
  return { type: entry.type, data: entry.data };
}

function refuseUnproven(passkey: Passkey | undefined, signed: { readonly digest: string; readonly record: unknown }): void {
  if (contentHashOf(canonicalJson(signed.record)) !== signed.digest) throw new RangeError("the digest is not of the assertion");
  const verdict = verifyAssertionRecord(signed.record, passkey);
  if (!verdict.ok) throw new RangeError(`the assertion does not hold: ${verdict.fault}`);
}
