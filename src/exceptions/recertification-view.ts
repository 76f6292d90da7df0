import type { Instant } from "../kernel/time.ts";
import type { ReviewsView } from "./contract-lists.ts";
import type { ExceptionState, Review } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";
import { recertificationOf } from "./recertification.ts";

export function awaitedView({ id, kind, cause, proposal, openedAt, dueAt, reviewers }: Review): ReviewsView["reviews"][number] {
  return { id, kind, cause, proposal, openedAt, dueAt, reviewers: [...reviewers] };
}

/** Headcounts and use are asked of nobody for a list: they are said to be unknown. */
export function recertificationView(state: ExceptionState, policy: CategoryPolicy, now: Instant): ReviewsView["recertification"] {
  const shown = recertificationOf(state, policy, { headcounts: {}, usage: null }, now);
  if (shown === undefined) return null;
  const { since, changedFields, headcounts, controls, milestones, triggers } = shown;
  return {
    since,
    changedFields: [...changedFields],
    headcounts: [...headcounts],
    usage: null,
    controls: controls.map(({ statement, freshUntil, lastResult }) => ({ statement, freshUntil, lastResult })),
    milestones,
    triggers: [...triggers],
  };
}
