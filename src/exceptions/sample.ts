/**
 * What one exception adds to the figures of the register: little enough to be kept for every exception there is, while the states
 * themselves are read and forgotten.
 */
import { type Instant, minutesBetween, subtractDuration, duration } from "../kernel/time.ts";
import { trueAgeDays } from "./age.ts";
import { controlFreshness } from "./controls.ts";
import { type ExceptionState, versionInEffect } from "./exception.ts";
import { flagsOf } from "./flags.ts";
import { isInForce } from "./in-force.ts";
import { standingApprovals } from "./plan.ts";
import { type CategoryPolicy, renewalNumber } from "./policy.ts";
import { isAwaited } from "./review-record.ts";
import { END_STATES } from "./transitions.ts";
import type { ExceptionId, PersonId } from "./version.ts";

export interface SampleFacts {
  /** By category key. */
  readonly policies: Readonly<Record<string, CategoryPolicy>>;
  /** By exception id: distinct identities its scope stands for. Not counted means unknown. */
  readonly identities: Readonly<Record<string, readonly string[]>>;
  /** By exception id: last sign-in through it, null when it is known not to have been used. Not there: unknown. */
  readonly lastUsedAt: Readonly<Record<string, Instant | null>>;
  /** Ids of exceptions that count as repeats of another. */
  readonly repeats: ReadonlySet<string>;
}

export interface Sample {
  readonly category: string;
  readonly unit: string;
  readonly risk: string;
  readonly isOpen: boolean;
  readonly isNew: boolean;
  readonly endedLately: boolean;
  readonly isRepeat: boolean;
  /** Of the lineage; undefined before the first grant. */
  readonly renewals: { readonly root: ExceptionId; readonly count: number } | undefined;
  readonly reviews: { readonly onTime: number; readonly overdue: number; readonly unanswered: number };
  readonly verdicts: { readonly all: number; readonly revoke: number };
  readonly overstays: { readonly open: number; readonly count: number; readonly minutes: number };
  readonly minutesToRevoke: readonly number[];
  readonly removalsNotSupported: number;
  readonly votes: readonly { readonly person: PersonId; readonly isByDelegate: boolean }[];
  /** Undefined unless it is in force. */
  readonly live: LiveSample | undefined;
}

export interface LiveSample {
  readonly trueAgeDays: number | undefined;
  readonly isTested: boolean;
  readonly isExitOnTrack: boolean;
  readonly isOwnerInvalid: boolean;
  readonly identities: readonly string[] | undefined;
  /** Undefined: nothing tells. */
  readonly isUnused: boolean | undefined;
}

const MONTH = duration("P30D");

export function sampleOf(state: ExceptionState, facts: SampleFacts, now: Instant): Sample {
  const { dossier } = state;
  const isOver = (END_STATES as readonly string[]).includes(state.state);
  const monthAgo = subtractDuration(now, MONTH);
  return {
    category: dossier.category,
    unit: dossier.unit,
    risk: versionInEffect(dossier)?.content.residualRisk ?? "not stated",
    isOpen: !isOver,
    isNew: dossier.openedAt > monthAgo,
    endedLately: isOver && state.since > monthAgo,
    isRepeat: facts.repeats.has(dossier.id),
    renewals: dossier.grants.length === 0 ? undefined : { root: dossier.lineage.root, count: renewalNumber(dossier, false) },
    ...reviewsOf(state, now),
    ...removalsOf(state, now),
    votes: dossier.versions.flatMap(standingApprovals).map(({ person, onBehalfOf }) => ({ person, isByDelegate: onBehalfOf !== null })),
    live: isInForce(state, now) ? liveSample(state, facts, now, monthAgo) : undefined,
  };
}

function reviewsOf({ dossier: { reviews } }: ExceptionState, now: Instant): Pick<Sample, "reviews" | "verdicts"> {
  const decided = reviews.flatMap((review) => (review.decision === null ? [] : [{ dueAt: review.dueAt, ...review.decision }]));
  return {
    reviews: {
      onTime: decided.filter((one) => one.at < one.dueAt).length,
      overdue: reviews.filter((review) => isAwaited(review) && review.dueAt <= now).length,
      unanswered: reviews.filter((review) => review.missedAt !== null && review.decision === null).length,
    },
    verdicts: { all: decided.length, revoke: decided.filter((one) => one.verdict === "revoke").length },
  };
}

function removalsOf({ dossier }: ExceptionState, now: Instant): Pick<Sample, "overstays" | "minutesToRevoke" | "removalsNotSupported"> {
  // Removed at the very instant is no overstay.
  const overstays = dossier.bindings.flatMap((binding) => binding.overstays).filter((one) => one.to === null || one.to > one.from);
  return {
    overstays: {
      open: overstays.filter((one) => one.to === null).length,
      count: overstays.length,
      minutes: overstays.reduce((sum, one) => sum + minutesBetween(one.from, one.to ?? now), 0),
    },
    minutesToRevoke: dossier.endings.flatMap((ending) =>
      ending.closedAt === null ? [] : [minutesBetween(ending.rightEndedAt, ending.closedAt)],
    ),
    removalsNotSupported: dossier.bindings.filter((each) => each.desired === "absent" && each.outcome.kind === "not_supported").length,
  };
}

function liveSample(state: ExceptionState, facts: SampleFacts, now: Instant, monthAgo: Instant): LiveSample {
  const { dossier } = state;
  const milestones = versionInEffect(dossier)?.content.exitPlan.milestones ?? [];
  const usedAt = facts.lastUsedAt[dossier.id];
  return {
    trueAgeDays: trueAgeDays(dossier, now),
    isTested: isTested(state, facts, now),
    isExitOnTrack: milestones.length > 0 && milestones.every((milestone) => milestone.by > now),
    isOwnerInvalid: dossier.ownerInvalidSince !== null,
    identities: facts.identities[dossier.id],
    isUnused: usedAt === undefined ? undefined : usedAt === null || usedAt < monthAgo,
  };
}

function isTested(state: ExceptionState, facts: SampleFacts, now: Instant): boolean {
  const policy = facts.policies[state.dossier.category];
  if (policy === undefined || flagsOf(state, policy, now).includes("controlStale")) return false;
  const controls = controlFreshness(state.dossier, policy);
  return controls.length > 0 && controls.every((control) => control.lastResult === "passed");
}
