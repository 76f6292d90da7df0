/** Texts that people typed, made unable to do anything in a mail program: one line, no hidden direction, no link, no markup. */

const MAX_LENGTH = 120;
/** Control characters, line separators, and those that turn or hide what follows. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Breaks the word for programs that make links of whatever looks like one, and shows nothing. */
const JOINER = "\u2060";

/** One line that no mail program makes a link of. */
export function inertLine(text: string): string {
  const line = text.replaceAll(UNSEEN, " ").replaceAll(/\s+/g, " ").trim();
  const characters = Array.from(line);
  const short = characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join("")}…` : line;
  return short.replaceAll(/([.:@])(?=\S)/g, `$1${JOINER}`);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
