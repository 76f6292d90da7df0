/** The decision that the approval of an access model is: `postern verify` holds it to its signature. */
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { type Approval, APPROVE_ACTION, type Journey, modelText } from "./journey.ts";

export function signedApproval(before: Journey | undefined, { type, subject, data }: JournalEntry, hash: Hash): SignedDecision | undefined {
  if (type !== "modelApproved" || before === undefined) return undefined;
  const { by, assertion, contentHash, operation } = data as Approval;
  if (by !== before.approver) throw new RangeError(`${by} approves what ${before.approver ?? "nobody"} was to approve`);
  const found = hash(modelText(before, operation));
  if (found !== contentHash) throw new RangeError("the content it says it approves is not the content that was there");
  return { assertion, person: by, action: APPROVE_ACTION, subject, contentHash: found };
}
