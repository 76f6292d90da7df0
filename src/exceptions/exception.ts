/**
 * The vocabulary of the register. Three clocks are kept apart and never folded into one status:
 * the **decision** (versions and the votes bound to their hash), the **grant** (the half-open interval that alone authorises),
 * the **binding** (what the provider really holds). Everything here is plain JSON; a state is the fold of its events.
 */
import type { Duration, Instant } from "../kernel/time.ts";
import type { Approval, ConnectionId, DraftContent, ExceptionId, PersonId, Role, Subject, Version } from "./version.ts";

/** Who acted. `system` acts by rule (`tick`, `outbox`, `signals`, `import`), never by discretion. Same shape as the journal's. */
export interface Actor {
  readonly kind: "person" | "system";
  readonly id: string;
  readonly onBehalfOf?: string;
}

export type GrantKind = "initial" | "extension" | "change" | "emergency";

/** The only thing that authorises a bypass: from `validFrom`, up to but not including `validUntil`. */
export interface Grant {
  /** 1 for the first grant of the exception, without gaps. */
  readonly seq: number;
  readonly version: number;
  readonly contentHash: string;
  readonly kind: GrantKind;
  readonly validFrom: Instant;
  /** May be cut shorter, never moved later. */
  readonly validUntil: Instant;
  /** The end that was approved, whatever cut it short since. */
  readonly originalValidUntil: Instant;
  /** Time granted in the whole lineage up to and including this grant. */
  readonly cumulative: Duration;
  readonly grantedAt: Instant;
  /** Not null: a standing grant that authorises only through an emergency grant of at most this length (break-glass). */
  readonly perUse: Duration | null;
  readonly cuts: readonly { readonly at: Instant; readonly from: Instant; readonly to: Instant; readonly why: string }[];
}

/** `EXC-2026-0001-B1`: unique, readable, the same on every replay. */
export type BindingId = string & { readonly __id: "exceptionBinding" };
/** `EXC-2026-0001-R1`. */
export type ReviewId = string & { readonly __id: "exceptionReview" };

export type Observed = "unknown" | "present" | "absent";

/** What came of the last order given to the provider. */
export type BindingOutcome =
  | { readonly kind: "none" }
  | { readonly kind: "applied"; readonly at: Instant }
  | { readonly kind: "removed"; readonly at: Instant }
  | { readonly kind: "not_supported"; readonly at: Instant; readonly reason: string }
  | { readonly kind: "failed"; readonly at: Instant; readonly reason: string };

export interface OtherWay {
  readonly key: string;
  readonly words: string;
  readonly grantRef?: string;
}

export interface Overstay {
  readonly from: Instant;
  /** When it was seen to be gone; null while it lasts. */
  readonly to: Instant | null;
}

/**
 * What one provider should hold and does hold for one subject. `governed` bindings are orders of ours, named by `grantRef`
 * (the exception's reference: one group per policy and exception); `found` ones were there before us and can only be removed.
 */
export interface Binding {
  readonly id: BindingId;
  readonly origin: { readonly kind: "governed" } | { readonly kind: "found"; readonly bypassKey: string };
  readonly connection: ConnectionId;
  readonly policy: string;
  readonly subject: Subject;
  readonly grantRef: string;
  readonly desired: "present" | "absent";
  /** The interval to order while `present`: from the first grant that covers the subject to the end of the last. */
  readonly wantedFrom: Instant;
  readonly wantedUntil: Instant;
  readonly observed: Observed;
  readonly lastReadAt: Instant | null;
  /** When the provider was last given an order: only a reading at or after it says anything about that order. */
  readonly orderedAt: Instant;
  readonly outcome: BindingOutcome;
  readonly object: string | null;
  readonly nativeExpiry: Instant | null;
  /** Sessions or tickets got through the bypass may live until then. */
  readonly residualUntil: Instant | null;
  /** What still let the subject through when it was last read (the overlap). */
  readonly otherWays: readonly OtherWay[];
  readonly overstays: readonly Overstay[];
}

/** What was last ordered of a provider, and what it answered. */
export type Standing = Pick<Binding, "orderedAt" | "outcome">;

