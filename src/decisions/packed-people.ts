/** Persons of packed words, and whom a name there may mean. Pure. */
import type { Candidate } from "./layer.ts";
import { ACTIVE, ENABLED, IS, KEY, OWNER_ACTIVE, PERSON, SECONDARY } from "./packed-format.ts";
import { keyAt, kindAt } from "./packed-rows.ts";
import { isTextAt, textAt } from "./packed-words.ts";
import type { AccountRow, PersonRow } from "./person-row.ts";

export interface NameFound {
  readonly kind: string;
  readonly name: string;
  readonly folded: string;
}

/** What an entry of the table means for a name; undefined where it is the hash alone that is the same. */
export function candidateAt(
  words: Uint32Array,
  hiddenPersons: ReadonlySet<number>,
  { kind, name, folded }: NameFound,
  [record, text, is]: readonly [number, number, number],
): Candidate | undefined {
  const isFolded = is === IS.ownFolded || is === IS.login;
  if (!isTextAt(words, text, isFolded ? folded : name)) return undefined;
  if (is === IS.personId || is === IS.ownName || is === IS.ownFolded) {
    return kind === "user" && !hiddenPersons.has(record) ? byOwnName(words, record) : undefined;
  }
  return kindAt(words, record) === kind ? byKey(words, hiddenPersons, record, is) : undefined;
}

function byKey(words: Uint32Array, hiddenPersons: ReadonlySet<number>, record: number, is: number): Candidate | undefined {
  const owner = words[record + KEY.owner]!;
  const keys = [keyAt(words, record)];
  if (owner === 0) return { person: null, keys, enabled: true };
  // Its person is told by a newer layer; that it is a key that exceptions name, is still told here.
  if (hiddenPersons.has(owner)) return is === IS.accountKey ? { person: null, keys, enabled: true } : undefined;
  const flags = words[record + KEY.flags]!;
  return { person: personOf(words, owner, (flags & OWNER_ACTIVE) !== 0), keys, enabled: (flags & ENABLED) !== 0 };
}

function byOwnName(words: Uint32Array, place: number): Candidate {
  const keys = accountsAt(words, place).filter((key) => (words[key + KEY.flags]! & (ENABLED | SECONDARY)) === ENABLED);
  return { person: personOf(words, place, (words[place]! & ACTIVE) !== 0), keys: keys.map((key) => keyAt(words, key)), enabled: true };
}

function accountsAt(words: Uint32Array, place: number): readonly number[] {
  const first = place + PERSON.keys;
  return [...words.subarray(first, first + words[place + PERSON.keyCount]!)];
}

const PERSON_TEXTS = {
  get id(): string {
    const { words, place } = this as unknown as { words: Uint32Array; place: number };
    return textAt(words, words[place + PERSON.id]!);
  },
};

function personOf(words: Uint32Array, place: number, isActive: boolean): { readonly id: string; readonly active: boolean } {
  const person = Object.create(PERSON_TEXTS) as Record<string, unknown>;
  person["words"] = words;
  person["place"] = place;
  person["active"] = isActive;
  return person as unknown as { readonly id: string; readonly active: boolean };
}

export function personAt(words: Uint32Array, place: number): PersonRow {
  const text = (at: number): string => (words[at] === 0 ? "" : textAt(words, words[at]!));
  return {
    id: text(place + PERSON.id),
    active: (words[place]! & ACTIVE) !== 0,
    slug: text(place + PERSON.slug),
    mail: text(place + PERSON.mail),
    accounts: accountsAt(words, place).map((key): AccountRow => {
      const flags = words[key + KEY.flags]!;
      return {
        connection: text(key + KEY.connection),
        key: text(key + KEY.name),
        enabled: (flags & ENABLED) !== 0,
        secondary: (flags & SECONDARY) !== 0,
        login: text(key + KEY.login),
      };
    }),
  };
}
