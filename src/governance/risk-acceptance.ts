/** A risk that an executive answers for by name, for a time that ends by itself, in sight of the board. */
import { canonicalText } from "../kernel/canonical.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import type { Id } from "../kernel/id.ts";
import { duration, earliest, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import type { Change, StandsOn } from "./standing.ts";

/** A year: whoever still wants it then says so again, having looked at it again. */
export const LONGEST_ACCEPTANCE = duration("P365D");

/** What an executive's passkey signs; its content is {@link statementText}, hashed. */
export const ACCEPT_ACTION = "governance.acceptRisk";

/** What the executive signs, whole. */
export interface RiskStatement {
  /** The executive who is to answer for it. */
  readonly executive: PersonId;
  readonly statement: string;
  readonly exceptions: readonly ExceptionId[];
  readonly designIssue: Id<"designIssue"> | null;
  readonly boardVisible: true;
  /** Accepted up to, not including, this instant. */
  readonly until: Instant;
  /** Not there in those of before it was asked for: they are read and verified as they were signed. */
  readonly standsOn?: StandsOn;
}

/** Canonical JSON of what an executive answers for. */
export function statementText(id: string, risk: RiskStatement): string {
  const { executive, statement, exceptions, designIssue, boardVisible, until, standsOn } = risk;
  const content = { executive, statement, exceptions, designIssue, boardVisible, until };
  if (standsOn === undefined) return canonicalText({ v: "postern-risk-acceptance-1", id, content });
  return canonicalText({ v: "postern-risk-acceptance-2", id, content: { ...content, standsOn } });
}

export interface NewRisk extends RiskStatement {
  readonly id: Id<"riskAcceptance">;
  /** Of the id and the whole statement; what the executive's passkey signs. */
  readonly contentHash: string;
  readonly proposedBy: PersonId;
  readonly proposedAt: Instant;
}

interface Accepted {
  readonly by: PersonId;
  readonly at: Instant;
  /** Digest of the executive's passkey assertion over the content hash. */
  readonly assertion: string;
}

interface Withdrawn {
  readonly by: PersonId;
  readonly at: Instant;
  readonly sentence: string;
}

/** It is not as it was accepted any more: it counts for nothing until somebody decides anew. */
interface Reopened {
  readonly at: Instant;
  readonly because: readonly Change[];
}

/** What was accepted is never taken back: grants stand on it, and it ends by itself, or when it is not any more what was accepted. */
export type RiskAcceptance = NewRisk &
  (
    | { readonly state: "proposed" }
    | { readonly state: "accepted"; readonly accepted: Accepted }
    | { readonly state: "reopened"; readonly accepted: Accepted; readonly reopened: Reopened }
    | { readonly state: "withdrawn"; readonly withdrawn: Withdrawn; readonly accepted?: Accepted; readonly reopened?: Reopened }
  );
export const RISK_STATES = ["proposed", "accepted", "reopened", "withdrawn"] as const satisfies readonly RiskAcceptance["state"][];

export type RiskAcceptanceEvent =
  | { readonly type: "riskProposed"; readonly data: NewRisk }
  | { readonly type: "riskAccepted"; readonly data: Accepted }
  | { readonly type: "riskReopened"; readonly data: Reopened }
  | { readonly type: "riskWithdrawn"; readonly data: Withdrawn };

/** Whether somebody answers for the risk at a moment. Nothing is stored when it ends. */
export function isAcceptedAt(risk: RiskAcceptance, now: Instant): boolean {
  return risk.state === "accepted" && risk.accepted.at <= now && now < risk.until;
}

/** For which time somebody answered for it; undefined where nobody did. */
export function timeAccepted(risk: RiskAcceptance): { readonly from: Instant; readonly to: Instant } | undefined {
  const { accepted, reopened } = { accepted: undefined, reopened: undefined, ...risk };
  if (accepted === undefined) return undefined;
  return { from: accepted.at, to: reopened === undefined ? risk.until : earliest(reopened.at, risk.until) };
}
