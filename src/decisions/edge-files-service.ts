/** What an edge decision point keeps on its disk: the manifest it accepted last, and the files that one names, by their digests. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Transform } from "node:stream";
import { createGunzip } from "node:zlib";

import { digestOfFile, type Remote } from "../platform/remote-files.ts";
import { readSnapshotFile } from "./load-snapshot-file.ts";
import type { PublishedFile } from "./published.ts";

export interface EdgeFiles {
  /** The note accepted last; undefined where there is none. */
  readNote(): Promise<string | undefined>;
  writeNote(note: string): Promise<void>;
  /** Makes sure that a file is here, and is what its digest says; fetches it where it is not. Throws {@link EdgeFileFault}. */
  ensure(file: PublishedFile, from: Remote | undefined): Promise<void>;
  /** Its lines, unpacked, never more than the manifest says. Throws {@link EdgeFileFault}. */
  lines(file: PublishedFile): AsyncIterable<string>;
  text(file: PublishedFile): Promise<string>;
  /** Packed words, to be answered from. Throws {@link EdgeFileFault}. */
  words(file: PublishedFile): Promise<Uint32Array<ArrayBuffer>>;
  /** Removes all files but these. */
  keepOnly(files: readonly PublishedFile[]): Promise<void>;
}

/** A file is not what the manifest says. */
export class EdgeFileFault extends Error {
  override readonly name = "EdgeFileFault";
}

export const FILES_PATH = "/decisions/v1/snapshot/files/";

export async function openEdgeFiles(folder: string): Promise<EdgeFiles> {
  const held = join(folder, "snapshot");
  await mkdir(held, { recursive: true, mode: 0o700 });
  const noteFile = join(folder, "manifest.note");
  const placeOf = ({ digest }: PublishedFile) => join(held, digest);

  async function isHere(file: PublishedFile): Promise<boolean> {
    try {
      return (await digestOfFile(placeOf(file), createHash("sha256"))) === file.digest;
    } catch {
      return false;
    }
  }

  async function* unpacked(file: PublishedFile): AsyncIterable<string> {
    const unpack = createReadStream(placeOf(file)).pipe(createGunzip()).pipe(bounded(file.plain));
    yield* createInterface({ input: unpack, crlfDelay: Infinity });
  }

  return {
    readNote: () => readFile(noteFile, "utf8").catch(() => undefined),
    async writeNote(note) {
      await writeFile(`${noteFile}.new`, note, { mode: 0o600, flush: true });
      await rename(`${noteFile}.new`, noteFile);
    },
    async ensure(file, from) {
      if (await isHere(file)) return;
      if (from === undefined) throw new EdgeFileFault("a file of the snapshot is missing or damaged");
      const aside = `${placeOf(file)}.part`;
      await from.download(`${FILES_PATH}${file.digest}`, aside, file.size);
      if ((await digestOfFile(aside, createHash("sha256"))) !== file.digest) {
        await rm(aside, { force: true });
        throw new EdgeFileFault("a file is not what the manifest was signed for");
      }
      await rename(aside, placeOf(file));
    },
    lines: unpacked,
    async text(file) {
      const lines: string[] = [];
      for await (const line of unpacked(file)) lines.push(line);
      return lines.join("\n");
    },
    async words(file) {
      const read = await readSnapshotFile(placeOf(file));
      if (read === undefined || "why" in read) throw new EdgeFileFault("the packed register is none that this release reads");
      return read.words;
    },
    async keepOnly(files) {
      const named = new Set(files.map(({ digest }) => digest));
      for (const name of await readdir(held)) if (!named.has(name)) await rm(join(held, name), { force: true });
    },
  };
}

/** Ends with a fault where more comes than was said. */
function bounded(most: number): Transform {
  let sum = 0;
  return new Transform({
    transform(part: Buffer, _, done) {
      sum += part.length;
      if (sum > most) done(new EdgeFileFault("a file unfolds to more than the manifest says"));
      else done(null, part);
    },
  });
}
