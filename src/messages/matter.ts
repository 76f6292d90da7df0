/** What an exception asks of people, or has to tell them, as it stands: worked out from its state, never stored as a wish. */
import { type ExceptionState, grantedUntil, type Review } from "../exceptions/exception.ts";
import { awaitedReviews, openNotices } from "../exceptions/notices.ts";
import { GOVERNANCE } from "../exceptions/policy.ts";
import { awaitedRoles, openApproval, shownContent } from "../exceptions/projection.ts";
import { askedOf } from "../exceptions/review-record.ts";
import type { Role } from "../exceptions/version.ts";
import type { Instant } from "../kernel/time.ts";

/** What it is about, in the words of the templates. */
export const EXCEPTION_KINDS = [
  "decide",
  "review",
  "ends",
  "escalation",
  "overstay",
  "revokeFailed",
  "reappeared",
  "suspended",
  "used",
  "ended",
  "granted",
  "rejected",
  "returned",
] as const;

/** Of bypasses, drift, design issues, risks, findings and access requests; other-matters.ts, finding-matters.ts, drill-matters.ts, access-request-matters.ts. */
const OTHER_KINDS = [
  "bypasses",
  "bypassesOpen",
  "drift",
  "driftWhole",
  "drill",
  "drillOverdue",
  "drillFailed",
  "issue",
  "issueOverdue",
  "accept",
  "riskAccepted",
  "riskWithdrawn",
  "riskEnds",
  "riskEnded",
  "riskReopened",
  "accessRequested",
  "emergency",
  "findings",
  "findingsDue",
  "findingsOverdue",
] as const;

export const MATTER_KINDS = [...EXCEPTION_KINDS, ...OTHER_KINDS] as const;
export type MatterKind = (typeof MATTER_KINDS)[number];

/** `incident` is told at once; everything else waits for the day's digest. */
export type Urgency = "digest" | "incident";

export interface Matter {
  /** The same matter has the same key for as long as it lasts: whoever was told is not told again. */
  readonly key: string;
  readonly kind: MatterKind;
  readonly urgency: Urgency;
  readonly seats: readonly Role[];
  readonly persons: readonly string[];
  /** Who is not asked although they hold one of the seats: it would be in vain. */
  readonly barred?: readonly string[];
  /** When it came about, of what is only told; null of what is open, and told as long as it is. */
  readonly since: Instant | null;
  /** Until when something is asked; null where nothing is. */
  readonly until: Instant | null;
  /** Where in the console it is dealt with. */
  readonly path: string;
}

type Draft = Pick<Matter, "key" | "kind" | "urgency"> & Partial<Matter>;

/** Everything open or newly true of an exception. Keys are unique in it. */
export function mattersOf(state: ExceptionState): readonly Matter[] {
  const { id } = state.dossier;
  const drafts = [...asked(state), ...announced(state), ...wrong(state), ...news(state)];
  return drafts.map((each) => ({
    seats: [],
    persons: [],
    since: null,
    until: null,
    path: `/exceptions/${id}`,
    ...each,
    key: `${id} ${each.key}`,
  }));
}

/** Whose vote or review is awaited. */
function asked(state: ExceptionState): readonly Draft[] {
  const { id } = state.dossier;
  const approval = openApproval(state);
  const seats = approval?.silence === "governance" ? [...awaitedRoles(state), GOVERNANCE] : awaitedRoles(state);
  const votes: readonly Draft[] =
    approval === undefined
      ? []
      : [
          {
            key: `decide ${approval.version}.${approval.stage} ${approval.silence}`,
            kind: "decide",
            urgency: "digest",
            seats,
            until: approval.answerBy,
            path: `/exceptions/${id}/decide`,
          },
        ];
  return [...votes, ...awaitedReviews(state).map((review) => askedToReview(state, review))];
}

const isNamed = (asked: string) => asked.startsWith("per_");

function askedToReview({ dossier }: ExceptionState, review: Review): Draft {
  const asks = askedOf(dossier, review);
  return {
    // Handed on, it is another matter for whoever is asked now.
    key: `review ${review.id} ${review.handedOn?.length ?? 0}`,
    kind: "review",
    urgency: "digest",
    seats: asks.filter((one) => !isNamed(one)),
    persons: asks.filter(isNamed),
    ...(review.begunBy !== undefined && { barred: [review.begunBy] }),
    until: review.dueAt,
    path: `/approvals/reviews/${review.id}`,
  };
}

