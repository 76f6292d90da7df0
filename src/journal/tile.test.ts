import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createFrontier, HASH_BYTES, hashLeaf, inclusionPath, proofOf } from "../kernel/merkle.ts";
import { inclusionFault } from "../kernel/merkle-proof.ts";
import { sha256 } from "./signing.ts";
import { decodeBundle, encodeBundle, formatTilePath, parseTilePath, readThroughTiles, type TileName, tilesOf, tileWidth } from "./tile.ts";

describe("paths", () => {
  test("the index is written in groups of three, as the format says", () => {
    expect(formatTilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("tile/0/x001/x234/067");
    expect(formatTilePath({ level: 2, index: 0, width: 17 })).toBe("tile/2/000.p/17");
    expect(formatTilePath({ level: "entries", index: 1000, width: 1 })).toBe("tile/entries/x001/000.p/1");
  });
  test("every tile has one path, and it reads back", () => {
    const level = fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 }));
    fc.assert(
      fc.property(level, fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        const tile: TileName = { level, index, width };
        expect(parseTilePath(formatTilePath(tile))).toEqual(tile);
      }),
    );
  });
  test.each([
    "tile/0/1",
    "tile/0/0001",
    "tile/0/x000/001",
    "tile/0/000/001",
    "tile/0/x001/x002",
    "tile/64/000",
    "tile/00/000",
    "tile/-1/000",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000.p/300",
    "tile/0/000/",
    "tile/0/../000",
    "tile/data/000",
    "/tile/0/000",
    "tile/0/x999/x999/x999/x999/x999/999",
    "",
  ])("%j names no tile", (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

test("a tree of 70,000 has the tiles of the format's own example", () => {
  const tiles = [...tilesOf(70_000)];
  const at = (level: number) => tiles.filter((tile) => tile.level === level);
  expect(at(0).filter((tile) => tile.width === 256)).toHaveLength(273);
  expect(at(0).at(-1)).toEqual({ level: 0, index: 273, width: 112 });
  expect(at(1)).toEqual([
    { level: 1, index: 0, width: 256 },
    { level: 1, index: 1, width: 17 },
  ]);
  expect(at(2)).toEqual([{ level: 2, index: 0, width: 1 }]);
  expect(tileWidth("entries", 273, 70_000)).toBe(112);
  expect(tileWidth(0, 274, 70_000)).toBe(0);
});

describe("bundles", () => {
  test("entries read back from their bundle", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 256 }), (entries) => {
        expect(decodeBundle(encodeBundle(entries))).toEqual(entries);
      }),
    );
  });
  test("the longest entry fits, one byte more does not", () => {
    expect(decodeBundle(encodeBundle([new Uint8Array(65_535)]))?.[0]).toHaveLength(65_535);
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });
  test("a bundle cut anywhere inside an entry is refused", () => {
    const bundle = encodeBundle([new Uint8Array(5)]);
    for (let length = 1; length < bundle.length; length++) expect(decodeBundle(bundle.subarray(0, length))).toBeUndefined();
  });
  test("a bundle of 257 entries is refused", () => {
    expect(decodeBundle(encodeBundle(Array.from({ length: 257 }, () => new Uint8Array())))).toBeUndefined();
  });
});

describe("reading a tree through its tiles", () => {
  const SIZE = 70_000;
  const tiles = new Map<string, Uint8Array>();
  const leaves: Uint8Array[] = [];
  const frontier = createFrontier(sha256);
  for (let i = 0; i < SIZE; i++) {
    leaves.push(hashLeaf(sha256, Buffer.from(`${i}`)));
    frontier.append(leaves[i]!, (level, index, node) => {
      if (level % 8 !== 0) return;
      const key = `${level / 8}/${Math.floor(index / 256)}`;
      const tile = tiles.get(key) ?? new Uint8Array(256 * HASH_BYTES);
      tile.set(node, (index % 256) * HASH_BYTES);
      tiles.set(key, tile);
    });
  }
  const root = frontier.root();

  test("inclusion proofs hold for leaves anywhere, each from at most seven tiles", async () => {
    for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1]) {
      let reads = 0;
      const read = readThroughTiles(sha256, SIZE, (tile) => {
        reads += 1;
        return Promise.resolve(tiles.get(`${tile.level}/${tile.index}`)!.subarray(0, tile.width * HASH_BYTES));
      });
      const tree = { start: 0, end: SIZE };
      const proof = await proofOf(sha256, inclusionPath(index, tree), read);
      expect(inclusionFault(sha256, { index, tree, leafHash: leaves[index]!, root, proof })).toBeUndefined();
      expect(reads).toBeLessThanOrEqual(7);
    }
  });
  test("a tile that is too short is noticed", async () => {
    const read = readThroughTiles(sha256, SIZE, () => Promise.resolve(new Uint8Array(HASH_BYTES)));
    await expect(read(0, 5)).rejects.toThrow("tile/0/000 is too short");
  });
});
