/** Growing the Merkle tree again from the entries, and comparing it with the tiles kept and every checkpoint signed. */
import { createFrontier, equalBytes, HASH_BYTES, hashLeaf } from "../kernel/merkle.ts";
import type { Fault } from "./fault.ts";
import { readEntry } from "./read-entry.ts";
import { sha256 } from "./signing.ts";
import type { JournalSource, SourceEntry } from "./source.ts";
import { TILE_HEIGHT, TILE_WIDTH } from "./tile.ts";

/** A root that the tree must have at a size. */
export interface Mark {
  readonly size: number;
  readonly root: Uint8Array;
  /** Whose claim it is, for messages. */
  readonly words: string;
}

export interface TreeCheck {
  /** Before the leaves `[start, end)` of one bundle. */
  openBundle(start: number, end: number): Promise<void>;
  /** The entry of the next leaf, or undefined when it is missing. */
  take(leaf: number, entry: SourceEntry | undefined): void;
  closeBundle(isLast: boolean): Promise<void>;
}

export function createTreeCheck(source: JournalSource, marks: readonly Mark[], report: (fault: Fault) => void): TreeCheck {
  const frontier = createFrontier(sha256);
  const roots = rootCheck(marks, report);
  const upper: { index: number; hashes: Uint8Array[] }[] = [];
  let areLeavesSound = true;
  let bundle: { start: number; hashes: Uint8Array | undefined } = { start: 0, hashes: undefined };
  roots(0, () => frontier.root());
  return {
    async openBundle(start, end) {
      bundle = { start, hashes: await source.tile(0, start / TILE_WIDTH, end - start) };
      if (bundle.hashes !== undefined) return;
      areLeavesSound = false;
      report({ code: "tile", leaf: start, detail: `tile 0/${start / TILE_WIDTH} is missing or too short` });
    },
    take(leaf, entry) {
      const at = (leaf - bundle.start) * HASH_BYTES;
      const kept = bundle.hashes?.subarray(at, at + HASH_BYTES);
      const hash = entry && hashLeaf(sha256, entry.body);
      const fault = leafFault(entry, hash, kept);
      if (fault !== undefined) {
        areLeavesSound = false;
        report({ ...fault, leaf });
      }
      frontier.append(hash ?? kept ?? new Uint8Array(HASH_BYTES), (level, index, node) => {
        if (level === 0 || level % TILE_HEIGHT !== 0) return;
        const row = (upper[level / TILE_HEIGHT] ??= { index: Math.floor(index / TILE_WIDTH), hashes: [] });
        row.hashes.push(node);
      });
      roots(leaf + 1, () => frontier.root());
    },
    async closeBundle(isLast) {
      for (const [level, row] of upper.entries()) {
        if (row === undefined || row.hashes.length === 0 || (!isLast && row.hashes.length < TILE_WIDTH)) continue;
        const kept = await source.tile(level, row.index, row.hashes.length);
        const isSame = kept !== undefined && equalBytes(kept, Buffer.concat(row.hashes));
        // Above a leaf that was already named, a differing tile would only say the same again.
        if (!isSame && areLeavesSound) report({ code: "tile", detail: `tile ${level}/${row.index} is not what the leaves below it make` });
        upper[level] = { index: row.index + 1, hashes: [] };
      }
    },
  };
}

/** Names the leaf whose entry is gone or changed. */
function leafFault(entry: SourceEntry | undefined, hash: Uint8Array | undefined, kept: Uint8Array | undefined): Fault | undefined {
  if (entry === undefined || hash === undefined)
    return { code: "entry_missing", detail: "the tree has this leaf, but there is no entry for it" };
  if (kept === undefined || equalBytes(hash, kept)) return undefined;
  return { code: "leaf_hash", ...namesOf(entry), detail: "the entry is not the one that was hashed into the tree" };
}

/** The entry as it calls itself, or else as the database calls it. */
function namesOf(entry: SourceEntry): { entry?: string; subject?: string } {
  const read = readEntry(entry.body);
  if (read !== undefined) return { entry: read.id, subject: read.subject };
  return entry.row === undefined ? {} : { entry: entry.row.id, subject: entry.row.subject };
}

/** Compares the computed root with every claim about that size, until the first that differs: after it all others do. */
function rootCheck(marks: readonly Mark[], report: (fault: Fault) => void): (size: number, root: () => Uint8Array) => void {
  const bySize = Map.groupBy(marks, (mark) => mark.size);
  let soundSize = 0;
  let isBroken = false;
  return (size, root) => {
    const here = bySize.get(size);
    if (here === undefined || isBroken) return;
    const computed = root();
    const broken = here.find((mark) => !equalBytes(mark.root, computed));
    if (broken === undefined) {
      soundSize = size;
      return;
    }
    isBroken = true;
    const detail = `${broken.words} was not signed over these entries: the first ${soundSize} are sound, between there and number ${size} something differs`;
    report({ code: "checkpoint_root", leaf: soundSize, detail });
  };
}
