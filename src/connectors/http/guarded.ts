/** HTTPS to an address that somebody signed in named: guarded, small, soon over. */
import { getCACertificates } from "node:tls";

import { guardedLookup, isBarred, isLoopback } from "../../platform/addresses.ts";
import { openWire, type Wire } from "./wire.ts";
import { ProviderFault } from "../port.ts";

export interface GuardedWireSettings {
  /** Certificates to trust beside the machine's own store, in PEM. */
  readonly trustPem?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** Who we are to the server, by certificate. */
  readonly client?: { readonly certificatePem: string; readonly keyPem: string } | undefined;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

/** Throws {@link ProviderFault} for what is no https address, or leads where nobody is asked. */
export function guardedUrl(address: string): URL {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") throw new ProviderFault("fault", "The address is none.");
  const isHere = isLoopback(url.hostname);
  // In clear only on this machine: elsewhere whoever stands between could answer.
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)) throw new ProviderFault("denied", `${url.origin} is not https.`);
  if (isBarred(url.hostname, isHere))
    throw new ProviderFault("denied", `${url.hostname} is an address that Postern connects to for nobody.`);
  return url;
}

/** A wire for one address and what lies beside it on the same host. */
export function openGuardedWire(url: URL, { trustPem, timeoutMs = TIMEOUT_MS, client }: GuardedWireSettings): Wire {
  return openWire({
    timeoutMs,
    maxBytes: MAX_BYTES,
    client,
    lookup: guardedLookup(isLoopback(url.hostname)),
    ...(trustPem !== undefined && { caPem: [...getCACertificates("default"), trustPem] }),
  });
}
