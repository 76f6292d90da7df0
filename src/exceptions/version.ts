/**
 * What is decided on. A version is frozen when it is submitted; its hash is what every vote is bound to. A draft may have
 * holes, a version may not: {@link completeContent} in content.ts is the only way from one to the other.
 */
import type { Id } from "../kernel/id.ts";
import type { Duration, Instant, Zone } from "../kernel/time.ts";

export type ExceptionId = Id<"exception">;
export type PersonId = Id<"person">;
export type ConnectionId = Id<"connection">;

/** A role as the category policy names it (`iam`, `application_owner`); held for a given exception, not in general. */
export type Role = string;

export const REASON_CLASSES = ["technical", "accessibility", "availability", "vendor", "migration", "emergency", "other"] as const;
export type ReasonClass = (typeof REASON_CLASSES)[number];

export const RISKS = ["low", "moderate", "high", "critical"] as const;
export type Risk = (typeof RISKS)[number];

export const SUBJECT_KINDS = ["user", "group", "workload", "device", "deviceClass"] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** Whom the exception lets through. `key` is the provider's own stable key; the name is for people. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly key: string;
  readonly name: string;
  readonly connection: ConnectionId;
  /** The person behind a user subject, where known: nobody approves what lets themselves through. */
  readonly person: PersonId | null;
}

export const RESOURCE_KINDS = ["application", "policy", "action"] as const;

export interface Resource {
  readonly kind: (typeof RESOURCE_KINDS)[number];
  readonly id: string;
}

/** Hours of the week in a zone: days 1 (Monday) to 7, minutes of the day, half open. */
export interface Hours {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly zone: Zone;
}

/** Null means no condition of that kind. An empty list allows nothing. */
export interface Conditions {
  readonly networks: readonly string[] | null;
  readonly deviceClasses: readonly string[] | null;
  readonly hours: Hours | null;
}

export interface ScopeRequest {
  readonly subject: Subject;
  readonly resource: Resource;
  readonly conditions: Conditions;
  /** Most people the subject may come to stand for; 1 for a user. */
  readonly ceiling: number;
}

export interface ScopeItem extends ScopeRequest {
  /** Counted by the connector when the version was submitted: what the approvers were shown. */
  readonly headcountAtApproval: number;
}

/** The provider's policy that is weakened and the strong method that is lost by it. */
export interface WeakenedControl {
  readonly connection: ConnectionId;
  readonly policy: string;
  readonly lostMethod: string;
}

export interface CompensatingControl {
  readonly statement: string;
  readonly test: "manual" | "probe";
  readonly lastTestedAt: Instant | null;
  readonly result: "passed" | "failed" | null;
  /** How long one test keeps the control fresh; the category may demand less. */
  readonly freshFor: Duration;
}

export interface Milestone {
  readonly what: string;
  readonly by: Instant;
}

export interface ExitPlan {
  readonly what: string;
  readonly milestones: readonly Milestone[];
  readonly remediationRef: string | null;
  readonly owner: PersonId;
}

/** Three layers, three different people: who answers, who implements, and (by vote) who approves. */
export interface Accountability {
  readonly businessOwner: PersonId;
  readonly deputy: PersonId | null;
  readonly implementer: PersonId;
  readonly onCall: string | null;
}

export interface VendorContract {
  readonly vendor: Id<"vendor">;
  readonly contract: string;
}

export interface Evidence {
  readonly title: string;
  /** `sha256:` and hex. Large evidence is kept elsewhere; the journal holds its digest. */
  readonly digest: string;
}

interface SharedContent {
  readonly title: string;
  readonly justification: string;
  readonly compensatingControls: readonly CompensatingControl[];
  readonly fallbackDependencies: readonly string[];
  readonly requestedFrom: Instant;
  readonly vendorContract: VendorContract | null;
  readonly evidence: readonly Evidence[];
  /** What a request at the cap or over the repeat limit has to stand on. */
  readonly designIssue: Id<"designIssue"> | null;
  readonly riskAcceptance: Id<"riskAcceptance"> | null;
}

