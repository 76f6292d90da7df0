/**
 * Tiles (C2SP tlog-tiles): the hashes of the tree in rows of 256, and the entries in bundles of 256, under paths that any
 * static file server can serve.
 */
import { type Hash, HASH_BYTES, hashNode, type ReadNode } from "../kernel/merkle.ts";
import { MAX_ENTRY_BYTES } from "./entry.ts";

/** Hashes in a full tile; entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Levels of the tree that one tile spans. */
export const TILE_HEIGHT = 8;

const MAX_LEVEL = 63;

export interface TileName {
  /** `entries` for a bundle of entries. */
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; less than 256 at the right edge of the tree only. */
  readonly width: number;
}

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits. */
export function formatTilePath(tile: TileName): string {
  const digits = String(tile.index).padStart(Math.ceil(String(tile.index).length / 3) * 3, "0");
  const groups = digits.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${tile.level}/${path}${tile.width === TILE_WIDTH ? "" : `.p/${tile.width}`}`;
}

/** The tile a path names, or undefined when it names none, or not in its one canonical form. */
export function parseTilePath(path: string): TileName | undefined {
  const match = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (match === null) return undefined;
  const [, levelText, indexText, widthText] = match;
  const tile: TileName = {
    level: levelText === "entries" ? "entries" : Number(levelText),
    index: Number(indexText!.replaceAll(/[x/]/g, "")),
    width: widthText === undefined ? TILE_WIDTH : Number(widthText),
  };
  const isInside = Number.isSafeInteger(tile.index) && tile.width <= TILE_WIDTH && (tile.level === "entries" || tile.level <= MAX_LEVEL);
  // Writing it again refuses leading zeros, and `.p/256` for a full tile.
  return isInside && formatTilePath(tile) === path ? tile : undefined;
}

/** Number of hashes at a tile level in a tree of `size`. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The width of a tile (or bundle) in a tree of `size`: 0 when it does not exist yet. */
export function tileWidth(level: number | "entries", index: number, size: number): number {
  const hashes = hashesAtLevel(level === "entries" ? 0 : level, size);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** Every tile of a tree of `size`, without the bundles, lowest level first. */
export function* tilesOf(size: number): Generator<TileName & { level: number }> {
  for (let level = 0; hashesAtLevel(level, size) > 0; level++) {
    for (let index = 0; tileWidth(level, index, size) > 0; index++) yield { level, index, width: tileWidth(level, index, size) };
  }
}

/** Entries one after the other, each behind its length as a big-endian uint16. Throws RangeError for an entry too long. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes does not fit a bundle`);
    view.setUint16(at, entry.length);
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle, or undefined when its lengths do not add up or it holds more than 256. */
export function decodeBundle(bundle: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const start = at + 2;
    if (start > bundle.length || entries.length === TILE_WIDTH) return undefined;
    at = start + view.getUint16(at);
    if (at > bundle.length) return undefined;
    entries.push(bundle.subarray(start, at));
  }
  return entries;
}

/** Gives the hashes of a tile, at least as many as `width` says, one after the other. */
export type ReadTile = (tile: TileName & { level: number }) => Promise<Uint8Array>;

/**
 * Reads complete nodes of a tree of `size` through its tiles, each tile once: a proof costs a handful of reads however long
 * the log is. Throws RangeError when a tile is shorter than the tree demands.
 */
export function readThroughTiles(hash: Hash, size: number, read: ReadTile): ReadNode {
  const tiles = new Map<string, Promise<Uint8Array>>();
  return async (nodeLevel, nodeIndex) => {
    const level = Math.floor(nodeLevel / TILE_HEIGHT);
    const span = 2 ** (nodeLevel % TILE_HEIGHT);
    const first = nodeIndex * span;
    const index = Math.floor(first / TILE_WIDTH);
    const tile = { level, index, width: tileWidth(level, index, size) };
    const path = formatTilePath(tile);
    const pending = tiles.get(path) ?? read(tile);
    tiles.set(path, pending);
    const hashes = await pending;
    if (hashes.length < tile.width * HASH_BYTES) throw new RangeError(`${path} is too short`);
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    return foldComplete(hash, hashes.subarray(at, at + span * HASH_BYTES));
  };
}

/** The root over a power of two of hashes laid one after the other. */
function foldComplete(hash: Hash, hashes: Uint8Array): Uint8Array {
  if (hashes.length === HASH_BYTES) return hashes;
  const middle = hashes.length / 2;
  return hashNode(hash, foldComplete(hash, hashes.subarray(0, middle)), foldComplete(hash, hashes.subarray(middle)));
}
