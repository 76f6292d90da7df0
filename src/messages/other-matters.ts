/** What bypasses that nobody answers for, drift, design issues and risks ask of people, or have to tell them, as they stand. */
import { GOVERNANCE } from "../exceptions/policy.ts";
import { type DesignIssue, issueDueAt } from "../governance/design-issue.ts";
import type { RiskAcceptance } from "../governance/risk-acceptance.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { Matter } from "./matter.ts";

/** Bypasses of a connection that nobody answers for, found or escalated or turned critical at one moment, that weaken one policy. */
export interface OpenBypasses {
  readonly status: "unregistered" | "escalated";
  /** Until when they may be claimed; since when they are escalated. */
  readonly at: Instant;
  /** When they became critical, where they were not when they were found: that is told anew. */
  readonly criticalSince: Instant | null;
  readonly policy: string | null;
  readonly count: number;
  /** Owners of the applications whose sign-ins that policy governs. */
  readonly owners: readonly string[];
}

/** One matter for all that was found at one moment: a provider that is read for the first time shows thousands. */
export function mattersOfBypasses(connection: string, open: readonly OpenBypasses[]): readonly Matter[] {
  return open.map(({ status, at, criticalSince, policy, owners }) => {
    const isFound = status === "unregistered";
    return {
      key: `${connection} ${status} ${at} ${policy ?? ""}${criticalSince === null ? "" : ` critical ${criticalSince}`}`,
      kind: isFound ? "bypasses" : "bypassesOpen",
      urgency: isFound ? "digest" : "incident",
      seats: isFound ? (owners.length === 0 ? ["iam"] : []) : ["iam_on_call", "ciso"],
      persons: isFound ? owners : [],
      since: null,
      until: isFound ? at : null,
      path: `/bypasses?connection=${connection}`,
    };
  });
}

/** What others changed of what a connection governs, told by one reading of its provider's log. */
export interface DriftsRead {
  readonly at: Instant;
  /** Governed objects were changed as such, or deleted. */
  readonly whole: boolean;
  readonly count: number;
}

/**
 * Somebody put in or taken out is a bypass or an overstay of its own, and told as one. A policy or an exemption group that was
 * itself changed or deleted may let everybody in, and nothing else says so at once.
 */
export function mattersOfDrift(connection: string, drifts: readonly DriftsRead[]): readonly Matter[] {
  return drifts.map(({ at, whole }) => ({
    key: `${connection} drift ${at} ${whole ? "whole" : "members"}`,
    kind: whole ? "driftWhole" : "drift",
    urgency: whole ? "incident" : "digest",
    seats: whole ? ["iam_on_call", GOVERNANCE] : ["iam"],
    persons: [],
    since: at,
    until: null,
    path: `/connections?open=${connection}`,
  }));
}

/** Told when it is opened, again when a fortnight is left, and in the end to governance too. */
const ISSUE_SOON = duration("P14D");

export function mattersOfIssue(issue: DesignIssue, now: Instant): readonly Matter[] {
  if (issue.state !== "open") return [];
  const due = issueDueAt(issue);
  const told = { urgency: "digest", persons: [issue.owner], since: null, path: `/issues/${issue.id}` } as const;
  if (now >= due) return [{ ...told, key: `${issue.id} overdue`, kind: "issueOverdue", seats: [GOVERNANCE], until: null }];
  const phase = addDuration(now, ISSUE_SOON) >= due ? "soon" : "open";
  return [{ ...told, key: `${issue.id} ${phase}`, kind: "issue", seats: [], until: due }];
}

/** How long before its end an acceptance is spoken of: a new one has to be proposed, and signed. */
export const RISK_ENDS_SOON = duration("P30D");
const RISK_ENDS_VERY_SOON = duration("P7D");

export function mattersOfRisk(risk: RiskAcceptance, now: Instant): readonly Matter[] {
  const { id, executive, proposedBy, until } = risk;
  const told = { urgency: "digest", seats: [], since: null, until: null, path: `/risks/${id}` } as const;
  if (risk.state === "withdrawn") {
    const persons = [proposedBy, executive].filter((person) => person !== risk.withdrawn.by);
    return [{ ...told, key: `${id} withdrawn`, kind: "riskWithdrawn", persons, since: risk.withdrawn.at }];
  }
  if (risk.state === "proposed") return now >= until ? [] : [{ ...told, key: `${id} accept`, kind: "accept", persons: [executive] }];
  const both = [...new Set([executive, proposedBy])];
  if (risk.state === "reopened") return [{ ...told, key: `${id} reopened`, kind: "riskReopened", persons: both }];
  if (now >= until) return [{ ...told, key: `${id} ended`, kind: "riskEnded", persons: both, seats: [GOVERNANCE], since: until }];
  const { at } = risk.accepted;
  const accepted: Matter = { ...told, key: `${id} accepted`, kind: "riskAccepted", persons: both.slice(1), since: at, until };
  if (addDuration(now, RISK_ENDS_SOON) < until) return [accepted];
  const days = addDuration(now, RISK_ENDS_VERY_SOON) < until ? 30 : 7;
  return [accepted, { ...told, key: `${id} ends ${days}`, kind: "riskEnds", persons: both, until }];
}
