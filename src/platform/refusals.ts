/** Codes the HTTP shell refuses with, whatever the endpoint; each has a page in docs/problems. */
export const HTTP_REFUSALS = {
  "http.answerLost": "The request was carried out, its answer was lost",
  "http.bodyTooLarge": "The body is too large",
  "http.contentType": "The body is not declared as JSON",
  "http.fault": "Something failed inside Postern",
  "http.foreignOrigin": "The request comes from another origin",
  "http.idempotencyKeyInvalid": "The Idempotency-Key is too long",
  "http.idempotencyKeyReused": "The Idempotency-Key was used for something else",
  "http.ifMatchInvalid": "The If-Match cannot be read",
  "http.invalidInput": "The request is not as the contract says",
  "http.malformedJson": "The body is not JSON",
  "http.methodNotAllowed": "Not this method",
  "http.notFound": "Nothing here",
  "http.requestInProgress": "The same request is still being worked on",
  "http.signInNeeded": "Sign in first",
} as const;
