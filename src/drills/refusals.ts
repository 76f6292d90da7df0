import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the drills module refuses with; each has a page in docs/problems. */
export const DRILL_REFUSALS = {
  "drills.notFound": "No such drill, plan or evidence",
  "drills.notInThisState": "The drill is not where it could be done",
  "drills.notYours": "Only those answerable may do this",
  "drills.ownerNotAllowed": "Somebody who is here answers for a plan",
  "drills.subjectUnknown": "What the drill is about is not in the model",
  "drills.exerciseUnfit": "The exercise is not for such a thing",
  "drills.failsUnknown": "A component that is to fail is not in the model",
  "drills.probeMissing": "The exercise is nothing without its probe",
  "drills.probeNamedTwice": "Two probes have one key",
  "drills.cadenceTooLong": "It would be held too rarely",
  "drills.dueOutOfBounds": "The first one is too far away",
  "drills.targetUnmarked": "Nothing measures the target",
  "drills.planOpen": "The same is planned already",
  "drills.personUnknown": "Only people who are here take part or observe",
  "drills.observerTakesPart": "An observer takes no part",
  "drills.observerNeeded": "Somebody has to observe",
  "drills.participantNeeded": "Somebody has to take part",
  "drills.notOnTheSheet": "Only those on the sheet write on it",
  "drills.alreadyDone": "It is on the sheet already",
  "drills.clockNotStarted": "The failure has not begun",
  "drills.noSuchLine": "The sheet has no such step, probe or criterion",
  "drills.probeWaits": "The probe is running",
  "drills.sheetFull": "The sheet is full",
  "drills.onlyObserversJudge": "Only observers judge and sign",
  "drills.sheetChanged": "The sheet changed after it was read",
  "drills.needsPeople": "The exercise takes people",
  "drills.unattended": "Postern holds it by itself",
  "drills.evidenceDamaged": "The file is not what it was",
  "drills.evidenceTooLarge": "A file of evidence is too large",
} as const;

export type DrillRefusal = keyof typeof DRILL_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: DrillRefusal, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, at === undefined ? {} : { at })] : [];
}
