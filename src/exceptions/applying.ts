/** The rules of a category as they apply to one request now: which end, which approvals, what was asked for before. Pure. */
import { addDuration, type Duration, durationMs, durationOfMs, earliest, type Instant, latest } from "../kernel/time.ts";
import { nextScheduledReview } from "./agenda-of-reviews.ts";
import { type Dossier, grantedUntil } from "./exception.ts";
import type { RequestFacts } from "./facts.ts";
import { type CategoryPolicy, grantedSoFar, planFor, renewalNumber } from "./policy.ts";
import type { RepeatCounts } from "./repeats.ts";
import { grantStart } from "./request-rules.ts";
import type { Purpose, Stage } from "./version.ts";

/** What the latest end follows from: one term, the time left in all, the vendor's contract, or the grant that is in force. */
export type EndBound = "term" | "cumulative" | "contract" | "grant";

export interface Applying {
  readonly renewal: number;
  readonly stages: readonly (Stage & { readonly isForRenewal: boolean })[];
  readonly latestEnd: Instant;
  readonly endSetBy: EndBound;
  readonly grantedSoFar: Duration;
  readonly firstReviewAt: Instant | null;
  /** Null where nobody could be asked. */
  readonly repeats: RepeatCounts | null;
}

export interface AppliesTo {
  readonly policy: CategoryPolicy;
  readonly dossier: Dossier;
  readonly purpose: Purpose;
  readonly requestedFrom: Instant;
  readonly request: RequestFacts | null;
  readonly now: Instant;
}

export function applyingTo(asked: AppliesTo): Applying {
  const { policy, dossier, purpose, request } = asked;
  const renewal = renewalNumber(dossier, purpose === "extension");
  const end = latestEnd(asked);
  const usual = policy.approvalPlan.stages.length;
  return {
    renewal,
    stages: planFor(policy, renewal).stages.map((stage, i) => ({ ...stage, isForRenewal: i >= usual })),
    latestEnd: end.at,
    endSetBy: end.by,
    grantedSoFar: grantedSoFar(dossier),
    firstReviewAt: firstReview(asked, end.at),
    repeats: request?.repeats ?? null,
  };
}

interface Bound {
  readonly at: Instant;
  readonly by: EndBound;
}

/** The first of the bounds; where two fall together the one that cannot be moved is named. */
function latestEnd({ policy, dossier, purpose, requestedFrom, request, now }: AppliesTo): Bound {
  const granted = grantedUntil(dossier);
  if (purpose === "change" && granted !== undefined) return { at: granted, by: "grant" };
  const from = grantStart(dossier, purpose, requestedFrom, now);
  const left = Math.max(0, durationMs(policy.maxCumulative) - durationMs(grantedSoFar(dossier)));
  const contract = request?.vendorContractUntil ?? null;
  const bounds: readonly Bound[] = [
    { at: addDuration(from, policy.maxTerm), by: "term" },
    { at: addDuration(from, durationOfMs(left)), by: "cumulative" },
    ...(policy.endsWithVendorContract && contract !== null ? [{ at: contract, by: "contract" } as const] : []),
  ];
  return bounds.reduce((first, bound) => (bound.at < first.at ? bound : first));
}

function firstReview({ policy, dossier, requestedFrom, now }: AppliesTo, end: Instant): Instant | null {
  if (policy.reviewEvery === null) return null;
  if (dossier.grants.length > 0) return nextScheduledReview(dossier, policy) ?? null;
  return earliest(addDuration(latest(requestedFrom, now), policy.reviewEvery), end);
}
