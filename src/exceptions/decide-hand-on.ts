/** "Not mine": whoever is asked for a review says whose it is. The day it is due stays what it was. */
import { unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { ReviewCommand } from "./commands.ts";
import { isSentence, reviewPartiality } from "./decide-review.ts";
import { type Deciding, declineFor, holdsAnyRole, type Outcome, personReasons } from "./deciding.ts";
import type { Dossier, ExceptionState, Review } from "./exception.ts";
import { actingPerson, factsAbout, type Facts } from "./facts.ts";
import { GOVERNANCE } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import { askedOf, isAwaited } from "./review-record.ts";
import type { PersonId } from "./version.ts";

type HandOn = Extract<ReviewCommand, { type: "handOnReview" }>;

export function handOnReview({ dossier }: ExceptionState, command: HandOn, { facts, now, stamp }: Deciding): Outcome {
  const person = actingPerson(facts);
  const review = dossier.reviews.find((one) => one.id === command.review);
  if (person === undefined) return declineFor(personReasons(facts));
  if (review === undefined || !isAwaited(review)) {
    return declineFor([refuse("exceptions.reviewNotOpen", "It is not open: answered, settled or never opened.")]);
  }
  const reasons = [
    ...personReasons(facts),
    // Who may not answer may not choose either who does.
    ...reviewPartiality(dossier, review, facts, person),
    ...refuseIf(!isAsked(dossier, review, facts, person), "exceptions.reviewerNotAllowed", "This review does not wait for you."),
    ...refuseIf(!isSentence(command.reason), "exceptions.sentenceNeeded", "Say in a sentence why it is not yours.", "/reason"),
    ...colleagueReasons(dossier, review, facts, person, command.to),
  ];
  const { to, reason } = command;
  return unless(reasons, () => [stamp("ReviewHandedOn", { review: review.id, handedOn: { by: person, to, reason, at: now } })]);
}

function isAsked(dossier: Dossier, review: Review, facts: Facts, person: PersonId): boolean {
  const asked = askedOf(dossier, review);
  return asked.includes(person) || holdsAnyRole(facts, person, [...asked, GOVERNANCE]);
}

function colleagueReasons(
  dossier: Dossier,
  review: Review,
  facts: Facts,
  person: PersonId,
  colleague: PersonId | null,
): readonly Refusal[] {
  if (colleague === null) {
    const isLast = holdsAnyRole(facts, person, [GOVERNANCE]);
    const detail = "Governance is asked when nobody else can be named: name who answers.";
    return refuseIf(isLast, "exceptions.colleagueNeeded", detail, "/to");
  }
  const mayReview = colleague === dossier.owner || holdsAnyRole(facts, colleague, [...review.reviewers, GOVERNANCE]);
  const words =
    colleague === person
      ? "Name somebody else than yourself."
      : !factsAbout(facts, colleague).active
        ? "They are not known here, or have left."
        : !mayReview
          ? `They may not review it: reviewers hold one of: ${[...new Set([...review.reviewers, GOVERNANCE])].join(", ")}.`
          : reviewPartiality(dossier, review, facts, colleague).length > 0
            ? "They have a part in it: they asked for it or began its use, act for who did, implement it, or are let through by it."
            : undefined;
  return refuseIf(words !== undefined, "exceptions.colleagueNotAllowed", words ?? "", "/to");
}
