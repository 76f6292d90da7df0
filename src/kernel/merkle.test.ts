import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { consistencyFault, inclusionFault, subtreeConsistencyFault } from "./merkle-proof.ts";
import {
  consistencyPath,
  createFrontier,
  hashLeaf,
  hashNode,
  hashRange,
  inclusionPath,
  isSubtree,
  nodesOfRange,
  proofOf,
  type Range,
  type ReadNode,
  rootOf,
} from "./merkle.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** RFC 6962 section 2.1, word for word and slowly: what the fast code is compared with. */
function slowRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return hashNode(sha256, slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)));
}

const leavesOf = (size: number): Uint8Array[] => Array.from({ length: size }, (_, i) => hashLeaf(sha256, Buffer.from(`entry ${i}`)));
const reader =
  (leaves: readonly Uint8Array[]): ReadNode =>
  (level, index) =>
    Promise.resolve(slowRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
const over = (leaves: readonly Uint8Array[], range: Range): Uint8Array => slowRoot(leaves.slice(range.start, range.end));

const SIZE = fc.integer({ min: 1, max: 70 });
const treeAndLeaf = SIZE.chain((size) => fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }) }));
const subtreeIn = SIZE.chain((size) =>
  fc.record({ size: fc.constant(size), start: fc.integer({ min: 0, max: size - 1 }), end: fc.integer({ min: 1, max: size }) }),
).filter(({ start, end }) => start < end && isSubtree({ start, end }));

/** One bit of one of the byte strings turned over. */
function flipped(parts: readonly Uint8Array[], seed: number): Uint8Array[] {
  const copies = parts.map((part) => Uint8Array.from(part));
  const bits = copies.reduce((sum, part) => sum + part.length * 8, 0);
  let bit = seed % bits;
  for (const part of copies) {
    if (bit < part.length * 8) {
      part[bit >> 3]! ^= 1 << (bit & 7);
      break;
    }
    bit -= part.length * 8;
  }
  return copies;
}

