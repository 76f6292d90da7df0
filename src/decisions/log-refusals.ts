/** Codes that reading and explaining decisions is refused with; each has a page in docs/problems. */
export const LOG_REFUSALS = {
  "decisions.notFound": "No such decision in the log",
  "decisions.notOutsideScope": "It was not denied as outside of an exception",
} as const;
