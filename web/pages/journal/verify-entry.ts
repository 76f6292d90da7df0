/**
 * Checks in this browser that an entry is in the log, with WebCrypto and nothing the server says about itself but its public
 * key. The formats (C2SP signed-note and tlog-checkpoint) are read here a second time, apart from the server's own code.
 */
import type { z } from "zod";

import type { EntryView, provenEntryView } from "../../../src/journal/contract.ts";
import { decodeBase64 } from "../../../src/kernel/base64.ts";
import { inclusionFault } from "../../../src/kernel/merkle-proof.ts";
import { hashLeaf } from "../../../src/kernel/merkle.ts";
import { withSha256 } from "../../digest.ts";

type ProvenEntry = z.output<typeof provenEntryView>;
type EntryProof = NonNullable<ProvenEntry["proof"]>;

/** One thing that was checked, with what came of it. */
export interface Check {
  readonly words: string;
  readonly holds: boolean;
}

export interface Verified {
  readonly checks: readonly Check[];
  /** Base 64 of hashes, for showing. */
  readonly leafHash: Uint8Array;
  readonly checkpoint: Checkpoint | undefined;
}

export interface Checkpoint {
  /** What was signed, its final newline included. */
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly signatures: readonly { readonly name: string; readonly keyId: number; readonly bytes: Uint8Array }[];
}

/** Runs every check, also after one has failed: a person wants to see which hold. */
export async function verifyEntry(entry: ProvenEntry, proof: EntryProof, verifierKey: string): Promise<Verified> {
  const checkpoint = readCheckpoint(proof.text.slice(proof.text.indexOf("\n\n") + 2));
  const body = new TextEncoder().encode(entry.body);
  const leafHash = await withSha256((hash) => hashLeaf(hash, body));
  const index = entry.leaf ?? -1;
  const hashes = proof.path.map((node) => decodeBase64(node.hash) ?? new Uint8Array());
  const fault =
    checkpoint &&
    (await withSha256((hash) =>
      inclusionFault(hash, { index, tree: { start: 0, end: checkpoint.size }, leafHash, root: checkpoint.root, proof: hashes }),
    ));
  const checks: Check[] = [
    { words: "The hashed text says what the rows above say", holds: saysTheSame(entry) },
    { words: "The checkpoint can be read", holds: checkpoint !== undefined },
    {
      words: `The text's hash, with ${hashes.length} others, gives the checkpoint's root${fault === undefined ? "" : ` (${fault.replaceAll("_", " ")})`}`,
      holds: checkpoint !== undefined && fault === undefined,
    },
    { words: "The checkpoint is signed with this log's key", holds: checkpoint !== undefined && (await isSigned(checkpoint, verifierKey)) },
  ];
  return { checks, leafHash, checkpoint };
}

/** True when the hashed text says what the fields beside it say, so that what is shown is what was hashed. */
export function saysTheSame(entry: EntryView): boolean {
  const said = JSON.parse(entry.body) as Readonly<Record<string, unknown>>;
  return (["id", "kind", "subject", "version", "type", "at"] as const).every((field) => said[field] === entry[field]);
}

/** The checkpoint in a signed note; undefined when it is not one. */
export function readCheckpoint(note: string): Checkpoint | undefined {
  const divide = note.lastIndexOf("\n\n");
  const text = note.slice(0, divide + 1);
  const [origin, size, root] = text.split("\n");
  const rootBytes = decodeBase64(root ?? "");
  if (divide < 0 || origin === undefined || rootBytes === undefined || !/^\d{1,15}$/.test(size ?? "")) return undefined;
  const lines = note.slice(divide + 2).split("\n");
  const signatures = lines.flatMap((line) => {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = decodeBase64(encoded ?? "");
    return name === undefined || bytes === undefined || bytes.length <= 4 ? [] : [{ name, keyId: keyIdOf(bytes), bytes: bytes.slice(4) }];
  });
  return { text, origin, size: Number(size), root: rootBytes, signatures };
}

function keyIdOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** True when one of the signatures is by this key, and holds. A key reads `name+id+base64(1 ‖ Ed25519 public key)`. */
export async function isSigned(checkpoint: Checkpoint, verifierKey: string): Promise<boolean> {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey.trim()) ?? [];
  const raw = decodeBase64(encoded ?? "")?.slice(1);
  const ours = checkpoint.signatures.find((each) => each.name === name && each.keyId === Number.parseInt(keyId ?? "", 16));
  if (ours === undefined || raw === undefined) return false;
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const signed = new TextEncoder().encode(checkpoint.text);
  return await crypto.subtle.verify("Ed25519", key, ours.bytes as Uint8Array<ArrayBuffer>, signed);
}
