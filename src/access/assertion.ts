/**
 * A step-up assertion: a person's passkey signed, with the person present and verified, the hash of exactly one decision.
 * The record holds all that is needed to check that years later without Postern.
 */

/** What is decided on. `contentHash` names the content by hash, so that other content is another decision. */
export interface Decided {
  /** `module.verb`: `exceptions.approve`. */
  readonly action: string;
  readonly subject: string;
  readonly contentHash: string;
}

/** What the challenge is the SHA-256 of. The nonce makes every challenge new; the person makes it theirs. */
export interface AssertionPreimage extends Decided {
  readonly person: string;
  /** 32 random bytes, base64url. */
  readonly nonce: string;
}

export interface AssertionRecord {
  readonly v: 1;
  readonly preimage: AssertionPreimage;
  readonly passkey: string;
  /** base64url, like all bytes in here. */
  readonly credentialId: string;
  /** COSE key, as the passkey's `registered` entry has it. */
  readonly publicKey: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly rpId: string;
  readonly origin: string;
}

export const PREIMAGE_FIELDS = ["action", "contentHash", "nonce", "person", "subject"] as const;

/** RFC 8785 canonical JSON of a preimage. All members are text, so sorting them is all that canonical means here. */
export function preimageText(preimage: AssertionPreimage): string {
  return JSON.stringify(Object.fromEntries(PREIMAGE_FIELDS.map((field) => [field, preimage[field]])));
}

/** Decisions whose content is their subject: nothing else could change under the reader's eyes. */
export function subjectContent(action: string, subject: string): string {
  return JSON.stringify({ action, subject });
}
