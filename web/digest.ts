/** SHA-256 by the browser's own WebCrypto. */
import type { Hash } from "../src/kernel/merkle.ts";

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** The digests of many texts, laid one after the other. */
export async function sha256Each(texts: readonly Uint8Array[]): Promise<Uint8Array> {
  const hashes = new Uint8Array(texts.length * 32);
  await Promise.all(texts.map(async (text, i) => hashes.set(await sha256(text), i * 32)));
  return hashes;
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `sha256:` and hex, as hashes of content are written everywhere. */
export async function sha256Text(text: string): Promise<string> {
  return `sha256:${hexOf(await sha256(new TextEncoder().encode(text)))}`;
}

/** Far above the length of any Merkle path: a computation that asks for more is broken. */
const MAX_DIGESTS = 1000;

/**
 * Runs a computation that needs a hash function at once, on a hash function that answers later: whenever an answer is missing,
 * it is fetched and the computation is run again. The pure Merkle code stays the same in server, verifier and browser.
 */
export async function withSha256<Result>(compute: (hash: Hash) => Result): Promise<Result> {
  const known = new Map<string, Uint8Array>();
  for (let i = 0; i < MAX_DIGESTS; i++) {
    let missing: Uint8Array | undefined;
    const hash: Hash = (bytes) => {
      const answer = known.get(hexOf(bytes));
      if (answer !== undefined) return answer;
      missing = bytes;
      throw new MissingDigest();
    };
    try {
      return compute(hash);
    } catch (error) {
      if (!(error instanceof MissingDigest) || missing === undefined) throw error;
      known.set(hexOf(missing), await sha256(missing));
    }
  }
  throw new RangeError(`more than ${MAX_DIGESTS} digests`);
}

class MissingDigest extends Error {}
