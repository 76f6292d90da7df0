/**
 * COSE public keys (RFC 9052 section 7, RFC 9053, RFC 8230) as node:crypto keys. Reads only the CBOR that such a key consists
 * of, and only its one canonical shape: what is kept for evidence must not have two spellings.
 */
import { createPublicKey, type KeyObject } from "node:crypto";

export interface VerificationKey {
  readonly key: KeyObject;
  /** Digest of the signature; null where the algorithm brings its own. */
  readonly hash: "sha256" | "sha384" | "sha512" | null;
}

interface Algorithm {
  readonly kty: number;
  readonly crv?: number;
  readonly hash: VerificationKey["hash"];
  /** Labels of the parameters that make the key, and what JWK calls them. */
  readonly parameters: Readonly<Record<number, string>>;
  readonly jwk: Readonly<Record<string, string>>;
}

const ec = (crv: number, name: string, hash: Algorithm["hash"]): Algorithm => ({
  kty: 2,
  crv,
  hash,
  parameters: { [-2]: "x", [-3]: "y" },
  jwk: { kty: "EC", crv: name },
});
const okp = (crv: number, name: string): Algorithm => ({
  kty: 1,
  crv,
  hash: null,
  parameters: { [-2]: "x" },
  jwk: { kty: "OKP", crv: name },
});

/** By COSE algorithm number. */
const ALGORITHMS: Readonly<Record<number, Algorithm>> = {
  [-7]: ec(1, "P-256", "sha256"),
  [-35]: ec(2, "P-384", "sha384"),
  [-36]: ec(3, "P-521", "sha512"),
  [-8]: okp(6, "Ed25519"),
  [-53]: okp(7, "Ed448"),
  [-257]: { kty: 3, hash: "sha256", parameters: { [-1]: "n", [-2]: "e" }, jwk: { kty: "RSA" } },
};

/** The algorithms we ask for at registration: what authenticators really have, and what {@link readCoseKey} can check offline. */
export const OFFERED_ALGORITHMS = [-8, -7, -257];

/** Throws RangeError on anything that is not exactly one supported public key. */
export function readCoseKey(bytes: Uint8Array): VerificationKey {
  const members = readMap(bytes);
  const algorithm = ALGORITHMS[Number(members.get(3))];
  if (algorithm === undefined || members.get(1) !== algorithm.kty) throw new RangeError("unsupported COSE key");
  if (algorithm.crv !== undefined && members.get(-1) !== algorithm.crv) throw new RangeError("the curve is not the algorithm's");
  const jwk: Record<string, string> = { ...algorithm.jwk };
  for (const [label, name] of Object.entries(algorithm.parameters)) {
    const value = members.get(Number(label));
    if (!(value instanceof Uint8Array)) throw new RangeError(`COSE key without ${name}`);
    jwk[name] = Buffer.from(value).toString("base64url");
  }
  const expected = 2 + (algorithm.crv === undefined ? 0 : 1) + Object.keys(algorithm.parameters).length;
  if (members.size !== expected) throw new RangeError("COSE key with members that do not belong to it");
  try {
    return { key: createPublicKey({ key: jwk, format: "jwk" }), hash: algorithm.hash };
  } catch (error) {
    throw new RangeError("not a point or modulus of that algorithm", { cause: error });
  }
}

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const MAP = 5;

/** A CBOR map (RFC 8949) of integers to integers and byte strings, and nothing after it. */
function readMap(bytes: Uint8Array): Map<number, number | Uint8Array> {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new RangeError("CBOR ends early");
    return bytes.subarray(at, (at += count));
  };
  const head = (): { major: number; value: number } => {
    const first = take(1)[0]!;
    const short = first & 31;
    if (short < 24) return { major: first >> 5, value: short };
    if (short > 25) throw new RangeError("CBOR of a size no key has");
    const value = take(short - 23).reduce((sum, byte) => sum * 256 + byte, 0);
    if (value < (short === 24 ? 24 : 256)) throw new RangeError("CBOR length not in its shortest form");
    return { major: first >> 5, value };
  };
  const item = (): number | Uint8Array => {
    const { major, value } = head();
    if (major === UNSIGNED) return value;
    if (major === NEGATIVE) return -1 - value;
    if (major === BYTES) return take(value);
    throw new RangeError("CBOR of a kind no key has");
  };
  const { major, value: size } = head();
  if (major !== MAP) throw new RangeError("a COSE key is a map");
  const members = new Map<number, number | Uint8Array>();
  for (let i = 0; i < size; i++) {
    const label = item();
    if (typeof label !== "number" || members.has(label)) throw new RangeError("COSE labels are integers, each once");
    members.set(label, item());
  }
  if (at !== bytes.length) throw new RangeError("bytes after the COSE key");
  return members;
}
