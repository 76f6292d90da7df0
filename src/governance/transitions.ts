/** Both state machines as tables. The diagrams of docs/model/governance.md are drawn from them; the folds are held to them. */
import type { Transition } from "../kernel/transitions.ts";
import type { DesignIssue, DesignIssueEvent } from "./design-issue.ts";
import type { RiskAcceptance, RiskAcceptanceEvent } from "./risk-acceptance.ts";

export const ISSUE_TRANSITIONS: readonly Transition<DesignIssue["state"], DesignIssueEvent["type"]>[] = [
  { from: "nothing", event: "designIssueOpened", to: "open" },
  { from: "open", event: "designIssueResolved", to: "resolved" },
  { from: "open", event: "designIssueClosed", to: "closed" },
];

export const RISK_TRANSITIONS: readonly Transition<RiskAcceptance["state"], RiskAcceptanceEvent["type"]>[] = [
  { from: "nothing", event: "riskProposed", to: "proposed" },
  { from: "proposed", event: "riskAccepted", to: "accepted" },
  { from: "accepted", event: "riskReopened", to: "reopened" },
  { from: "proposed", event: "riskWithdrawn", to: "withdrawn" },
  { from: "reopened", event: "riskWithdrawn", to: "withdrawn" },
];
