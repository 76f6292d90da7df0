/** Codes a file is refused with; each has a page in docs/problems. */
export const FILE_REFUSALS = {
  "files.tooLarge": "A file is too large to be read",
} as const;
