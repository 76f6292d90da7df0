/**
 * Public keys that others sign with: out of a file, from an address, or from where an OpenID issuer says. Asked for again in the
 * background while they are fresh, at once for a key that is not known yet, and never more often than an issuer can bear; kept for a
 * bounded time when nobody answers.
 */
import { readFile } from "node:fs/promises";

import { type CryptoKey, importJWK, type JWK } from "jose";

import { isLoopback } from "./addresses.ts";
import { readHttpsText } from "./https-text.ts";

export type KeySource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "discovery"; readonly issuer: string };

export interface PublicKey {
  readonly kid: string | undefined;
  /** The algorithm it may be used with, where it is for one alone. */
  readonly alg: string | undefined;
  readonly kty: string;
  /** Tells one key from any other: the public members and nothing else. */
  readonly print: string;
  load(alg: string): Promise<CryptoKey | Uint8Array>;
}

export interface KeySet {
  /** Keys that fit; asks the source again where there is none and it may be asked. Throws {@link KeysSilent}. */
  find(kid: string | undefined, alg: string): Promise<readonly PublicKey[]>;
  /** Whether a key counts still; false when the source took it back, or was silent for too long. */
  holds(print: string): boolean;
}

/** There are no keys to judge by: the source does not answer, or answers nonsense. */
export class KeysSilent extends Error {
  override readonly name = "KeysSilent";
}

export interface KeySetSettings {
  readonly source: KeySource;
  readonly nowMs: () => number;
  /** Certificates to trust beside the machine's own store, in PEM. */
  readonly trustPem?: string | undefined;
  readonly onTrouble?: (words: string) => void;
}

const FRESH_MS = 5 * 60_000;
/** A file is looked at as often as that; it costs nobody anything. */
const FILE_FRESH_MS = 5000;
/** Between two questions to one source, whatever strangers send. */
const REST_MS = 30_000;
/** What was read last counts for so long while its source is silent. */
const STALE_MS = 60 * 60_000;
const MAX_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const TIMEOUT_MS = 5000;

interface Read {
  readonly keys: readonly PublicKey[];
  readonly prints: ReadonlySet<string>;
  readonly atMs: number;
}

export function createKeySet({ source, nowMs, trustPem, onTrouble }: KeySetSettings): KeySet {
  let read: Read | undefined;
  let askedMs = -Infinity;
  let asking: Promise<void> | undefined;
  const freshMs = source.kind === "file" ? FILE_FRESH_MS : FRESH_MS;
  const restMs = source.kind === "file" ? FILE_FRESH_MS : REST_MS;
  /** How long ago; of a moment that is still to come, since the clock was set back, by how much. */
  const since = (atMs: number): number => Math.abs(nowMs() - atMs);
  const counts = (): Read | undefined => (read !== undefined && since(read.atMs) <= STALE_MS ? read : undefined);

  const readAgain = async (): Promise<void> => {
    try {
      const keys = await readSource(source, trustPem);
      read = { keys, prints: new Set(keys.map(({ print }) => print)), atMs: nowMs() };
    } catch (error) {
      onTrouble?.(error instanceof KeysSilent ? error.message : "They cannot be read.");
    } finally {
      asking = undefined;
    }
  };
  const ask = (): Promise<void> => {
    askedMs = nowMs();
    asking ??= readAgain();
    return asking;
  };
  const mayAsk = () => since(askedMs) >= restMs;

  return {
    async find(kid, alg) {
      const known = fitting(counts(), kid, alg);
      if (known.length > 0) {
        if (since(read!.atMs) > freshMs && mayAsk()) void ask();
        return known;
      }
      if (asking !== undefined) await asking;
      else if (mayAsk()) await ask();
      const now = counts();
      if (now === undefined) throw new KeysSilent("The keys to judge it by cannot be had now.");
      return fitting(now, kid, alg);
    },
    holds(print) {
      const now = counts();
      if (now !== undefined && since(now.atMs) > freshMs && mayAsk()) void ask();
      return now?.prints.has(print) === true;
    },
  };
}

