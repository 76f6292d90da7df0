/** Cursors and search words: the two things every list takes from outside, read so that nothing sent can break a query. */
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { refusal, Refused } from "./problem.ts";

/** Opaque text of the place after which the next page begins. */
export function writeCursor(place: readonly string[]): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify(place)));
}

/** The place of a cursor with as many parts as it was written with. Refuses `http.invalidInput` (400) anything else. */
export function readCursor(cursor: string, parts: number): readonly string[] {
  const place = parsed(cursor);
  if (Array.isArray(place) && place.length === parts && place.every((part) => typeof part === "string" && !part.includes("\0")))
    return place as string[];
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
