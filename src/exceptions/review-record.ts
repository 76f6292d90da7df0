/** How a review comes to be, and which of them can still be answered. */
import { addDuration, duration, type Instant, latest } from "../kernel/time.ts";
import type { Deciding } from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import type { Dossier, Grant, NoResponse, Review, ReviewId, ReviewKind } from "./exception.ts";
import { type CategoryPolicy, GOVERNANCE } from "./policy.ts";
import { answerDueAt } from "./triggers.ts";
import type { Approval, PersonId, Role } from "./version.ts";

/** What is suspended is decided on within a working week, or it ends. */
const SUSPENSION_ANSWER = { workingDays: 5 } as const;

/** However late a review opens (an outage), its reviewers get this long: what nobody could see, nobody missed. */
const LEAST_ANSWER_TIME = duration("P5D");

/** Until when a review that opens now is to be answered. */
export function answerBy(review: { readonly opensAt: Instant; readonly dueAt: Instant }, now: Instant): Instant {
  return now > review.opensAt ? latest(review.dueAt, addDuration(now, LEAST_ANSWER_TIME)) : review.dueAt;
}

/** What the review of a use is known by. */
export function useKey({ seq }: Grant): string {
  return `use:${seq}`;
}

interface NewReview {
  readonly kind: ReviewKind;
  readonly dedupeKey: string;
  readonly cause: string;
  readonly proposal: Review["proposal"];
  readonly dueAt: Instant;
  readonly ifMissed: NoResponse;
  readonly begunBy?: PersonId;
}

export function newReview(dossier: Dossier, policy: CategoryPolicy, review: NewReview, now: Instant): Review {
  return {
    id: `${dossier.ref}-R${dossier.reviews.length + 1}` as ReviewId,
    ...review,
    openedAt: now,
    reviewers: policy.reviewerRoles,
    decision: null,
    missedAt: null,
    settled: null,
    suspendAt: null,
  };
}

/** The review that every suspension opens. Unanswered, what was suspended ends. */
export function suspensionReview(dossier: Dossier, why: string, { now, facts, stamp }: Deciding): ExceptionEvent {
  const review = newReview(
    dossier,
    facts.policy,
    {
      kind: "trigger",
      dedupeKey: `suspension:${now}`,
      cause: why,
      proposal: null,
      dueAt: answerDueAt(SUSPENSION_ANSWER, now, facts.zone),
      ifMissed: facts.policy.noResponse === "escalate" ? "escalate" : "revoke",
    },
    now,
  );
  return stamp("ReviewOpened", { review });
}

/** A reviewer wanted less and nobody confirmed it: the whole is asked about again, so that silence keeps nothing. */
export function lapsedReductionReview(dossier: Dossier, approval: Approval, { now, facts, stamp }: Deciding): ExceptionEvent {
  const review = newReview(
    dossier,
    facts.policy,
    {
      kind: "trigger",
      dedupeKey: `reduction_lapsed:${approval.version}`,
      cause: `Version ${approval.version} was to reduce it and was not answered.`,
      proposal: "revoke",
      dueAt: addDuration(now, LEAST_ANSWER_TIME),
      ifMissed: facts.policy.noResponse,
    },
    now,
  );
  return stamp("ReviewOpened", { review });
}

/** True while an answer is awaited. Where a missed review only escalates (break-glass), it can still be answered late. */
export function isAwaited(review: Review): boolean {
  return review.decision === null && review.settled === null && (review.missedAt === null || review.ifMissed === "escalate");
}

/** Whom it waits for: holders of a seat and people by name. Handed on, it waits for the one named alone, or for governance. */
export function askedOf({ owner }: Dossier, { reviewers, handedOn }: Review): readonly (Role | PersonId)[] {
  const last = handedOn?.at(-1);
  if (last !== undefined) return [last.to ?? GOVERNANCE];
  return owner === null ? reviewers : [...reviewers, owner];
}
