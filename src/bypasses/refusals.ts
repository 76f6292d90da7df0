/** Codes the bypasses module refuses with; each has a page in docs/problems. */
export const BYPASS_REFUSALS = {
  "bypasses.beingRead": "The provider is being read already",
  "bypasses.notFound": "No such bypass",
  "bypasses.notOpen": "The bypass is already answered for",
  "bypasses.notRemovable": "The provider cannot take it away",
} as const;
