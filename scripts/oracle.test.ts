import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";

import { expect, test } from "vitest";

import { tempFolders } from "../test/support/temp-folders.ts";
import { runOracle } from "./oracle.ts";
import { merkle } from "./oracles/merkle.ts";

const shared = process.env["POSTERN_SHARED"] ?? join(import.meta.dirname, "../../shared/data");
const vectors = join(shared, "merkle");
const oracle = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, "oracle.ts"), ...args], { encoding: "utf8" });
const folder = tempFolders("oracle");

const root = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";
const oneLeaf = { leafIdx: 0, treeSize: 1, root, leafHash: root, proof: null, desc: "one leaf", wantErr: false };

test("our Merkle proofs agree with every vector of transparency-dev", async (ctx) => {
  if (!existsSync(vectors)) ctx.skip(`0 vectors: ${vectors} is not there (set POSTERN_SHARED)`);
  for (const kind of ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"]) {
    const complaints: string[] = [];
    const outcome = await runOracle(merkle, join(vectors, "testdata", kind), (line) => complaints.push(line));
    expect(complaints).toEqual([]);
    expect(outcome.total).toBeGreaterThanOrEqual(90);
  }
});

test("a single file is judged, and so is a list of cases in one", async () => {
  const dir = folder();
  writeFileSync(join(dir, "list.json"), JSON.stringify([oneLeaf, { ...oneLeaf, leafIdx: 1, wantErr: true }]));
  expect(await runOracle(merkle, join(dir, "list.json"), () => undefined)).toEqual({ total: 2, agree: 2, disagree: 0 });
});

test("a disagreement is counted, named and makes the command fail", () => {
  const dir = folder();
  mkdirSync(join(dir, "deep"));
  writeFileSync(join(dir, "deep", "right.json"), JSON.stringify(oneLeaf));
  writeFileSync(join(dir, "deep", "wrong.json"), JSON.stringify({ ...oneLeaf, wantErr: true }));
  const run = oracle("merkle", dir);
  expect(run.stdout).toBe('{"total":2,"agree":1,"disagree":1}\n');
  expect(run.stderr).toContain("wrong.json (one leaf): should be refused; we accept it");
  expect(run.status).toBe(1);
});

test("a case that cannot be read is a disagreement, not skipped", async () => {
  const dir = folder();
  writeFileSync(join(dir, "a.json"), JSON.stringify({ ...oneLeaf, treeSize: undefined }));
  writeFileSync(join(dir, "b.json"), "{");
  writeFileSync(join(dir, "c.json"), "[]");
  expect(await runOracle(merkle, dir, () => undefined)).toEqual({ total: 3, agree: 0, disagree: 3 });
});

test("a folder without a single case fails", () => {
  const run = oracle("merkle", folder());
  expect(run.stdout).toBe('{"total":0,"agree":0,"disagree":0}\n');
  expect(run.status).toBe(1);
});

test("an unknown oracle is refused and the known ones are named", () => {
  const run = oracle("constructor", ".");
  expect(run.status).toBe(2);
  expect(run.stderr).toContain("merkle");
});
