/** From the bytes of a file to what it tells, by the first format that recognises it. */
import type { Instant } from "../../kernel/time.ts";
import { type FileFormat, type FileReading, type SourceFile, UnreadableFile } from "../port.ts";
import { readSource } from "./source.ts";
import { headingsOf } from "./table.ts";

/** Throws {@link UnreadableFile}, also where no format recognises it. */
export async function readFileAs(formats: readonly FileFormat[], name: string, bytes: Uint8Array, now: Instant): Promise<FileReading> {
  const file = await readSource(name, bytes);
  const format = formats.find((each) => each.recognises(file));
  if (format === undefined) throw new UnreadableFile(name, [{ at: "", words: whyUnknown(file, formats) }]);
  return format.read(file, now);
}

function whyUnknown(file: SourceFile, formats: readonly FileFormat[]): string {
  if (file.json === undefined && /^\s*[[{]/.test(file.text)) return "it begins like JSON, but is none: was it cut off?";
  const known = `known are: ${formats.map(({ title }) => title).join("; ")}`;
  return headingsOf(file) === undefined && !Array.isArray(file.json)
    ? `nothing in it says what it is; ${known}`
    : `it is a list of some kind: say what its columns mean with --profile; ${known}`;
}
