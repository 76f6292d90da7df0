/** Codes that rule sets are refused with; each has a page in docs/problems. */
export const RULE_REFUSALS = {
  "decisions.rulesUnreadable": "The file is neither YAML nor JSON that can be read",
  "decisions.rulesTooLarge": "The rule set is larger than one may be",
  "decisions.ruleKeyUnknown": "The rule set says something Postern does not know",
  "decisions.ruleMissing": "The rule set leaves out something needed",
  "decisions.ruleValueInvalid": "The rule set gives a value that cannot be used",
  "decisions.rulePathUnknown": "No question holds a value by this path",
  "decisions.ruleReferenceDangling": "It names something that the rule set does not hold",
  "decisions.ruleNameTwice": "Two rules have the same name",
  "decisions.ruleUnused": "Nothing in the rule set uses it",
  "decisions.ruleUnreachable": "An earlier rule decides before this one can",
  "decisions.ruleNeverFits": "No question can meet this condition",
  "decisions.ruleSetUnknown": "No such rule set",
  "decisions.ruleSetRetired": "The rule set is retired",
  "decisions.ruleSetChangedMeanwhile": "The rule set was changed since it was read",
  "decisions.ruleSetSame": "The rule set says what it said before",
  "decisions.ruleSetMisnamed": "The text is of a rule set of another name",
  "decisions.ruleSetNeedsAnother": "Somebody else has to sign it",
  "decisions.ruleSetNeeded": "The rule set named default cannot be retired",
} as const;

export type RuleRefusal = keyof typeof RULE_REFUSALS;
