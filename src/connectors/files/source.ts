/** Bytes of a file as what formats look at: the one place that knows encodings. */
import { type SourceFile, UnreadableFile } from "../port.ts";
import { readWorkbook } from "./workbook.ts";

/** An export of a hundred thousand users is some hundred megabytes; a text more than twice as long no longer fits a JavaScript string. */
export const MOST_BYTES = 256 * 1024 * 1024;

/** A workbook unpacks to many times its size. */
export const MOST_WORKBOOK_BYTES = 16 * 1024 * 1024;

/**
 * Reads UTF-8, with or without a byte order mark, UTF-16 by its byte order mark, and workbooks (XLSX): the first sheet of one is
 * read as the CSV it would be saved as, its first row being the headings. Throws {@link UnreadableFile} for everything else.
 */
export async function readSource(name: string, bytes: Uint8Array): Promise<SourceFile> {
  const isWorkbook = startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);
  const most = isWorkbook ? MOST_WORKBOOK_BYTES : MOST_BYTES;
  if (bytes.length > most) throw tooLarge(name, most);
  if (isWorkbook) return { name, text: await workbookText(name, bytes), json: undefined };
  const text = decode(name, bytes);
  return { name, text, json: parseJson(text) };
}

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((byte, at) => bytes[at] === byte);
}

export function tooLarge(name: string, most: number): UnreadableFile {
  return unreadable(name, `it is larger than ${most / 1024 / 1024} MiB`, TOO_LARGE);
}

const TOO_LARGE = "files.tooLarge";

function unreadable(name: string, words: string, code?: string): UnreadableFile {
  return new UnreadableFile(name, [{ at: "", words, ...(code !== undefined && { code }) }]);
}

function decode(name: string, bytes: Uint8Array): string {
  const encoding = startsWith(bytes, [0xff, 0xfe]) ? "utf-16le" : startsWith(bytes, [0xfe, 0xff]) ? "utf-16be" : "utf-8";
  const text = decodeAs(encoding, name, bytes);
  if (text.includes("\0")) throw unreadable(name, "it is no text: it holds zero bytes (UTF-16 is read by its byte order mark only)");
  if (text.trim() === "") throw unreadable(name, "it is empty");
  return text;
}

function decodeAs(encoding: string, name: string, bytes: Uint8Array): string {
  try {
    // The decoder drops the byte order mark itself, and `fatal` refuses half a character at the end of a file that was cut off.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(name, `it is no text in ${encoding.toUpperCase()}`);
  }
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function workbookText(name: string, bytes: Uint8Array): Promise<string> {
  const answer = await readWorkbook(bytes);
  if ("text" in answer) return answer.text;
  if ("isUnreadable" in answer) throw unreadable(name, "it is a ZIP archive, but no workbook (XLSX) that can be read");
  throw unreadable(name, "it is a workbook that holds more, once unpacked, than can be read: save its first sheet as CSV", TOO_LARGE);
}
