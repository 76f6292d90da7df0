import { canonicalText } from "../kernel/canonical.ts";
import type { Instant } from "../kernel/time.ts";
import type { ReviewsView } from "./contract-lists.ts";
import { type ExceptionState, type Review, versionInEffect } from "./exception.ts";
import type { CategoryPolicy } from "./policy.ts";
import { recertificationOf, whyNotTogether, type UsageInPeriod } from "./recertification.ts";
import { askedOf } from "./review-record.ts";
import type { Names } from "./view.ts";

interface Showing {
  readonly state: ExceptionState;
  readonly policy: CategoryPolicy;
  readonly names: Names;
  readonly hash: (text: string) => string;
}

export function awaitedView(review: Review, { state, policy, names, hash }: Showing): ReviewsView["reviews"][number] {
  const { id, kind, cause, proposal, openedAt, dueAt, reviewers } = review;
  return {
    id,
    kind,
    cause,
    proposal,
    openedAt,
    dueAt,
    reviewers: [...reviewers],
    asked: [...askedOf(state.dossier, review)],
    handedOn: handedOnView(review, names),
    alike: hash(alikeText(state, review)),
    whyAlone: whyNotTogether([{ state, review }], policy) ?? null,
  };
}

function handedOnView({ handedOn }: Review, names: Names): ReviewsView["reviews"][number]["handedOn"] {
  const last = handedOn?.at(-1);
  if (last === undefined) return null;
  const { by, to, reason, at } = last;
  return { by, byName: names[by] ?? by, to, toName: to === null ? null : (names[to] ?? to), reason, at };
}

/** What one looks at when answering, but for whom it lets through and until when. */
function alikeText({ dossier }: ExceptionState, { kind, proposal }: Review): string {
  const content = versionInEffect(dossier)?.content;
  const resources = (content?.scope ?? []).map(({ resource }) => canonicalText(resource)).sort();
  const controls = (content?.compensatingControls ?? []).map(({ statement }) => statement);
  const { category, unit, owner } = dossier;
  const { weakenedControl, residualRisk, fallbackMethodAllowed } = content ?? {};
  const about = { category, unit, owner, kind, proposal, resources, controls, weakenedControl, residualRisk, fallbackMethodAllowed };
  return canonicalText(JSON.parse(JSON.stringify(about)));
}

/** Everybody by whom or to whom a review was handed on. */
export function peopleHandingOn({ dossier }: ExceptionState): readonly string[] {
  return dossier.reviews.flatMap(({ handedOn }) => (handedOn ?? []).flatMap(({ by, to }) => (to === null ? [by] : [by, to])));
}

/** Headcounts are asked of nobody for a list: they are said to be unknown. */
export function recertificationView(
  state: ExceptionState,
  policy: CategoryPolicy,
  usage: UsageInPeriod | null,
  now: Instant,
): ReviewsView["recertification"] {
  const shown = recertificationOf(state, policy, { headcounts: {}, usage }, now);
  if (shown === undefined) return null;
  const { since, changedFields, headcounts, controls, milestones, triggers } = shown;
  return {
    since,
    changedFields: [...changedFields],
    headcounts: [...headcounts],
    usage: shown.usage,
    controls: controls.map(({ statement, freshUntil, lastResult }) => ({ statement, freshUntil, lastResult })),
    milestones,
    triggers: [...triggers],
  };
}
