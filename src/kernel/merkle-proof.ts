/** Checking Merkle proofs: RFC 6962 and RFC 9162 section 2.1, and the subtree proofs of draft-ietf-plants-merkle-tree-certs. */
import { consistencyPath, equalBytes, type Hash, HASH_BYTES, hashNode, inclusionPath, isSize, isSubtree, type Range } from "./merkle.ts";

/** Why a proof proves nothing. */
export type ProofFault =
  | "size_is_zero"
  | "size_out_of_range"
  | "index_outside"
  | "sizes_reversed"
  | "not_a_subtree"
  | "wrong_hash_length"
  | "wrong_proof_length"
  | "old_root_differs"
  | "root_differs";

/** What an inclusion proof claims. `tree` may be a subtree; a whole tree has a start of 0. */
export interface InclusionClaim {
  readonly index: number;
  readonly tree: Range;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Undefined when the proof holds, else why not. */
export function inclusionFault(hash: Hash, claim: InclusionClaim): ProofFault | undefined {
  const { index, tree, leafHash, root, proof } = claim;
  if (!isSize(index) || !isSize(tree.start) || !isSize(tree.end)) return "size_out_of_range";
  if (tree.end === 0) return "size_is_zero";
  if (!isSubtree(tree)) return "not_a_subtree";
  if (index < tree.start || index >= tree.end) return "index_outside";
  if (!areHashes([leafHash, ...proof])) return "wrong_hash_length";
  const path = inclusionPath(index, tree);
  if (path.length !== proof.length) return "wrong_proof_length";
  const computed = path.reduce((node, beside, i) => {
    const other = proof[i]!;
    return beside.start > index ? hashNode(hash, node, other) : hashNode(hash, other, node);
  }, leafHash);
  return equalBytes(computed, root) ? undefined : "root_differs";
}

/** What a consistency proof claims: the tree of `size` with `root` contains `subtree` with `subtreeRoot`. */
export interface ConsistencyClaim {
  readonly subtree: Range;
  readonly size: number;
  readonly subtreeRoot: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Undefined when the tree of `size` is shown to be an extension of the tree of `oldSize`. From an empty tree nothing can be shown. */
export function consistencyFault(
  hash: Hash,
  claim: { oldSize: number; size: number; oldRoot: Uint8Array; root: Uint8Array; proof: readonly Uint8Array[] },
): ProofFault | undefined {
  const { oldSize, size, oldRoot, root, proof } = claim;
  if (oldSize === 0) return "size_is_zero";
  return subtreeConsistencyFault(hash, { subtree: { start: 0, end: oldSize }, size, subtreeRoot: oldRoot, root, proof });
}

/** Undefined when the proof holds, else why not. The empty subtree is part of every tree, and says nothing about its root. */
export function subtreeConsistencyFault(hash: Hash, claim: ConsistencyClaim): ProofFault | undefined {
  const { subtree, size, subtreeRoot, proof } = claim;
  if (!isSize(subtree.start) || !isSize(subtree.end) || !isSize(size)) return "size_out_of_range";
  if (subtree.end > size) return "sizes_reversed";
  if (!isSubtree(subtree)) return "not_a_subtree";
  if (subtree.start === subtree.end) {
    if (proof.length > 0) return "wrong_proof_length";
    return equalBytes(subtreeRoot, hash(new Uint8Array())) ? undefined : "old_root_differs";
  }
  if (!areHashes(proof)) return "wrong_hash_length";
  const path = consistencyPath(subtree, size);
  if (path.length !== proof.length) return "wrong_proof_length";
  return chainFault(hash, claim, path);
}

/** Rebuilds both roots from the same hashes: the old one from what lies inside the subtree, the new one from everything. */
function chainFault(hash: Hash, claim: ConsistencyClaim, path: readonly Range[]): ProofFault | undefined {
  const { subtree } = claim;
  // When the path starts inside the subtree, its first hash is the right end of it; otherwise the subtree itself is the start.
  const startsInside = path[0] !== undefined && path[0].end === subtree.end;
  const first = startsInside ? path[0]! : subtree;
  const seed = startsInside ? claim.proof[0]! : claim.subtreeRoot;
  let oldNode = seed;
  let newNode = seed;
  path.slice(startsInside ? 1 : 0).forEach((beside, i) => {
    const other = claim.proof[startsInside ? i + 1 : i]!;
    if (beside.start >= first.end) {
      newNode = hashNode(hash, newNode, other);
    } else {
      newNode = hashNode(hash, other, newNode);
      if (beside.start >= subtree.start) oldNode = hashNode(hash, other, oldNode);
    }
  });
  if (!equalBytes(oldNode, claim.subtreeRoot)) return "old_root_differs";
  return equalBytes(newNode, claim.root) ? undefined : "root_differs";
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}
