/**
 * One journal entry: what happened to one subject, by whom, when. Its body is canonical JSON (RFC 8785); that text is what is
 * stored, hashed and handed to auditors, byte for byte.
 */
import type { Instant } from "../kernel/time.ts";

/** A tlog entry bundle keeps lengths in a uint16. Larger evidence goes in by digest. */
export const MAX_ENTRY_BYTES = 65_535;

/** Who did it. `system` acts by rule (`tick`, `outbox`, `import`), never by discretion. */
export interface Actor {
  readonly kind: "person" | "system";
  readonly id: string;
  readonly onBehalfOf?: string;
}

/** What a decision produces: past tense type and plain JSON data. */
export interface NewEntry {
  readonly type: string;
  readonly data: unknown;
}

export interface JournalEntry {
  readonly v: 1;
  readonly id: string;
  /** An id kind: `exception`, `person`, `connection` … */
  readonly kind: string;
  readonly subject: string;
  /** 1 for the first entry of a subject, without gaps. */
  readonly version: number;
  readonly type: string;
  readonly at: Instant;
  readonly actor: Actor;
  readonly data: unknown;
}
