/** A packed register as bytes, with its digest, and its file. Whatever is not exactly what was written is no snapshot. */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { words as wordsOf } from "../platform/log.ts";
import { AT, HEADER } from "./packed-format.ts";
import { whyNotPacked } from "./packed-table.ts";

const DIGEST_WORDS = 8;
const DIGEST_AT = AT.digest * 4;

/** The digest that stands in the words, in hexadecimal: what tells one snapshot from another. */
export function digestOfPacked(words: Uint32Array<ArrayBuffer>): string {
  return bytesOf(words)
    .subarray(DIGEST_AT, DIGEST_AT + DIGEST_WORDS * 4)
    .toString("hex");
}

/** Bytes to keep or to send: the words themselves, their digest put in. Words are as this machine has them, the smaller end first. */
export function encode(words: Uint32Array<ArrayBuffer>): Buffer {
  words.fill(0, AT.digest, AT.digest + DIGEST_WORDS);
  bytesOf(words).set(sumOf(words), DIGEST_AT);
  return bytesOf(words);
}

export type Decoded = { readonly words: Uint32Array<ArrayBuffer> } | { readonly why: string };

/** Of a buffer of its own: what is read is the memory that is answered from. */
export function decode(buffer: ArrayBuffer): Decoded {
  if (buffer.byteLength % 4 !== 0) return { why: "its length is not what it says" };
  const words = new Uint32Array(buffer);
  const why = whyNotPacked(words);
  if (why !== undefined) return { why };
  const said = digestOfPacked(words);
  return sumOf(words).toString("hex") === said ? { words } : { why: "its digest is another one" };
}

function bytesOf(words: Uint32Array<ArrayBuffer>): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

function sumOf(words: Uint32Array<ArrayBuffer>): Buffer {
  const bytes = bytesOf(words);
  return createHash("sha256")
    .update(bytes.subarray(0, DIGEST_AT))
    .update(bytes.subarray(HEADER * 4))
    .digest();
}

/** Written aside, on disk, then in place of the one before: a process that is killed leaves one of the two. Nobody else reads it. */
export async function writeSnapshotFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // What one that was killed left.
  for (const name of await readdir(folder)) if (name.startsWith(`${basename(path)}.`)) await rm(join(folder, name), { force: true });
  const aside = `${path}.${process.pid}`;
  await using file = await open(aside, "w", 0o600);
  for (let at = 0; at < bytes.length;) {
    // A disk that is nearly full takes a part, and says so.
    const { bytesWritten } = await file.write(bytes, at, Math.min(CHUNK, bytes.length - at));
    at += bytesWritten;
  }
  await file.sync();
  await rename(aside, path);
}

const CHUNK = 64 * 1024 * 1024;

/** The digest that stands in a file, whatever else does; undefined where there is none. */
export async function readDigest(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, "r");
    const header = Buffer.alloc(HEADER * 4);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    return bytesRead === header.length ? header.subarray(DIGEST_AT, DIGEST_AT + DIGEST_WORDS * 4).toString("hex") : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where there is none. */
export async function readSnapshotFile(path: string): Promise<Decoded | undefined> {
  try {
    await using file = await open(path, "r");
    const { size } = await file.stat();
    if (size > MOST_BYTES) return { why: "its length is not what it says" };
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(CHUNK, size - at));
      if (bytesRead === 0) return { why: "its length is not what it says" };
      at += bytesRead;
    }
    return decode(bytes.buffer);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { why: wordsOf(error) };
  }
}

const MOST_BYTES = 1024 * 1024 * 1024;
