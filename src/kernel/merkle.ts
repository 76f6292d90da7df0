/**
 * Merkle trees of a transparency log: RFC 6962 and RFC 9162 section 2.1, and the subtrees of draft-ietf-plants-merkle-tree-certs
 * section 4. The hash function is a parameter, so that this file runs in the server, the verifier and the browser alike.
 *
 * Leaves are numbered from 0. A {@link Range} `[start, end)` stands for the tree over those leaves; a *node* (level, index) is
 * the complete subtree over the leaves `[index * 2^level, (index + 1) * 2^level)`, whose hash never changes again.
 */

/** SHA-256, or what else the log was made with. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** Half-open range of leaf numbers. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Gives the hash of a complete node. Asked only for nodes inside the tree in question. */
export type ReadNode = (level: number, index: number) => Promise<Uint8Array>;

export const HASH_BYTES = 32;

const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

export function hashLeaf(hash: Hash, entry: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + entry.length);
  message[0] = LEAF_PREFIX;
  message.set(entry, 1);
  return hash(message);
}

export function hashNode(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + left.length + right.length);
  message[0] = NODE_PREFIX;
  message.set(left, 1);
  message.set(right, 1 + left.length);
  return hash(message);
}

/** The root over leaf hashes; over none it is the hash of nothing. */
export function rootOf(hash: Hash, leafHashes: readonly Uint8Array[]): Uint8Array {
  const frontier = createFrontier(hash);
  for (const leaf of leafHashes) frontier.append(leaf);
  return frontier.root();
}

/** The right edge of a growing tree: all that is needed to append to it and to know its root. */
export interface Frontier {
  size(): number;
  root(): Uint8Array;
  /** Adds a leaf and reports every node it completes, lowest first, the leaf itself included. */
  append(leafHash: Uint8Array, completed?: (level: number, index: number, nodeHash: Uint8Array) => void): void;
}

/** A frontier at `size`, given the hashes of {@link nodesOfRange} `[0, size)` in that order; without them, of an empty tree. */
export function createFrontier(hash: Hash, size = 0, peaks: readonly Uint8Array[] = []): Frontier {
  const stack = [...peaks];
  let count = size;
  if (stack.length !== nodesOfRange({ start: 0, end: size }).length)
    throw new RangeError(`${stack.length} peaks do not make a tree of ${size}`);
  return {
    size: () => count,
    root: () => foldPeaks(hash, stack),
    append: (leafHash, completed) => {
      let node = leafHash;
      let index = count;
      completed?.(0, index, node);
      for (let level = 1; index % 2 === 1; level++) {
        node = hashNode(hash, stack.pop()!, node);
        index = (index - 1) / 2;
        completed?.(level, index, node);
      }
      stack.push(node);
      count += 1;
    },
  };
}

/** Combines the complete subtrees of a range, left to right, into the hash of the whole. */
function foldPeaks(hash: Hash, peaks: readonly Uint8Array[]): Uint8Array {
  if (peaks.length === 0) return hash(new Uint8Array());
  return peaks.reduceRight((right, left) => hashNode(hash, left, right));
}

/** The complete nodes that tile a subtree, left to right: at most one for each bit of its length. */
export function nodesOfRange(range: Range): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = [];
  for (let at = range.start; at < range.end;) {
    let level = 0;
    let width = 1;
    while (at + width * 2 <= range.end && at % (width * 2) === 0) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** The hash of a subtree, read from complete nodes. */
export async function hashRange(hash: Hash, range: Range, read: ReadNode): Promise<Uint8Array> {
  const peaks = await Promise.all(nodesOfRange(range).map((node) => read(node.level, node.index)));
  return foldPeaks(hash, peaks);
}

/** Largest power of two smaller than the length (2 or more): where RFC 6962 divides a tree. */
function splitOf(range: Range): number {
  let width = 1;
  while (width * 2 < range.end - range.start) width *= 2;
  return range.start + width;
}

/** Sizes beyond 2^53 are refused: JavaScript numbers cannot tell them apart. */
export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** A range that is a subtree of every tree containing it: its start is a multiple of its length rounded up to a power of two. */
export function isSubtree(range: Range): boolean {
  if (!isSize(range.start) || !isSize(range.end) || range.start > range.end) return false;
  let width = 1;
  while (width < range.end - range.start) width *= 2;
  return range.start % width === 0;
}

/** The subtrees whose hashes prove that leaf `index` is in a tree, nearest the leaf first. Throws RangeError outside the tree. */
export function inclusionPath(index: number, tree: Range): Range[] {
  if (!isSubtree(tree) || !(index >= tree.start && index < tree.end))
    throw new RangeError(`leaf ${index} is not in [${tree.start}, ${tree.end})`);
  const path: Range[] = [];
  let at = tree;
  while (at.end - at.start > 1) {
    const [inside, beside] = halves(at, index);
    path.unshift(beside);
    at = inside;
  }
  return path;
}

function halves(range: Range, index: number): [inside: Range, beside: Range] {
  const split = splitOf(range);
  const left = { start: range.start, end: split };
  const right = { start: split, end: range.end };
  return index < split ? [left, right] : [right, left];
}

/**
 * The subtrees whose hashes prove that a tree of `size` contains `subtree` unchanged; with a start of 0 this is the consistency
 * proof of RFC 6962 from the size `subtree.end`. Throws RangeError when there is no such proof.
 */
export function consistencyPath(subtree: Range, size: number): Range[] {
  const isProvable = isSubtree(subtree) && isSize(size) && subtree.start < subtree.end && subtree.end <= size;
  if (!isProvable) throw new RangeError(`no consistency proof from [${subtree.start}, ${subtree.end}) to ${size}`);
  const path: Range[] = [];
  let at: Range = { start: 0, end: size };
  let wanted = subtree;
  let isKnown = true;
  while (wanted.start !== at.start || wanted.end !== at.end) {
    const split = splitOf(at);
    if (wanted.end <= split) {
      path.unshift({ start: split, end: at.end });
      at = { start: at.start, end: split };
    } else {
      path.unshift({ start: at.start, end: split });
      at = { start: split, end: at.end };
      // A subtree that reaches over the split begins where the tree begins; only its right part is still to be told apart.
      isKnown &&= wanted.start >= split;
      wanted = { start: Math.max(wanted.start, split), end: wanted.end };
    }
  }
  return isKnown ? path : [at, ...path];
}

/** Reads the hashes of a path: a proof. */
export function proofOf(hash: Hash, path: readonly Range[], read: ReadNode): Promise<Uint8Array[]> {
  return Promise.all(path.map((range) => hashRange(hash, range, read)));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