export type ReviewKind = "scheduled" | "trigger" | "post_use";
export type NoResponse = "revoke" | "suspend" | "escalate";
export type ReviewVerdict = "retain" | "reduce" | "revoke";

export interface Review {
  readonly id: ReviewId;
  readonly kind: ReviewKind;
  /** The same cause opens one review, however often it is reported. */
  readonly dedupeKey: string;
  readonly cause: string;
  readonly proposal: "retain" | "reduce" | "revoke" | null;
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly reviewers: readonly Role[];
  readonly ifMissed: NoResponse;
  readonly decision: ReviewDecision | null;
  readonly missedAt: Instant | null;
  /** Answered by events instead of a person: the control passed its test, a new owner took over, the exception ended. */
  readonly settled: { readonly at: Instant; readonly why: string } | null;
  /** When a missed review suspends although its blast radius was not known to be clear; null otherwise. */
  readonly suspendAt: Instant | null;
  /** Who said that it is not theirs to answer, oldest first; the last one says whose it is now. Absent until somebody did. */
  readonly handedOn?: readonly HandedOn[];
  /** Of a use: who began it, and therefore does not say that it was right. */
  readonly begunBy?: PersonId;
}

/** `to` is null where nobody could be named: governance finds who answers. */
export interface HandedOn {
  readonly by: PersonId;
  readonly to: PersonId | null;
  readonly reason: string;
  readonly at: Instant;
}

export interface ReviewDecision {
  readonly verdict: ReviewVerdict;
  readonly by: PersonId;
  readonly sentence: string;
  readonly assertion: string;
  readonly at: Instant;
  /** Milliseconds between the first look and the answer, when the console measured it. */
  readonly decidedInMs: number | null;
}

export interface AppliedTrigger {
  readonly kind: string;
  readonly source: string;
  readonly dedupeKey: string;
  readonly at: Instant;
  readonly action: string;
}

export interface ControlTest {
  /** Index into the compensating controls of the version in effect. */
  readonly control: number;
  readonly version: number;
  readonly at: Instant;
  readonly result: "passed" | "failed";
  readonly evidence: string | null;
}

export type EscalationCause = "overstay" | "review_overdue" | "silent_approval" | "review_missed" | "blast_radius" | "repeat" | "incident";

export interface Escalation {
  /** Cause, level and what it is about: raised once. */
  readonly key: string;
  readonly cause: EscalationCause;
  readonly level: string;
  readonly assignees: readonly Role[];
  readonly dueAt: Instant;
  readonly raisedAt: Instant;
  readonly acknowledged: { readonly by: PersonId; readonly at: Instant } | null;
}

export interface Reminder {
  /** The end it announces and the distance: `2026-11-27T09:00:00.000Z T-30`. */
  readonly key: string;
  readonly daysBefore: number;
  readonly to: readonly Role[];
  readonly dueAt: Instant;
  readonly raisedAt: Instant;
}

export const END_CAUSES = [
  "expired",
  "revoked",
  "rejected",
  "review_missed",
  "review_revoked",
  "trigger",
  "activation_failed",
  "unclaimed",
  "reappeared",
] as const;
export type EndCause = (typeof END_CAUSES)[number];

/** One way to the end. A reopened exception has several. */
export interface Ending {
  readonly cause: EndCause;
  /** When the right to the bypass ended: what overstays are counted from, not when the tick noticed. */
  readonly rightEndedAt: Instant;
  readonly orderedAt: Instant;
  readonly by: Actor;
  readonly words: string;
  readonly failures: number;
  readonly closedAt: Instant | null;
}

export type Origin =
  | { readonly kind: "requested" }
  /** Found, not asked for: never approved, and it ends at `claimBy` unless it is claimed and approved before. */
  | {
      readonly kind: "inherited";
      readonly externalId: string;
      readonly claimBy: Instant;
      readonly claimed: { readonly by: PersonId; readonly at: Instant } | null;
    };

/** What came before in the same line of need. A new exception cannot shed the age of the one it continues. */
export interface Lineage {
  readonly root: ExceptionId;
  readonly previous: ExceptionId | null;
  readonly firstGrantedAt: Instant | null;
  readonly renewals: number;
  readonly grantedBefore: Duration;
}

