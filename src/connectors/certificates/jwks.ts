/** Reads a published set of keys (RFC 7517): what a relying party verifies a provider's tokens with. */
import { createPublicKey, type KeyObject, type webcrypto, X509Certificate } from "node:crypto";

import { type Instant, instantOfEpochMs } from "../../kernel/time.ts";
import { ProviderFault } from "../port.ts";
import { keyFactsOf } from "./certificate.ts";
import { guardedUrl, type GuardedWireSettings, openGuardedWire } from "../http/guarded.ts";
import type { KeyFacts, KeySetReading } from "./map.ts";

/** More than any provider publishes. */
const MOST_KEYS = 200;

/** Throws {@link ProviderFault} where no set of keys came. */
export async function readKeySet(address: string, settings: GuardedWireSettings = {}): Promise<KeySetReading> {
  const url = guardedUrl(address);
  const wire = openGuardedWire(url, settings);
  try {
    const { status, text } = await wire.send({ method: "GET", url, headers: { accept: "application/jwk-set+json, application/json" } });
    if (status !== 200) throw new ProviderFault("fault", `${url.origin} answered ${status} instead of its keys.`);
    return keySetOf(address, text);
  } finally {
    wire.close();
  }
}

export function keySetOf(address: string, text: string): KeySetReading {
  const keys = keysIn(text);
  if (keys === undefined) throw new ProviderFault("fault", `${address} holds no set of keys.`);
  const read = keys.slice(0, MOST_KEYS).map(keyOf);
  const facts = read.filter((key) => key !== undefined);
  return { address, keys: facts, unreadable: read.length - facts.length };
}

function keysIn(text: string): readonly unknown[] | undefined {
  try {
    const parsed = JSON.parse(text) as { keys?: unknown } | null;
    return Array.isArray(parsed?.keys) ? parsed.keys : undefined;
  } catch {
    return undefined;
  }
}

type Written = webcrypto.JsonWebKey & { kid?: unknown; exp?: unknown; x5c?: unknown; key_ops?: unknown };

/** Undefined: no key we can read. */
function keyOf(written: unknown): KeyFacts | undefined {
  if (typeof written !== "object" || written === null) return undefined;
  const key = written as Written;
  const { kid, kty } = key;
  const isSecret = kty === "oct" || "d" in key || "k" in key;
  if (typeof kty !== "string") return undefined;
  const facts = { kid: typeof kid === "string" ? kid.slice(0, 100) : undefined, kty, signs: signs(key), isSecret };
  // How long a secret is does not matter any more once it was published.
  if (isSecret) return { ...facts, keyBits: undefined, notAfter: undefined };
  try {
    const publicKey = createPublicKey({ key, format: "jwk" });
    return { ...facts, keyBits: keyFactsOf(publicKey).keyBits, notAfter: endOf(key, publicKey) };
  } catch {
    return undefined;
  }
}

function signs({ use, key_ops: operations }: Written): boolean {
  return use !== "enc" && !(Array.isArray(operations) && !operations.includes("verify"));
}

/** The earlier of what its certificate and the set say. Throws for a certificate that cannot be read, or is another key's (RFC 7517, 4.7). */
function endOf({ x5c, exp }: Written, publicKey: KeyObject): Instant | undefined {
  const ends = [x5c === undefined ? undefined : endOfCertificate(x5c, publicKey), typeof exp === "number" ? endOfSeconds(exp) : undefined];
  return ends.filter((end) => end !== undefined).sort()[0];
}

function endOfCertificate(x5c: unknown, publicKey: KeyObject): Instant {
  const first: unknown = Array.isArray(x5c) ? x5c[0] : undefined;
  const certificate = new X509Certificate(Buffer.from(typeof first === "string" ? first : "", "base64"));
  if (!certificate.publicKey.equals(publicKey)) throw new RangeError("the certificate is another key's");
  return instantOfEpochMs(certificate.validToDate.getTime());
}

function endOfSeconds(seconds: number): Instant | undefined {
  try {
    return instantOfEpochMs(Math.floor(seconds) * 1000);
  } catch {
    return undefined;
  }
}
