/** How records of packed words are found by a text. Pure. */
import { hashText } from "./half-sip.ts";
import { AT, FORMAT, HEADER, IS_SHIFT, MAGIC, PLACE, SLOT, slotOf, textField } from "./packed-format.ts";
import { isTextAt, textAt } from "./packed-words.ts";

/** What is wrong with words that are to be read; undefined where they are a packed register, as far as the header tells. */
export function whyNotPacked(words: Uint32Array): string | undefined {
  if (words.length < HEADER || words[AT.magic] !== MAGIC) return "it is no snapshot";
  if (words[AT.format] !== FORMAT) return `its format is ${words[AT.format]}, and ${FORMAT} is read`;
  return words[AT.words] === words.length ? undefined : "its length is not what it says";
}

/** What was said of it when it was packed. */
export function aboutPacked(words: Uint32Array): unknown {
  return JSON.parse(textAt(words, words[AT.about]!)) as unknown;
}

export type Visit = (record: number, text: number, is: number) => void;

export interface PackedTable {
  /** All entries with the hash of a text; whether it is the text is for the visitor to look at. */
  visit(domain: number, hashed: string, visitor: Visit): void;
  /** Place of a record of this sort, found by a text; 0 where there is none. */
  findOne(domain: number, hashed: string, is: number, isIt: (record: number, text: number) => boolean): number;
  hashIn(domain: number, hashed: string): number;
  /** Places of all records of a sort. */
  all(is: number): Iterable<number>;
}

export function openTable(words: Uint32Array): PackedTable {
  const [key0, key1, first, slots] = [words[AT.key0]!, words[AT.key1]!, words[AT.slots]!, words[AT.slotCount]!];
  const end = first + slots * SLOT;
  const hashIn = (domain: number, hashed: string): number => hashText(hashed, key0 + domain, key1);

  function visit(domain: number, hashed: string, visitor: Visit): void {
    const hash = hashIn(domain, hashed);
    for (let at = first + slotOf(hash, slots) * SLOT; words[at + 1] !== 0; at = at + SLOT === end ? first : at + SLOT) {
      if (words[at] !== hash) continue;
      const record = words[at + 1]! & PLACE;
      const is = words[at + 1]! >>> IS_SHIFT;
      visitor(record, words[record + textField(is)]!, is);
    }
  }

  return {
    visit,
    hashIn,
    findOne(domain, hashed, wanted, isIt) {
      let found = 0;
      visit(domain, hashed, (record, text, is) => {
        if (found === 0 && is === wanted && isIt(record, text)) found = record;
      });
      return found;
    },
    *all(wanted) {
      for (let at = first + 1; at < end; at += SLOT) if (words[at]! >>> IS_SHIFT === wanted) yield words[at]! & PLACE;
    },
  };
}

/** For {@link PackedTable.findOne}: the text itself. */
export const isExactly =
  (words: Uint32Array, wanted: string) =>
  (_: number, text: number): boolean =>
    isTextAt(words, text, wanted);
