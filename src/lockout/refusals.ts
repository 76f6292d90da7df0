/** Codes the lock-out analysis refuses with; each has a page in docs/problems. */
export const LOCKOUT_REFUSALS = {
  "lockout.notFound": "No such operation",
  "lockout.circle": "Components need each other in a circle",
  "lockout.failureUnknown": "Something that is said to fail is not in the model",
  "lockout.treeNotAModel": "The fault tree says what the model cannot",
  "lockout.outageUnknown": "No such outage",
} as const;
