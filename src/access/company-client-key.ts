/**
 * The key Postern signs with when the company's provider wants to know its client (`private_key_jwt`). Postern makes it and
 * publishes its public half; nobody ever types, copies or sends the other one.
 */
import { createHash, type webcrypto } from "node:crypto";

import type { Instant } from "../kernel/time.ts";
import { type Seal, SealFault } from "../platform/seal.ts";
import type { CompanyClientKeyStore, StoredClientKey } from "./company-client-key-store.ts";

const ES256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface ClientKey {
  readonly key: webcrypto.CryptoKey;
  readonly kid: string;
}

export type CompanyClientKey = ReturnType<typeof createCompanyClientKey>;

export function createCompanyClientKey({ store, sealer }: { store: CompanyClientKeyStore; sealer: Seal }) {
  /** The key in use; made where there is none, or where the seal's keys at hand do not open it: the provider reads the new one. */
  const load = async (now: Instant): Promise<{ stored: StoredClientKey; jwk: string }> => {
    const before = await store.find();
    const opened = before === undefined ? undefined : opening(sealer, before);
    if (before !== undefined && opened !== undefined) return { stored: before, jwk: opened };
    await store.keep(await newKey(sealer), before, now);
    const stored = (await store.find())!;
    return { stored, jwk: sealer.open(stored.sealed) };
  };
  return {
    async forSigning(now: Instant): Promise<ClientKey> {
      const { stored, jwk } = await load(now);
      const key = await crypto.subtle.importKey("jwk", JSON.parse(jwk) as webcrypto.JsonWebKey, ES256, false, ["sign"]);
      return { key, kid: stored.kid };
    },

    /** What the provider checks signatures with: a JSON Web Key Set. */
    async published(now: Instant): Promise<{ keys: Record<string, string>[] }> {
      const { stored } = await load(now);
      return { keys: [{ ...stored.publicKey, kid: stored.kid, use: "sig", alg: "ES256" }] };
    },
  };
}

function opening(sealer: Seal, { sealed }: StoredClientKey): string | undefined {
  try {
    return sealer.open(sealed);
  } catch (error) {
    if (error instanceof SealFault) return undefined;
    throw error;
  }
}

async function newKey(sealer: Seal): Promise<StoredClientKey> {
  const { privateKey } = await crypto.subtle.generateKey(ES256, true, ["sign", "verify"]);
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = { crv: jwk.crv!, kty: jwk.kty!, x: jwk.x!, y: jwk.y! };
  // RFC 7638: the key names itself.
  const kid = createHash("sha256").update(JSON.stringify(publicKey)).digest("base64url");
  return { kid, publicKey, sealed: sealer.seal(JSON.stringify(jwk)) };
}
