/** Reviews: opened by date or by what happened, answered by people, and never answered by silence. */
import { accept, unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, type Instant } from "../kernel/time.ts";
import type { ReviewCommand } from "./commands.ts";
import { resume } from "./decide-activation.ts";
import { beginRevocation, beginSuspension } from "./decide-end.ts";
import { proposeReduction } from "./decide-request.ts";
import {
  answersFor,
  assertionReasons,
  type Deciding,
  declineFor,
  holdsAnyRole,
  isAsker,
  NO_CHANGE,
  type Outcome,
  personReasons,
  wrongState,
} from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import { type Dossier, type ExceptionState, type Grant, grantedUntil, type Review, versionInEffect } from "./exception.ts";
import { actingPerson, type Facts } from "./facts.ts";
import { partialityReasons, versionAsked } from "./partiality.ts";
import { GOVERNANCE } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import { answerBy, isAwaited, newReview, useKey } from "./review-record.ts";
import type { PersonId } from "./version.ts";

type Of<T extends ReviewCommand["type"]> = Extract<ReviewCommand, { type: T }>;

const REVIEWABLE = ["activating", "active", "suspending", "suspended"] as const;

/** Opens it once per dedupe key. When it opens late, it is due later: what nobody could see, nobody missed. */
export function openReview(state: ExceptionState, command: Of<"openReview">, { facts, now, stamp }: Deciding): Outcome {
  if (!REVIEWABLE.some((name) => name === state.state)) return wrongState(state, REVIEWABLE);
  if (state.dossier.reviews.some((review) => review.dedupeKey === command.dedupeKey)) return NO_CHANGE;
  const { kind, dedupeKey, cause } = command;
  const details = { kind, dedupeKey, cause, proposal: null, dueAt: answerBy(command, now), ifMissed: facts.policy.noResponse };
  return accept(stamp("ReviewOpened", { review: newReview(state.dossier, facts.policy, details, now) }));
}

export function decideReview(state: ExceptionState, command: Of<"decideReview">, deciding: Deciding): Outcome {
  const review = state.dossier.reviews.find((one) => one.id === command.review);
  const reasons = [
    ...reviewReasons(state.dossier, review, command, deciding),
    ...reviewerReasons(state, review, command, deciding),
    ...verdictReasons(state, command),
  ];
  if (reasons.length > 0 || review === undefined) return declineFor(reasons);
  const decided = deciding.stamp("ReviewDecided", { review: review.id, decision: decisionOf(command, deciding) });
  switch (command.verdict) {
    case "revoke":
      return accept(decided, ...revoke(evolve(state, decided), command, deciding));
    case "retain":
      return retain(state, review, decided, deciding);
    case "reduce":
      return reduce(state, command, decided, deciding);
  }
}

function reviewReasons(dossier: Dossier, review: Review | undefined, command: Of<"decideReview">, { now }: Deciding): readonly Refusal[] {
  if (review === undefined || (!isAwaited(review) && review.missedAt === null)) {
    return [refuse("exceptions.reviewNotOpen", "It is not open: answered, settled or never opened.")];
  }
  const late = review.ifMissed !== "escalate" && (review.missedAt !== null || review.dueAt <= now);
  const runs = runningUse(dossier, review, now);
  const goesOn = command.verdict !== "revoke";
  return [
    ...refuseIf(
      late && goesOn,
      "exceptions.reviewMissed",
      `It was due ${review.dueAt}. No answer means it ends; a late one does not revive it.`,
    ),
    ...refuseIf(
      runs !== undefined && goesOn,
      "exceptions.useRuns",
      `The use runs until ${runs?.validUntil}: what is not over cannot be looked back on.`,
    ),
  ];
}

/** The use that a review looks back on, while it runs. */
function runningUse({ grants }: Dossier, review: Review, now: Instant): Grant | undefined {
  return grants.find((grant) => grant.kind === "emergency" && useKey(grant) === review.dedupeKey && now < grant.validUntil);
}

/** To retain is to decide for it: the same people are barred as from approving. To revoke, having a stake is enough. */
function reviewerReasons(
  state: ExceptionState,
  review: Review | undefined,
  { verdict }: Of<"decideReview">,
  { facts }: Deciding,
): readonly Refusal[] {
  const person = actingPerson(facts);
  if (person === undefined) return personReasons(facts);
  const { dossier } = state;
  const reviewer = person === dossier.owner || holdsAnyRole(facts, person, [...(review?.reviewers ?? []), GOVERNANCE]);
  if (verdict === "revoke") {
    const may = reviewer || isAsker(dossier, facts, person) || answersFor(dossier, person);
    return [...personReasons(facts), ...refuseIf(!may, "exceptions.reviewerNotAllowed", "You have no part in this exception.")];
  }
  return [
    ...personReasons(facts),
    ...assertionReasons(facts),
    ...reviewPartiality(dossier, review, facts, person),
    ...refuseIf(!reviewer, "exceptions.reviewerNotAllowed", `Reviewers hold one of: ${(review?.reviewers ?? []).join(", ")}.`),
  ];
}

