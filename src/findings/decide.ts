/** What people do with a finding: say whose it is, hand it on, say what is being done. Mending is seen, never said. */
import { type Decision, unless } from "../kernel/decision.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { isHelpDesk, type Role } from "../people/role.ts";
import type { Finding, FindingEvent } from "./finding.ts";
import { refuseIf } from "./refusals.ts";

export interface Actor {
  readonly id: PersonId;
  readonly roles: readonly string[];
}

export interface Person {
  readonly id: PersonId;
  readonly active: boolean;
  readonly roles: readonly Role[];
}

/** Whether they may own a finding: they are here, and not of the help desk. */
export function mayOwn(person: Person | undefined): person is Person {
  return person?.active === true && !isHelpDesk(person.roles);
}

const GOVERNORS: readonly string[] = ["iam", "security_governance"];

export function mayCare({ owner }: Finding, { id, roles }: Actor): boolean {
  return id === owner || (GOVERNORS.some((role) => roles.includes(role)) && !roles.includes("help_desk"));
}

export function decideAssign(finding: Finding, to: Person | undefined, by: Actor, sentence: string, at: Instant): Decision<FindingEvent> {
  const reasons = [
    ...refuseIf(finding.state === "mended", "findings.mended", "It was mended; nobody has to do anything about it."),
    ...refuseIf(!mayCare(finding, by), "findings.notYours", "Only its owner, IAM and governance say whose it is."),
    ...refuseIf(!mayOwn(to), "findings.ownerNotAllowed", "Name somebody who is here and not of the help desk.", "/owner"),
  ];
  return unless<FindingEvent>(reasons, () =>
    to === undefined ? [] : [{ type: "findingAssigned", data: { owner: to.id, by: by.id, at, text: sentence } }],
  );
}

export function decideNote(finding: Finding, by: Actor, text: string, at: Instant): Decision<FindingEvent> {
  const reasons = refuseIf(!mayCare(finding, by), "findings.notYours", "Only its owner, IAM and governance say what is being done.");
  return unless<FindingEvent>(reasons, () => [{ type: "findingNoted", data: { by: by.id, at, text } }]);
}
