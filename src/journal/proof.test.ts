import { generateKeyPairSync } from "node:crypto";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { hashLeaf, inclusionPath, proofOf, rootOf } from "../kernel/merkle.ts";
import { formatProof, parseProof, verifyProof } from "./proof.ts";
import { createSigner, sha256, signCheckpoint } from "./signing.ts";

const SIZE = 13;
const signer = createSigner("postern.example/log", generateKeyPairSync("ed25519").privateKey);
const entries = Array.from({ length: SIZE }, (_, i) => Buffer.from(`{"entry":${i},"name":"Zoë"}`));
const leaves = entries.map((entry) => hashLeaf(sha256, entry));
const checkpoint = signCheckpoint(signer, { size: SIZE, root: rootOf(sha256, leaves) });

async function proofText(index: number): Promise<string> {
  const path = inclusionPath(index, { start: 0, end: SIZE });
  const inclusion = await proofOf(sha256, path, (level, i) =>
    Promise.resolve(rootOf(sha256, leaves.slice(i * 2 ** level, (i + 1) * 2 ** level))),
  );
  return formatProof({ entry: entries[index]!, index, inclusion, checkpoint });
}

test("the proof of every entry holds with nothing but the public key, and gives the entry back", async () => {
  for (let index = 0; index < SIZE; index++) {
    const proven = verifyProof(await proofText(index), signer.key);
    expect(proven).toMatchObject({ index, checkpoint: { size: SIZE } });
    if (typeof proven !== "string") expect(Buffer.from(proven.entry).toString()).toBe(entries[index]!.toString());
  }
});

test("a proof with any byte changed holds no more", async () => {
  const text = Buffer.from(await proofText(6));
  fc.assert(
    fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = Buffer.from(text);
      changed[at]! ^= by;
      expect(verifyProof(changed.toString("utf8"), signer.key)).toBeTypeOf("string");
    }),
  );
});

test("a proof says nothing to the holder of another key", async () => {
  const other = createSigner("postern.example/log", generateKeyPairSync("ed25519").privateKey);
  expect(verifyProof(await proofText(0), other.key)).toBe("unknown_key");
});

test("a proof without its entry, its index or its checkpoint is not a proof", async () => {
  const text = await proofText(0);
  expect(parseProof(text)).toBeDefined();
  expect(parseProof(text.replace(/extra .*\n/, ""))).toBeUndefined();
  expect(parseProof(text.replace(/index .*\n/, ""))).toBeUndefined();
  expect(parseProof(text.replace("index 0", "index 00"))).toBeUndefined();
  expect(parseProof(text.replace("index 0", "index -1"))).toBeUndefined();
  expect(parseProof(text.replace("@v1", "@v2"))).toBeUndefined();
  expect(parseProof(text.slice(0, text.indexOf("\n\n")))).toBeUndefined();
  expect(verifyProof("", signer.key)).toBe("not_a_proof");
});
