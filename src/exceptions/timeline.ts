/** The exception's story for people: each event's lane (decision, grant, binding) and one plain sentence. Pure. */
import type { EventType, ExceptionEvent, OneEvent } from "./events.ts";

export type Lane = "decision" | "grant" | "binding";

/** Which of the three clocks an event belongs to. */
export const LANES: Readonly<Record<EventType, Lane>> = {
  DraftOpened: "decision",
  DraftRevised: "decision",
  InheritedClaimed: "decision",
  VersionSubmitted: "decision",
  ReturnedToDraft: "decision",
  VoteCast: "decision",
  VoteDiscounted: "decision",
  StageOpened: "decision",
  SilenceNoted: "decision",
  VersionApproved: "grant",
  VersionRejected: "decision",
  PendingEnded: "decision",
  RequestWithdrawn: "decision",
  ActivationBegun: "grant",
  ResumeBegun: "grant",
  BindingsOrdered: "binding",
  BindingApplied: "binding",
  BindingRead: "binding",
  BindingOutcomeRecorded: "binding",
  Activated: "grant",
  SuspensionBegun: "grant",
  SuspensionConfirmed: "binding",
  SuspensionBroken: "binding",
  RevocationBegun: "grant",
  RemovalReported: "binding",
  RevocationFailed: "binding",
  RevocationRetried: "binding",
  Closed: "binding",
  Reopened: "binding",
  GrantsCut: "grant",
  UseBegun: "grant",
  ReviewOpened: "decision",
  ReviewDecided: "decision",
  ReviewHandedOn: "decision",
  ReviewSettled: "decision",
  ReviewMissed: "decision",
  TriggerApplied: "decision",
  ControlTested: "decision",
  OwnerFoundInvalid: "decision",
  OwnerTookOver: "decision",
  PolicyOrphaned: "decision",
  EscalationRaised: "decision",
  EscalationAcknowledged: "decision",
  ReminderRaised: "decision",
};

/** Sentences for events whose facts matter; the others are said by {@link PLAIN}. */
const SAID: { readonly [T in EventType]?: (event: OneEvent<T>) => string } = {
  VersionSubmitted: ({ version }) => `Version ${version.n} was put forward (${version.purpose})`,
  ReturnedToDraft: ({ n, reason }) => `Back to a draft, all votes void; the next is version ${n}. ${reason}`,
  VoteCast: ({ vote }) =>
    `${vote.decision === "approve" ? "Approved" : vote.decision === "reject" ? "Rejected" : "Changes asked for"} as ${vote.seat}${vote.reason === "" ? "" : `: ${vote.reason}`}`,
  VoteDiscounted: ({ why }) => `A vote does not count any more: ${why}`,
  SilenceNoted: ({ silence }) => `No answer in time; now asked: ${silence.replace("_", " ")}`,
  VersionApproved: ({ version, grant }) => `Version ${version} is approved: granted from ${grant.validFrom} until ${grant.validUntil}`,
  VersionRejected: ({ reason }) => `Rejected: ${reason}`,
  PendingEnded: ({ version, reason }) => `The proposal (version ${version}) ended: ${reason}`,
  RequestWithdrawn: ({ reason }) => `Withdrawn: ${reason}`,
  BindingApplied: ({ object, nativeExpiry }) =>
    `The provider holds it in ${object}${nativeExpiry === null ? "" : `; it ends there by itself at ${nativeExpiry}`}`,
  BindingRead: ({ observed, otherWays }) =>
    `Read back: ${observed}${otherWays.length === 0 ? "" : `; still let through by ${otherWays.map((way) => way.words).join(", ")}`}`,
  BindingOutcomeRecorded: ({ outcome }) =>
    "reason" in outcome ? `The provider did not do it: ${outcome.reason}` : `The provider answered: ${outcome.kind}`,
  SuspensionBegun: ({ why }) => `Being suspended: ${why}`,
  SuspensionBroken: ({ why }) => `It was seen on although suspended: ${why}`,
  RevocationBegun: ({ ending }) => `Being taken away: ${ending.words}`,
  RevocationFailed: ({ reason, retryAt }) => `Taking it away failed: ${sentence(reason)} Next try at ${retryAt}`,
  Reopened: ({ addedBy }) =>
    `It is there again, put back by ${addedBy ?? "somebody unknown (the provider's log does not say)"}; being taken away`,
  GrantsCut: ({ cuts }) => `Cut short: ${cuts.map((cut) => `to ${cut.to}, ${cut.why}`).join("; ")}`,
  UseBegun: ({ reason }) => `Used: ${reason}`,
  ReviewOpened: ({ review }) => `Review opened: ${sentence(review.cause)} Answer by ${review.dueAt}`,
  ReviewDecided: ({ decision }) => `Review: ${decision.verdict}${decision.sentence === "" ? "" : `. ${decision.sentence}`}`,
  ReviewHandedOn: ({ handedOn }) => `Review handed on to ${handedOn.to === null ? "governance" : "a colleague"}: ${handedOn.reason}`,
  ReviewSettled: ({ why }) => `Review settled: ${why}`,
  TriggerApplied: ({ words }) => words,
  ControlTested: ({ test }) => `Compensating control ${test.control + 1} was tested: ${test.result}`,
  OwnerFoundInvalid: ({ why }) => `Its owner does not answer for it any more: ${why}`,
  PolicyOrphaned: ({ why }) => `The policy it weakens is gone: ${why}`,
  EscalationRaised: ({ escalation }) => `Escalated to ${escalation.level.replaceAll("_", " ")}: ${escalation.cause.replaceAll("_", " ")}`,
  ReminderRaised: ({ reminder }) =>
    reminder.daysBefore === 0 ? "Reminder: it ends now" : `Reminder: ${reminder.daysBefore} days before its end`,
};

const PLAIN: { readonly [T in EventType]?: string } = {
  DraftOpened: "A draft was opened",
  DraftRevised: "The draft was edited",
  InheritedClaimed: "Somebody answers for what was found",
  StageOpened: "The next stage of approval is open",
  ActivationBegun: "Being applied in the provider",
  ResumeBegun: "Being applied again",
  BindingsOrdered: "What the provider should hold was changed",
  Activated: "Active: the provider was read back and holds it",
  SuspensionConfirmed: "Suspended: the provider was read back and holds it no more",
  RemovalReported: "The provider says it is gone; reading back",
  RevocationRetried: "Taking it away is tried again",
  Closed: "Closed: the provider was read back and it is absent",
  ReviewMissed: "The review was not answered in time",
  OwnerTookOver: "A new owner answers for it",
  EscalationAcknowledged: "Somebody took the escalation on",
};

export function sentenceOf(event: ExceptionEvent): string {
  const say = SAID[event.type] as ((event: ExceptionEvent) => string) | undefined;
  return say?.(event) ?? PLAIN[event.type] ?? event.type;
}

/** With one full stop at its end, whoever wrote it. */
function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
