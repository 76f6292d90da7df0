/** Checks proofs of possession as RFC 9449 asks for. */
import { createHash, createPublicKey, type JsonWebKeyInput, verify } from "node:crypto";

import { epochMs, type Instant } from "../../../src/kernel/time.ts";

const MOST_SECONDS_OFF = 300;

interface Head {
  readonly typ: string;
  readonly alg: string;
  readonly jwk: JsonWebKeyInput["key"];
}
interface Claims {
  readonly htm: string;
  readonly htu: string;
  readonly iat: number;
  readonly jti: string;
  readonly nonce?: string;
  readonly ath?: string;
}

export interface Proven {
  /** Of the key it was proven with. */
  readonly key: string;
  readonly nonce: string | undefined;
}

export function createProofs(now: () => Instant) {
  const used = new Set<string>();
  return {
    nonce: "a-nonce-of-okta",

    /** Who proved it, and by which nonce; undefined when it is no proof of this request. */
    check(method: string, url: URL, proof: string | undefined, token?: string): Proven | undefined {
      const parts = (proof ?? "").split(".");
      if (parts.length !== 3) return undefined;
      const [{ jwk }, claims] = [parse(parts[0]!) as Head, parse(parts[1]!) as Claims];
      const isNew = !used.has(claims.jti);
      used.add(claims.jti);
      const isTimely = Math.abs(claims.iat - epochMs(now()) / 1000) <= MOST_SECONDS_OFF;
      const isOfToken = claims.ath === (token === undefined ? undefined : createHash("sha256").update(token).digest("base64url"));
      const isOfRequest = claims.htm === method && claims.htu === `${url.origin}${url.pathname}`;
      const fits = isNew && isTimely && isOfToken && isOfRequest && isSigned(parts);
      return fits ? { key: JSON.stringify(jwk), nonce: claims.nonce } : undefined;
    },
  };
}

function isSigned([head = "", body = "", signature = ""]: readonly string[]): boolean {
  const { typ, alg, jwk } = parse(head) as Head;
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), ...(alg === "ES256" && { dsaEncoding: "ieee-p1363" as const }) };
  return typ === "dpop+jwt" && verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"));
}

function parse(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
