/** Merkle proof cases in the format of transparency-dev/merkle: inclusion and consistency, of trees and of subtrees. */
import { readFileSync } from "node:fs";

import { z } from "zod";

import { sha256 } from "../../src/journal/signing.ts";
import { decodeBase64 } from "../../src/kernel/base64.ts";
import { consistencyFault, inclusionFault, type ProofFault, subtreeConsistencyFault } from "../../src/kernel/merkle-proof.ts";
import type { Oracle, Verdict } from "../oracle.ts";

const bytes = z.string().transform((text, context) => {
  const decoded = decodeBase64(text);
  if (decoded !== undefined) return decoded;
  context.addIssue({ code: "custom", message: "not base64" });
  return z.NEVER;
});
// Cases hold sizes up to 2^64 - 1, which JavaScript reads inexactly: still a number, and refused by our code as too large.
const count = z.number();
const proof = z
  .array(bytes.nullable())
  .nullish()
  .transform((hashes) => (hashes ?? []).map((hash) => hash ?? new Uint8Array()));
const common = { proof, desc: z.string().optional(), wantErr: z.boolean() };

const inclusion = z
  .strictObject({ leafIdx: count, treeSize: count, root: bytes, leafHash: bytes, ...common })
  .transform((it) => judged(it, inclusionFault(sha256, { ...it, index: it.leafIdx, tree: { start: 0, end: it.treeSize } })));
const subtreeInclusion = z
  .strictObject({ leafIdx: count, start: count, end: count, root: bytes, leafHash: bytes, ...common })
  .transform((it) => judged(it, inclusionFault(sha256, { ...it, index: it.leafIdx, tree: it })));
const consistency = z
  .strictObject({ size1: count, size2: count, root1: bytes, root2: bytes, ...common })
  .transform((it) => judged(it, consistencyFault(sha256, { ...it, oldSize: it.size1, size: it.size2, oldRoot: it.root1, root: it.root2 })));
const subtreeConsistency = z
  .strictObject({ start: count, end: count, size: count, root1: bytes, root2: bytes, ...common })
  .transform((it) => judged(it, subtreeConsistencyFault(sha256, { ...it, subtree: it, subtreeRoot: it.root1, root: it.root2 })));

const oneCase = z.union([inclusion, subtreeInclusion, consistency, subtreeConsistency]);
const caseFile = z.union([oneCase.transform((it) => [it]), z.array(oneCase).min(1)]);

function judged(
  theirs: { wantErr: boolean; desc?: string | undefined },
  fault: ProofFault | undefined,
): { desc: string; disagreement?: string } {
  const desc = theirs.desc ?? "";
  if (theirs.wantErr === (fault !== undefined)) return { desc };
  return { desc, disagreement: theirs.wantErr ? "should be refused; we accept it" : `should hold; we say ${fault}` };
}

export const merkle: Oracle = { files: /\.json$/, judge };

function judge(path: string): Verdict[] {
  try {
    return caseFile.parse(JSON.parse(readFileSync(path, "utf8"))).map(({ desc, ...rest }) => ({ name: `${path} (${desc})`, ...rest }));
  } catch (error) {
    return [
      { name: path, disagreement: `cannot be read as a case: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}` },
    ];
  }
}
