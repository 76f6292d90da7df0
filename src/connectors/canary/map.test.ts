import { expect, test } from "vitest";

import { attemptOfBind, attemptOfStatus, attemptOfTokenError } from "./map.ts";

const bind = (code: number, diagnostic = "", policyError?: number) => {
  const attempt = attemptOfBind(code, diagnostic, policyError);
  return attempt.answer === "refused" ? attempt.because : attempt.answer;
};
const token = (error: string | undefined, words?: string, { status = 400, isClient = false } = {}) => {
  const attempt = attemptOfTokenError({ status, error, words }, isClient);
  return attempt.answer === "refused" ? attempt.because : attempt.answer;
};

const status = (code: number) => attemptOfStatus(code).answer;

test("a bind is a yes, a no with or without its reason, or no answer at all", () => {
  expect(bind(0)).toBe("let_in");
  expect(bind(0, "", 2)).toBe("account");
  expect(bind(49)).toBe("unsaid");
  expect(bind(49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1")).toBe("unsaid");
  expect(bind(49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 533, v1db1")).toBe("account");
  expect(bind(49, "", 1)).toBe("account");
  expect(bind(7)).toBe("method");
  for (const code of [1, 2, 3, 8, 51, 52, 80]) expect(bind(code), String(code)).toBe("none");
});

test("a token endpoint says why where it says why, and what it cannot do is no refusal", () => {
  expect(token("invalid_grant")).toBe("unsaid");
  expect(token("invalid_grant", "Invalid user credentials")).toBe("unsaid");
  expect(token("invalid_grant", "Account disabled")).toBe("account");
  expect(token("invalid_grant", "Account is not fully set up")).toBe("account");
  expect(token("invalid_grant", "AADSTS50057: The user account is disabled.")).toBe("account");
  expect(token("unauthorized_client")).toBe("method");
  expect(token("invalid_client")).toBe("none");
  expect(token("invalid_client", undefined, { isClient: true })).toBe("unsaid");
  for (const status of [408, 429, 500, 503]) expect(token("invalid_grant", "Account disabled", { status }), String(status)).toBe("none");
  expect(token(undefined, "Account disabled")).toBe("none");
});

test("of a relying party only a clear yes and a clear no count", () => {
  expect([200, 204].map(status)).toEqual(["let_in", "let_in"]);
  expect([401, 403].map(status)).toEqual(["refused", "refused"]);
  for (const code of [302, 400, 404, 429, 500]) expect(status(code), String(code)).toBe("none");
});
