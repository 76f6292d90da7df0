/** The callers file as it is used: whom to trust, and who an identity is to us. */
import type { Caller } from "./caller.ts";

export type KeysFrom =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "discovery"; readonly issuer: string };

export interface TokenTrust {
  /** Name in the file; for SPIFFE the trust domain. */
  readonly name: string;
  /** Exactly what a token has to name; undefined for SPIFFE. */
  readonly issuer: string | undefined;
  /** Whose SPIFFE IDs it may give out; undefined for an issuer of other names. */
  readonly trustDomain: string | undefined;
  readonly keys: KeysFrom;
  readonly algorithms: readonly string[];
  readonly otherAudiences: readonly string[];
  readonly maxLifetimeSeconds: number;
}

export interface Authority {
  readonly name: string;
  readonly certificatesPem: string;
  /** Of the lowest of its certificates, whose word is taken: SHA-256 in hexadecimal with colons. */
  readonly fingerprints: ReadonlySet<string>;
  readonly trustDomain: string | undefined;
  readonly maxLifetimeHours: number;
}

export interface CallerLimit {
  readonly perSecond: number;
  readonly atOnce: number;
}

export interface CallerBook {
  readonly audiences: readonly string[];
  readonly tokens: readonly TokenTrust[];
  readonly authorities: readonly Authority[];
  /** By {@link identityKey}. */
  readonly callers: ReadonlyMap<string, Caller>;
  /** By name of the caller. */
  readonly limits: ReadonlyMap<string, CallerLimit>;
}

/** Somebody as a trust vouches for them. A SPIFFE ID is the same by token and by certificate: its trust domain says who may give it. */
export type Identity =
  | { readonly issuer: string; readonly subject: string }
  | { readonly spiffe: string }
  | { readonly authority: string; readonly dns: string };

export function identityKey(identity: Identity): string {
  if ("spiffe" in identity) return identity.spiffe;
  return "dns" in identity ? `dns ${identity.authority} ${identity.dns}` : `sub ${identity.issuer} ${identity.subject}`;
}

export function trustDomainOf(spiffeId: string): string | undefined {
  return /^spiffe:\/\/([a-z0-9._-]{1,255})\//.exec(spiffeId)?.[1];
}

/** What a client certificate says, once its chain, dates and purpose were verified. */
export interface ShownCertificate {
  /** Names as the certificate lists them: `URI:spiffe://…, DNS:…`. */
  readonly names: string;
  readonly isAuthority: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of itself and of everybody above it. */
  readonly fingerprints: readonly string[];
}

/** Who a certificate is to us, or why nobody. Its common name is never looked at: anybody's may be anything. */
export function callerOfCertificate(book: CallerBook, shown: ShownCertificate): Caller | string {
  const above = book.authorities.filter(({ fingerprints }) => shown.fingerprints.slice(1).some((each) => fingerprints.has(each)));
  if (above.length === 0) return "It is of no authority that is trusted here.";
  if (shown.isAuthority) return "It is an authority's own.";
  const hours = (shown.untilMs - shown.fromMs) / 3_600_000;
  const short = above.filter(({ maxLifetimeHours }) => hours <= maxLifetimeHours);
  if (short.length === 0) return `It was issued for ${Math.round(hours)} hours, which is longer than is accepted.`;
  const names = namesOf(shown.names);
  if (names === undefined) return "Its names cannot be read.";
  const found = new Set(short.flatMap((authority) => identitiesOf(authority, names)).flatMap((key) => book.callers.get(key) ?? []));
  if (found.size > 1) return "Its names are those of several callers.";
  return [...found][0] ?? "Whoever it is for is no caller.";
}

interface Names {
  readonly uris: readonly string[];
  readonly hosts: readonly string[];
}

/** Undefined for what is quoted or of an unknown form: nobody's real name is. */
function namesOf(listed: string): Names | undefined {
  if (listed === "") return { uris: [], hosts: [] };
  const parts = listed.split(", ");
  if (!parts.every((part) => /^(URI|DNS|IP Address|email):[^\s,"]+$/.test(part))) return undefined;
  const of = (kind: string) => parts.filter((part) => part.startsWith(`${kind}:`)).map((part) => part.slice(kind.length + 1));
  return { uris: of("URI"), hosts: of("DNS") };
}

function identitiesOf({ name, trustDomain }: Authority, { uris, hosts }: Names): readonly string[] {
  // A workload has one SPIFFE ID; a certificate with two says nothing about who it is.
  const [uri] = uris;
  const isOwn = uri !== undefined && uris.length === 1 && trustDomain !== undefined && trustDomainOf(uri) === trustDomain;
  return [
    ...(isOwn ? [identityKey({ spiffe: uri })] : []),
    ...hosts.map((dns) => identityKey({ authority: name, dns: dns.toLowerCase() })),
  ];
}

/** Which trust a token has to meet, by what it says of itself: a SPIFFE ID is given out by its own trust domain and by nobody else. */
export function trustOf(book: CallerBook, said: { readonly issuer: string | undefined; readonly subject: string | undefined }) {
  const domain = said.subject === undefined ? undefined : trustDomainOf(said.subject);
  return domain === undefined
    ? book.tokens.find(({ trustDomain, issuer }) => trustDomain === undefined && issuer === said.issuer)
    : book.tokens.find(({ trustDomain }) => trustDomain === domain);
}
