/**
 * Signed notes (C2SP signed-note): a text, an empty line, and signature lines `— name base64(key id ‖ signature)`. Only the
 * format is here; signing and verifying are in signing.ts.
 */
import { decodeBase64, encodeBase64 } from "../kernel/base64.ts";
import type { Hash } from "../kernel/merkle.ts";

/** The signature type byte of plain Ed25519. */
export const ED25519 = 0x01;

/** Far more signatures than witnesses will ever give (the format asks for at least 16), few enough to refuse a flood. */
const MAX_SIGNATURES = 100;

const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;

export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the hash over name, type and public key, as a number. */
  readonly keyId: number;
  readonly signature: Uint8Array;
}

export interface Note {
  /** What was signed, its final newline included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key as auditors hold it. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export function formatNote(note: Note): string {
  const lines = note.signatures.map(({ name, keyId, signature }) => {
    const bytes = new Uint8Array(KEY_ID_BYTES + signature.length);
    new DataView(bytes.buffer).setUint32(0, keyId);
    bytes.set(signature, KEY_ID_BYTES);
    return `— ${name} ${encodeBase64(bytes)}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

/** The note, or undefined when the text is not one. Says nothing about whether a signature holds. */
export function parseNote(note: string): Note | undefined {
  if (!isNoteText(note)) return undefined;
  const divide = note.lastIndexOf("\n\n");
  if (divide < 0 || !note.endsWith("\n")) return undefined;
  const lines = note.slice(divide + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures = lines.map(parseSignatureLine);
  return signatures.includes(undefined) ? undefined : { text: note.slice(0, divide + 1), signatures: signatures as NoteSignature[] };
}

/** Well-formed Unicode without control characters other than newlines. */
export function isNoteText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- refusing control characters is what the format asks for
  return text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

export function isKeyName(name: string): boolean {
  return name !== "" && isNoteText(name) && !/[\p{White_Space}+]/u.test(name);
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const parts = line.split(" ");
  const [dash, name, encoded] = parts;
  if (parts.length !== 3 || dash !== "—" || name === undefined || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(encoded ?? "");
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: firstUint32(bytes), signature: bytes.subarray(KEY_ID_BYTES) };
}

function firstUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** The key of a name and a raw Ed25519 public key. Throws RangeError when the name cannot stand in a note. */
export function verifierKey(hash: Hash, name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new RangeError(`not a key name: ${JSON.stringify(name)}`);
  const prefix = new TextEncoder().encode(`${name}\n`);
  const message = new Uint8Array(prefix.length + 1 + publicKey.length);
  message.set(prefix);
  message[prefix.length] = ED25519;
  message.set(publicKey, prefix.length + 1);
  return { name, keyId: firstUint32(hash(message)), publicKey };
}

/** `name+keyid+base64(type ‖ public key)`: the one line an auditor needs. */
export function formatVerifierKey(key: VerifierKey): string {
  return `${key.name}+${key.keyId.toString(16).padStart(8, "0")}+${encodeBase64(new Uint8Array([ED25519, ...key.publicKey]))}`;
}

/** The key, or undefined when the text is not an Ed25519 verifier key or its key id is not that of its name and key. */
export function parseVerifierKey(hash: Hash, text: string): VerifierKey | undefined {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  if (name === undefined || keyId === undefined || !isKeyName(name)) return undefined;
  const bytes = decodeBase64(encoded ?? "");
  if (bytes === undefined || bytes.length !== 1 + PUBLIC_KEY_BYTES || bytes[0] !== ED25519) return undefined;
  const key = verifierKey(hash, name, bytes.slice(1));
  return key.keyId === Number.parseInt(keyId, 16) ? key : undefined;
}
