/** Reads one certificate. */
import type { KeyObject, X509Certificate } from "node:crypto";

import { instantOfEpochMs } from "../../kernel/time.ts";
import type { CertificateFacts } from "./map.ts";

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const { keyType, keyBits } = keyFactsOf(publicKeyOf(certificate));
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber,
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    notBefore: instantOfEpochMs(certificate.validFromDate.getTime()),
    notAfter: instantOfEpochMs(certificate.validToDate.getTime()),
    keyType,
    keyBits,
    signature: certificate.signatureAlgorithm,
    isSelfSigned: certificate.subject === certificate.issuer,
  };
}

export function keyFactsOf(key: KeyObject | undefined): { readonly keyType: string | undefined; readonly keyBits: number | undefined } {
  const { modulusLength, namedCurve } = key?.asymmetricKeyDetails ?? {};
  return { keyType: key?.asymmetricKeyType, keyBits: modulusLength ?? (namedCurve === undefined ? undefined : bitsOfCurve(namedCurve)) };
}

/** A curve is named after its size: `prime256v1`, `secp384r1`. */
function bitsOfCurve(name: string): number | undefined {
  const digits = /\d{3}/.exec(name)?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Undefined for a key of a kind that this Node does not know. */
function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** The server chose these words: no line break, no control character, and not more than a person would read. */
function oneLine(name: string | undefined): string {
  return (name ?? "")
    .split("\n")
    .map((part) => part.replaceAll(/\p{Cc}/gu, " "))
    .join(", ")
    .slice(0, 300);
}
