/**
 * Offline proof of one entry (C2SP tlog-proof): its place, its inclusion proof and the signed checkpoint in one text file. The
 * entry itself travels as the format's extra data, so that the file and the log's public key are all an auditor needs.
 */
import { decodeBase64, encodeBase64 } from "../kernel/base64.ts";
import { inclusionFault, type ProofFault } from "../kernel/merkle-proof.ts";
import { hashLeaf } from "../kernel/merkle.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { MAX_ENTRY_BYTES } from "./entry.ts";
import type { VerifierKey } from "./note.ts";
import { type NoteFault, openCheckpoint, sha256 } from "./signing.ts";

const FIRST_LINE = "c2sp.org/tlog-proof@v1";

export interface EntryProof {
  /** The bytes that were hashed. */
  readonly entry: Uint8Array;
  readonly index: number;
  readonly inclusion: readonly Uint8Array[];
  /** Signed note. */
  readonly checkpoint: string;
}

export type EntryProofFault = "not_a_proof" | NoteFault | ProofFault;

/** What a valid proof shows. */
export interface ProvenEntry {
  readonly entry: Uint8Array;
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

export function formatProof(proof: EntryProof): string {
  const lines = [FIRST_LINE, `extra ${encodeBase64(proof.entry)}`, `index ${proof.index}`, ...proof.inclusion.map(encodeBase64), ""];
  return `${lines.join("\n")}\n${proof.checkpoint}`;
}

/** The proof, or undefined when the text is not one with its entry inside. Says nothing about whether it holds. */
export function parseProof(text: string): EntryProof | undefined {
  const divide = text.indexOf("\n\n");
  if (divide < 0) return undefined;
  const [first, extra, place, ...inclusionLines] = text.slice(0, divide).split("\n");
  if (first !== FIRST_LINE || extra?.startsWith("extra ") !== true || place === undefined) return undefined;
  const entry = decodeBase64(extra.slice("extra ".length));
  const index = /^index (0|[1-9]\d*)$/.exec(place)?.[1];
  const inclusion = inclusionLines.map(decodeBase64);
  if (entry === undefined || entry.length > MAX_ENTRY_BYTES || index === undefined || inclusion.includes(undefined)) return undefined;
  return { entry, index: Number(index), inclusion: inclusion as Uint8Array[], checkpoint: text.slice(divide + 2) };
}

/** Verifies a proof file against the log's public key, without a network. The entry, or why it proves nothing. */
export function verifyProof(text: string, key: VerifierKey): ProvenEntry | EntryProofFault {
  const proof = parseProof(text);
  if (proof === undefined) return "not_a_proof";
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  if (typeof checkpoint === "string") return checkpoint;
  const fault = inclusionFault(sha256, {
    index: proof.index,
    tree: { start: 0, end: checkpoint.size },
    leafHash: hashLeaf(sha256, proof.entry),
    root: checkpoint.root,
    proof: proof.inclusion,
  });
  return fault ?? { entry: proof.entry, index: proof.index, checkpoint };
}
