/** Codes the journal refuses with; each has a page in docs/problems. */
export const JOURNAL_REFUSALS = {
  "journal.entryTooLarge": "The entry is too large",
  "journal.tooManyConflicts": "Too many changes at the same moment",
  "journal.entryNotFound": "No such entry",
  "journal.notCoveredYet": "The entry is not covered by a checkpoint yet",
  "journal.tileNotFound": "No such tile",
  "journal.tooManyStreams": "Too many open streams of events",
} as const;
