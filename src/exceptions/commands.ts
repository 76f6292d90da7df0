/** What can be asked of an exception. Imperative; a person's and the clock's alike go through the same decision. */
import type { Instant } from "../kernel/time.ts";
import type { BindingId, EscalationCause, OtherWay, ReviewId, ReviewKind, ReviewVerdict, Standing } from "./exception.ts";
import type { Trigger } from "./triggers.ts";
import type { ConnectionId, DraftContent, ExceptionId, PersonId, Role, Subject } from "./version.ts";

/** A bypass that was there before the register knew of it. */
export interface FoundBypass {
  readonly connection: ConnectionId;
  readonly policy: string;
  readonly subject: Subject;
  readonly bypassKey: string;
  readonly object: string;
}

/** The connector's read-back, as far as the register needs it (connectors/port.ts `ReadBack`). */
export interface ReadFacts {
  readonly configured: boolean;
  readonly effective: boolean | "unknown";
  readonly otherWays: readonly OtherWay[];
  readonly residualUntil: Instant | null;
  readonly readAt: Instant;
}

/** Which version and hash the voter read. A vote on anything else is refused. */
interface OnVersion {
  readonly version: number;
  readonly contentHash: string;
  readonly onBehalfOf: PersonId | null;
}

export type RequestCommand =
  | {
      readonly type: "openDraft";
      readonly id: ExceptionId;
      readonly ref: string;
      readonly category: string;
      readonly unit: string;
      readonly content: DraftContent;
    }
  | {
      readonly type: "importInherited";
      readonly id: ExceptionId;
      readonly ref: string;
      readonly category: string;
      readonly unit: string;
      readonly content: DraftContent;
      readonly externalId: string;
      /** Who answers for the import run until somebody claims the row. */
      readonly importedBy: PersonId;
      /** At most 90 days away. */
      readonly claimBy: Instant;
      readonly found: readonly FoundBypass[];
    }
  | { readonly type: "claimInherited" }
  | { readonly type: "reviseDraft"; readonly content: DraftContent }
  | { readonly type: "submit"; readonly seenTwins: readonly ExceptionId[] }
  | { readonly type: "withdraw"; readonly reason: string }
  | { readonly type: "proposeExtension"; readonly content: DraftContent; readonly seenTwins: readonly ExceptionId[] }
  | { readonly type: "proposeChange"; readonly content: DraftContent; readonly seenTwins: readonly ExceptionId[] }
  | { readonly type: "withdrawPending"; readonly reason: string };

export type VoteCommand =
  /** `seat`: which role of the open stage to fill; null lets the first one the voter holds be taken. */
  | ({ readonly type: "approve"; readonly seat: Role | null; readonly reason: string } & OnVersion)
  | ({ readonly type: "reject"; readonly reason: string } & OnVersion)
  | ({ readonly type: "requestChanges"; readonly reason: string } & OnVersion);

/** From the outbox: what became of an order, and what was read back. */
export type BindingCommand =
  | { readonly type: "recordApplied"; readonly binding: BindingId; readonly object: string; readonly nativeExpiry: Instant | null }
  | { readonly type: "recordApplyFailed"; readonly binding: BindingId; readonly kind: "not_supported" | "fault"; readonly reason: string }
  /**
   * Means what the state makes of it: activates, ends a suspension's or a revocation's doubt, closes, or reopens.
   * `asOf`: how the binding stood when it was read; a reading from before its last order or answer means nothing.
   * `addedBy`: who put a bypass back, from the provider's audit log.
   */
  | {
      readonly type: "recordReadBack";
      readonly binding: BindingId;
      readonly asOf: Standing;
      readonly read: ReadFacts;
      readonly addedBy: string | null;
    }
  | { readonly type: "recordRemoved"; readonly binding: BindingId }
  | { readonly type: "recordRevokeFailed"; readonly binding: BindingId; readonly kind: "not_supported" | "fault"; readonly reason: string };

export type ReviewCommand =
  | {
      readonly type: "openReview";
      readonly kind: ReviewKind;
      readonly dedupeKey: string;
      readonly cause: string;
      readonly dueAt: Instant;
      readonly opensAt: Instant;
    }
  | {
      readonly type: "decideReview";
      readonly review: ReviewId;
      readonly verdict: ReviewVerdict;
      /** Needed to retain; not to revoke. */
      readonly sentence: string;
      /** For `reduce`: what is left. */
      readonly content: DraftContent | null;
      readonly decidedInMs: number | null;
    }
  /** "Not mine": to a colleague, or to governance where the one asked knows nobody. */
  | { readonly type: "handOnReview"; readonly review: ReviewId; readonly to: PersonId | null; readonly reason: string }
  | { readonly type: "missReview"; readonly review: ReviewId; readonly dueAt: Instant }
  | { readonly type: "applyTrigger"; readonly trigger: Trigger; readonly dueAt: Instant | null }
  | {
      readonly type: "recordControlTest";
      readonly control: number;
      readonly result: "passed" | "failed";
      readonly evidence: string | null;
      readonly testedAt: Instant;
    }
  | { readonly type: "takeOver" }
  | {
      readonly type: "beginUse";
      /** Of the version that whoever begins it read: a use of any other is refused. */
      readonly contentHash: string;
      readonly until: Instant;
      readonly reason: string;
      readonly routine: boolean;
      /** Whoever begins it is on point now: then no seat is asked for. */
      readonly onPoint?: boolean;
    };

export type EndCommand =
  | { readonly type: "suspend"; readonly why: string; readonly dueAt: Instant | null }
  | { readonly type: "revokeNow"; readonly reason: string }
  | { readonly type: "reopen"; readonly binding: BindingId; readonly seenAt: Instant; readonly addedBy: string | null };

/** By rule, when its time has come; each says when that was. */
export type ClockCommand =
  | { readonly type: "lapseAnswer"; readonly dueAt: Instant }
  | { readonly type: "beginActivation"; readonly dueAt: Instant }
  | { readonly type: "giveUpActivation"; readonly dueAt: Instant }
  | { readonly type: "expire"; readonly dueAt: Instant }
  | { readonly type: "giveUpOnAnswer"; readonly dueAt: Instant }
  | { readonly type: "retryRevoke"; readonly dueAt: Instant }
  | { readonly type: "remind"; readonly key: string; readonly daysBefore: number; readonly to: readonly Role[]; readonly dueAt: Instant }
  | {
      readonly type: "escalate";
      readonly key: string;
      readonly cause: EscalationCause;
      readonly level: string;
      readonly assignees: readonly Role[];
      readonly dueAt: Instant;
    };

export type CareCommand = { readonly type: "acknowledge"; readonly key: string };

export type ExceptionCommand = RequestCommand | VoteCommand | BindingCommand | ReviewCommand | EndCommand | ClockCommand | CareCommand;
export type CommandType = ExceptionCommand["type"];
