/** Postern as a WebAuthn relying party: what it asks of browsers, and what it believes of their answers. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";

import { refusal, Refused } from "../kernel/problem.ts";
import { OFFERED_ALGORITHMS, readCoseKey } from "./cose.ts";
import type { RegisteredPasskey } from "./passkey.ts";
import { ceremonyFault } from "./verify-assertion.ts";

export interface RelyingParty {
  /** Where the console is, `https://postern.example`. */
  readonly origin: string;
  /** Its host name. Passkeys are bound to it for good: moving to another name means enrolling everybody again. */
  readonly rpId: string;
}

/** How long a browser, and we, wait for a person to touch their authenticator. */
export const CEREMONY_MS = 300_000;

/** Throws RangeError for an origin on which browsers offer no passkeys: plain http elsewhere than on localhost, or a bare address. */
export function relyingPartyOf(address: string): RelyingParty {
  const url = new URL(address);
  const isLocal = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  if (url.protocol !== "https:" && !isLocal) {
    throw new RangeError(`browsers offer passkeys over https, or on http://localhost: not on ${url.origin}`);
  }
  if (/^[\d.]+$|^\[/.test(url.hostname)) throw new RangeError(`passkeys need a host name, not an address: ${url.origin}`);
  return { origin: url.origin, rpId: url.hostname };
}

export function askForRegistration(
  rp: RelyingParty,
  challenge: string,
  person: { readonly id: string; readonly name: string },
  exclude: readonly RegisteredPasskey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: "Postern",
    rpID: rp.rpId,
    userID: new Uint8Array(Buffer.from(person.id)),
    userName: person.name,
    userDisplayName: person.name,
    challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
    timeout: CEREMONY_MS,
    attestationType: "none",
    excludeCredentials: exclude.map(descriptorOf),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    extensions: { credProps: true },
    supportedAlgorithmIDs: OFFERED_ALGORITHMS,
  });
}

/** Without `allow` the browser offers every passkey it has for us: nobody types a name, so none can be tried out. */
export function askForAssertion(
  rp: RelyingParty,
  challenge: string,
  allow?: readonly RegisteredPasskey[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: rp.rpId,
    challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
    timeout: CEREMONY_MS,
    userVerification: "required",
    ...(allow !== undefined && { allowCredentials: allow.map(descriptorOf) }),
  });
}

function descriptorOf(passkey: RegisteredPasskey) {
  return { id: passkey.credentialId, transports: [...passkey.transports] as ("usb" | "nfc" | "ble" | "internal" | "hybrid")[] };
}

const bytes = z
  .string()
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]*$/);
const credential = {
  id: bytes.min(1),
  rawId: bytes,
  type: z.literal("public-key"),
  clientExtensionResults: z.record(z.string(), z.unknown()),
};
const TRANSPORTS = ["usb", "nfc", "ble", "internal", "hybrid", "smart-card", "cable"] as const;
const registrationResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    // Browsers invent new ones; those we do not know are of no use as a hint, and no reason to refuse.
    transports: z
      .array(z.string().max(40))
      .max(20)
      .default([])
      .transform((all) => TRANSPORTS.filter((known) => all.includes(known))),
  }),
});
const assertionResponse = z.object({
  ...credential,
  response: z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: bytes.nullish() }),
});
export type AssertionResponse = z.output<typeof assertionResponse>;

export interface NewCredential {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
  readonly deviceType: RegisteredPasskey["deviceType"];
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly aaguid: string;
}

/** The new credential in a browser's answer. Refuses `access.registrationInvalid`, `access.notDiscoverable`. */
export async function readRegistration(rp: RelyingParty, challenge: string, given: unknown): Promise<NewCredential> {
  const parsed = registrationResponse.safeParse(given);
  if (!parsed.success) throw invalidRegistration("it is not a WebAuthn registration");
  const { data } = parsed;
  const properties = data.clientExtensionResults["credProps"] as { rk?: unknown } | undefined;
  if (properties?.rk === false) {
    throw new Refused([
      refusal("access.notDiscoverable", "The authenticator did not keep the passkey, so you could not sign in with it. Use another one."),
    ]);
  }
  if (isFramed(data.response.clientDataJSON)) throw invalidRegistration("it was made inside a page of another origin");
  const verified = await verifyRegistrationResponse({
    response: data,
    expectedChallenge: challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: OFFERED_ALGORITHMS,
  }).catch((error: unknown) => {
    throw invalidRegistration(error instanceof Error ? error.message : "it could not be read");
  });
  if (!verified.verified) throw invalidRegistration("its attestation does not hold");
  const { credential: made, credentialDeviceType, credentialBackedUp, aaguid } = verified.registrationInfo;
  readableKey(made.publicKey);
  return {
    credentialId: made.id,
    publicKey: Buffer.from(made.publicKey).toString("base64url"),
    counter: made.counter,
    deviceType: credentialDeviceType === "multiDevice" ? "synced" : "device_bound",
    backedUp: credentialBackedUp,
    transports: data.response.transports,
    aaguid,
  };
}

/** A key that the offline verifier could not read is no evidence of anything: refused before it is used once. */
function readableKey(publicKey: Uint8Array): void {
  try {
    readCoseKey(publicKey);
  } catch {
    throw invalidRegistration("its key is of a kind that cannot be verified offline");
  }
}

function invalidRegistration(why: string): Refused {
  return new Refused([refusal("access.registrationInvalid", `The passkey cannot be registered: ${why}.`)]);
}

function isFramed(clientDataJSON: string): boolean {
  try {
    const data = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString()) as { crossOrigin?: unknown; topOrigin?: unknown };
    return data.crossOrigin === true || data.topOrigin !== undefined;
  } catch {
    return false;
  }
}

/** The shape of a browser's answer, or undefined; its credential is not looked at yet. */
export function parseAssertion(given: unknown): AssertionResponse | undefined {
  const parsed = assertionResponse.safeParse(given);
  return parsed.success ? parsed.data : undefined;
}

/**
 * What is wrong with an answer, in words; undefined when it holds. Two implementations must agree: the library's, and the
 * offline verifier's, which will have to convince an auditor of the same bytes.
 *
 * The counter is left to the caller: judged here it would be judged before the signature, and anybody could have somebody
 * else's passkey taken for a copy.
 */
export async function assertionFault(
  rp: RelyingParty,
  challenge: string,
  passkey: RegisteredPasskey,
  answer: AssertionResponse,
): Promise<string | undefined> {
  if (answer.id !== passkey.credentialId) return "it is of another passkey";
  const handle = answer.response.userHandle;
  if (handle !== undefined && handle !== null && Buffer.from(handle, "base64url").toString() !== passkey.person) {
    return "the passkey is of another person";
  }
  const ours = ceremonyFault({ ...answer.response, challenge, publicKey: passkey.publicKey, rpId: rp.rpId, origin: rp.origin });
  if (ours !== undefined) return ours;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: rp.origin,
      expectedRPID: rp.rpId,
      requireUserVerification: true,
      credential: { id: passkey.credentialId, publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")), counter: 0 },
    });
    if (!verified) return "the signature is not of this key";
    const deviceType = authenticationInfo.credentialDeviceType === "multiDevice" ? "synced" : "device_bound";
    return deviceType === passkey.deviceType ? undefined : "the passkey is not of the kind that was registered";
  } catch (error) {
    return error instanceof Error ? error.message : "it could not be read";
  }
}
