/** A risk that an executive answers for by name, for a time that ends by itself, in sight of the board. */
import { canonicalText } from "../kernel/canonical.ts";
import type { ExceptionId } from "../exceptions/version.ts";
import type { Id } from "../kernel/id.ts";
import { duration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";

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
}

/** Canonical JSON of what an executive answers for. */
export function statementText(id: string, risk: RiskStatement): string {
  const { executive, statement, exceptions, designIssue, boardVisible, until } = risk;
  const content = { executive, statement, exceptions, designIssue, boardVisible, until };
  return canonicalText({ v: "postern-risk-acceptance-1", id, content });
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

/** What was accepted is never taken back: grants stand on it, and it ends by itself. */
export type RiskAcceptance = NewRisk &
  (
    | { readonly state: "proposed" }
    | { readonly state: "accepted"; readonly accepted: Accepted }
    | { readonly state: "withdrawn"; readonly withdrawn: Withdrawn }
  );
export const RISK_STATES = ["proposed", "accepted", "withdrawn"] as const satisfies readonly RiskAcceptance["state"][];

export type RiskAcceptanceEvent =
  | { readonly type: "riskProposed"; readonly data: NewRisk }
  | { readonly type: "riskAccepted"; readonly data: Accepted }
  | { readonly type: "riskWithdrawn"; readonly data: Withdrawn };

/** Whether somebody answers for the risk at a moment. Nothing is stored when it ends. */
export function isAcceptedAt(risk: RiskAcceptance, now: Instant): boolean {
  return risk.state === "accepted" && risk.accepted.at <= now && now < risk.until;
}
