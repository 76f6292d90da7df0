/** What came of trying to get in as an account that exists to be tried: told apart so that "not asked" never looks like "refused". */

/**
 * Why it was refused, as far as the provider says. `account`: it is locked, disabled, or has to sign in otherwise. `method`: nobody
 * gets in this way. `unsaid`: the secret may be wrong as well as the account barred.
 */
export type Because = "account" | "method" | "unsaid";

export type Attempt =
  | { readonly answer: "let_in"; readonly words: string }
  | { readonly answer: "refused"; readonly because: Because; readonly words: string }
  /** It could not be asked, or what it said means neither. */
  | { readonly answer: "none"; readonly words: string };

export const letIn = (words: string): Attempt => ({ answer: "let_in", words });
export const refused = (because: Because, words: string): Attempt => ({ answer: "refused", because, words });
export const notAsked = (words: string): Attempt => ({ answer: "none", words });

/** What Active Directory says beside a refused bind; a wrong password (52e) says nothing of the account. */
const DIRECTORY_SAYS: Readonly<Record<string, string>> = {
  "525": "there is no such account",
  "530": "not at this time",
  "531": "not from this computer",
  "532": "the password has expired",
  "533": "the account is disabled",
  "701": "the account has expired",
  "773": "the password has to be changed first",
  "775": "the account is locked out",
};

/** Errors of the password policy control that bar the account, by number. */
const POLICY_SAYS: Readonly<Record<number, string>> = {
  0: "the password has expired",
  1: "the account is locked",
  2: "the password has to be changed first",
};

/** Results of an LDAP bind that are a no: no such object, invalid credentials, unwilling (a locked account on some servers). */
const NO = [32, 49, 53];
/** … and those that say that nobody gets in this way: authentication method not supported, inappropriate authentication. */
const NOT_THIS_WAY = [7, 48];

/** Of an LDAP bind: result code, diagnostic message, and the error of the password policy control where one came. */
export function attemptOfBind(code: number, diagnostic: string, policyError: number | undefined): Attempt {
  const said = barredBy(diagnostic, policyError);
  // Let in, but only to change the password: nothing else is answered.
  if (code === 0)
    return policyError === 2 ? refused("account", `The directory lets it in only so far: ${said}.`) : letIn("The directory let it in.");
  if (NOT_THIS_WAY.includes(code)) return refused("method", "The directory lets nobody in this way.");
  if (!NO.includes(code)) return notAsked(`The directory answered with result code ${code}.`);
  if (said === undefined) return refused("unsaid", "The directory refused it, and does not say why.");
  return refused("account", `The directory refused it: ${said}.`);
}

/** What bars the account, where the directory says so. */
function barredBy(diagnostic: string, policyError: number | undefined): string | undefined {
  const subcode = /\bdata ([0-9a-f]{3}),/i.exec(diagnostic)?.[1]?.toLowerCase() ?? "";
  return (policyError === undefined ? undefined : POLICY_SAYS[policyError]) ?? DIRECTORY_SAYS[subcode];
}

/** What OpenID providers say beside a refusal, in words for people (Keycloak) or by a code (Entra); of the account, not of the secret. */
const PROVIDER_SAYS: readonly (readonly [RegExp, string])[] = [
  [/^(account|user) disabled\b|AADSTS50057\b/i, "the account is disabled"],
  [/^account is not fully set up\b|AADSTS5007[69]\b/i, "something has to be done first at a sign-in"],
  [/AADSTS50053\b/, "the account is locked"],
  [/AADSTS50055\b/, "the password has expired"],
];

export interface TokenRefusal {
  readonly status: number;
  readonly error: string | undefined;
  /** `error_description`. */
  readonly words: string | undefined;
}

/** Of a token endpoint's error answer (RFC 6749, 5.2). `isClient`: the client is the identity that is tried. */
export function attemptOfTokenError({ status, error, words = "" }: TokenRefusal, isClient: boolean): Attempt {
  if (isBusy(status)) return notAsked(`The token endpoint answered ${status}.`);
  if (error === "unauthorized_client" || error === "unsupported_grant_type")
    return refused("method", `The provider lets nobody in this way: ${error}.`);
  if (error === "invalid_client") {
    return isClient
      ? refused("unsaid", "The provider refused the client: invalid_client.")
      : notAsked("The provider refused our client, so that nobody was tried.");
  }
  if (error === "invalid_grant") return ofGrant(words);
  if (error === "access_denied") return refused("unsaid", `The provider refused it: ${error}.`);
  return notAsked(`The token endpoint answered ${status}, which says nothing of the account.`);
}

function isBusy(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}

function ofGrant(words: string): Attempt {
  const said = PROVIDER_SAYS.find(([pattern]) => pattern.test(words))?.[1];
  return said === undefined
    ? refused("unsaid", "The provider refused it: invalid_grant.")
    : refused("account", `The provider refused it: ${said}.`);
}

/** Of a relying party that was shown something: only a clear yes and a clear no count. */
export function attemptOfStatus(status: number): Attempt {
  if (status >= 200 && status < 300) return letIn(`It took it: ${status}.`);
  // 495 and 496 are what some servers say of a client certificate.
  if (status === 401 || status === 403 || status === 495 || status === 496) return refused("unsaid", `It refused it: ${status}.`);
  return notAsked(`It answered ${status}, which is neither yes nor no.`);
}
