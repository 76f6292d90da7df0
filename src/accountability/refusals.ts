import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the accountability module refuses with; each has a page in docs/problems. */
export const ACCOUNTABILITY_REFUSALS = {
  "accountability.notFound": "No such journey or rota",
  "accountability.changedMeanwhile": "It was changed since it was read",
  "accountability.ifMatchNeeded": "Say which version you read",
  "accountability.journeyExists": "There is a journey of this population, to this, on these devices",
  "accountability.aboutUnknown": "The application or operation is unknown or retired",
  "accountability.deviceClassUnknown": "The class of devices is unknown or retired",
  "accountability.seatUnknown": "Whoever should answer is not known",
  "accountability.seatEmpty": "Whoever should answer has left, or is a team without anybody",
  "accountability.helpDeskMayNotOwn": "The help desk answers for nothing",
  "accountability.approverNotAllowed": "The approver holds no role that decides",
  "accountability.maintainerMayNotApprove": "Whoever maintains it may not approve it",
  "accountability.authorMayNotApprove": "Whoever wrote the access model may not approve it",
  "accountability.notYours": "Only those answerable may do this",
  "accountability.alreadyApproved": "The access model is approved as it stands",
  "accountability.retired": "It is retired",
  "accountability.rotaUnknown": "The rota is unknown or retired",
  "accountability.rotaInUse": "Journeys rest on the rota",
  "accountability.keyTaken": "The key is in use",
  "accountability.rotationEmpty": "A rotation needs people",
  "accountability.overrideUnordered": "An override ends after it begins, and not in the past",
  "accountability.tooManyOverrides": "There are too many overrides",
  "accountability.feedAddress": "The address of the calendar cannot be used",
} as const;

export type AccountabilityRefusal = keyof typeof ACCOUNTABILITY_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: AccountabilityRefusal, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, at === undefined ? {} : { at })] : [];
}
