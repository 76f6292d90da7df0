/** Shows a credential to a relying party and says whether it was taken. Of the answer the status alone is looked at. */
import { type GuardedWireSettings, guardedUrl, openGuardedWire } from "../http/guarded.ts";
import { plainWords, ProviderFault } from "../port.ts";
import { type Attempt, attemptOfStatus, notAsked, refused } from "./map.ts";

export type Shown =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "cookie"; readonly name: string; readonly value: string }
  | { readonly kind: "certificate"; readonly certificatePem: string; readonly keyPem: string };

/** Never throws for what the relying party or the network does. */
export async function showTo(address: string, shown: Shown, settings: GuardedWireSettings = {}): Promise<Attempt> {
  try {
    const url = guardedUrl(address);
    const client = shown.kind === "certificate" ? { certificatePem: shown.certificatePem, keyPem: shown.keyPem } : undefined;
    const wire = openGuardedWire(url, { ...settings, client });
    try {
      const { status } = await wire.send({ method: "GET", url, headers: headersOf(shown) });
      return attemptOfStatus(status);
    } finally {
      wire.close();
    }
  } catch (error) {
    if (error instanceof ProviderFault) return attemptOfFault(error);
    throw error;
  }
}

function headersOf(shown: Shown): Record<string, string> {
  if (shown.kind === "bearer") return { authorization: `Bearer ${shown.token}` };
  return shown.kind === "cookie" ? { cookie: `${shown.name}=${shown.value}` } : {};
}

/** A TLS alert about our certificate is an answer; that it is revoked is one that says why. */
function attemptOfFault(fault: ProviderFault): Attempt {
  const alert = /ALERT_([A-Z_]+)/.exec(fault.message)?.[1] ?? "";
  if (alert.includes("CERTIFICATE_REVOKED")) return refused("account", "It refused the certificate: revoked.");
  if (alert.includes("CERTIFICATE") || alert.includes("UNKNOWN_CA") || alert.includes("ACCESS_DENIED"))
    return refused("unsaid", "It refused the certificate.");
  return notAsked(plainWords(fault));
}
