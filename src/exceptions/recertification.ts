/**
 * What a reviewer is shown so that the answer costs a thought: what changed since the last decision, what was used, what was
 * tested, how old it truly is.
 */
import { type Instant, msBetween } from "../kernel/time.ts";
import { trueAgeDays } from "./age.ts";
import { canonicalText } from "../kernel/canonical.ts";
import { type ControlFreshness, controlFreshness } from "./controls.ts";
import { type ExceptionState, grantedUntil, type Review, versionInEffect } from "./exception.ts";
import { type CategoryPolicy, renewalNumber } from "./policy.ts";
import { type Content, RISKS } from "./version.ts";

/** See use.ts. */
export interface UsageInPeriod {
  readonly times: number;
  readonly lastAt: Instant | null;
  readonly isWatched: boolean;
}

export interface RecertificationFacts {
  /** By subject key. */
  readonly headcounts: Readonly<Record<string, number>>;
  /** Null when nothing tells: shown as unknown, not as unused. */
  readonly usage: UsageInPeriod | null;
}

export interface Recertification {
  readonly since: Instant;
  readonly changedFields: readonly string[];
  readonly headcounts: readonly { readonly subject: string; readonly atApproval: number; readonly now: number | null }[];
  readonly usage: UsageInPeriod | null;
  readonly controls: readonly ControlFreshness[];
  readonly milestones: { readonly due: number; readonly of: number };
  readonly trueAgeDays: number | undefined;
  readonly renewals: number;
  readonly endsAt: Instant | undefined;
  readonly triggers: readonly string[];
  /** Nothing is left in scope: close it, do not ask about it. */
  readonly nothingInScope: boolean;
}

/** Undefined before anything was put forward. */
export function recertificationOf(
  state: ExceptionState,
  policy: CategoryPolicy,
  facts: RecertificationFacts,
  now: Instant,
): Recertification | undefined {
  const { dossier } = state;
  const version = versionInEffect(dossier);
  if (version === undefined) return undefined;
  const since = lastDecisionAt(state);
  const { scope, exitPlan } = version.content;
  const headcounts = scope.map(({ subject, headcountAtApproval }) => {
    return { subject: subject.name, atApproval: headcountAtApproval, now: facts.headcounts[subject.key] ?? null };
  });
  return {
    since,
    changedFields: changedSince(state, since),
    headcounts,
    usage: facts.usage,
    controls: controlFreshness(dossier, policy),
    milestones: { due: exitPlan.milestones.filter((milestone) => milestone.by <= now).length, of: exitPlan.milestones.length },
    trueAgeDays: trueAgeDays(dossier, now),
    renewals: renewalNumber(dossier, false),
    endsAt: grantedUntil(dossier),
    triggers: dossier.triggers.filter((trigger) => trigger.at > since).map((trigger) => trigger.kind),
    nothingInScope: headcounts.every((count) => count.now === 0),
  };
}

/** When a person last decided about the whole: by a vote that granted, or by a review. */
export function lastDecisionAt({ dossier }: ExceptionState): Instant {
  const granted = dossier.grants.filter((grant) => grant.kind !== "emergency").map((grant) => grant.grantedAt);
  const reviewed = dossier.reviews.flatMap((review) => (review.decision === null ? [] : [review.decision.at]));
  return [...granted, ...reviewed].reduce((last, at) => (at > last ? at : last), dossier.openedAt);
}

/** Fields in which the version in effect differs from what stood at the decision before the last one. */
function changedSince({ dossier }: ExceptionState, since: Instant): readonly string[] {
  const approved = dossier.versions.filter((version) => version.fate === "approved");
  const now = approved.at(-1)?.content;
  const before = approved.findLast((version) => version.submittedAt < since && version !== approved.at(-1))?.content;
  if (now === undefined || before === undefined) return [];
  return (Object.keys(now) as (keyof Content)[]).filter((field) => canonicalText(now[field]) !== canonicalText(before[field]));
}

export interface QueuedReview {
  readonly state: ExceptionState;
  readonly review: Review;
}

/** Riskiest first, then whose answer is due first. */
export function inRiskOrder(queue: readonly QueuedReview[]): readonly QueuedReview[] {
  const risk = ({ state }: QueuedReview) => RISKS.indexOf(versionInEffect(state.dossier)?.content.residualRisk ?? "critical");
  return [...queue].sort((a, b) => risk(b) - risk(a) || (a.review.dueAt < b.review.dueAt ? -1 : a.review.dueAt > b.review.dueAt ? 1 : 0));
}

/** At most this many identical low-risk items at once, and one in ten of them is looked at a second time. */
export const BULK_CAP = 10;

/** Why these may not be answered together; undefined when they may: same category that allows it, low risk, few. */
export function whyNotTogether(items: readonly QueuedReview[], policy: CategoryPolicy): string | undefined {
  if (!policy.bulkReviewAllowed) return "This category is reviewed one by one.";
  if (items.length > BULK_CAP) return `At most ${BULK_CAP} at a time.`;
  if (items.some(({ state }) => state.dossier.category !== policy.key)) return "They are of different categories.";
  const low = items.every(({ state }) => versionInEffect(state.dossier)?.content.residualRisk === "low");
  return low ? undefined : "Only low risks are answered together.";
}

export interface ReviewerQuality {
  readonly reviewer: string;
  readonly decisions: number;
  readonly revokeShare: number;
  /** Middle of the measured decision times in milliseconds; undefined when none was measured. */
  readonly medianMs: number | undefined;
  /** Largest number of decisions within one minute. */
  readonly fastestMinute: number;
}

/** How reviewers decide, so that a rubber stamp can be seen. */
export function reviewerQuality(states: readonly ExceptionState[]): readonly ReviewerQuality[] {
  const byReviewer = new Map<string, NonNullable<Review["decision"]>[]>();
  for (const { decision } of states.flatMap((state) => state.dossier.reviews)) {
    if (decision !== null) byReviewer.set(decision.by, [...(byReviewer.get(decision.by) ?? []), decision]);
  }
  return [...byReviewer].map(([reviewer, decisions]) => {
    const times = decisions.flatMap((one) => (one.decidedInMs === null ? [] : [one.decidedInMs])).sort((a, b) => a - b);
    const revoked = decisions.filter((one) => one.verdict === "revoke").length;
    const fastestMinute = Math.max(...decisions.map((one) => decisions.filter((other) => isWithinAMinute(one.at, other.at)).length));
    const medianMs = times[Math.floor(times.length / 2)];
    return { reviewer, decisions: decisions.length, revokeShare: revoked / decisions.length, medianMs, fastestMinute };
  });
}

function isWithinAMinute(a: Instant, b: Instant): boolean {
  return b >= a && msBetween(a, b) < 60_000;
}
