/** From an approved grant to one the provider holds; and the single uses of a standing one. */
import { accept, unless } from "../kernel/decision.ts";
import { addDuration, duration, durationMs, durationOfMs, type Instant, msBetween } from "../kernel/time.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { ReviewCommand } from "./commands.ts";
import { beginRevocation, expire } from "./decide-end.ts";
import { assertionReasons, type Deciding, holdsAnyRole, NO_CHANGE, type Outcome, personReasons, wrongState } from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import { type Active, type Dossier, type ExceptionState, type Grant, type Suspended, versionInEffect } from "./exception.ts";
import { actingPerson, type Facts } from "./facts.ts";
import { whyNotOpen } from "./in-force.ts";
import { ordersAt } from "./orders.ts";
import { partialityReasons } from "./partiality.ts";
import { GOVERNANCE, grantedSoFar } from "./policy.ts";
import { refuseIf } from "./refusals.ts";
import { newReview, useKey } from "./review-record.ts";
import type { PersonId } from "./version.ts";

/** After a use, the review is answered within three days. */
const POST_USE_ANSWER = duration("PT72H");

const ON_CALL = "iam_on_call";

/** The start has come. When the end has come too (an outage), nothing is applied any more. Idempotent. */
export function beginActivation(state: ExceptionState, deciding: Deciding): Outcome {
  const grant = state.dossier.grants.at(-1);
  if (state.state !== "approved" || grant === undefined || grant.validFrom > deciding.now) return NO_CHANGE;
  if (grant.validUntil <= deciding.now) return expire(state, deciding);
  return accept(deciding.stamp("ActivationBegun", activation(state.dossier, deciding)));
}

function activation(dossier: Dossier, { now, facts }: Deciding) {
  // A bypass that was found has no right of its own once a governed grant takes its place.
  return { finishBy: addDuration(now, facts.policy.activateWithin), orders: ordersAt(dossier, now, true), overstayFrom: now };
}

export function resume(state: Suspended, deciding: Deciding): ExceptionEvent {
  return deciding.stamp("ResumeBegun", activation(state.dossier, deciding));
}

/** It could not be brought up in time: taken back, and what may be half there with it. Idempotent. */
export function giveUpActivation(state: ExceptionState, deciding: Deciding): Outcome {
  if (state.state !== "activating" || state.finishBy > deciding.now) return NO_CHANGE;
  const words = "It could not be applied and read back in time.";
  return accept(...beginRevocation(state, { cause: "activation_failed", rightEndedAt: deciding.now, words }, deciding));
}

type BeginUse = Extract<ReviewCommand, { type: "beginUse" }>;

/** One bounded use of a standing grant. Every use opens its review; while one is open, no routine use begins. */
export function beginUse(state: ExceptionState, command: BeginUse, deciding: Deciding): Outcome {
  if (state.state !== "active") return wrongState(state, ["active"]);
  const { now, facts, stamp } = deciding;
  const standing = state.dossier.grants.findLast((grant) => grant.kind !== "emergency");
  const perUse = standing?.perUse ?? null;
  const tooLong = perUse !== null && (command.until <= now || msBetween(now, command.until) > durationMs(perUse));
  const closed = whyNotOpen(state, now);
  const isOther = versionInEffect(state.dossier)?.contentHash !== command.contentHash;
  const reviewOpen = state.dossier.reviews.some(
    (review) => review.kind === "post_use" && review.decision === null && review.settled === null,
  );
  const reasons = [
    ...personReasons(facts),
    ...assertionReasons(facts),
    ...refuseIf(perUse === null, "exceptions.useNotDefined", "The grant authorises by itself; there is nothing to activate."),
    ...refuseIf(tooLong, "exceptions.useTooLong", `One use lasts at most ${perUse}.`, "/until"),
    ...refuseIf(closed !== null && closed.reason !== "not_in_use", "exceptions.notInForce", "The standing grant is not in force."),
    ...refuseIf(command.reason.trim() === "", "exceptions.reasonNeeded", "Say what it is used for.", "/reason"),
    ...userReasons(state, command, facts),
    ...refuseIf(isOther, "exceptions.contentChanged", "What you signed is not what is in effect. Read it again.", "/contentHash"),
    ...refuseIf(command.routine && reviewOpen, "exceptions.postUseReviewOpen", "Finish the review of the last use first."),
  ];
  return unless(reasons, () => {
    const grant = emergencyGrant(state, standing as Grant, command.until, now);
    const { reason, routine, until } = command;
    const begunBy = actingPerson(facts) as PersonId;
    const begun = { grant, reason, routine, until, begunBy, assertion: facts.assertion ?? "" };
    return [stamp("UseBegun", begun), postUseReview(state, grant, begunBy, deciding)];
  });
}

/** Nobody opens it for themselves, nor for whom they act for: who is on point does, its owner, or who reviews it. */
function userReasons({ dossier }: Active, { onPoint = false }: BeginUse, facts: Facts): readonly Refusal[] {
  const person = actingPerson(facts);
  if (person === undefined) return [];
  const seats = [...facts.policy.reviewerRoles, ON_CALL, GOVERNANCE];
  const may = onPoint || person === dossier.owner || holdsAnyRole(facts, person, seats);
  return [
    ...partialityReasons(dossier, versionInEffect(dossier), facts, person, "begins it"),
    ...refuseIf(!may, "exceptions.useNotYours", "Who is on point begins it, its owner, or who reviews it."),
  ];
}

function emergencyGrant({ dossier }: Active, standing: Grant, until: Instant, now: Instant): Grant {
  const validUntil = until < standing.validUntil ? until : standing.validUntil;
  return {
    ...standing,
    seq: dossier.grants.length + 1,
    kind: "emergency",
    validFrom: now,
    validUntil,
    originalValidUntil: validUntil,
    // A use lies inside the standing grant and adds nothing to what was granted.
    cumulative: durationOfMs(durationMs(grantedSoFar(dossier))),
    grantedAt: now,
    cuts: [],
  };
}

function postUseReview({ dossier }: Active, grant: Grant, begunBy: PersonId, { facts, now, stamp }: Deciding): ExceptionEvent {
  const review = newReview(
    dossier,
    facts.policy,
    {
      kind: "post_use",
      dedupeKey: useKey(grant),
      cause: "The standing grant was used.",
      proposal: null,
      dueAt: addDuration(grant.validUntil, POST_USE_ANSWER),
      ifMissed: "escalate",
      begunBy,
    },
    now,
  );
  return stamp("ReviewOpened", { review });
}
