import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the governance module refuses with; each has a page in docs/problems. */
export const GOVERNANCE_REFUSALS = {
  "governance.notFound": "No such design issue or risk acceptance",
  "governance.notInThisState": "It is already decided",
  "governance.notYours": "Only those answerable may do this",
  "governance.issueOpen": "An issue about the same thing is open",
  "governance.aboutUnknown": "The application is unknown or retired",
  "governance.ownerNotAllowed": "The owner of a design issue is the owner of the application",
  "governance.helpDeskMayNotOwn": "The help desk answers for nothing",
  "governance.executiveNeeded": "Only an executive accepts a risk",
  "governance.requesterMayNotAccept": "Whoever asks for it may not accept the risk",
  "governance.linkNeeded": "The risk of nothing cannot be accepted",
  "governance.linkUnknown": "What the risk is linked to is not there",
  "governance.changedSince": "What the risk is about has changed",
  "governance.untilOutOfBounds": "A risk is accepted for at most a year",
  "governance.untilPassed": "The end of the acceptance has passed",
} as const;

export type GovernanceRefusal = keyof typeof GOVERNANCE_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: GovernanceRefusal, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, at === undefined ? {} : { at })] : [];
}
