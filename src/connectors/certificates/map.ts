/** What a certificate, a chain and a set of keys say, as they were read from the endpoint that shows them. */
import type { Instant } from "../../kernel/time.ts";

export interface CertificateFacts {
  /** On one line: `CN=id.example.org, O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** SHA-256 of the certificate itself, in hex. */
  readonly fingerprint: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** `rsa`, `ec`, `ed25519`, …; undefined where the key is of no kind we can read. */
  readonly keyType: string | undefined;
  /** Of RSA and DSA the modulus, of elliptic curves the curve. */
  readonly keyBits: number | undefined;
  /** `sha256WithRSAEncryption`, … */
  readonly signature: string | undefined;
  readonly isSelfSigned: boolean;
}

export interface ChainReading {
  /** As it was dialled. */
  readonly address: string;
  readonly protocol: string;
  /** The server's own first, then whoever signed the one before. */
  readonly certificates: readonly CertificateFacts[];
  /** Undefined: a client of this trust accepts it. Else OpenSSL's code of why not: `CERT_HAS_EXPIRED`. */
  readonly distrust: string | undefined;
  /** Whether the certificate is for the name that was asked for. */
  readonly isForName: boolean;
  readonly name: string;
}

export interface KeyFacts {
  readonly kid: string | undefined;
  readonly kty: string;
  /** False for keys that say they are for encryption. */
  readonly signs: boolean;
  readonly keyBits: number | undefined;
  /** Of its certificate (`x5c`), or as the set says (`exp`); undefined where nothing says it. */
  readonly notAfter: Instant | undefined;
  /** It holds what must not be published: the private half, or a shared secret. */
  readonly isSecret: boolean;
}

export interface KeySetReading {
  readonly address: string;
  readonly keys: readonly KeyFacts[];
  /** Entries that are no key we can read. */
  readonly unreadable: number;
}
