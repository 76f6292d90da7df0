/** What a browser downloads of the console, from the manifest the build leaves behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  /** Chunks without which this one cannot run. */
  readonly imports?: readonly string[];
}

export type Manifest = Readonly<Record<string, Chunk>>;

export interface Script {
  readonly file: string;
  /** Compressed, in bytes. */
  readonly bytes: number;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
}

/** Every script of the console. */
export function allScripts(folder: string, manifest: Manifest): readonly Script[] {
  return weighed(folder, Object.values(manifest));
}

/** The scripts that have to be there before a page is drawn: the entry's and the page's own, with all they import. */
export function scriptsFor(folder: string, manifest: Manifest, page: string): readonly Script[] {
  const entries = Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true);
  if (entries.length === 0) throw new Error("the manifest names no entry");
  const needed = new Set<string>();
  const walk = (key: string) => {
    if (needed.has(key)) return;
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the manifest does not know ${key}`);
    needed.add(key);
    for (const each of chunk.imports ?? []) walk(each);
  };
  for (const key of [...entries, page]) walk(key);
  return weighed(
    folder,
    [...needed].map((key) => manifest[key]!),
  );
}

function weighed(folder: string, chunks: readonly Chunk[]): readonly Script[] {
  const files = new Set(chunks.map(({ file }) => file).filter((file) => file.endsWith(".js")));
  return [...files]
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(folder, file))).length }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

export function sizeOf(scripts: readonly Script[]): number {
  return scripts.reduce((sum, { bytes }) => sum + bytes, 0);
}
