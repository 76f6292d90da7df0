/** Something that is not as it must be: what, whose it is, and by when. One notion for every part that finds such things; nothing is ever deleted. */
import type { Id } from "../kernel/id.ts";
import { addDuration, type Duration, durationOfMs, earliest, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";

/** What can be found. A part that finds something new adds its words here, and in the console what they mean. */
export const FINDING_KINDS = [
  "unregisteredBypass",
  "exceptionOverstay",
  "revokeFailed",
  "controlStale",
  "ownerInvalid",
  "riskReopened",
  "accountabilityGap",
  "departedPerson",
  "teamWithoutPerson",
  "modelNotApproved",
  "onCallGap",
  "pathMissing",
  "pathWeaker",
  "singlePointOfFailure",
  "toleranceExceeded",
  "sharedFate",
  "fallbackSharesFate",
  "bootstrapLoop",
  "drillOverdue",
  "drillFailed",
  "drillSkipped",
  "notDrilled",
  "probeFailed",
  "certificateExpiring",
  "deniedOutsideScope",
  "emergencyNotReviewed",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Days to mend it in, where its source does not say. */
const DAYS: Readonly<Record<Severity, number>> = { critical: 3, high: 14, medium: 30, low: 90 };

/** What it is about: where the console leads to. */
export const FINDING_SUBJECTS = [
  "bypass",
  "exception",
  "connection",
  "application",
  "team",
  "person",
  "journey",
  "rota",
  "operation",
  "component",
  "commonCause",
  "drill",
  "risk",
] as const;

export interface FindingSubject {
  readonly kind: (typeof FINDING_SUBJECTS)[number];
  readonly id: string;
}

/** A finding as its source sees it now. */
export interface FindingSeen {
  readonly kind: FindingKind;
  /** The same thing has the same key for as long as it is there, and when it comes back. */
  readonly key: string;
  readonly subject: FindingSubject;
  /** One sentence that stands by itself: what is wrong, with names. No secret in it, and no age: what it says changes when the thing does. */
  readonly statement: string;
  /** Null: nobody answers for what it is about; governance is told. */
  readonly owner: PersonId | null;
  /** Null: by how severe it is. */
  readonly dueInDays: number | null;
  readonly severity: Severity;
}

/** A part of Postern that finds things. Throws when it cannot tell: then nothing of its changes, for unknown is not mended. */
export interface FindingSource {
  /** Never changes: findings are told apart by source and key. */
  readonly name: string;
  readonly kinds: readonly FindingKind[];
  /** How often it is looked at by itself; left out: every minute. */
  readonly every?: Duration;
  /** Everything that is wrong now, whole: what is left out has been mended. */
  current(now: Instant): Promise<readonly FindingSeen[]>;
}

export interface Note {
  readonly by: PersonId;
  readonly at: Instant;
  readonly text: string;
}

/** By a risk somebody answers for, up to but not including `until`. */
export interface Acceptance {
  readonly risk: string;
  readonly at: Instant;
  readonly until: Instant;
}

interface Sight {
  readonly subject: FindingSubject;
  readonly statement: string;
  readonly severity: Severity;
  readonly dueInDays: number;
  /** Whose it is as the source says. */
  readonly ownerBySource: PersonId | null;
}

interface Known extends Sight {
  readonly id: Id<"finding">;
  readonly source: string;
  readonly kind: FindingKind;
  readonly key: string;
  readonly foundAt: Instant;
  /** Since when it is there without a break. */
  readonly openedAt: Instant;
  /** Times it came back after it was mended. */
  readonly reopened: number;
  readonly dueAt: Instant;
  readonly owner: PersonId | null;
  /** Since when it is theirs. */
  readonly ownedSince: Instant;
  /** True where a person said whose it is: the source does not say otherwise any more. */
  readonly isAssigned: boolean;
  readonly notes: readonly Note[];
}

export type Finding = Known &
  (
    | { readonly state: "open" }
    | { readonly state: "accepted"; readonly acceptance: Acceptance }
    | { readonly state: "mended"; readonly mendedAt: Instant }
  );
export const FINDING_STATES = ["open", "accepted", "mended"] as const satisfies readonly Finding["state"][];
export type FindingState = Finding["state"];

export type FindingEvent =
  | {
      readonly type: "findingOpened";
      readonly data: Sight & {
        readonly id: Id<"finding">;
        readonly source: string;
        readonly kind: FindingKind;
        readonly key: string;
        readonly at: Instant;
      };
    }
  | { readonly type: "findingReopened"; readonly data: Sight & { readonly at: Instant } }
  | { readonly type: "findingChanged"; readonly data: Sight & { readonly at: Instant } }
  | { readonly type: "findingMended"; readonly data: { readonly at: Instant } }
  | { readonly type: "findingAccepted"; readonly data: Acceptance }
  | { readonly type: "findingNotAccepted"; readonly data: { readonly risk: string; readonly at: Instant } }
  | { readonly type: "findingAssigned"; readonly data: Note & { readonly owner: PersonId } }
  /** Whom a person gave it to can own nothing any more: it is whose the source says. */
  | { readonly type: "findingOwnerLeft"; readonly data: { readonly at: Instant } }
  | { readonly type: "findingNoted"; readonly data: Note };

export function daysFor({ dueInDays, severity }: Pick<FindingSeen, "dueInDays" | "severity">): number {
  return dueInDays ?? DAYS[severity];
}

export function dueAfter(at: Instant, days: number): Instant {
  return addDuration(at, durationOfMs(days * 86_400_000));
}

const SOON_BACK_DAYS = 7;

/** What comes back within a week was not mended: the day it was due stands. After that it has the whole time. */
export function dueAfterReturn(before: Instant, mendedAt: Instant, at: Instant, days: number): Instant {
  return at < dueAfter(mendedAt, SOON_BACK_DAYS) ? dueAfterChange(before, at, days) : dueAfter(at, days);
}

/** A change may bring the day forward and never puts it off: what flickers would never be due. */
export function dueAfterChange(before: Instant, at: Instant, days: number): Instant {
  return earliest(before, dueAfter(at, days));
}

/** What holds at a moment: an acceptance ends by the clock, not when somebody looks. */
export function standingAt(finding: Finding, now: Instant): FindingState {
  if (finding.state !== "accepted") return finding.state;
  return now < finding.acceptance.until ? "accepted" : "open";
}

export function isOverdue(finding: Finding, now: Instant): boolean {
  return standingAt(finding, now) === "open" && finding.dueAt <= now;
}
