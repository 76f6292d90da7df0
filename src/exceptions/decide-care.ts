/** Who answers now, who was told, and who took notice. */
import { accept, unless } from "../kernel/decision.ts";
import type { ClockCommand } from "./commands.ts";
import { assertionReasons, type Deciding, NO_CHANGE, notInThisState, type Outcome, personReasons } from "./deciding.ts";
import { type Dossier, type ExceptionState, openReviews, type StateName, versionInEffect } from "./exception.ts";
import { actingPerson, factsAbout, holdsRole } from "./facts.ts";
import { standingApprovals } from "./plan.ts";
import { GOVERNANCE, HELP_DESK } from "./policy.ts";
import { isAddressed } from "./projection.ts";
import { refuseIf } from "./refusals.ts";
import type { PersonId } from "./version.ts";

type Of<T extends ClockCommand["type"]> = Extract<ClockCommand, { type: T }>;

/** Before, the owner is part of what is decided; afterwards there is nothing to answer for. */
export const TAKEN_OVER_IN: StateName[] = ["approved", "activating", "active", "suspending", "suspended"];

/** Another owner answers from now on, by their own act. What was decided on stays what it was. */
export function takeOver(state: ExceptionState, { facts, stamp }: Deciding): Outcome {
  const person = actingPerson(facts) as PersonId;
  const about = factsAbout(facts, person);
  const { ownerRolesAllowed, ownerRolesForbidden } = facts.policy;
  const holds = ownerRolesAllowed.some((role) => holdsRole(facts, person, role));
  const helpDesk = about.isHelpDesk || about.roles.includes(HELP_DESK);
  const reasons = [
    ...notInThisState(state, TAKEN_OVER_IN),
    ...personReasons(facts),
    ...assertionReasons(facts),
    ...refuseIf(helpDesk, "exceptions.helpDeskMayNotOwn", "The help desk may not own an exception."),
    ...refuseIf(
      !holds || ownerRolesForbidden.some((role) => role !== HELP_DESK && about.roles.includes(role)),
      "exceptions.ownerNotAllowed",
      `An owner holds one of: ${ownerRolesAllowed.join(", ")}.`,
    ),
    ...refuseIf(
      isOtherLayer(state.dossier, person),
      "exceptions.layersNotSeparate",
      "You implement it or approved it: you cannot also own it.",
    ),
  ];
  return unless(reasons, () => [
    stamp("OwnerTookOver", { owner: person, assertion: facts.assertion ?? "" }),
    ...openReviews(state.dossier)
      .filter((review) => review.dedupeKey.startsWith("owner_invalid:"))
      .map((review) => stamp("ReviewSettled", { review: review.id, why: "A new owner took over." })),
  ]);
}

/** Who carries it out, approved it or had it approved in their name judges it from another side than its owner. */
export function isOtherLayer(dossier: Dossier, person: string): boolean {
  const version = versionInEffect(dossier);
  const approved = version !== undefined && standingApprovals(version).some((vote) => vote.person === person || vote.onBehalfOf === person);
  return version?.content.accountability.implementer === person || approved;
}

/** Recorded once; sending follows from the record. */
export function remind(state: ExceptionState, command: Of<"remind">, { now, stamp }: Deciding): Outcome {
  const { key, daysBefore, to, dueAt } = command;
  if (state.dossier.reminders.some((one) => one.key === key)) return NO_CHANGE;
  return accept(stamp("ReminderRaised", { reminder: { key, daysBefore, to, dueAt, raisedAt: now } }));
}

export function escalate(state: ExceptionState, command: Of<"escalate">, { now, stamp }: Deciding): Outcome {
  const { key, cause, level, assignees, dueAt } = command;
  if (state.dossier.escalations.some((one) => one.key === key)) return NO_CHANGE;
  return accept(stamp("EscalationRaised", { escalation: { key, cause, level, assignees, dueAt, raisedAt: now, acknowledged: null } }));
}

/** Whom it is raised to takes it on, or governance: whoever else could would silence it for those who have to know. */
export function acknowledge(state: ExceptionState, key: string, { facts, stamp }: Deciding): Outcome {
  const person = actingPerson(facts) as PersonId;
  const open = state.dossier.escalations.find((one) => one.key === key && one.acknowledged === null);
  const to = [...(open?.assignees ?? []), GOVERNANCE];
  const reasons = [
    ...personReasons(facts),
    ...refuseIf(open === undefined, "exceptions.escalationUnknown", "No such escalation waits to be acknowledged."),
    ...refuseIf(
      open !== undefined && !isAddressed(state, to, person, factsAbout(facts, person).roles),
      "exceptions.notYours",
      `Only whom it is raised to takes it on: ${[...new Set(to)].join(", ").replaceAll("_", " ")}.`,
    ),
  ];
  return unless(reasons, () => [stamp("EscalationAcknowledged", { key, acknowledgedBy: person })]);
}
