/** Where what lies in a packed register. docs/model/decision-snapshot.md says it in words. Pure. */
import { SUBJECT_KINDS } from "../exceptions/version.ts";

export const MAGIC = 0x31534450; // "PDS1", as its bytes are read
export const FORMAT = 1;

/** Words of the header. */
export const AT = {
  magic: 0,
  format: 1,
  key0: 2,
  key1: 3,
  words: 4,
  rows: 5,
  exceptions: 6,
  persons: 7,
  /** Where the table begins, and how many slots it has. */
  slots: 8,
  slotCount: 9,
  /** JSON of what is asked for once: place in the journal, connections, rule sets. */
  about: 10,
  /** SHA-256 of everything else, eight words. */
  digest: 24,
} as const;
export const HEADER = 32;

/**
 * A slot is two words: hash; place of the record, with what it is found by in the upper four bits. An entry lies in the first free slot
 * from where its hash belongs. A free one is 0.
 */
export const SLOT = 2;
/** Of a hundred slots so many are taken: most entries lie where they belong, or next to it. */
export const FILLED = 0.7;
export const IS = {
  ownName: 1,
  ownFolded: 2,
  accountKey: 3,
  login: 4,
  bareKey: 5,
  key: 6,
  exception: 7,
  resource: 8,
  personId: 9,
} as const;
export const IS_SHIFT = 28;
export const PLACE = 0x0fffffff;

export const PERSON = { flags: 0, id: 1, slug: 2, mail: 3, keyCount: 4, keys: 5 } as const;
export const ACTIVE = 1;

/** `owner`: place of the person whose account it is, 0 where it is nobody's; `rows`: where its rows begin. Texts that are not there are 0. */
export const KEY = { owner: 0, connection: 1, flags: 2, name: 3, login: 4, hash: 5, rowCount: 6, rows: 7 } as const;
export const ENABLED = 0x100;
export const SECONDARY = 0x200;
/** The owner is there. Also with the person, who lies elsewhere. */
export const OWNER_ACTIVE = 0x400;
export const KIND_MASK = 0xff;

export const ROW = { resource: 0, exception: 1, method: 2, conditions: 3, person: 4, stand: 5, from: 6, until: 8, ends: 10 } as const;
export const ROW_WORDS = 12;

export const EXCEPTION = { rows: 0, id: 1, ref: 2, owner: 3 } as const;
/** `keys`: place of the list of keys that have a row on it. */
export const RESOURCE = { kind: 0, id: 1, keyCount: 2, keys: 3 } as const;

/** Where a record has the text that an entry finds it by. */
const TEXT_AT: Readonly<Record<number, number>> = {
  [IS.ownName]: PERSON.slug,
  [IS.ownFolded]: PERSON.mail,
  [IS.accountKey]: KEY.name,
  [IS.login]: KEY.login,
  [IS.bareKey]: KEY.name,
  [IS.key]: KEY.name,
  [IS.exception]: EXCEPTION.id,
  [IS.resource]: RESOURCE.id,
  [IS.personId]: PERSON.id,
};
const FIELDS = Uint8Array.from({ length: 16 }, (_, is) => TEXT_AT[is] ?? 0);

export function textField(is: number): number {
  return FIELDS[is]!;
}

/** Where in a table of so many slots a hash belongs. */
export function slotOf(hash: number, slots: number): number {
  return Math.floor((hash * slots) / 4_294_967_296);
}

export function kindCode(kind: string): number {
  return (SUBJECT_KINDS as readonly string[]).indexOf(kind);
}

/** Each domain has a key of its own, so that names of different things do not meet. */
export const DOMAIN = { name: 1, key: 2, exception: 3, resource: 4 } as const;

export const resourceHashed = (kind: string, id: string): string => `${kind.length}:${kind}${id}`;