/** Why this person may not have a say in whether it goes on. Who began a use, or acts for who did, does not say that it was right. */
export function reviewPartiality(dossier: Dossier, review: Review | undefined, facts: Facts, person: PersonId): readonly Refusal[] {
  const begunBy = review?.begunBy;
  const began = begunBy !== undefined && (begunBy === person || (facts.actsFor[begunBy] ?? []).includes(person));
  return [
    ...partialityReasons(dossier, versionAsked(dossier), facts, person, "reviews it"),
    ...refuseIf(began, "exceptions.beginnerMayNotReview", "You began the use, or act for whoever did: somebody else reviews it."),
  ];
}

/** A word is not a sentence: at least three words, or the reviewer has looked at nothing. */
export function isSentence(text: string): boolean {
  return text.trim().split(/\s+/).length >= 3;
}

function verdictReasons(state: ExceptionState, command: Of<"decideReview">): readonly Refusal[] {
  const states = command.verdict === "reduce" ? (["active"] as const) : (["active", "suspended"] as const);
  const anyHeld = command.verdict === "revoke" && REVIEWABLE.some((name) => name === state.state);
  const fits = anyHeld || states.some((name) => name === state.state);
  return [
    ...refuseIf(!fits, "exceptions.notInThisState", `It is ${state.state}; this needs ${states.join(" or ")}.`),
    ...refuseIf(
      command.verdict === "retain" && !isSentence(command.sentence),
      "exceptions.sentenceNeeded",
      "Say in a sentence why it is still needed and what shows that its control works.",
      "/sentence",
    ),
    ...refuseIf(
      command.verdict === "reduce" && command.content === null,
      "exceptions.fieldMissing",
      "Give what is left of it.",
      "/content",
    ),
  ];
}

function decisionOf(command: Of<"decideReview">, { facts, now }: Deciding): NonNullable<Review["decision"]> {
  const { verdict, sentence, decidedInMs } = command;
  return { verdict, by: actingPerson(facts) as PersonId, sentence, assertion: facts.assertion ?? "", at: now, decidedInMs };
}

function revoke(state: ExceptionState, command: Of<"decideReview">, deciding: Deciding): readonly ExceptionEvent[] {
  const words = command.sentence.trim() === "" ? "A review revoked it." : command.sentence;
  return beginRevocation(state, { cause: "review_revoked", rightEndedAt: deciding.now, words }, deciding);
}

/** Retained while suspended, it comes back by the same way it came: applied, then read back. Not while its control has failed. */
function retain(state: ExceptionState, review: Review, decided: ExceptionEvent, deciding: Deciding): Outcome {
  if (state.state !== "suspended" || !review.dedupeKey.startsWith("suspension:")) return accept(decided);
  const over = (grantedUntil(state.dossier) ?? deciding.now) <= deciding.now;
  const reasons = [
    ...refuseIf(hasFailedControl(state), "exceptions.controlFailed", "Test the failed control again first."),
    ...refuseIf(over, "exceptions.endPassed", "The grant has ended meanwhile."),
  ];
  return unless(reasons, () => [decided, resume(state, deciding)]);
}

function hasFailedControl(state: ExceptionState): boolean {
  const version = versionInEffect(state.dossier);
  return (version?.content.compensatingControls ?? []).some((_, control) => {
    const last = state.dossier.controlTests.findLast((test) => test.version === version?.n && test.control === control);
    return last?.result === "failed";
  });
}

function reduce(state: ExceptionState, command: Of<"decideReview">, decided: ExceptionEvent, deciding: Deciding): Outcome {
  if (state.state !== "active" || command.content === null) return wrongState(state, ["active"]);
  const proposed = proposeReduction(state, command.content, deciding);
  return proposed.accepted ? accept(decided, ...proposed.events) : proposed;
}

/** The due date has passed without an answer. What follows is the review's own rule; suspended, it ends. Idempotent. */
export function missReview(state: ExceptionState, command: Of<"missReview">, deciding: Deciding): Outcome {
  const review = state.dossier.reviews.find((one) => one.id === command.review);
  const awaited = review !== undefined && isAwaited(review) && review.missedAt === null && review.dueAt <= deciding.now;
  if (!awaited || !REVIEWABLE.some((name) => name === state.state)) return NO_CHANGE;
  const missed = (suspendAt: typeof review.suspendAt) => deciding.stamp("ReviewMissed", { review: review.id, suspendAt });
  const words = `The review due ${review.dueAt} was not answered.`;
  const off = state.state === "suspended" || state.state === "suspending";
  if (review.ifMissed === "escalate") return accept(missed(null), escalation(review, "review_missed", deciding));
  if (review.ifMissed === "revoke" || off) {
    const event = missed(null);
    const end = { cause: "review_missed", rightEndedAt: review.dueAt, words } as const;
    return accept(event, ...beginRevocation(evolve(state, event), end, deciding));
  }
  const grace = deciding.facts.policy.blastRadiusGrace;
  if (grace === null || deciding.facts.blastRadius === "clear") {
    const event = missed(null);
    return accept(event, ...beginSuspension(evolve(state, event), words, review.dueAt, deciding));
  }
  return accept(missed(addDuration(deciding.now, grace)), escalation(review, "blast_radius", deciding));
}

function escalation(review: Review, cause: "review_missed" | "blast_radius", { now, stamp }: Deciding): ExceptionEvent {
  const key = `${cause}:${review.id}`;
  const details = { key, cause, level: "governance", assignees: [GOVERNANCE], dueAt: review.dueAt, raisedAt: now, acknowledged: null };
  return stamp("EscalationRaised", { escalation: details });
}
