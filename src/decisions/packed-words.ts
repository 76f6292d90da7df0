/**
 * Words of 32 bits that grow, and texts in them. A text is its length, with a bit that says whether it needs two bytes a unit, and its
 * UTF-16 as it is: whatever a string can hold, half a pair included, comes back the same and is compared without being decoded. Pure.
 */

export interface WordWriter {
  length(): number;
  push(word: number): number;
  /** A whole number below 2^53, in two words. */
  pushLong(value: number): void;
  pushText(text: string): number;
  set(at: number, word: number): void;
  get(at: number): number;
  /** As it is until something is pushed. */
  view(): Uint32Array<ArrayBuffer>;
}

/** Places in it are given 28 bits. */
export const MOST_WORDS = 2 ** 28;
const WIDE = 1;
const HIGH = 2 ** 32;

export function createWords(capacity = 1024): WordWriter {
  let words = new Uint32Array(capacity);
  let length = 0;
  const room = (more: number): void => {
    if (length + more <= words.length) return;
    if (length + more > MOST_WORDS) throw new RangeError("the register is larger than a snapshot of it can be (1 GiB)");
    const larger = new Uint32Array(Math.min(MOST_WORDS, Math.max(words.length * 2, length + more)));
    larger.set(words);
    words = larger;
  };
  const push = (word: number): number => {
    if (length === words.length) room(1);
    words[length] = word;
    return length++;
  };
  return {
    length: () => length,
    push,
    pushLong(value) {
      push(value >>> 0);
      push(Math.floor(value / HIGH));
    },
    pushText(text) {
      const isWide = needsTwo(text);
      const perWord = isWide ? 2 : 4;
      room(1 + Math.ceil(text.length / perWord));
      const at = push((text.length << 1) | (isWide ? WIDE : 0));
      for (let i = 0; i < text.length; i += perWord) push(isWide ? pair(text, i) : four(text, i));
      return at;
    },
    set: (at, word) => void (words[at] = word),
    get: (at) => words[at]!,
    view: () => words.subarray(0, length),
  };
}

function needsTwo(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true;
  return false;
}

/** NaN beyond the end is no bit at all. */
function pair(text: string, i: number): number {
  return text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
}

function four(text: string, i: number): number {
  return text.charCodeAt(i) | (text.charCodeAt(i + 1) << 8) | (text.charCodeAt(i + 2) << 16) | (text.charCodeAt(i + 3) << 24);
}

export function longAt(words: Uint32Array, at: number): number {
  return words[at]! + words[at + 1]! * HIGH;
}

export function textAt(words: Uint32Array, at: number): string {
  const head = words[at]!;
  const length = head >>> 1;
  const [shift, mask] = (head & WIDE) === 0 ? [2, 0xff] : [1, 0xffff];
  const bits = shift === 2 ? 8 : 16;
  const inWord = (1 << shift) - 1;
  let text = "";
  for (let from = 0; from < length; from += MOST_UNITS) {
    // Of its full length at once: every answer holds several texts, and a list that grows costs as much again.
    const units: number[] = [];
    units.length = Math.min(MOST_UNITS, length - from);
    for (let i = 0; i < units.length; i++) {
      units[i] = (words[at + 1 + ((from + i) >>> shift)]! >>> (bits * ((from + i) & inWord))) & mask;
    }
    text += String.fromCharCode(...units);
  }
  return text;
}

/** Arguments of one call. */
const MOST_UNITS = 4096;

export function isTextAt(words: Uint32Array, at: number, text: string): boolean {
  const head = words[at]!;
  if (head >>> 1 !== text.length) return false;
  const perWord = (head & WIDE) === 0 ? 4 : 2;
  for (let i = 0, word = at + 1; i < text.length; i += perWord, word++) {
    const packed = perWord === 4 ? fourNarrow(text, i) : pair(text, i);
    if (packed === undefined || words[word] !== packed >>> 0) return false;
  }
  return true;
}

/** A unit of two bytes is in no narrow text, and must not be mistaken for two of one. */
function fourNarrow(text: string, i: number): number | undefined {
  const [a, b, c, d] = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2), text.charCodeAt(i + 3)];
  if ((a | b | c | d) > 0xff) return undefined;
  return a | (b << 8) | (c << 16) | (d << 24);
}
