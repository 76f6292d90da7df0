/** Codes the AuthZEN endpoints refuse with; each has a page in docs/problems. A denial is no refusal: it is an answer with a reason. */
export const AUTHZEN_REFUSALS = {
  "decisions.invalidQuestion": "The body is no question that can be read",
  "decisions.noCallers": "Nobody may ask yet",
  "decisions.outOfScope": "The caller may not use this",
  "decisions.notReady": "No snapshot of the register yet",
  "decisions.pageTokenInvalid": "The page is of another search",
  "decisions.searchTooBroad": "Too much comes into question",
  "decisions.requestIdInvalid": "The request id cannot be given back",
  "decisions.bodyTooSlow": "The body did not arrive in time",
} as const;
