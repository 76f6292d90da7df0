/** What is configured of the company's OpenID provider: nothing at all, or enough to be safe. */
import { z } from "zod";

export interface CompanyConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuth: "none" | "private_key_jwt";
  readonly name: string;
  readonly scope: string;
  readonly acr: readonly string[];
  readonly amr: readonly (readonly string[])[];
  readonly maxAgeSeconds: number | undefined;
  readonly account: { readonly claim: string; readonly connection: string } | undefined;
}

const oneLine = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]+$/u);
const word = oneLine.regex(/^[\x21-\x7e]+$/);
/** `a, b`: any one is enough. */
const words = oneLine.transform((text) => text.split(",").map((each) => each.trim())).pipe(z.array(word).min(1));
/** `a b, c`: a and b, or c. */
const sets = oneLine
  .transform((text) => text.split(",").map((each) => each.trim().split(/\s+/)))
  .pipe(z.array(z.array(word).min(1)).min(1));

/** What each variable may be, and what it has to be in words. */
export const COMPANY_VARIABLES = {
  POSTERN_OIDC_ISSUER: [
    z.string().refine(isIssuer),
    "must be the issuer of the OpenID provider exactly as it names itself, https://… without a query (http:// on localhost only)",
  ],
  POSTERN_OIDC_CLIENT_ID: [word, "must be the id that the OpenID provider knows Postern by"],
  POSTERN_OIDC_CLIENT_AUTH: [
    z.enum(["none", "private_key_jwt"]),
    "must be none (a public client) or private_key_jwt (a key that Postern makes and publishes); there is no client secret",
  ],
  POSTERN_OIDC_NAME: [oneLine.max(40), "must be one line of at most 40 characters: what people call the provider"],
  POSTERN_OIDC_SCOPE: [oneLine.regex(/^openid( [\x21-\x7e]+)*$/), "must be scopes separated by spaces, the first of them openid"],
  POSTERN_OIDC_ACR: [words, "must be acr values any one of which is enough, separated by commas"],
  POSTERN_OIDC_AMR: [sets, "must be amr values: those with a space between them all have to be there, a comma separates alternatives"],
  POSTERN_OIDC_MAX_AGE_SECONDS: [
    z
      .string()
      .regex(/^\d{1,6}$/)
      .transform(Number)
      .refine((n) => n <= 86_400),
    "must be a whole number of seconds, 0 to 86400",
  ],
  POSTERN_OIDC_ACCOUNT_CLAIM: [word, "must be the name of a claim"],
  POSTERN_OIDC_ACCOUNT_CONNECTION: [word, "must be the key of a connection"],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

export type CompanyRead = { [N in keyof typeof COMPANY_VARIABLES]?: z.output<(typeof COMPANY_VARIABLES)[N][0]> };

/** Variables that are missing beside those that are set, each with the reason why it cannot be left out. */
export function missingBeside(given: ReadonlySet<string>): readonly (readonly [name: string, why: string])[] {
  const isAny = Object.keys(COMPANY_VARIABLES).some((name) => given.has(name));
  const missing: [string, string][] = [];
  const need = (name: keyof typeof COMPANY_VARIABLES, isNeeded: boolean, why: string) => {
    if (isNeeded && !given.has(name)) missing.push([name, why]);
  };
  need("POSTERN_OIDC_ISSUER", isAny, "the other settings of the OpenID provider mean nothing without it");
  need("POSTERN_OIDC_CLIENT_ID", isAny, "the OpenID provider knows Postern by it");
  const isDemanding = given.has("POSTERN_OIDC_ACR") || given.has("POSTERN_OIDC_AMR");
  need("POSTERN_OIDC_ACR", isAny && !isDemanding, "it, or POSTERN_OIDC_AMR, keeps out who signed in there with a password alone");
  const isFinding = given.has("POSTERN_OIDC_ACCOUNT_CLAIM") || given.has("POSTERN_OIDC_ACCOUNT_CONNECTION");
  need("POSTERN_OIDC_ACCOUNT_CLAIM", isFinding, "it holds the key that is looked for in the connection");
  need("POSTERN_OIDC_ACCOUNT_CONNECTION", isFinding, "it says whose keys the claim holds");
  return missing;
}

export function companyOf(read: CompanyRead): CompanyConfig | undefined {
  const { POSTERN_OIDC_ISSUER: issuer, POSTERN_OIDC_CLIENT_ID: clientId } = read;
  if (issuer === undefined || clientId === undefined) return undefined;
  const claim = read.POSTERN_OIDC_ACCOUNT_CLAIM;
  const connection = read.POSTERN_OIDC_ACCOUNT_CONNECTION;
  return {
    issuer,
    clientId,
    clientAuth: read.POSTERN_OIDC_CLIENT_AUTH ?? "none",
    name: read.POSTERN_OIDC_NAME ?? new URL(issuer).host,
    scope: read.POSTERN_OIDC_SCOPE ?? "openid",
    acr: read.POSTERN_OIDC_ACR ?? [],
    amr: read.POSTERN_OIDC_AMR ?? [],
    maxAgeSeconds: read.POSTERN_OIDC_MAX_AGE_SECONDS,
    account: claim === undefined || connection === undefined ? undefined : { claim, connection },
  };
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") return false;
  const isLocal = url.hostname === "localhost" || url.hostname === "127.0.0.1";
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal);
}