/** Complete and immutable. */
export interface Content extends SharedContent {
  readonly reasonClass: ReasonClass;
  readonly weakenedControl: WeakenedControl;
  /** The weaker method that is let through instead. Never "none". */
  readonly fallbackMethodAllowed: string;
  readonly scope: readonly ScopeItem[];
  readonly inherentRisk: Risk;
  readonly residualRisk: Risk;
  readonly requestedUntil: Instant;
  readonly exitPlan: ExitPlan;
  readonly accountability: Accountability;
}

/** An exit plan as far as it is thought out. */
export interface DraftExitPlan extends Omit<ExitPlan, "milestones" | "owner"> {
  readonly milestones: readonly { readonly what: string; readonly by: Instant | null }[];
  readonly owner: PersonId | null;
}

/** Who answers, as far as they are named. */
export interface DraftAccountability extends Omit<Accountability, "businessOwner" | "implementer"> {
  readonly businessOwner: PersonId | null;
  readonly implementer: PersonId | null;
}

/** What a person has filled in so far: whatever was typed is kept, however little it is. A text not typed yet is empty. */
export interface DraftContent extends SharedContent {
  readonly reasonClass: ReasonClass | null;
  readonly weakenedControl: WeakenedControl | null;
  readonly fallbackMethodAllowed: string | null;
  readonly scope: readonly ScopeRequest[];
  readonly inherentRisk: Risk | null;
  readonly residualRisk: Risk | null;
  readonly requestedUntil: Instant | null;
  readonly exitPlan: DraftExitPlan | null;
  readonly accountability: DraftAccountability | null;
}

/** Why a version was put forward. Only an `extension` counts as a renewal. */
export type Purpose = "initial" | "extension" | "change" | "reduction";

export interface Version {
  readonly n: number;
  readonly purpose: Purpose;
  readonly contentHash: string;
  readonly content: Content;
  readonly submittedAt: Instant;
  readonly submittedBy: PersonId;
  /** Every vote ever cast on this version, kept even when it is void. */
  readonly votes: readonly Vote[];
  readonly fate: VersionFate;
}

/** `dropped`: overtaken by an edit, a suspension or the end of the exception. */
export type VersionFate = "in_approval" | "approved" | "rejected" | "changes_requested" | "withdrawn" | "dropped";

export type VoteDecision = "approve" | "reject" | "request_changes";

export interface Vote {
  readonly version: number;
  readonly contentHash: string;
  readonly person: PersonId;
  /** Whose seat it is, when the person votes as a delegate, and by which delegation. */
  readonly onBehalfOf: PersonId | null;
  readonly delegation: Id<"delegation"> | null;
  readonly decision: VoteDecision;
  readonly stage: number;
  /** The role of the plan that this vote fills, and the role the voter holds (another one only when the seat was widened). */
  readonly seat: Role;
  readonly heldRole: Role;
  readonly reason: string;
  /** Reference of the stored WebAuthn assertion over the content hash. */
  readonly assertion: string;
  readonly at: Instant;
  /** Set when a later look found that the voter no longer counts. Never unset. */
  readonly discounted: { readonly at: Instant; readonly why: string } | null;
}

export type StageRule = { readonly kind: "ALL" } | { readonly kind: "ANY" } | { readonly kind: "QUORUM"; readonly n: number };

export interface Stage {
  readonly order: number;
  readonly roles: readonly Role[];
  readonly rule: StageRule;
  readonly answerWithin: Duration;
  /** `governance`: after the next holder, governance is asked, then it lapses. `lapse`: it lapses after the next holder. */
  readonly ifSilent: "governance" | "lapse";
}

export interface ApprovalPlan {
  readonly stages: readonly Stage[];
}

/** How far the silence of a stage has gone. There is no step after governance but to lapse: never approval. */
export type Silence = "holders" | "next_holder" | "governance";

/** A version under decision. Its votes are kept with the version. */
export interface Approval {
  readonly version: number;
  readonly contentHash: string;
  readonly purpose: Purpose;
  readonly plan: ApprovalPlan;
  /** Index into `plan.stages` of the stage that is open. */
  readonly stage: number;
  readonly stageOpenedAt: Instant;
  readonly answerBy: Instant;
  readonly silence: Silence;
}