/** By its id; without one only where there is a single key that it could be. */
function fitting(read: Read | undefined, kid: string | undefined, alg: string): readonly PublicKey[] {
  const usable = (read?.keys ?? []).filter((key) => (key.alg === undefined || key.alg === alg) && key.kty === keyTypeOf(alg));
  if (kid !== undefined) return usable.filter((key) => key.kid === kid).slice(0, 4);
  return usable.length === 1 ? usable : [];
}

export function keyTypeOf(alg: string): string | undefined {
  if (/^(RS|PS)(256|384|512)$/.test(alg)) return "RSA";
  if (/^ES(256|384|512)$/.test(alg)) return "EC";
  return alg === "EdDSA" || alg === "Ed25519" ? "OKP" : undefined;
}

async function readSource(source: KeySource, trustPem: string | undefined): Promise<readonly PublicKey[]> {
  if (source.kind === "file") return keysOf(await readFile(source.path, "utf8"));
  if (source.kind === "url") return keysOf(await readText(source.url, isHere(source.url), trustPem));
  const { issuer } = source;
  const text = await readText(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, isHere(issuer), trustPem);
  const metadata = parse(text) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (metadata?.issuer !== issuer) throw new KeysSilent("What lies at the issuer's address is about another issuer.");
  if (typeof metadata.jwks_uri !== "string") throw new KeysSilent("The issuer does not say where its keys are.");
  // An issuer elsewhere does not send us looking around on this machine.
  return keysOf(await readText(metadata.jwks_uri, isHere(issuer), trustPem));
}

function isHere(address: string): boolean {
  return isLoopback(URL.parse(address)?.hostname ?? "");
}

async function readText(address: string, allowsLoopback: boolean, trustPem: string | undefined): Promise<string> {
  const answer = await readHttpsText(address, {
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
    allowsLoopback,
    allowsHttpHere: allowsLoopback,
    accept: "application/json, application/jwk-set+json",
    ...(trustPem !== undefined && { trustPem }),
  });
  if (answer.kind === "failed") throw new KeysSilent(answer.words);
  return answer.text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeysSilent("It answered something that is no JSON.");
  }
}

/** Keys for signatures. A symmetric key in a public set is anybody's, and a key for something else is not for this. */
export function keysOf(text: string): readonly PublicKey[] {
  const listed = (parse(text) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(listed)) throw new KeysSilent("It is no set of keys.");
  if (listed.length > MAX_KEYS) throw new KeysSilent(`It holds more than ${MAX_KEYS} keys.`);
  return listed.flatMap((each: unknown) => publicKeyOf(each) ?? []);
}

const MEMBERS: Readonly<Record<string, readonly string[]>> = { RSA: ["n", "e"], EC: ["crv", "x", "y"], OKP: ["crv", "x"] };

function publicKeyOf(given: unknown): PublicKey | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { kid, alg, use } = given as Record<string, unknown>;
  // `jwt-svid` is what SPIFFE calls a key for signatures; `x509-svid` is an authority's, and `enc` no signer's.
  const jwk = use === undefined || use === "sig" || use === "jwt-svid" ? membersOf(given as Record<string, unknown>) : undefined;
  if (jwk === undefined) return undefined;
  return {
    kid: typeof kid === "string" ? kid : undefined,
    alg: typeof alg === "string" ? alg : undefined,
    kty: jwk.kty,
    print: JSON.stringify(jwk),
    load: (forAlg) => importJWK(jwk, forAlg),
  };
}

/** The public members and no others: what else is said of a key is not believed. */
function membersOf(given: Readonly<Record<string, unknown>>): (JWK & { kty: string }) | undefined {
  const { kty } = given;
  if (typeof kty !== "string" || !Object.hasOwn(MEMBERS, kty)) return undefined;
  const values = MEMBERS[kty]!.map((member) => [member, given[member]] as const);
  return values.every(([, value]) => typeof value === "string") ? { kty, ...Object.fromEntries(values) } : undefined;
}
