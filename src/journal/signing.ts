/** Ed25519 over notes, with the platform's cryptography. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";

import { type Checkpoint, formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { formatNote, type Note, parseNote, parseVerifierKey, type VerifierKey, verifierKey } from "./note.ts";

/** A private key and the public key that belongs to it. */
export interface Signer {
  readonly key: VerifierKey;
  sign(text: string): Uint8Array;
}

/** Why a signed checkpoint is not to be believed. */
export type NoteFault = "not_a_note" | "unknown_key" | "bad_signature" | "not_a_checkpoint" | "other_origin";

const SEED_BYTES = 32;
/** RFC 8410: an Ed25519 private key in PKCS #8 is this, then the seed. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
/** RFC 8410: an Ed25519 public key in SubjectPublicKeyInfo is this, then the key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/** `sha256:` and hex: how content is named everywhere in Postern. */
export function hashText(text: string): string {
  return `sha256:${hash("sha256", text, "hex")}`;
}

/** Reads a private key: PKCS #8 PEM, or its 32-byte seed as base 64. Throws RangeError for anything else. */
export function parsePrivateKey(text: string): KeyObject {
  const trimmed = text.trim();
  const seed = Buffer.from(trimmed, "base64");
  const key = trimmed.startsWith("-----BEGIN")
    ? createPrivateKey(trimmed)
    : seed.length === SEED_BYTES && createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  if (key === false || key.asymmetricKeyType !== "ed25519")
    throw new RangeError("not an Ed25519 private key (PEM, or a base64 seed of 32 bytes)");
  return key;
}

export function createSigner(name: string, privateKey: KeyObject): Signer {
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length);
  return {
    key: verifierKey(sha256, name, new Uint8Array(publicKey)),
    sign: (text) => new Uint8Array(sign(null, Buffer.from(text), privateKey)),
  };
}

/** A checkpoint as a signed note, under the origin that is the signer's name. */
export function signCheckpoint(signer: Signer, tree: { size: number; root: Uint8Array }): string {
  return signNote(signer, formatCheckpoint({ origin: signer.key.name, ...tree }));
}

/** A text as a signed note. What the text is has to stand in it: the name of the key is not signed. */
export function signNote(signer: Signer, text: string): string {
  const { name, keyId } = signer.key;
  return formatNote({ text, signatures: [{ name, keyId, signature: signer.sign(text) }] });
}

/** The checkpoint in a signed note when the key vouches for it, else why it is not to be believed. */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint | NoteFault {
  const opened = openNote(note, key);
  if (typeof opened === "string") return opened;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === undefined) return "not_a_checkpoint";
  return checkpoint.origin === key.name ? checkpoint : "other_origin";
}

/** The note when the key vouches for its text, else why it is not to be believed. */
export function openNote(note: string, key: VerifierKey): Note | NoteFault {
  const parsed = parseNote(note);
  if (parsed === undefined) return "not_a_note";
  const ours = parsed.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
  if (ours.length === 0) return "unknown_key";
  return ours.every((signature) => isSignedBy(key, parsed.text, signature.signature)) ? parsed : "bad_signature";
}

function isSignedBy(key: VerifierKey, text: string, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: "der", type: "spki" });
  return verify(null, Buffer.from(text), publicKey, signature);
}

/** A verifier key as auditors hold it; undefined where the text is none. */
export function parseVerifierKeyText(text: string): VerifierKey | undefined {
  return parseVerifierKey(sha256, text.trim());
}