/** Escalations that cannot wait for tomorrow: something is open that should not be, or stands still because nobody looked. */
const AT_ONCE: readonly string[] = ["overstay", "incident", "review_missed", "blast_radius", "review_overdue"];

/** Reminders of the end, the latest only, and escalations nobody took on. */
function announced(state: ExceptionState): readonly Draft[] {
  const notices = openNotices(state);
  const reminder = notices.findLast(({ kind }) => kind === "reminder");
  const ends: readonly Draft[] =
    reminder === undefined
      ? []
      : [{ key: `ends ${reminder.key}`, kind: "ends", urgency: "digest", seats: reminder.to, until: grantedUntil(state.dossier) ?? null }];
  const escalations = notices
    .filter(({ kind }) => kind === "escalation")
    .map(({ key, cause, to }): Draft => ({
      key: `escalation ${key}`,
      kind: cause === "overstay" ? "overstay" : "escalation",
      urgency: AT_ONCE.includes(cause) ? "incident" : "digest",
      seats: to,
    }));
  return [...ends, ...escalations];
}

/** Incidents: a bypass is there without right, or a right was used that alarms. */
function wrong(state: ExceptionState): readonly Draft[] {
  const { dossier } = state;
  const ending = dossier.endings.at(-1);
  const answering = dossier.owner === null ? [] : [dossier.owner];
  const drafts: Draft[] = [];
  const incident = (kind: MatterKind, what: string, seats: readonly Role[], since: Instant | null = null) =>
    drafts.push({ key: `${kind} ${what}`, kind, urgency: "incident", seats, persons: answering, since });
  if (ending !== undefined && state.state === "revoke_failed") incident("revokeFailed", ending.orderedAt, ["iam_on_call"]);
  // Told also when it is gone again by now: somebody works against the register.
  if (ending?.cause === "reappeared") {
    const since = ending.closedAt === null ? null : ending.orderedAt;
    incident("reappeared", ending.orderedAt, ["iam_on_call", GOVERNANCE], since);
  }
  if (state.state === "suspended" || state.state === "suspending") incident("suspended", suspendedSince(state), []);
  const use = dossier.grants.findLast((grant) => grant.kind === "emergency");
  if (use !== undefined) incident("used", String(use.seq), [GOVERNANCE]);
  return drafts;
}

/** The review that a suspension opens outlasts the step from suspending to suspended, so that both are one matter. */
function suspendedSince(state: ExceptionState): string {
  return state.dossier.reviews.findLast(({ dedupeKey }) => dedupeKey.startsWith("suspension:"))?.dedupeKey ?? state.since;
}

/** Outcomes, for those who asked: a lapse is announced, never silent. */
function news(state: ExceptionState): readonly Draft[] {
  const { dossier } = state;
  const { requester, owner } = dossier;
  const deputy = shownContent(state)?.accountability?.deputy ?? null;
  const concerned = [...new Set([requester, owner, deputy].filter((person) => person !== null))];
  const ending = dossier.endings.at(-1);
  const grant = dossier.grants.findLast(({ kind }) => kind !== "emergency");
  const told = (
    kind: MatterKind,
    what: string | number,
    since: Instant,
    persons: readonly string[],
    more: Partial<Draft> = {},
  ): Draft[] => [{ key: `${kind} ${what}`, kind, urgency: "digest", persons, since, ...more }];
  if (state.state === "rejected") return told("rejected", state.since, state.since, [requester]);
  if (state.state === "withdrawn") return state.cause === "requester" ? [] : told("rejected", state.since, state.since, [requester]);
  const returned = state.state === "draft" && dossier.versions.at(-1)?.fate === "changes_requested";
  if (returned) return told("returned", dossier.versions.length, state.since, [requester], { path: `/request?draft=${dossier.id}` });
  if (ending !== undefined) return told("ended", ending.orderedAt, ending.orderedAt, concerned);
  return grant === undefined ? [] : told("granted", grant.seq, grant.grantedAt, concerned, { until: grant.validUntil });
}
