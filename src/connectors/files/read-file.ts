/** From a file to what it tells, by the first format that recognises it. */
import { readFile, stat } from "node:fs/promises";

import type { Instant } from "../../kernel/time.ts";
import { type FileFormat, type FileReading, type SourceFile, UnreadableFile } from "../port.ts";
import { MOST_BYTES, readSource, tooLarge } from "./source.ts";
import { headingsOf } from "./table.ts";

/** Throws {@link UnreadableFile}, also where no format recognises it. */
export async function readFileAs(formats: readonly FileFormat[], path: string, now: Instant): Promise<FileReading> {
  const file = await readSourceAt(path);
  const format = formats.find((each) => each.recognises(file));
  if (format === undefined) throw new UnreadableFile(path, [{ at: "", words: whyUnknown(file, formats) }]);
  return format.read(file, now);
}

/** What a file holds, of whatever kind. Throws {@link UnreadableFile}. */
export async function readSourceAt(path: string): Promise<SourceFile> {
  return readSource(path, await bytesOf(path));
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "you may not read it",
  EISDIR: "it is a folder: name the files in it",
};

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw tooLarge(path, MOST_BYTES);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new UnreadableFile(path, [{ at: "", words: WHY_NOT[code] ?? "it cannot be read" }]);
  }
}

function whyUnknown(file: SourceFile, formats: readonly FileFormat[]): string {
  if (file.json === undefined && /^\s*[[{]/.test(file.text)) return "it begins like JSON, but is none: was it cut off?";
  const known = `known are: ${formats.map(({ title }) => title).join("; ")}`;
  return headingsOf(file) === undefined && !Array.isArray(file.json)
    ? `nothing in it says what it is; ${known}`
    : `it is a list of some kind: say what its columns mean with --profile; ${known}`;
}
