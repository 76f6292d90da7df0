/** Codes the connections module refuses with; each has a page in docs/problems. */
export const CONNECTION_REFUSALS = {
  "connections.notFound": "No such connection",
  "connections.keyTaken": "The key is in use",
  "connections.kindUnknown": "Unknown kind of connection",
  "connections.configInvalid": "The configuration is not usable",
  "connections.secretMissing": "The secret is missing",
  "connections.unreachable": "The provider did not answer",
  "connections.exceptionsLive": "Exceptions still depend on this connection",
  "connections.removed": "The connection was removed",
} as const;
