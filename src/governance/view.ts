import type { z } from "zod";

import type { Instant } from "../kernel/time.ts";
import type { designIssueView, riskAcceptanceView } from "./contract.ts";
import { type DesignIssue, issueDueAt } from "./design-issue.ts";
import { isAcceptedAt, type RiskAcceptance } from "./risk-acceptance.ts";

export function viewOfIssue(issue: DesignIssue, ownerName: string | undefined): z.input<typeof designIssueView> {
  const { id, state, about, owner, statement, openedBy, openedAt } = issue;
  const ended = issue.state === "open" ? null : { by: issue.by, at: issue.at, sentence: issue.sentence };
  return { id, state, about, owner, ownerName: ownerName ?? null, statement, openedBy, openedAt, dueAt: issueDueAt(issue), ended };
}

export function viewOfRisk(risk: RiskAcceptance, executiveName: string | undefined, now: Instant): z.input<typeof riskAcceptanceView> {
  return {
    ...risk,
    exceptions: [...risk.exceptions],
    executiveName: executiveName ?? null,
    inForce: isAcceptedAt(risk, now),
    accepted: risk.state === "accepted" ? risk.accepted : null,
    withdrawn: risk.state === "withdrawn" ? risk.withdrawn : null,
  };
}
