/** The decision that the acceptance of a risk is: `postern verify` holds it to its signature, in the log and in an evidence pack. */
import type { JournalEntry } from "../journal/entry.ts";
import type { Hash, SignedDecision } from "../journal/signed-decision.ts";
import { ACCEPT_ACTION, type RiskAcceptance, type RiskAcceptanceEvent, statementText } from "./risk-acceptance.ts";

export function signedAcceptance(
  before: RiskAcceptance | undefined,
  { type, subject, data }: JournalEntry,
  hash: Hash,
): SignedDecision | undefined {
  if (type !== "riskAccepted" || before === undefined) return undefined;
  const { by, assertion } = data as Extract<RiskAcceptanceEvent, { type: "riskAccepted" }>["data"];
  const contentHash = hash(statementText(subject, before));
  if (by !== before.executive) throw new RangeError(`${by} accepts what ${before.executive} was to answer for`);
  return { assertion, person: by, action: ACCEPT_ACTION, subject, contentHash };
}