describe("known values", () => {
  test("the root of no entries is the hash of nothing", () => {
    expect(hex(rootOf(sha256, []))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
  test("the leaf hash of the empty entry carries the leaf prefix", () => {
    expect(hex(hashLeaf(sha256, new Uint8Array()))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  });
  test("the roots of the eight-entry tree of the Certificate Transparency tests", () => {
    const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const leaves = inputs.map((input) => hashLeaf(sha256, Buffer.from(input, "hex")));
    expect(hex(rootOf(sha256, leaves.slice(0, 3)))).toBe("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    expect(hex(rootOf(sha256, leaves))).toBe("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
  });
});

describe("trees of any size", () => {
  test("a growing frontier has the root of the definition at every size, and resumes from its peaks", async () => {
    const leaves = leavesOf(70);
    const whole = createFrontier(sha256);
    for (let size = 0; size <= leaves.length; size++) {
      expect(whole.root()).toEqual(over(leaves, { start: 0, end: size }));
      const peaks = await Promise.all(nodesOfRange({ start: 0, end: size }).map((node) => reader(leaves)(node.level, node.index)));
      const resumed = createFrontier(sha256, size, peaks);
      if (size === leaves.length) break;
      resumed.append(leaves[size]!);
      expect(resumed.root()).toEqual(over(leaves, { start: 0, end: size + 1 }));
      whole.append(leaves[size]!);
    }
  });
  test("a frontier reports each complete node exactly once, with its right hash", async () => {
    const leaves = leavesOf(37);
    const seen = new Map<string, string>();
    const frontier = createFrontier(sha256);
    for (const leaf of leaves) {
      frontier.append(leaf, (level, index, node) => {
        expect(seen.has(`${level}/${index}`)).toBe(false);
        seen.set(`${level}/${index}`, hex(node));
      });
    }
    for (let level = 0; 2 ** level <= 37; level++) {
      for (let index = 0; (index + 1) * 2 ** level <= 37; index++) {
        expect(seen.get(`${level}/${index}`)).toBe(hex(await reader(leaves)(level, index)));
        seen.delete(`${level}/${index}`);
      }
    }
    expect(seen.size).toBe(0);
  });
  test("the wrong number of peaks is refused", () => {
    expect(() => createFrontier(sha256, 3, leavesOf(1))).toThrow(RangeError);
  });
  test("a range hashes to the root over its leaves", async () => {
    const leaves = leavesOf(70);
    await fc.assert(
      fc.asyncProperty(subtreeIn, async (range) => {
        expect(await hashRange(sha256, range, reader(leaves))).toEqual(over(leaves, range));
      }),
    );
  });
});

describe("proofs", () => {
  const leaves = leavesOf(70);

  test("every inclusion proof holds, and none with any bit turned over", async () => {
    await fc.assert(
      fc.asyncProperty(treeAndLeaf, fc.nat(), async ({ size, index }, seed) => {
        const tree = { start: 0, end: size };
        const proof = await proofOf(sha256, inclusionPath(index, tree), reader(leaves));
        const parts = [leaves[index]!, over(leaves, tree), ...proof];
        const fault = ([leafHash, root, ...proof]: Uint8Array[]) =>
          inclusionFault(sha256, { index, tree, leafHash: leafHash!, root: root!, proof });
        expect(fault(parts)).toBeUndefined();
        expect(fault(flipped(parts, seed))).toBe("root_differs");
        expect(fault([...parts, leaves[0]!])).toBe("wrong_proof_length");
      }),
    );
  });
  test("an inclusion proof does not hold for another place, unless the leaves there are the same", async () => {
    const tree = { start: 0, end: 21 };
    for (let index = 0; index < tree.end; index++) {
      const proof = await proofOf(sha256, inclusionPath(index, tree), reader(leaves));
      for (let other = 0; other < tree.end; other++) {
        const fault = inclusionFault(sha256, { index: other, tree, leafHash: leaves[index]!, root: over(leaves, tree), proof });
        expect(fault === undefined).toBe(other === index);
      }
    }
  });
  test("every consistency proof holds, and none with any bit turned over", async () => {
    await fc.assert(
      fc.asyncProperty(SIZE, SIZE, fc.nat(), async (a, b, seed) => {
        const [oldSize, size] = [Math.min(a, b), Math.max(a, b)];
        const proof = await proofOf(sha256, consistencyPath({ start: 0, end: oldSize }, size), reader(leaves));
        const parts = [over(leaves, { start: 0, end: oldSize }), over(leaves, { start: 0, end: size }), ...proof];
        const fault = ([oldRoot, root, ...proof]: Uint8Array[]) =>
          consistencyFault(sha256, { oldSize, size, oldRoot: oldRoot!, root: root!, proof });
        expect(fault(parts)).toBeUndefined();
        expect(fault(flipped(parts, seed))).toMatch(/root_differs/);
        expect(fault([...parts, leaves[0]!])).toBe("wrong_proof_length");
      }),
    );
  });
  test("every subtree proof holds, and none with any bit turned over", async () => {
    await fc.assert(
      fc.asyncProperty(subtreeIn, fc.nat(), async ({ size, ...subtree }, seed) => {
        const proof = await proofOf(sha256, consistencyPath(subtree, size), reader(leaves));
        const parts = [over(leaves, subtree), over(leaves, { start: 0, end: size }), ...proof];
        const fault = ([subtreeRoot, root, ...proof]: Uint8Array[]) =>
          subtreeConsistencyFault(sha256, { subtree, size, subtreeRoot: subtreeRoot!, root: root!, proof });
        expect(fault(parts)).toBeUndefined();
        expect(fault(flipped(parts, seed))).toMatch(/root_differs/);
      }),
    );
  });
  test("a log that forked after the old size cannot prove consistency", async () => {
    const forked = leaves.map((leaf, i) => (i === 4 ? hashLeaf(sha256, Buffer.from("another history")) : leaf));
    for (let oldSize = 5; oldSize < 20; oldSize++) {
      const proof = await proofOf(sha256, consistencyPath({ start: 0, end: oldSize }, 20), reader(forked));
      const roots = { oldRoot: over(leaves, { start: 0, end: oldSize }), root: over(forked, { start: 0, end: 20 }) };
      expect(consistencyFault(sha256, { oldSize, size: 20, proof, ...roots })).toMatch(/root_differs/);
    }
  });
  test("a proof reads logarithmically few nodes of a log of millions", async () => {
    let reads = 0;
    const counting: ReadNode = (level, index) => {
      reads += 1;
      return Promise.resolve(sha256(Buffer.from(`${level}/${index}`)));
    };
    await proofOf(sha256, inclusionPath(1_234_567, { start: 0, end: 9_999_999 }), counting);
    expect(reads).toBeLessThanOrEqual(48);
  });
});

describe("impossible questions", () => {
  const h = leavesOf(1)[0]!;
  const base = { index: 0, tree: { start: 0, end: 1 }, leafHash: h, root: h, proof: [] };

  test("consistency from size 0 is an error even when everything else matches", () => {
    const root = sha256(new Uint8Array());
    expect(consistencyFault(sha256, { oldSize: 0, size: 0, oldRoot: root, root, proof: [] })).toBe("size_is_zero");
    expect(consistencyFault(sha256, { oldSize: 0, size: 5, oldRoot: root, root: h, proof: [] })).toBe("size_is_zero");
    expect(() => consistencyPath({ start: 0, end: 0 }, 5)).toThrow(RangeError);
  });
  test.each([
    [{ ...base, tree: { start: 0, end: 0 } }, "size_is_zero"],
    [{ ...base, index: 1 }, "index_outside"],
    [{ ...base, index: -1 }, "size_out_of_range"],
    [{ ...base, index: 2 ** 64 }, "size_out_of_range"],
    [{ ...base, index: 0.5 }, "size_out_of_range"],
    [{ ...base, index: 2, tree: { start: 1, end: 3 } }, "not_a_subtree"],
    [{ ...base, leafHash: new Uint8Array(31) }, "wrong_hash_length"],
    [{ ...base, root: new Uint8Array() }, "root_differs"],
  ] as const)("inclusion %# is refused", (claim, fault) => {
    expect(inclusionFault(sha256, claim)).toBe(fault);
  });
  test("a shrinking log is an error", () => {
    expect(consistencyFault(sha256, { oldSize: 2, size: 1, oldRoot: h, root: h, proof: [] })).toBe("sizes_reversed");
  });
});
