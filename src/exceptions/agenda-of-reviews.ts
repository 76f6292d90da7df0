/** When reviews open, when they are overdue, and what a control that grew stale sets off. */
import { addDuration, type Instant, latest, subtractDuration } from "../kernel/time.ts";
import { controlFreshness } from "./controls.ts";
import { isHeld } from "./decide-end.ts";
import { type Dossier, type ExceptionState, grantedUntil, type Review } from "./exception.ts";
import type { CategoryPolicy, EscalationRule } from "./policy.ts";
import { isAwaited } from "./review-record.ts";
import type { AgendaItem } from "./agenda.ts";

export function agendaOfReviews(state: ExceptionState, policy: CategoryPolicy): readonly AgendaItem[] {
  if (!isHeld(state)) return [];
  const { dossier } = state;
  const running = state.state === "active" || state.state === "activating";
  return [
    ...dossier.reviews.flatMap((review) => ofReview(dossier, review, policy, running)),
    ...(state.state === "active" ? [...scheduledReview(dossier, policy), ...staleControls(dossier, policy)] : []),
  ];
}

/** Due a fixed time after the last decision that looked at the whole; undefined when it ends before. */
export function nextScheduledReview(dossier: Dossier, policy: CategoryPolicy): Instant | undefined {
  const end = grantedUntil(dossier);
  const grants = dossier.grants.filter((grant) => grant.kind !== "emergency");
  const [first] = grants;
  if (policy.reviewEvery === null || end === undefined || first === undefined) return undefined;
  const decided = dossier.reviews.flatMap((review) =>
    review.kind === "scheduled" && review.decision !== null ? [review.decision.at] : [],
  );
  const last = [...grants.slice(1).map((grant) => grant.grantedAt), ...decided].reduce(latest, first.validFrom);
  const due = addDuration(last, policy.reviewEvery);
  return due < end ? due : undefined;
}

function scheduledReview(dossier: Dossier, policy: CategoryPolicy): readonly AgendaItem[] {
  const due = nextScheduledReview(dossier, policy);
  const dedupeKey = `scheduled:${due}`;
  const open = dossier.reviews.some((review) => review.dedupeKey === dedupeKey || (review.kind === "scheduled" && isAwaited(review)));
  if (due === undefined || open) return [];
  const at = subtractDuration(due, policy.reviewAnswerWithin);
  return [
    { at, command: { type: "openReview", kind: "scheduled", dedupeKey, cause: "The review date has come.", dueAt: due, opensAt: at } },
  ];
}

function staleControls(dossier: Dossier, policy: CategoryPolicy): readonly AgendaItem[] {
  return controlFreshness(dossier, policy).flatMap(({ control, version, since, freshUntil, statement }) => {
    const dedupeKey = `control_stale:${version}:${control}:${since}`;
    if (dossier.triggers.some((one) => one.dedupeKey === dedupeKey)) return [];
    const words = `Control ${control + 1} ("${statement}") was last tested ${since}.`;
    const trigger = { kind: "control_stale", source: "tick", dedupeKey, words, until: null } as const;
    return [{ at: freshUntil, command: { type: "applyTrigger", trigger, dueAt: freshUntil } }];
  });
}

function ofReview(dossier: Dossier, review: Review, policy: CategoryPolicy, running: boolean): readonly AgendaItem[] {
  const items: AgendaItem[] = [];
  if (running && review.suspendAt !== null && review.decision === null) {
    const why = `The review due ${review.dueAt} was not answered.`;
    items.push({ at: review.suspendAt, command: { type: "suspend", why, dueAt: review.suspendAt } });
  }
  if (!isAwaited(review)) return items;
  if (review.missedAt === null) items.push({ at: review.dueAt, command: { type: "missReview", review: review.id, dueAt: review.dueAt } });
  return [...items, ...policy.escalateReview.flatMap((rule) => unanswered(dossier, review, rule))];
}

/** Asked and not answered, the next in line is told; where a missed review ends nothing (break-glass), told again after it. */
function unanswered(dossier: Dossier, review: Review, { after, level, to }: EscalationRule): readonly AgendaItem[] {
  const sinceOpen = addDuration(review.openedAt, after);
  const sinceDue = addDuration(review.dueAt, after);
  const told: readonly [Instant, string][] = [
    ...(sinceOpen < review.dueAt ? [[sinceOpen, "unanswered"] as [Instant, string]] : []),
    ...(review.ifMissed === "escalate" ? [[sinceDue, "overdue"] as [Instant, string]] : []),
  ];
  return told.flatMap(([at, how]) => {
    const key = `review_overdue:${review.id}:${how}:${level}`;
    if (dossier.escalations.some((one) => one.key === key)) return [];
    return [{ at, command: { type: "escalate", key, cause: "review_overdue", level, assignees: to, dueAt: at } }];
  });
}
