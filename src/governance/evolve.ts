import type { DesignIssue, DesignIssueEvent } from "./design-issue.ts";
import type { RiskAcceptance, RiskAcceptanceEvent } from "./risk-acceptance.ts";

export function evolveIssue(issue: DesignIssue | undefined, event: DesignIssueEvent): DesignIssue {
  if (event.type === "designIssueOpened") return { ...event.data, state: "open" };
  if (issue?.state !== "open") throw new RangeError(`${event.type} of an issue that is not open`);
  return { ...issue, ...event.data, state: event.type === "designIssueResolved" ? "resolved" : "closed" };
}

export function evolveRisk(risk: RiskAcceptance | undefined, event: RiskAcceptanceEvent): RiskAcceptance {
  if (event.type === "riskProposed") return { ...event.data, state: "proposed" };
  if (risk === undefined) throw new RangeError(`${event.type} of a risk that is not there`);
  const { state } = risk;
  if (state === "proposed" && event.type === "riskAccepted") return { ...risk, state: "accepted", accepted: event.data };
  if (state === "accepted" && event.type === "riskReopened") return { ...risk, state: "reopened", reopened: event.data };
  if (state === "accepted" || state === "withdrawn" || event.type !== "riskWithdrawn")
    throw new RangeError(`${event.type} of a risk that is ${state}`);
  return { ...risk, state: "withdrawn", withdrawn: event.data };
}
