/** Who may look back on what an exception let in, when it is over: somebody who had no part in it. Pure. */
import type { Refusal } from "../kernel/problem.ts";
import { reviewPartiality } from "./decide-review.ts";
import { assertionReasons, holdsAnyRole, personReasons } from "./deciding.ts";
import { type Dossier, findVersion } from "./exception.ts";
import { actingPerson, type Facts } from "./facts.ts";
import { standingApprovals } from "./plan.ts";
import { GOVERNANCE } from "./policy.ts";
import { refuseIf } from "./refusals.ts";

/** The same people as may review it, but for those who approved it: what they would say they have said. */
export function lookBackReasons(dossier: Dossier, facts: Facts): readonly Refusal[] {
  const person = actingPerson(facts);
  if (person === undefined) return personReasons(facts);
  const granted = dossier.grants[0] && findVersion(dossier, dossier.grants[0].version);
  const votes = granted === undefined ? [] : standingApprovals(granted);
  const approved = votes.some((vote) => vote.person === person || vote.onBehalfOf === person);
  const seats = [...facts.policy.reviewerRoles, GOVERNANCE];
  const isReviewer = person === dossier.owner || holdsAnyRole(facts, person, seats);
  return [
    ...personReasons(facts),
    ...assertionReasons(facts),
    ...reviewPartiality(dossier, undefined, facts, person),
    ...refuseIf(approved, "exceptions.alreadyVoted", "You approved it: somebody else looks back on it."),
    ...refuseIf(!isReviewer, "exceptions.reviewerNotAllowed", `Whoever looks back holds one of: ${seats.join(", ")}.`),
  ];
}
