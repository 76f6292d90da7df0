/** Cursors and search words: the two things every list takes from outside, read so that nothing sent can break a query. */
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { refusal, Refused } from "./problem.ts";
import { parseInstant } from "./time.ts";

/** Opaque text of the place after which the next page begins. */
export function writeCursor(place: readonly string[]): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify(place)));
}

const IS = {
  text: (part: string) => !part.includes("\0"),
  instant: (part: string) => parseInstant(part) !== undefined,
  count: (part: string) => /^-?\d{1,9}$/.test(part),
  flag: (part: string) => part === "true" || part === "false",
} as const;
export type CursorPart = keyof typeof IS;

/** The place of a cursor with the parts it was written with; a number: so many texts. Refuses `http.invalidInput` (400) anything else. */
export function readCursor(cursor: string, parts: number | readonly CursorPart[]): readonly string[] {
  const place = parsed(cursor);
  const kinds = typeof parts === "number" ? Array.from({ length: parts }, (): CursorPart => "text") : parts;
  const isPlace = Array.isArray(place) && place.length === kinds.length;
  if (isPlace && kinds.every((kind, i) => typeof place[i] === "string" && IS[kind](place[i]))) return place as string[];
  throw new Refused(
    [refusal("http.invalidInput", "This cursor is not one of ours. Start again from the first page.", { at: "query:/cursor" })],
    400,
  );
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64(cursor)));
  } catch {
    return undefined;
  }
}

/** Words as PostgreSQL's `to_tsquery` takes them: each must occur, as the beginning of a word. Undefined when there is no word. */
export function searchQuery(text: string | undefined): string | undefined {
  const words = wordsOf(text ?? "");
  return words.length === 0 ? undefined : words.map((word) => `${word}:*`).join(" & ");
}

/** The words of a text in lower case, one space apart; what a search column is made of. */
export function searchText(text: string): string {
  return wordsOf(text).join(" ");
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
