/** Codes the command line refuses with by itself; each has a page in docs/problems. */
export const CLI_REFUSALS = {
  "cli.fileNotClaimable": "What a file shows cannot be claimed",
  "cli.noAnswerInTime": "No answer came in time",
  "cli.notJson": "The file is no JSON",
  "cli.serverUnreachable": "No server answers",
  "cli.signInNeeded": "Sign in first",
  "cli.unexpectedAnswer": "The answer is not a Postern server's",
} as const;
