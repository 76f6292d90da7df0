/** Every reason for which a decision says no. Each code has a page, docs/problems/<code>.md; a test demands it. */
import { type Refusal, refusal } from "../kernel/problem.ts";

export const REFUSALS = {
  "exceptions.actingForRequester": "Whoever acts for the requester may not decide",
  "exceptions.alreadyClaimed": "Somebody has claimed it already",
  "exceptions.alreadyExists": "The exception exists already",
  "exceptions.alreadyVoted": "A person counts once",
  "exceptions.applicationNotOpen": "The application is unknown or retired",
  "exceptions.assertionNeeded": "A decision needs a fresh passkey assertion",
  "exceptions.beginnerMayNotReview": "Whoever began a use may not review it",
  "exceptions.bindingUnknown": "No such binding",
  "exceptions.capReached": "The renewals or the time in all are used up",
  "exceptions.changeMovesEnd": "A change may not end later than what it changes",
  "exceptions.claimTooFar": "An inherited bypass must be claimed within 90 days",
  "exceptions.contentChanged": "The vote is for other content than is under decision",
  "exceptions.controlFailed": "A compensating control has failed",
  "exceptions.controlTestAhead": "A compensating control is said to be tested later than now",
  "exceptions.delegationNotValid": "The delegation does not cover this vote",
  "exceptions.endBeforeStart": "The end is not after the start",
  "exceptions.endPassed": "The requested end has passed",
  "exceptions.endUnreadable": "The start or end cannot be read",
  "exceptions.endsAfterContract": "It would outlive the vendor's contract",
  "exceptions.escalationUnknown": "No such escalation is open",
  "exceptions.extensionChangesScope": "An extension may only move the end",
  "exceptions.extensionNotLonger": "An extension must end later",
  "exceptions.fieldMissing": "Something the category demands is missing",
  "exceptions.headcountOverCeiling": "It covers more people than allowed",
  "exceptions.headcountUnknown": "The people covered could not be counted",
  "exceptions.helpDeskMayNotApprove": "The help desk may not decide",
  "exceptions.helpDeskMayNotOwn": "The help desk may not own",
  "exceptions.implementerMayNotApprove": "The implementer may not decide",
  "exceptions.implementerNotAllowed": "The implementer does not hold the role",
  "exceptions.layersNotSeparate": "Owner, implementer and approver must be different people",
  "exceptions.methodNone": "The fallback method may not be none",
  "exceptions.notInForce": "The standing grant is not in force",
  "exceptions.notInThisState": "Not possible in this state",
  "exceptions.notInherited": "Only an inherited bypass can be claimed",
  "exceptions.notYours": "Only those answerable may do this",
  "exceptions.ownerMayNotApprove": "The owner may fill only the owner's seat",
  "exceptions.ownerNotAllowed": "The owner does not hold a role that may own",
  "exceptions.ownerNotValid": "Somebody named in it is not active",
  "exceptions.pendingExists": "A change or extension is already under decision",
  "exceptions.personNeeded": "Only an active person can do this",
  "exceptions.policyUnknown": "The provider's policy is not known",
  "exceptions.policyUnsound": "The category policy breaks a rule no policy may relax",
  "exceptions.colleagueNeeded": "Nobody else is asked: name who answers",
  "exceptions.colleagueNotAllowed": "This colleague cannot review it",
  "exceptions.postUseReviewOpen": "The review of the last use is still open",
  "exceptions.reasonNeeded": "A reason is needed",
  "exceptions.reductionNotSmaller": "A reduction must allow less",
  "exceptions.repeatLimitReached": "The same need has come back too often",
  "exceptions.requesterMayNotApprove": "The requester may not decide",
  "exceptions.reviewMissed": "The review was not answered in time",
  "exceptions.reviewNotOpen": "The review is not open",
  "exceptions.reviewerNotAllowed": "Not a reviewer of this exception",
  "exceptions.roleNotHeld": "The role is not held",
  "exceptions.scopeEmpty": "The scope names nobody",
  "exceptions.scopeTooLong": "The scope has too many items",
  "exceptions.sentenceNeeded": "Retaining needs a sentence",
  "exceptions.subjectElsewhere": "The subject lives in another connection",
  "exceptions.subjectMayNotApprove": "Whoever is let through may not decide",
  "exceptions.subjectRefused": "The provider cannot govern this subject",
  "exceptions.termTooLong": "Longer than one term may be",
  "exceptions.tooFewControls": "Too few compensating controls",
  "exceptions.twinsNotSeen": "Others ask for the same",
  "exceptions.unknown": "No such exception",
  "exceptions.useNotDefined": "This category is not used by activation",
  "exceptions.useNotYours": "Somebody else has to begin the use",
  "exceptions.useRuns": "The use is not over yet",
  "exceptions.useTooLong": "Longer than one use may be",
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export function refuse(code: RefusalCode, detail: string, more: Omit<Refusal, "code" | "detail"> = {}): Refusal {
  return refusal(code, detail, more);
}

/** The refusal when `wrong` holds, else nothing: guards read as a list. */
export function refuseIf(wrong: boolean, code: RefusalCode, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refuse(code, detail, at === undefined ? {} : { at })] : [];
}
