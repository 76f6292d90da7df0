import { type Decision, unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { isHelpDesk, type Role } from "../people/role.ts";
import type { DesignIssue, DesignIssueEvent, IssueEnd, NewDesignIssue } from "./design-issue.ts";
import { refuseIf } from "./refusals.ts";
import type { Change } from "./standing.ts";
import { LONGEST_ACCEPTANCE, type NewRisk, type RiskAcceptance, type RiskAcceptanceEvent } from "./risk-acceptance.ts";

/** A person as a decision sees them; undefined where nobody of that id is known. */
export type Somebody = { readonly id: PersonId; readonly active: boolean; readonly roles: readonly Role[] } | undefined;

/** Roles that govern: they open and end what others answer for. */
const GOVERNORS: readonly Role[] = ["iam", "security_governance"];

export interface OpeningFacts {
  readonly owner: Somebody;
  /** The owner of the application it is about; null where it is about something without an owner, undefined where it is not open. */
  readonly applicationOwner: PersonId | null | undefined;
  /** Another open issue about the same. */
  readonly other: string | undefined;
}

export function decideOpen(wanted: NewDesignIssue, facts: OpeningFacts): Decision<DesignIssueEvent> {
  const { owner, applicationOwner, other } = facts;
  const helpDesk = owner !== undefined && isHelpDesk(owner.roles);
  const owns = applicationOwner === null ? owner?.roles.includes("application_owner") : applicationOwner === owner?.id;
  const reasons = [
    ...refuseIf(applicationOwner === undefined, "governance.aboutUnknown", "Name an application that is in use.", "/about"),
    ...refuseIf(helpDesk, "governance.helpDeskMayNotOwn", "The help desk owns no design issue.", "/owner"),
    ...refuseIf(
      applicationOwner !== undefined && (owner?.active !== true || owns !== true),
      "governance.ownerNotAllowed",
      "Name the owner of the application; where it is about none, somebody who holds application_owner.",
      "/owner",
    ),
    ...refuseIf(other !== undefined, "governance.issueOpen", `${other} is open about the same.`, "/about"),
  ];
  return unless<DesignIssueEvent>(reasons, () => [{ type: "designIssueOpened", data: wanted }]);
}

interface Ending {
  readonly by: PersonId;
  readonly roles: readonly string[];
  readonly at: Instant;
  readonly sentence: string;
}

export function decideEnd(issue: DesignIssue, end: IssueEnd, { by, roles, at, sentence }: Ending): Decision<DesignIssueEvent> {
  const reasons = [
    ...refuseIf(issue.state !== "open", "governance.notInThisState", `It is ${issue.state}.`),
    ...refuseIf(by !== issue.owner && !governs(roles), "governance.notYours", "Only its owner, IAM and governance may do this."),
  ];
  return unless<DesignIssueEvent>(reasons, () => [
    { type: end === "resolved" ? "designIssueResolved" : "designIssueClosed", data: { by, at, sentence } },
  ]);
}

export interface ProposalFacts {
  readonly executive: Somebody;
  /** As for {@link AcceptanceFacts}: nothing is put before somebody who could not accept it. */
  readonly askers: readonly PersonId[];
  /** Linked exceptions and design issues that are not there, or not open. */
  readonly missing: readonly string[];
}

export function decidePropose(wanted: NewRisk, { executive, askers, missing }: ProposalFacts): Decision<RiskAcceptanceEvent> {
  const { until, proposedAt, exceptions, designIssue, standsOn } = wanted;
  const named = exceptions.length + (standsOn?.basis.length ?? 0);
  const outOfBounds = until <= proposedAt || until > addDuration(proposedAt, LONGEST_ACCEPTANCE);
  const reasons = [
    ...executiveReasons(executive),
    ...refuseIf(
      askers.includes(wanted.executive),
      "governance.requesterMayNotAccept",
      "They put it forward, asked for what it is about or own it, or act for somebody who did. Name another executive.",
      "/executive",
    ),
    ...refuseIf(outOfBounds, "governance.untilOutOfBounds", "Give it an end within 365 days.", "/until"),
    ...refuseIf(
      named === 0 && designIssue === null,
      "governance.linkNeeded",
      "Name what it is about: exceptions, operations, findings or a design issue.",
    ),
    ...refuseIf(missing.length > 0, "governance.linkUnknown", `Not there, or not open: ${missing.join(", ")}.`),
  ];
  return unless<RiskAcceptanceEvent>(reasons, () => [{ type: "riskProposed", data: wanted }]);
}

export interface AcceptanceFacts {
  readonly executive: Somebody;
  /** Who put the risk forward, asked for a linked exception or owns it, or owns a linked finding; and whoever acts for them now. */
  readonly askers: readonly PersonId[];
  /** How what it rests on differs from what was put forward. */
  readonly changes: readonly Change[];
}

/** `by` signed exactly the content hash; the assertion was verified before. */
export function decideAccept(
  risk: RiskAcceptance,
  accepting: { readonly by: PersonId; readonly at: Instant; readonly assertion: string },
  { executive, askers, changes }: AcceptanceFacts,
): Decision<RiskAcceptanceEvent> {
  const { by, at } = accepting;
  const reasons = [
    ...refuseIf(risk.state !== "proposed", "governance.notInThisState", `It is ${risk.state}.`),
    ...refuseIf(by !== risk.executive, "governance.notYours", "Only the executive it names accepts it."),
    ...executiveReasons(executive),
    ...refuseIf(
      askers.includes(by),
      "governance.requesterMayNotAccept",
      "You put this forward, asked for what it is about or own it, or act for somebody who did.",
    ),
    ...refuseIf(
      changes.length > 0,
      "governance.changedSince",
      `Not as it was put forward: ${changes.map(({ id }) => id).join(", ")}. Have it proposed anew.`,
    ),
    ...refuseIf(at >= risk.until, "governance.untilPassed", `It would have ended ${risk.until}. Propose it anew.`),
  ];
  return unless<RiskAcceptanceEvent>(reasons, () => [{ type: "riskAccepted", data: accepting }]);
}

export function decideWithdraw(risk: RiskAcceptance, { by, roles, at, sentence }: Ending): Decision<RiskAcceptanceEvent> {
  const may = by === risk.executive || by === risk.proposedBy || governs(roles);
  const reasons = [
    ...refuseIf(
      risk.state !== "proposed" && risk.state !== "reopened",
      "governance.notInThisState",
      `It is ${risk.state}; what was accepted ends by itself.`,
    ),
    ...refuseIf(!may, "governance.notYours", "Only the executive, whoever proposed it, IAM and governance may do this."),
  ];
  return unless<RiskAcceptanceEvent>(reasons, () => [{ type: "riskWithdrawn", data: { by, at, sentence } }]);
}

/** No event: it stands as it was accepted, or is over anyhow. */
export function decideReopen(
  risk: RiskAcceptance,
  { executive, changes }: Omit<AcceptanceFacts, "askers">,
  at: Instant,
): readonly RiskAcceptanceEvent[] {
  if (risk.state !== "accepted" || at >= risk.until) return [];
  const left: readonly Change[] = isExecutive(executive) ? [] : [{ kind: "person", id: risk.executive, what: "executiveLeft" }];
  const because = [...left, ...changes];
  return because.length === 0 ? [] : [{ type: "riskReopened", data: { at, because } }];
}

/** Whether a person may answer for a risk: an active executive, and not of the help desk. */
export function isExecutive(person: Somebody): boolean {
  return person?.active === true && person.roles.includes("executive") && !isHelpDesk(person.roles);
}

function executiveReasons(executive: Somebody): readonly Refusal[] {
  return refuseIf(!isExecutive(executive), "governance.executiveNeeded", "Name an active person who holds executive.", "/executive");
}

function governs(roles: readonly string[]): boolean {
  return GOVERNORS.some((role) => roles.includes(role)) && !roles.includes("help_desk");
}
