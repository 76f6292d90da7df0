/**
 * The log's Merkle tree, grown again in this browser from the hashes of all entries. Nothing the server says about it is used
 * but those hashes: whatever else it hands out is compared with what follows from them.
 */
import { journalTile } from "../../../src/journal/contract.ts";
import { createFrontier, equalBytes, HASH_BYTES, nodesOfRange } from "../../../src/kernel/merkle.ts";
import { callForBytes } from "../../api.ts";
import { sha256Each, withSha256 } from "../../digest.ts";

/** C2SP tlog-tiles: so many hashes a tile, and so many levels of the tree to the tile above. */
const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** Asked at once; a browser holds more back anyway. */
const AT_ONCE = 6;
/** Hashed between two moments in which the page can be used. */
const BATCH = 2048;

export interface LogTree {
  readonly size: number;
  readonly tiles: number;
  /** Hash of a leaf; undefined beyond the tree. */
  leaf(index: number): Uint8Array | undefined;
  /** Root over the first `size` leaves, at most all. */
  rootAt(size: number): Promise<Uint8Array>;
  /** Paths of tiles that are not what the tiles below them make; of one that was cut short too. */
  readonly faults: readonly string[];
}

/** How many tiles a tree has, and how many bytes they are. */
export function extentOf(size: number): { tiles: number; bytes: number } {
  const levels = levelsOf(size);
  return {
    tiles: levels.reduce((sum, hashes) => sum + Math.ceil(hashes / TILE_WIDTH), 0),
    bytes: levels.reduce((sum, hashes) => sum + hashes * HASH_BYTES, 0),
  };
}

/** Hashes in the tiles of each level, lowest first. */
function levelsOf(size: number): number[] {
  const levels: number[] = [];
  for (let hashes = size; hashes > 0; hashes = Math.floor(hashes / TILE_WIDTH)) levels.push(hashes);
  return levels;
}

/** Fetches every tile of a tree of `size` and grows it. Throws CallFailed where a tile is not handed out. */
export async function growTree(size: number, onProgress: (done: number, of: number) => void): Promise<LogTree> {
  const { tiles } = extentOf(size);
  let fetched = 0;
  const onTile = () => onProgress(++fetched, tiles);
  const faults: string[] = [];
  const [leaves, ...upper] = levelsOf(size);
  const nodes = [await fetchLevel(0, leaves ?? 0, faults, onTile)];
  while (nodes.at(-1)!.length > HASH_BYTES) nodes.push(await pairUp(nodes.at(-1)!));
  for (const [i, hashes] of upper.entries()) {
    const told = await fetchLevel(i + 1, hashes, faults, onTile);
    faults.push(...differing(i + 1, told, nodes[(i + 1) * TILE_HEIGHT]!));
  }
  const node = (level: number, index: number) => nodes[level]!.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  return {
    size,
    tiles,
    faults,
    leaf: (index) => (index < size ? node(0, index) : undefined),
    rootAt: (end) => {
      const peaks = nodesOfRange({ start: 0, end }).map(({ level, index }) => node(level, index));
      return withSha256((hash) => createFrontier(hash, end, peaks).root());
    },
  };
}

/** The hashes of one level of tiles. A tile of another length than it must have leaves zeros, which hash to no root that was signed. */
async function fetchLevel(level: number, hashes: number, faults: string[], onTile: () => void): Promise<Uint8Array> {
  const all = new Uint8Array(hashes * HASH_BYTES);
  const names = Array.from({ length: Math.ceil(hashes / TILE_WIDTH) }, (_, index) => index);
  const fetchOne = async (index: number) => {
    const width = Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH);
    const bytes = await callForBytes(journalTile, { params: { path: tilePath(level, index, width) } });
    if (bytes.length === width * HASH_BYTES) all.set(bytes, index * TILE_WIDTH * HASH_BYTES);
    else faults.push(tilePath(level, index, width));
    onTile();
  };
  for (let at = 0; at < names.length; at += AT_ONCE) await Promise.all(names.slice(at, at + AT_ONCE).map(fetchOne));
  return all;
}

/** The complete nodes one level up: of an odd number the last has no partner yet. */
async function pairUp(below: Uint8Array): Promise<Uint8Array> {
  const pairs = Math.floor(below.length / (2 * HASH_BYTES));
  const above = new Uint8Array(pairs * HASH_BYTES);
  for (let at = 0; at < pairs; at += BATCH) {
    const texts = Array.from({ length: Math.min(BATCH, pairs - at) }, (_, i) => {
      const text = new Uint8Array(1 + 2 * HASH_BYTES);
      text[0] = 1;
      text.set(below.subarray((at + i) * 2 * HASH_BYTES, (at + i + 1) * 2 * HASH_BYTES), 1);
      return text;
    });
    above.set(await sha256Each(texts), at * HASH_BYTES);
  }
  return above;
}

function differing(level: number, told: Uint8Array, made: Uint8Array): string[] {
  const hashes = told.length / HASH_BYTES;
  const bytes = TILE_WIDTH * HASH_BYTES;
  return Array.from({ length: Math.ceil(hashes / TILE_WIDTH) }, (_, index) => index)
    .filter((index) => !equalBytes(told.subarray(index * bytes, (index + 1) * bytes), made.subarray(index * bytes, (index + 1) * bytes)))
    .map((index) => tilePath(level, index, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH)));
}

/** `0/x001/234.p/56`: the index in groups of three digits, the width where the tile is not full. */
function tilePath(level: number, index: number, width: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const path = digits.replaceAll(/\d{3}(?=\d)/g, "x$&/");
  return `${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}
