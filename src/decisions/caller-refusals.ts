/** Codes with which callers, and the file that says who they are, are refused; each has a page in docs/problems. */
export const CALLER_REFUSALS = {
  "decisions.callersUnreadable": "The callers file is not readable YAML",
  "decisions.callersAlias": "The callers file uses an alias",
  "decisions.callersKeyUnknown": "The callers file says something Postern does not know",
  "decisions.callersMissing": "The callers file leaves out something needed",
  "decisions.callersValueInvalid": "The callers file gives a value that cannot be used",
  "decisions.callersNameTwice": "Two things in the callers file have the same name",
  "decisions.callersTrustUnknown": "The callers file refers to an issuer or authority that it does not name",
  "decisions.callersIdentityTwice": "Two callers have the same identity",
  "decisions.callersFileUnreadable": "A file that the callers file names cannot be used",
  "decisions.tokenNeeded": "Nothing shows who asks",
  "decisions.tokenRefused": "The token does not show who asks",
  "decisions.certificateRefused": "The client certificate does not show who asks",
  "decisions.callerUnknown": "Whoever asks is no caller of this decision point",
  "decisions.issuerSilent": "The keys of the token's issuer cannot be had",
  "decisions.tooManyQuestions": "The caller asks more than it may",
  "decisions.overloaded": "More is asked than can be answered soon",
} as const;

export type CallerRefusalCode = keyof typeof CALLER_REFUSALS;
