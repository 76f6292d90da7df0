/** Codes the register's shell (service, import) refuses with, beside those of its decisions in refusals.ts. */
export const SHELL_REFUSALS = {
  "exceptions.bulkTooMany": "More at once than one can look at",
  "exceptions.exportTooLarge": "More rows than a spreadsheet is made of",
  "exceptions.notFound": "No such exception",
  "exceptions.categoryUnknown": "No such category",
  "exceptions.changedMeanwhile": "Somebody changed it meanwhile",
  "exceptions.providerUnreachable": "The provider could not be asked",
  "exceptions.previewTooOften": "More previews than anybody types",
  "exceptions.importUnreadable": "The file cannot be read",
  "exceptions.importEmpty": "The file has no rows",
  "exceptions.importMapping": "The mapping does not fit the file",
  "exceptions.importRow": "A row cannot be imported",
} as const;
