/** Both state machines as tables. The diagrams of docs/model/governance.md are drawn from them; the folds are held to them. */
import type { DesignIssue, DesignIssueEvent } from "./design-issue.ts";
import type { RiskAcceptance, RiskAcceptanceEvent } from "./risk-acceptance.ts";

interface Transition<State extends string, Event extends string> {
  readonly from: State | "nothing";
  readonly event: Event;
  readonly to: State;
}

export const ISSUE_TRANSITIONS: readonly Transition<DesignIssue["state"], DesignIssueEvent["type"]>[] = [
  { from: "nothing", event: "designIssueOpened", to: "open" },
  { from: "open", event: "designIssueResolved", to: "resolved" },
  { from: "open", event: "designIssueClosed", to: "closed" },
];

export const RISK_TRANSITIONS: readonly Transition<RiskAcceptance["state"], RiskAcceptanceEvent["type"]>[] = [
  { from: "nothing", event: "riskProposed", to: "proposed" },
  { from: "proposed", event: "riskAccepted", to: "accepted" },
  { from: "proposed", event: "riskWithdrawn", to: "withdrawn" },
];

/** A table in Mermaid; states that nothing leaves are ends. */
export function drawTransitions(table: readonly Transition<string, string>[]): string {
  const lines = table.map(({ from, event, to }) => `  ${from === "nothing" ? "[*]" : from} --> ${to}: ${event}`);
  const ends = table.filter(({ to }) => !table.some(({ from }) => from === to)).map(({ to }) => `  ${to} --> [*]`);
  return ["stateDiagram-v2", ...lines, ...ends].join("\n");
}
