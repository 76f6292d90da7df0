import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the people module refuses with; each has a page in docs/problems. */
export const PEOPLE_REFUSALS = {
  "people.notFound": "No such person, team or delegation",
  "people.changedMeanwhile": "It was changed since it was read",
  "people.ifMatchNeeded": "Say which version you read",
  "people.personUnknown": "Somebody named in it is not known",
  "people.keyTaken": "The key is in use",
  "people.keyFixed": "A key never changes",
  "people.accountTaken": "The account belongs to somebody else",
  "people.accountDisabled": "The directory says that they left",
  "people.managerCycle": "The reporting line would go in a circle",
  "people.deputyIsSelf": "Nobody is their own deputy",
  "people.leaveUnordered": "The leave ends before it begins",
  "people.helpDeskCombined": "The help-desk role excludes roles that decide",
  "people.ownRoles": "Nobody changes their own roles",
  "people.administratorOnly": "Only an administrator makes or unmakes administrators",
  "people.lastAdministrator": "Somebody has to remain administrator",
  "people.notYours": "Only those concerned may do this",
  "people.directoryShrank": "Too many people are gone from the directory at once",
  "people.delegationWindow": "The time of the delegation is not usable",
  "people.delegateIsSelf": "A delegate is somebody else",
  "people.delegateNotActive": "The delegate has left",
  "people.delegateHelpDesk": "The help desk decides for nobody",
  "people.delegateLacksRole": "The delegate does not hold the role",
  "people.delegateOfAnother": "Whoever decides for another may not pass decisions on",
  "people.roleNotHeld": "Only a role that is held can be delegated",
  "people.delegationEnded": "The delegation has ended already",
} as const;

export type PeopleRefusal = keyof typeof PEOPLE_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: PeopleRefusal, detail: string, at?: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, at === undefined ? {} : { at })] : [];
}
