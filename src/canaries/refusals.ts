/** Codes the canaries module refuses with; each has a page in docs/problems. */
export const CANARY_REFUSALS = {
  "canaries.notFound": "No such canary",
  "canaries.keyTaken": "The key is in use",
  "canaries.removed": "The canary was removed",
  "canaries.connectionUnknown": "No such connection",
  "canaries.subjectUnknown": "The directory does not know the account",
  "canaries.wayUnfit": "It cannot get in this way there",
  "canaries.tooOften": "It was tried too often",
} as const;
