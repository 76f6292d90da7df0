/**
 * What happened to an exception. Every event says when and by whom; one that followed from the clock also says when it was due,
 * so that lateness stays visible. Events carry results, not recipes: a replay years later does not depend on today's rules.
 */
import type { Instant } from "../kernel/time.ts";
import type {
  Actor,
  AppliedTrigger,
  BindingId,
  BindingOutcome,
  ControlTest,
  Ending,
  Escalation,
  Grant,
  HandedOn,
  Lineage,
  Observed,
  Origin,
  OtherWay,
  Reminder,
  Review,
  ReviewDecision,
  ReviewId,
  WithdrawnCause,
} from "./exception.ts";
import type {
  Approval,
  ConnectionId,
  DraftContent,
  ExceptionId,
  PersonId,
  Silence,
  Subject,
  Version,
  VersionFate,
  Vote,
} from "./version.ts";

interface Stamp {
  readonly at: Instant;
  readonly by: Actor;
  /** When it was due, for what follows from the clock. */
  readonly dueAt: Instant | null;
}

/** A change of what the provider should hold. Unknown ids make a new binding. */
export interface BindingOrder {
  readonly id: BindingId;
  readonly found: { readonly bypassKey: string; readonly object: string } | null;
  readonly connection: ConnectionId;
  readonly policy: string;
  readonly subject: Subject;
  readonly desired: "present" | "absent";
  readonly wantedFrom: Instant;
  readonly wantedUntil: Instant;
}

/** From when the provider holds a bypass without right; null when the order starts no overstay. */
interface Orders {
  readonly orders: readonly BindingOrder[];
  readonly overstayFrom: Instant | null;
}

export interface GrantCut {
  readonly seq: number;
  readonly to: Instant;
  readonly why: string;
}

type Happenings = {
  DraftOpened: {
    id: ExceptionId;
    ref: string;
    category: string;
    categoryVersion: number;
    unit: string;
    requester: PersonId;
    origin: Origin;
    lineage: Lineage;
    content: DraftContent;
  } & Orders;
  DraftRevised: { content: DraftContent };
  InheritedClaimed: { claimedBy: PersonId };
  VersionSubmitted: { version: Version; approval: Approval; categoryVersion: number };
  /** An edit, or a request for changes: all votes are void, the next version is another one. */
  ReturnedToDraft: { n: number; content: DraftContent; fate: VersionFate; reason: string };
  VoteCast: { vote: Vote };
  VoteDiscounted: { version: number; person: PersonId; why: string };
  StageOpened: { version: number; stage: number; answerBy: Instant };
  SilenceNoted: { version: number; silence: Silence; answerBy: Instant };
  VersionApproved: { version: number; grant: Grant; cuts: readonly GrantCut[]; owner: PersonId };
  VersionRejected: { version: number; rejectedBy: PersonId; reason: string };
  PendingEnded: { version: number; fate: VersionFate; reason: string };
  RequestWithdrawn: { cause: WithdrawnCause; reason: string };
  ActivationBegun: { finishBy: Instant } & Orders;
  ResumeBegun: { finishBy: Instant } & Orders;
  BindingsOrdered: Orders;
  BindingApplied: { binding: BindingId; object: string; nativeExpiry: Instant | null };
  BindingRead: {
    binding: BindingId;
    observed: Observed;
    readAt: Instant;
    otherWays: readonly OtherWay[];
    residualUntil: Instant | null;
  };
  BindingOutcomeRecorded: { binding: BindingId; outcome: BindingOutcome };
  Activated: object;
  SuspensionBegun: { why: string } & Orders;
  SuspensionConfirmed: object;
  /** Suspended must be off: it was seen on again. */
  SuspensionBroken: { why: string } & Orders;
  RevocationBegun: { ending: Ending } & Orders;
  RemovalReported: object;
  RevocationFailed: { reason: string; retryAt: Instant };
  RevocationRetried: { orders: readonly BindingOrder[]; overstayFrom: Instant | null };
  Closed: object;
  Reopened: { binding: BindingId; addedBy: string | null; ending: Ending } & Orders;
  GrantsCut: { cuts: readonly GrantCut[]; orders: readonly BindingOrder[] };
  /** Signed by who began it, over the version that is used, until when and what for. */
  UseBegun: { grant: Grant; reason: string; routine: boolean; until: Instant; begunBy: PersonId; assertion: string };
  ReviewOpened: { review: Review };
  ReviewDecided: { review: ReviewId; decision: ReviewDecision };
  ReviewHandedOn: { review: ReviewId; handedOn: HandedOn };
  ReviewSettled: { review: ReviewId; why: string };
  ReviewMissed: { review: ReviewId; suspendAt: Instant | null };
  TriggerApplied: { trigger: AppliedTrigger; words: string };
  ControlTested: { test: ControlTest };
  OwnerFoundInvalid: { why: string };
  OwnerTookOver: { owner: PersonId; assertion: string };
  PolicyOrphaned: { why: string };
  EscalationRaised: { escalation: Escalation };
  EscalationAcknowledged: { key: string; acknowledgedBy: PersonId };
  ReminderRaised: { reminder: Reminder };
};

export type EventType = keyof Happenings;
type EventOf<T extends EventType> = { readonly type: T } & Stamp & Readonly<Happenings[T]>;
export type ExceptionEvent = { [T in EventType]: EventOf<T> }[EventType];
export type EventData<T extends EventType> = Readonly<Happenings[T]>;
export type OneEvent<T extends EventType> = EventOf<T>;

/** Makes the events of one decision: same moment, same actor, same due time. */
export interface Stamper {
  <T extends EventType>(type: T, data: EventData<T>): ExceptionEvent;
}

export function stamper(at: Instant, by: Actor, dueAt: Instant | null): Stamper {
  return (type, data) => ({ ...data, type, at, by, dueAt }) as unknown as ExceptionEvent;
}
