import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { tempFolders } from "../../test/support/temp-folders.ts";
import { createSeal, loadSeal, rotateSealKey, sealKeyFile, SealFault } from "./seal.ts";

const keyA = new Uint8Array(32).fill(1);
const keyB = new Uint8Array(32).fill(2);
const folder = tempFolders("seal");
const base64 = (key: Uint8Array): string => Buffer.from(key).toString("base64");

test("what is sealed can be opened again, and does not show what it holds", () => {
  const seal = createSeal([keyA]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      const sealed = seal.seal(text);
      expect(seal.open(sealed)).toBe(text);
      expect(text.length > 3 && sealed.includes(text)).toBe(false);
      expect(sealed).toMatch(/^s1\.[0-9a-f]{8}\.[\w-]+$/);
    }),
  );
});

test("the same secret sealed twice looks different", () => {
  const seal = createSeal([keyA]);
  expect(seal.seal("secret")).not.toBe(seal.seal("secret"));
});

test("changing any character of a sealed text, or cutting it, is noticed", () => {
  const seal = createSeal([keyA]);
  const sealed = seal.seal("a secret");
  for (let i = 0; i < sealed.length; i++) {
    const changed = sealed.slice(0, i) + (sealed[i] === "A" ? "B" : "A") + sealed.slice(i + 1);
    // The last character of base 64 may carry bits that belong to no byte; a text that decodes to the same bytes is the same.
    if (
      Buffer.from(changed.split(".")[2] ?? "", "base64url").equals(Buffer.from(sealed.split(".")[2]!, "base64url")) &&
      changed.startsWith(sealed.slice(0, 12))
    )
      continue;
    expect(() => seal.open(changed)).toThrow(SealFault);
    expect(() => seal.open(sealed.slice(0, i))).toThrow(SealFault);
  }
  expect(() => seal.open(`${sealed}.x`)).toThrow(SealFault);
});

test("another key opens nothing, and the one that is needed is named", () => {
  const sealed = createSeal([keyA]).seal("secret");
  expect(() => createSeal([keyB]).open(sealed)).toThrow(sealed.split(".")[1]);
});

test("after a change of keys the new one seals and the old one still opens; what it sealed is told apart", () => {
  const old = createSeal([keyA]);
  const both = createSeal([keyB, keyA]);
  const sealedBefore = old.seal("secret");
  expect(both.open(sealedBefore)).toBe("secret");
  expect(both.isCurrent(sealedBefore)).toBe(false);
  expect([both.olderKeys, both.keyId]).toEqual([1, both.seal("x").split(".")[1]]);
  const sealedAnew = both.seal("secret");
  expect(both.isCurrent(sealedAnew)).toBe(true);
  expect(createSeal([keyB]).open(sealedAnew)).toBe("secret");
  expect(() => old.open(sealedAnew)).toThrow(SealFault);
});

test("a fingerprint is stable, differs between secrets, and means nothing without the key", () => {
  const seal = createSeal([keyA]);
  expect(seal.fingerprint("one")).toBe(createSeal([keyA]).fingerprint("one"));
  expect(seal.fingerprint("one")).not.toBe(seal.fingerprint("two"));
  expect(seal.fingerprint("one")).not.toBe(createSeal([keyB]).fingerprint("one"));
});

test("the first start makes a key that only its owner can read, and later ones use it", async () => {
  const dataDir = folder();
  const sealed = (await loadSeal({ given: undefined, dataDir })).seal("secret");
  expect(statSync(sealKeyFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(sealKeyFile(dataDir))).mode & 0o777).toBe(0o700);
  expect((await loadSeal({ given: undefined, dataDir })).open(sealed)).toBe("secret");
  expect(readdirSync(join(dataDir, "keys"))).toEqual(["seal.key"]);
});

test("of starts at the same moment all get the same key", async () => {
  const dataDir = folder();
  const seals = await Promise.all(Array.from({ length: 8 }, () => loadSeal({ given: undefined, dataDir })));
  const sealed = seals[0]!.seal("secret");
  for (const seal of seals) expect(seal.open(sealed)).toBe("secret");
  expect(readdirSync(join(dataDir, "keys"))).toEqual(["seal.key"]);
});

test("keys given in the configuration are used, and nothing is written", async () => {
  const dataDir = folder();
  const seal = await loadSeal({ given: `${base64(keyB)}, ${base64(keyA)}`, dataDir });
  expect(seal.open(createSeal([keyA]).seal("secret"))).toBe("secret");
  expect(createSeal([keyB]).open(seal.seal("secret"))).toBe("secret");
  expect(readdirSync(dataDir)).toEqual([]);
});

test("a rotated key in the data folder seals from the next start on, and what was sealed before stays readable", async () => {
  const dataDir = folder();
  const before = (await loadSeal({ given: undefined, dataDir })).seal("secret");
  await rotateSealKey(dataDir);
  const after = await loadSeal({ given: undefined, dataDir });
  expect(after.open(before)).toBe("secret");
  expect(after.isCurrent(before)).toBe(false);
  expect(readFileSync(sealKeyFile(dataDir), "utf8").trim().split("\n")).toHaveLength(2);
  expect(statSync(sealKeyFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(dataDir, "keys"))).toEqual(["seal.key"]);
});

test.each(["", "short", base64(keyA.subarray(1)), `${base64(keyA)},`, `${base64(keyA)},x`])(
  "a key that is none is refused: %j",
  async (given) => {
    await expect(loadSeal({ given, dataDir: folder() })).rejects.toThrow(/POSTERN_SEAL_KEY must hold keys of 32 bytes/);
  },
);

test("an empty or damaged key file is refused, never replaced: what the old key sealed would be lost", async () => {
  for (const text of ["", "\n", "rubbish"]) {
    const dataDir = folder();
    await loadSeal({ given: undefined, dataDir });
    writeFileSync(sealKeyFile(dataDir), text);
    await expect(loadSeal({ given: undefined, dataDir })).rejects.toThrow(RangeError);
    expect(readFileSync(sealKeyFile(dataDir), "utf8")).toBe(text);
  }
});
