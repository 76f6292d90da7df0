import type { z } from "zod";

import type { Instant } from "../kernel/time.ts";
import type { designIssueView, RiskAcceptanceView } from "./contract.ts";
import { type DesignIssue, issueDueAt } from "./design-issue.ts";
import { isAcceptedAt, type RiskAcceptance } from "./risk-acceptance.ts";

export function viewOfIssue(issue: DesignIssue, ownerName: string | undefined): z.input<typeof designIssueView> {
  const { id, state, about, owner, statement, openedBy, openedAt } = issue;
  const ended = issue.state === "open" ? null : { by: issue.by, at: issue.at, sentence: issue.sentence };
  return { id, state, about, owner, ownerName: ownerName ?? null, statement, openedBy, openedAt, dueAt: issueDueAt(issue), ended };
}

export function viewOfRisk(risk: RiskAcceptance, executiveName: string | undefined, now: Instant): RiskAcceptanceView {
  const { id, state, executive, statement, exceptions, designIssue, standsOn, boardVisible, until, contentHash, proposedBy, proposedAt } =
    risk;
  const { accepted, reopened, withdrawn } = { accepted: null, reopened: null, withdrawn: null, ...risk };
  return {
    id,
    state,
    executive,
    executiveName: executiveName ?? null,
    statement,
    exceptions: [...exceptions],
    designIssue,
    operations: [...(standsOn?.operations ?? [])],
    lockOutSets: (standsOn?.lockOutSets ?? []).map(({ operation, failures }) => ({ operation, failures: [...failures] })),
    findings: [...(standsOn?.findings ?? [])],
    boardVisible,
    until,
    inForce: isAcceptedAt(risk, now),
    contentHash,
    proposedBy,
    proposedAt,
    accepted,
    reopened: reopened && { at: reopened.at, because: reopened.because.map((each) => ({ ...each })) },
    withdrawn,
  };
}
