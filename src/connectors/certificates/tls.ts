/** Reads the chain that a TLS endpoint shows. Nothing is said to it but the greeting, and it is read however bad it is. */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, connect, type ConnectionOptions, getCACertificates, type TLSSocket } from "node:tls";

import { bareHost, guardedLookup, isBarred, isLoopback } from "../../platform/addresses.ts";
import { ProviderFault } from "../port.ts";
import { factsOf } from "./certificate.ts";
import type { ChainReading } from "./map.ts";

export interface TlsEndpoint {
  /** `host:port`; an IPv6 host in brackets. */
  readonly address: string;
  /** The name to ask for, where it is not the host. */
  readonly name?: string | undefined;
  /** Certificates to trust beside the machine's own store, in PEM. */
  readonly trustPem?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 10_000;
/** No chain is longer; a server that sends more wants to be waited for. */
const LONGEST_CHAIN = 12;

/** Throws {@link ProviderFault} where no chain was shown: unreachable, timeout, fault; and `denied` for an address nobody is asked at. */
export async function readChain(endpoint: TlsEndpoint): Promise<ChainReading> {
  const { host, port } = placeOf(endpoint.address);
  const name = endpoint.name ?? host;
  const socket = await greet(host, port, name, endpoint);
  try {
    return readingOf(socket, endpoint.address, name);
  } finally {
    socket.destroy();
  }
}

function placeOf(address: string): { host: string; port: number } {
  const url = URL.parse(`tls://${address}`);
  const port = Number(url?.port ?? "");
  if (url === null || !/^[^/?#@\s]+$/.test(address) || port === 0) throw new ProviderFault("fault", `${address} is no host:port.`);
  const host = bareHost(url.hostname);
  if (isBarred(host, isLoopback(host))) throw new ProviderFault("denied", `${host} is an address that Postern connects to for nobody.`);
  return { host, port };
}

function greet(host: string, port: number, name: string, { address, trustPem, timeoutMs = TIMEOUT_MS }: TlsEndpoint): Promise<TLSSocket> {
  const options: ConnectionOptions = {
    host,
    port,
    lookup: guardedLookup(isLoopback(host)),
    // It is judged, not trusted: one that is wrong has to be read as well.
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    ...(isIP(name) === 0 && { servername: name }),
    ...(trustPem !== undefined && { ca: [...getCACertificates("default"), trustPem] }),
  };
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const late = setTimeout(() => fail(new ProviderFault("timeout", `${address} did not answer in time.`)), timeoutMs);
    const fail = (fault: ProviderFault) => {
      clearTimeout(late);
      socket.destroy();
      reject(fault);
    };
    socket.once("secureConnect", () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => fail(faultOf(error, address)));
    socket.once("close", () => fail(new ProviderFault("unreachable", `${address} closed the connection.`)));
  });
}

function faultOf({ code = "", message }: NodeJS.ErrnoException, address: string): ProviderFault {
  if (code.startsWith("ERR_SSL") || code === "EPROTO") return new ProviderFault("fault", `${address} gave no TLS greeting: ${code}.`);
  return new ProviderFault("unreachable", `${address} cannot be reached: ${code === "" ? message : code}.`);
}

function readingOf(socket: TLSSocket, address: string, name: string): ChainReading {
  const own = socket.getPeerX509Certificate();
  if (own === undefined) throw new ProviderFault("fault", `${address} showed no certificate.`);
  // A wrong name is told apart from a chain that nobody trusts, which Node mixes into one.
  const wrongName = checkServerIdentity(name, socket.getPeerCertificate());
  const why = socket.authorized ? undefined : codeOf(socket.authorizationError);
  return {
    address,
    protocol: socket.getProtocol() ?? "",
    certificates: chainOf(own).map(factsOf),
    distrust: why === "ERR_TLS_CERT_ALTNAME_INVALID" ? undefined : why,
    isForName: wrongName === undefined,
    name,
  };
}

/** What the server sent and no more: what is missing of it is missing for every client that has not seen it elsewhere. */
function chainOf(own: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  let current: X509Certificate | undefined = own;
  while (current !== undefined && !seen.has(current.fingerprint256) && chain.length < LONGEST_CHAIN) {
    seen.add(current.fingerprint256);
    chain.push(current);
    current = current.issuerCertificate;
  }
  return chain;
}

function codeOf(error: unknown): string {
  if (typeof error === "string") return error;
  return (error as { code?: string } | null)?.code ?? "UNTRUSTED";
}
