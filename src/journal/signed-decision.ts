/**
 * Ties decisions to signatures. A decision's entry only names the signature it rests on, by digest; here that digest must be of
 * one the journal holds, by the same person, over the same thing, and of no other decision. Pure.
 */
import { epochMs, parseInstant } from "../kernel/time.ts";
import type { JournalEntry } from "./entry.ts";
import type { Fault, FaultCode } from "./fault.ts";

/** What was decided: an action on a subject, with its content by hash. */
interface Decided {
  readonly person: string;
  readonly action: string;
  readonly subject: string;
}

/** A signature as the journal holds it; that it holds was found before. */
export interface Signature extends Decided {
  readonly digest: string;
  readonly contentHash: string;
  /** Makes the question new: whatever else of a record can be written differently, this was signed once. */
  readonly nonce: string;
}

export interface SignedDecision extends Decided {
  /** Digest of the signature, as the decision's entry names it. */
  readonly assertion: string;
  /** Of the content as the journal has it, hashed again; out of the subject's next entry where that has the content. */
  readonly contentHash: string | ((next: JournalEntry) => string);
}

/** `sha256:` and hex. */
export type Hash = (text: string) => string;

/** What a kind of subject says of its entries. Either throws when an entry contradicts what was before. */
export interface Signing {
  /** The signature an entry keeps. */
  signature?(entry: JournalEntry): Signature | undefined;
  /** The decision an entry records, where it is of those that are signed. `before`: the state that the entry changed. */
  decision?(before: unknown, entry: JournalEntry, hash: Hash): SignedDecision | undefined;
}

/** No question waits longer for its answer; nor does an answer, kept and not used because the decision was refused, serve later. */
const FRESH_MS = 5 * 60_000;

interface Kept {
  readonly signature: Signature;
  readonly at: string;
  usedBy?: string;
}

type Report = (fault: Fault) => void;

interface Place {
  readonly entry: string;
  readonly subject: string;
  readonly leaf?: number;
}

export interface DecisionCheck {
  /** Every entry, in the order of the log. */
  take(signing: Signing, before: unknown, entry: JournalEntry, leaf?: number): void;
  /** After the last entry. `isWhole` unless the log may go on behind it. */
  finish(isWhole: boolean): void;
}

export function createDecisionCheck(hash: Hash, report: Report): DecisionCheck {
  const byDigest = new Map<string, Kept>();
  const nonces = new Set<string>();
  const awaiting = new Map<string, (next: JournalEntry | undefined) => void>();

  function keep(signature: Signature, { at }: JournalEntry, place: Place): void {
    if (nonces.has(signature.nonce)) report({ code: "signature_reused", ...place, detail: "the same signature is kept already" });
    else byDigest.set(signature.digest, { signature, at });
    nonces.add(signature.nonce);
  }

  function judge(made: SignedDecision, entry: JournalEntry, place: Place): void {
    const fail = (code: FaultCode, detail: string) => report({ code, ...place, detail: `${entry.type}: ${detail}` });
    const kept = byDigest.get(made.assertion);
    if (kept === undefined) return fail("decision_unsigned", `no signature "${made.assertion}" lies before it`);
    if (kept.usedBy !== undefined) return fail("signature_reused", `its signature is that of ${kept.usedBy}`);
    const difference = differenceOf(made, kept, entry);
    if (difference !== undefined) return fail("decision_differs", difference);
    kept.usedBy = entry.id;
    if (typeof made.contentHash === "string") return;
    const { contentHash } = made;
    awaiting.set(entry.subject, (next) => {
      const found = attempt(() => next && contentHash(next));
      if (found !== kept.signature.contentHash) fail("decision_differs", "what was signed is not the content of the entry after it");
    });
  }

  return {
    take(signing, before, entry, leaf) {
      const place = { entry: entry.id, subject: entry.subject, ...(leaf !== undefined && { leaf }) };
      awaiting.get(entry.subject)?.(entry);
      awaiting.delete(entry.subject);
      try {
        const signature = signing.signature?.(entry);
        if (signature !== undefined) keep(signature, entry, place);
        const made = signing.decision?.(before, entry, hash);
        if (made !== undefined) judge(made, entry, place);
      } catch (error) {
        const detail = error instanceof Error ? error.message : "unknown error";
        report({ code: "decision_differs", ...place, detail: `${entry.type}: ${detail}` });
      }
    },
    finish(isWhole) {
      if (isWhole) for (const settle of awaiting.values()) settle(undefined);
    },
  };
}

function differenceOf(made: SignedDecision, { signature, at }: Kept, entry: JournalEntry): string | undefined {
  if (entry.actor.kind !== "person" || entry.actor.id !== made.person) return `it names ${made.person}, but ${entry.actor.id} made it`;
  for (const what of ["person", "action", "subject"] as const) {
    if (made[what] !== signature[what]) return `the ${what} is ${made[what]}, but ${signature[what]} was signed`;
  }
  if (typeof made.contentHash === "string" && made.contentHash !== signature.contentHash) {
    return `the content is ${made.contentHash}, but ${signature.contentHash} was signed`;
  }
  return isFresh(at, entry.at) ? undefined : `it was signed at ${at} and decided at ${entry.at}`;
}

/** Whether what was signed at one moment could still be used at the other. */
export function isFresh(signedAt: string, decidedAt: string): boolean {
  const [signed, decided] = [parseInstant(signedAt), parseInstant(decidedAt)];
  return signed !== undefined && decided !== undefined && epochMs(decided) - epochMs(signed) <= FRESH_MS;
}

function attempt(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch {
    // Whatever cannot be read as the content is other content.
    return undefined;
  }
}