/** What every state has. Nothing in it is ever deleted. */
export interface Dossier {
  readonly id: ExceptionId;
  readonly ref: string;
  readonly category: string;
  readonly categoryVersion: number;
  readonly unit: string;
  readonly requester: PersonId;
  readonly openedAt: Instant;
  readonly origin: Origin;
  readonly lineage: Lineage;
  /** Who answers for it now. Set when it is approved; may pass to another without touching what was decided on. */
  readonly owner: PersonId | null;
  /** Since when the owner is known not to be valid any more. */
  readonly ownerInvalidSince: Instant | null;
  readonly orphanedSince: Instant | null;
  readonly versions: readonly Version[];
  readonly grants: readonly Grant[];
  readonly bindings: readonly Binding[];
  readonly reviews: readonly Review[];
  readonly triggers: readonly AppliedTrigger[];
  readonly controlTests: readonly ControlTest[];
  readonly escalations: readonly Escalation[];
  readonly reminders: readonly Reminder[];
  readonly endings: readonly Ending[];
}

interface In<S extends string> {
  readonly state: S;
  readonly dossier: Dossier;
  /** When this state was entered. */
  readonly since: Instant;
}

export interface Draft extends In<"draft"> {
  /** The number the version will have when it is submitted. */
  readonly n: number;
  readonly content: DraftContent;
}
export interface InApproval extends In<"in_approval"> {
  readonly approval: Approval;
}
export type Approved = In<"approved">;
export interface Rejected extends In<"rejected"> {
  readonly by: PersonId;
  readonly reason: string;
}
export type WithdrawnCause = "requester" | "silence" | "idle" | "window_passed" | "trigger";
export interface Withdrawn extends In<"withdrawn"> {
  readonly cause: WithdrawnCause;
  readonly reason: string;
}
export interface Activating extends In<"activating"> {
  /** Not active by then: it is taken back. */
  readonly finishBy: Instant;
}
export interface Active extends In<"active"> {
  /** A change or extension under decision beside the grant in force. It holds nothing open. */
  readonly pending: Approval | null;
}
export interface Suspending extends In<"suspending"> {
  readonly why: string;
}
export interface Suspended extends In<"suspended"> {
  readonly why: string;
}
export type Revoking = In<"revoking">;
export type Verifying = In<"verifying">;
export interface RevokeFailed extends In<"revoke_failed"> {
  readonly reason: string;
  readonly retryAt: Instant;
}
export type Closed = In<"closed">;

export type ExceptionState =
  | Draft
  | InApproval
  | Approved
  | Rejected
  | Withdrawn
  | Activating
  | Active
  | Suspending
  | Suspended
  | Revoking
  | Verifying
  | RevokeFailed
  | Closed;

export type StateName = ExceptionState["state"];

export const STATES = [
  "draft",
  "in_approval",
  "approved",
  "rejected",
  "withdrawn",
  "activating",
  "active",
  "suspending",
  "suspended",
  "revoking",
  "verifying",
  "revoke_failed",
  "closed",
] as const satisfies readonly StateName[];

/** The version the latest grant stands on, or else the latest submitted one. */
export function versionInEffect(dossier: Dossier): Version | undefined {
  const granted = dossier.grants.findLast((grant) => grant.kind !== "emergency")?.version;
  return granted === undefined ? dossier.versions.at(-1) : findVersion(dossier, granted);
}

export function findVersion(dossier: Dossier, n: number): Version | undefined {
  return dossier.versions.find((version) => version.n === n);
}

/** The end of all that was granted; undefined before the first grant. Emergency uses lie inside a standing grant and move nothing. */
export function grantedUntil(dossier: Dossier): Instant | undefined {
  return dossier.grants
    .filter((grant) => grant.kind !== "emergency")
    .reduce<Instant | undefined>((end, grant) => (end === undefined || grant.validUntil > end ? grant.validUntil : end), undefined);
}

export function findBinding(dossier: Dossier, id: BindingId): Binding | undefined {
  return dossier.bindings.find((binding) => binding.id === id);
}

export function openOverstay(binding: Binding): Overstay | undefined {
  return binding.overstays.find((overstay) => overstay.to === null);
}

export function openReviews(dossier: Dossier): readonly Review[] {
  return dossier.reviews.filter((review) => review.decision === null && review.missedAt === null && review.settled === null);
}
