/**
 * Checks a decision's assertion offline: no database, no server, no library but node:crypto. Used by `postern verify`, and by
 * Postern itself on every assertion before it believes one.
 */
import { createHash, verify as verifySignature } from "node:crypto";

import { type AssertionRecord, PREIMAGE_FIELDS, preimageText } from "./assertion.ts";
import { readCoseKey } from "./cose.ts";

export type AssertionVerdict = { readonly ok: true } | { readonly ok: false; readonly fault: string };

/** The facts of a passkey's `registered` entry: what ties a key to a person. */
export interface KnownPasskey {
  readonly id: string;
  readonly person: string;
  readonly credentialId: string;
  readonly publicKey: string;
}

/** What a browser gave back, and what it had been asked. All bytes base64url. */
export interface Ceremony {
  readonly challenge: string;
  readonly publicKey: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly rpId: string;
  readonly origin: string;
}

const RECORD_FIELDS = [
  "passkey",
  "credentialId",
  "publicKey",
  "clientDataJSON",
  "authenticatorData",
  "signature",
  "rpId",
  "origin",
] as const;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_EXTENSIONS = 0x80;
const HEADER_BYTES = 37;

/**
 * A record proves that the holder of its key, present and verified, signed this decision of this person on this site. That the
 * key is the person's is said by the passkey's `registered` entry: give it, and the two are compared.
 */
export function verifyAssertionRecord(given: unknown, registered?: KnownPasskey): AssertionVerdict {
  if (!isRecord(given)) return { ok: false, fault: "not an assertion record of version 1" };
  const fault = (registered && registrationFault(given, registered)) ?? ceremonyFault({ ...given, challenge: challengeOf(given) });
  return fault === undefined ? { ok: true } : { ok: false, fault };
}

function challengeOf(record: AssertionRecord): string {
  return sha256(Buffer.from(preimageText(record.preimage))).toString("base64url");
}

function registrationFault(record: AssertionRecord, registered: KnownPasskey): string | undefined {
  const isSame =
    record.passkey === registered.id &&
    record.credentialId === registered.credentialId &&
    record.publicKey === registered.publicKey &&
    record.preimage.person === registered.person;
  return isSame ? undefined : "the passkey is not the one that was registered for this person";
}

/** What is wrong with an assertion, in words; undefined when it holds. */
export function ceremonyFault(ceremony: Ceremony): string | undefined {
  const clientData = bytesOf(ceremony.clientDataJSON);
  const authenticatorData = bytesOf(ceremony.authenticatorData);
  const signature = bytesOf(ceremony.signature);
  const publicKey = bytesOf(ceremony.publicKey);
  if (clientData === undefined || authenticatorData === undefined || signature === undefined || publicKey === undefined) {
    return "not canonical base64url";
  }
  return (
    clientDataFault(clientData, ceremony) ??
    authenticatorDataFault(authenticatorData, ceremony.rpId) ??
    signatureFault(publicKey, Buffer.concat([authenticatorData, sha256(clientData)]), signature)
  );
}

/** WebAuthn section 7.2, steps 10 to 14. */
function clientDataFault(bytes: Buffer, ceremony: Ceremony): string | undefined {
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Record<string, unknown>;
  } catch {
    return "the client data is not readable";
  }
  if (data === null || data["type"] !== "webauthn.get") return "the client data is not of an assertion";
  if (data["challenge"] !== ceremony.challenge) return "another challenge was signed";
  if (data["origin"] !== ceremony.origin) return "it was signed on another origin";
  if (data["crossOrigin"] === true || data["topOrigin"] !== undefined) return "it was signed inside a page of another origin";
  return isOriginOf(ceremony.origin, ceremony.rpId) ? undefined : "the origin is not of this relying party";
}

function isOriginOf(origin: string, rpId: string): boolean {
  const host = URL.canParse(origin) ? new URL(origin).hostname : "";
  return rpId !== "" && (host === rpId || host.endsWith(`.${rpId}`));
}

/** WebAuthn section 7.2, steps 15 to 17: the relying party's hash, and that the person was present and verified. */
function authenticatorDataFault(bytes: Buffer, rpId: string): string | undefined {
  if (bytes.length < HEADER_BYTES) return "the authenticator data is too short";
  if (!bytes.subarray(0, 32).equals(sha256(Buffer.from(rpId)))) return "it was signed for another relying party";
  const flags = bytes[32]!;
  if ((flags & USER_PRESENT) === 0) return "nobody was present";
  if ((flags & USER_VERIFIED) === 0) return "the person was not verified by the authenticator";
  if ((flags & HAS_EXTENSIONS) === 0 && bytes.length !== HEADER_BYTES) return "the authenticator data is too long";
  return undefined;
}

/** Undefined when the key of these COSE bytes signed the message. */
export function signatureFault(publicKey: Buffer, message: Buffer, signature: Buffer): string | undefined {
  try {
    const { key, hash } = readCoseKey(publicKey);
    return verifySignature(hash, message, key, signature) ? undefined : "the signature is not of this key";
  } catch {
    return "the public key is not readable";
  }
}

/** The signature counter: 0 where the authenticator keeps none. */
export function counterOf(authenticatorData: string): number {
  return Buffer.from(authenticatorData, "base64url").readUInt32BE(33);
}

/** Whether the passkey is in a backup now. */
export function isBackedUp(authenticatorData: string): boolean {
  return (Buffer.from(authenticatorData, "base64url")[32]! & 0x10) !== 0;
}

function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function isRecord(given: unknown): given is AssertionRecord {
  if (typeof given !== "object" || given === null) return false;
  const { v, preimage, ...rest } = given as Record<string, unknown>;
  return v === 1 && hasTexts(rest, RECORD_FIELDS) && hasTexts(preimage, PREIMAGE_FIELDS);
}

/** Exactly these members, all text. */
function hasTexts(given: unknown, fields: readonly string[]): boolean {
  if (typeof given !== "object" || given === null) return false;
  const members = Object.entries(given);
  return members.length === fields.length && members.every(([name, value]) => fields.includes(name) && typeof value === "string");
}
