/** Codes that access requests are refused with; each has a page in docs/problems. */
export const REQUEST_REFUSALS = {
  "requests.malformed": "The submission is not one",
  "requests.notRequestable": "What was denied cannot be asked for",
  "requests.denialExpired": "The denial was told too long ago",
  "requests.denialUnbound": "The denial is not ours, or not about this",
  "requests.keyTaken": "The idempotency key was used for something else",
  "requests.declinedLately": "The person declined the same a short time ago",
  "requests.useUnderReview": "The last emergency use is not reviewed yet",
  "requests.notStanding": "No emergency access stands ready for it",
  "requests.reasonNeeded": "An emergency says what it is for",
  "requests.tooMany": "Too many requests wait already",
  "requests.bundleNotOffered": "Several cannot be asked for at once",
  "requests.callbackNotOffered": "Nobody is called back",
  "requests.notFound": "No such access request",
  "requests.notToLookBackOn": "There is nothing to look back on",
  "requests.notWaiting": "The access request does not wait any more",
} as const;

export type RequestRefusal = keyof typeof REQUEST_REFUSALS;
