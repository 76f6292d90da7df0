/** What a TLS connection shows of whoever opened it. */
import { X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";

export type ClientCertificate =
  /** No TLS, or no certificate in it. */
  | { readonly kind: "none" }
  /** One that does not hold: of an unknown authority, out of its time, or for something else. */
  | { readonly kind: "refused"; readonly words: string }
  | {
      readonly kind: "shown";
      readonly names: string;
      readonly isAuthority: boolean;
      readonly fromMs: number;
      readonly untilMs: number;
      /** Of itself and of everybody above it, up to an authority that is trusted. */
      readonly fingerprints: readonly string[];
    };

const REFUSED: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "It has ended.",
  CERT_NOT_YET_VALID: "It has not begun.",
  INVALID_PURPOSE: "It is not for clients.",
};
/** No sound chain is longer. */
const MAX_CHAIN = 10;

/**
 * By connection, which keeps the one it began with. Read once: Node before 24.21 shows what was sent along to whoever asks first, and
 * nothing of it after.
 */
const shown = new WeakMap<TLSSocket, X509Certificate>();

/** What a connection showed, with what was sent along as far as this Node tells it. */
export function shownBy(socket: TLSSocket): X509Certificate | undefined {
  const known = shown.get(socket) ?? socket.getPeerX509Certificate();
  if (known !== undefined) shown.set(socket, known);
  return known;
}

/** All certificates of texts in PEM. */
export function certificatesOf(pems: readonly string[]): readonly X509Certificate[] {
  const found = pems.flatMap((pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
  return found.map((each) => new X509Certificate(each));
}

export function clientCertificateOf(socket: object, trusted: readonly X509Certificate[], nowMs: number): ClientCertificate {
  if (!(socket instanceof TLSSocket)) return { kind: "none" };
  const leaf = shownBy(socket);
  if (leaf === undefined) return { kind: "none" };
  if (!socket.authorized) {
    const code = (socket.authorizationError as (Error & { code?: string }) | null)?.code ?? String(socket.authorizationError);
    return { kind: "refused", words: REFUSED[code] ?? "It is of no authority that is trusted here." };
  }
  return {
    kind: "shown",
    names: leaf.subjectAltName ?? "",
    isAuthority: leaf.ca,
    fromMs: leaf.validFromDate.getTime(),
    untilMs: leaf.validToDate.getTime(),
    fingerprints: chainOf(leaf, trusted, nowMs).map(({ fingerprint256 }) => fingerprint256),
  };
}

/**
 * Who vouches for whom, each step by its signature. TLS has verified one such chain, and does not say which; what the client sent along
 * is linked by names only, and may be made to look like another's.
 */
function chainOf(leaf: X509Certificate, trusted: readonly X509Certificate[], nowMs: number): readonly X509Certificate[] {
  const chain = [leaf];
  while (chain.length < MAX_CHAIN) {
    const last = chain.at(-1)!;
    const sent = last.issuerCertificate;
    const above = [...trusted, ...(sent === undefined ? [] : [sent])].find((each) => vouchesFor(each, last, nowMs));
    if (above === undefined || above.fingerprint256 === last.fingerprint256) break;
    chain.push(above);
  }
  return chain;
}

function vouchesFor(above: X509Certificate, below: X509Certificate, nowMs: number): boolean {
  if (!above.ca || above.validFromDate.getTime() > nowMs || above.validToDate.getTime() <= nowMs) return false;
  return hasSigned(above, below);
}

const hasSigned = (above: X509Certificate, below: X509Certificate): boolean => below.checkIssued(above) && below.verify(above.publicKey);

/** A root may be there twice, by the same key: renewed. */
const isAbove = (above: X509Certificate, below: X509Certificate): boolean =>
  !above.publicKey.equals(below.publicKey) && hasSigned(above, below);

/**
 * Those that vouch for none of the others: what is above them only completes their path, for Node's server verifies a client's up to a
 * root and knows no other end (`allowPartialTrustChain` is for clients). `rootless`: one of them whose path ends before a root.
 */
export function lowestOf(certificates: readonly X509Certificate[]): {
  readonly lowest: readonly X509Certificate[];
  readonly rootless: X509Certificate | undefined;
} {
  const endsAtRoot = (each: X509Certificate, steps = MAX_CHAIN): boolean =>
    hasSigned(each, each) || (steps > 0 && certificates.some((above) => isAbove(above, each) && endsAtRoot(above, steps - 1)));
  return {
    lowest: certificates.filter((each) => !certificates.some((other) => isAbove(each, other))),
    rootless: certificates.find((each) => !endsAtRoot(each)),
  };
}
