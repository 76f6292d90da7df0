/** What Postern itself can try against the real thing, and what came of it. Not known is never passed. */
import type { Instant } from "../kernel/time.ts";

/** Keys of connections and names of accounts only: how an account proves itself is given to the process, never written into a plan. */
export type ProbeSpec =
  /** The chain holds for the name, and every certificate in it lasts for some days more. */
  | { readonly kind: "tls"; readonly address: string; readonly daysLeft: number }
  /** The set of keys is there over https, can be read, holds a key to verify with, and lasts for some days more. */
  | { readonly kind: "jwks"; readonly address: string; readonly daysLeft: number }
  /** The provider answers; with an account, that account signs in. */
  | { readonly kind: "provider"; readonly connection: string; readonly canary: string | null }
  /** Whether an account gets in now: by the bind or sign-in of its provider, or by one method there. */
  | {
      readonly kind: "identity";
      readonly connection: string;
      readonly account: string;
      readonly does: "bind" | "signIn" | "useMethod";
      readonly method: string | null;
      readonly expected: "can" | "cannot";
    }
  /** What was revoked is refused by every relying party named; one that takes it, or does not answer, fails it. */
  | { readonly kind: "revocation"; readonly credential: string; readonly relyingParties: readonly string[] }
  /** A synthetic exception is granted in the provider and has to be gone there, by itself, in time. */
  | {
      readonly kind: "exceptionDeath";
      readonly connection: string;
      readonly policy: string;
      readonly subject: string;
      readonly livesMinutes: number;
      readonly graceMinutes: number;
    }
  /** A backup is restored into an empty directory and verifies there. Null: one made now. */
  | { readonly kind: "restore"; readonly backup: string | null };

export const PROBE_KINDS = [
  "tls",
  "jwks",
  "provider",
  "identity",
  "revocation",
  "exceptionDeath",
  "restore",
] as const satisfies readonly ProbeSpec["kind"][];
export type ProbeKind = (typeof PROBE_KINDS)[number];

export const PROBE_OUTCOMES = ["passed", "failed", "unknown"] as const;
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number];

/** A file that shows something, by its digest; the bytes lie elsewhere. */
export interface EvidenceFile {
  readonly name: string;
  /** `sha256:` and hex. */
  readonly digest: string;
  readonly bytes: number;
}

export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** What was seen, in a sentence; no secrets. */
  readonly saw: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly evidence: readonly EvidenceFile[];
}

/** Keeps what a probe saw and says by what it is found again. */
export type KeepEvidence = (name: string, content: Uint8Array | string) => Promise<EvidenceFile>;

export interface ProbeRunner {
  /**
   * Never rejects for what it looks at: what cannot be found out is `unknown`, and said. What happened before `since` belongs to the
   * drill before.
   */
  run(spec: ProbeSpec, keep: KeepEvidence, since: Instant): Promise<ProbeResult>;
}
