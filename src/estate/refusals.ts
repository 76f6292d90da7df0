import { type Refusal, refusal } from "../kernel/problem.ts";

/** Codes the estate module refuses with; each has a page in docs/problems. */
export const ESTATE_REFUSALS = {
  "estate.notFound": "No such item of the estate",
  "estate.changedMeanwhile": "It was changed since it was read",
  "estate.ifMatchNeeded": "Say which version you read",
  "estate.keyTaken": "The key is in use",
  "estate.personUnknown": "Whoever should answer for it is not known",
  "estate.personNotActive": "Whoever should answer for it has left",
  "estate.helpDeskMayNotOwn": "The help desk answers for nothing",
  "estate.contractTwice": "The contract is listed twice",
  "estate.yamlUnreadable": "The file is not readable YAML",
  "estate.aliasUsed": "The file uses an alias",
  "estate.keyUnknown": "The file says something Postern does not know",
  "estate.missing": "The file leaves out something needed",
  "estate.valueInvalid": "The file gives a value that cannot be used",
  "estate.keyTwice": "Two items of the file have the same key",
  "estate.referenceDangling": "The file refers to something that is not there",
  "estate.referenceRetired": "It refers to something retired",
  "estate.stillNeeded": "Something still needs it",
  "estate.requiresCycle": "Components need each other in a circle",
  "estate.expressionEmpty": "It needs something, and does not say what",
  "estate.atLeastOutOfRange": "More is asked for than there is",
  "estate.membersMissing": "A common cause takes nothing with it",
  "estate.pathTwice": "Two ways in have the same key",
  "estate.shareOutOfRange": "No share of time",
  "estate.endpointInvalid": "The address cannot be asked",
  "estate.accountElsewhere": "The account belongs to somebody else",
  "estate.accountTwice": "The file gives one account to two persons",
} as const;

export type EstateRefusal = keyof typeof ESTATE_REFUSALS;

/** The refusal when `wrong` holds, else nothing: rules read as a list. */
export function refuseIf(wrong: boolean, code: EstateRefusal, detail: string, at: string): readonly Refusal[] {
  return wrong ? [refusal(code, detail, { at })] : [];
}
