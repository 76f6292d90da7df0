/**
 * A journal in a folder: a static C2SP tlog-tiles log (`checkpoint`, `tile/…`), with all checkpoints, the stored states and the
 * entries not covered yet beside it, one JSON value a line. Written by one command, verified anywhere.
 */
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { z } from "zod";

import { HASH_BYTES } from "../kernel/merkle.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseNote } from "./note.ts";
import { cutTile, type JournalSource } from "./source.ts";
import { decodeBundle, encodeBundle, formatTilePath, TILE_WIDTH, tilesOf, tileWidth } from "./tile.ts";

/** The folder is not an export, or cannot take one. */
export class FolderUnreadable extends Error {
  override readonly name = "FolderUnreadable";
}

const CHECKPOINTS = "checkpoints.jsonl";
const STATES = "states.jsonl";
const TAIL = "tail.jsonl";
/** Written last: an export that was interrupted has none, and verifies as nothing. */
const CHECKPOINT = "checkpoint";

const stateLine = z.strictObject({ kind: z.string(), subject: z.string(), version: z.number(), state: z.unknown() });

export function readFolder(folder: string): JournalSource {
  const read = (path: string) => readFile(join(folder, path)).catch(ifMissing);
  const latest = async () => (await read(CHECKPOINT))?.toString("utf8");
  return {
    isSnapshot: true,
    latest,
    async *checkpoints() {
      const newest = await latest();
      if (newest === undefined) throw new FolderUnreadable(`${folder} has no checkpoint: it is no export, or an unfinished one`);
      let last: string | undefined;
      for await (const line of lines(join(folder, CHECKPOINTS))) yield (last = z.string().parse(line));
      if (last !== newest) yield newest;
    },
    async entries(start, end) {
      const bundle = await read(formatTilePath({ level: "entries", index: Math.floor(start / TILE_WIDTH), width: end - start }));
      return (bundle === undefined ? [] : (decodeBundle(bundle) ?? [])).map((body, i) => ({ leaf: start + i, body }));
    },
    tile: async (level, index, width) => cutTile(await read(formatTilePath({ level, index, width })), width),
    async *states() {
      for await (const line of lines(join(folder, STATES))) yield stateLine.parse(line);
    },
    async *tail() {
      for await (const line of lines(join(folder, TAIL))) yield { body: Buffer.from(z.string().parse(line)) };
    },
  };
}

/**
 * Writes a source into an empty or new folder, whole or not at all. Copies what is there, sound or not: verifying is the reader's
 * part.
 */
export async function exportJournal(source: JournalSource, folder: string, verifierKey: string): Promise<{ size: number }> {
  const made = await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new FolderUnreadable(`${folder} is not empty`);
  try {
    return await writeJournal(source, folder, verifierKey);
  } catch (error) {
    const left = made === undefined ? (await readdir(folder)).map((name) => join(folder, name)) : [made];
    await Promise.all(left.map((path) => rm(path, { recursive: true })));
    throw error;
  }
}

async function writeJournal(source: JournalSource, folder: string, verifierKey: string): Promise<{ size: number }> {
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  await write("verifier-key", `${verifierKey}\n`);
  await writeLines(join(folder, STATES), source.states(), ({ kind, subject, version, state }) => ({ kind, subject, version, state }));
  let newest: string | undefined;
  await writeLines(join(folder, CHECKPOINTS), source.checkpoints(), (note) => (newest = note));
  const size = sizeOf(newest);
  if (newest === undefined || size === undefined) throw new FolderUnreadable("there is no checkpoint to export");
  for (const { level, index, width } of tilesOf(size)) {
    const hashes = await source.tile(level, index, width);
    if (hashes?.length === width * HASH_BYTES) await write(formatTilePath({ level, index, width }), hashes);
  }
  for (let index = 0; tileWidth("entries", index, size) > 0; index++) {
    const width = tileWidth("entries", index, size);
    const start = index * TILE_WIDTH;
    const entries = await source.entries(start, start + width);
    if (entries.length !== width)
      throw new FolderUnreadable(`entries from leaf ${start} on are missing: nothing complete can be exported; run verify`);
    await write(formatTilePath({ level: "entries", index, width }), encodeBundle(entries.map((entry) => entry.body)));
  }
  await writeLines(join(folder, TAIL), source.tail(size), ({ body }) => Buffer.from(body).toString("utf8"));
  await write(CHECKPOINT, newest);
  return { size };
}

function sizeOf(note: string | undefined): number | undefined {
  const text = note === undefined ? undefined : parseNote(note)?.text;
  return text === undefined ? undefined : parseCheckpoint(text)?.size;
}

async function writeLines<Item>(path: string, items: AsyncIterable<Item>, shape: (item: Item) => unknown): Promise<void> {
  const file = await open(path, "w");
  try {
    for await (const item of items) await file.write(`${jsonLine(shape(item))}\n`);
  } finally {
    await file.close();
  }
}

/** JSON allows the Unicode line separators inside a string; line readers would divide there. */
function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

async function* lines(path: string): AsyncGenerator {
  const reader = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  for await (const line of reader) yield JSON.parse(line) as unknown;
}

function ifMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
