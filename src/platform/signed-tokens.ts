/**
 * Tokens (JWT) that show who sent a request: signed by an issuer's key, for us, and not for long. Stricter than the standard where it
 * leaves a choice, because every choice has been somebody's way in.
 */
import { compactVerify, decodeProtectedHeader, errors } from "jose";

import { type KeySet, keyTypeOf, type PublicKey } from "./key-sets.ts";

export interface TokenTerms {
  readonly keys: KeySet;
  readonly algorithms: readonly string[];
  /** Exactly this issuer; undefined where tokens need not name one (SPIFFE). */
  readonly issuer: string | undefined;
  /** Names that are ours; one of them has to be in `aud`. */
  readonly audiences: readonly string[];
  /** What else may stand in `aud`: whoever else a token is for could show it to us. */
  readonly otherAudiences: readonly string[];
  readonly maxLifetimeSeconds: number;
}

export interface TokenClaims {
  readonly issuer: string | undefined;
  readonly subject: string;
  readonly expiresMs: number;
}

export type TokenVerdict =
  | { readonly kind: "sound"; readonly claims: TokenClaims; readonly key: PublicKey }
  | { readonly kind: "refused"; readonly words: string };

/** What a token says of itself before anything of it is believed: only to find the terms that it has to meet. */
export interface UnprovenToken {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
}

/** Identity tokens have 1 to 3 kB; node:http takes 16 kB of headers in all. */
export const MAX_TOKEN_CHARACTERS = 8192;
/** By so much an issuer's clock may be ahead of ours. An end is an end: it gets no grace. */
const AHEAD_MS = 30_000;

const refused = (words: string): TokenVerdict => ({ kind: "refused", words });

/** Undefined for what has not the form of a token. */
export function peekToken(token: string): UnprovenToken | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  const claims = jsonOf(Buffer.from(token.split(".")[1]!, "base64url"));
  return claims && { issuer: textOf(claims["iss"]), subject: textOf(claims["sub"]) };
}

/** Throws {@link KeysSilent} where there are no keys to judge by. */
export async function verifyToken(token: string, terms: TokenTerms, nowMs: number): Promise<TokenVerdict> {
  const header = headerOf(token);
  if (typeof header === "string") return refused(header);
  if (!terms.algorithms.includes(header.alg) || keyTypeOf(header.alg) === undefined) {
    return refused("It is signed by an algorithm that is not accepted.");
  }
  const candidates = await terms.keys.find(header.kid, header.alg);
  if (candidates.length === 0) return refused("It is signed by a key that its issuer does not publish.");
  for (const key of candidates) {
    const payload = await openedBy(token, key, header.alg);
    if (payload !== undefined) return judge(payload, key, terms, nowMs);
  }
  return refused("Its signature does not hold.");
}

const TYPES = new Set(["jwt", "at+jwt", "jose"]);

/** Algorithm and key id, or why the header is refused. Keys and addresses of keys in a header are the sender's own word: not read. */
function headerOf(token: string): { alg: string; kid: string | undefined } | string {
  if (token.length > MAX_TOKEN_CHARACTERS) return `It is longer than ${MAX_TOKEN_CHARACTERS} characters.`;
  let header: Record<string, unknown>;
  try {
    header = { ...decodeProtectedHeader(token) };
  } catch {
    return "It is no signed token.";
  }
  const { alg, kid, typ, crit, b64 } = header;
  if (typeof alg !== "string") return "It is no signed token.";
  if (kid !== undefined && (typeof kid !== "string" || kid.length > 500)) return "Its key id is none.";
  if (crit !== undefined || b64 !== undefined) return "It demands an extension that is not known here.";
  const isTyped = typ === undefined || (typeof typ === "string" && TYPES.has(typ.toLowerCase().replace(/^application\//, "")));
  return isTyped ? { alg, kid } : "It is a token for something else.";
}

async function openedBy(token: string, key: PublicKey, alg: string): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, await key.load(alg), { algorithms: [alg] })).payload;
  } catch (error) {
    // A key that cannot be used (RSA of 1024 bits, a wrong curve) proves nothing.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function judge(payload: Uint8Array, key: PublicKey, terms: TokenTerms, nowMs: number): TokenVerdict {
  const claims = jsonOf(payload);
  if (claims === undefined) return refused("It says nothing that can be read.");
  const subject = textOf(claims["sub"]);
  const issuer = textOf(claims["iss"]);
  const { exp, nbf, iat } = claims;
  if (terms.issuer !== undefined && issuer !== terms.issuer) return refused("It is of another issuer.");
  if (subject === undefined || subject === "") return refused("It does not say whose it is.");
  const wrong = wrongPurpose(claims) ?? wrongAudience(claims["aud"], terms) ?? wrongTime({ exp, nbf, iat }, terms, nowMs);
  if (wrong !== undefined) return refused(wrong);
  return { kind: "sound", key, claims: { issuer, subject, expiresMs: (exp as number) * 1000 } };
}

/** An ID token, a refresh token or a notice of an end is signed by the same key; Keycloak says which it is in a claim. */
function wrongPurpose(claims: Readonly<Record<string, unknown>>): string | undefined {
  const { typ, events, nonce, at_hash: accessHash } = claims;
  const isOther = typeof typ === "string" && !/^(bearer|jwt|at\+jwt)$/i.test(typ);
  return isOther || events !== undefined || nonce !== undefined || accessHash !== undefined
    ? "It is a token for something else."
    : undefined;
}

function wrongAudience(aud: unknown, { audiences, otherAudiences }: TokenTerms): string | undefined {
  const named = typeof aud === "string" ? [aud] : Array.isArray(aud) ? (aud as unknown[]) : [];
  if (!named.some((each) => typeof each === "string" && audiences.includes(each))) return "It is not for this decision point.";
  const isOnlyOurs = named.every((each) => typeof each === "string" && (audiences.includes(each) || otherAudiences.includes(each)));
  return isOnlyOurs ? undefined : "It is for others too, any of whom could show it here.";
}

function wrongTime(
  { exp, nbf, iat }: { exp: unknown; nbf: unknown; iat: unknown },
  { maxLifetimeSeconds }: TokenTerms,
  nowMs: number,
): string | undefined {
  if (!isSeconds(exp)) return "It does not say when it ends.";
  if (!isSeconds(iat)) return "It does not say when it was issued.";
  if (nbf !== undefined && !isSeconds(nbf)) return "It says wrongly when it begins.";
  if (exp * 1000 <= nowMs) return "It has ended.";
  if (Math.max(iat, isSeconds(nbf) ? nbf : iat) * 1000 > nowMs + AHEAD_MS) return "It has not begun.";
  return exp - iat > maxLifetimeSeconds ? `It holds for more than ${maxLifetimeSeconds} seconds.` : undefined;
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e11;
}

function jsonOf(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
