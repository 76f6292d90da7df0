/** Letters that turn a text round, or are of a script that runs the other way. */
const TURNING =
  /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * Somebody's text within a sentence of ours, kept to itself: what stands after it stays after it. Where it has an element of its
 * own, that element does this already (base.css); this is for titles, labels and what is said.
 */
export function apart(text: string): string {
  return TURNING.test(text) ? `\u2068${text.replaceAll(CONTROLS, "")}\u2069` : text;
}
