/**
 * Packs a register: rows, persons and the table they are found by in one run of words, so that the file on disk is the memory. What
 * belongs to one subject lies together: one question reads few places, however many grants there are. Pure.
 */
import type { GrantRow } from "./grant-row.ts";
import { hashText } from "./half-sip.ts";
import { createRowLog, type ExceptionRow, type RowLog, type Sheet } from "./pack-rows.ts";
import {
  ACTIVE,
  AT,
  DOMAIN,
  ENABLED,
  FILLED,
  FORMAT,
  HEADER,
  IS,
  IS_SHIFT,
  KEY,
  kindCode,
  MAGIC,
  OWNER_ACTIVE,
  PERSON,
  SECONDARY,
  SLOT,
  slotOf,
} from "./packed-format.ts";
import { createWords, MOST_WORDS, type WordWriter } from "./packed-words.ts";
import { type AccountRow, fold, type PersonRow } from "./person-row.ts";
import type { SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

/** Secret of the table; two registers of the same contents and seed are the same words. */
export interface Seed {
  readonly key0: number;
  readonly key1: number;
}

export interface Packer {
  /** Each exception and each person once. The number of the exception, for its rows: it has some. */
  putException(exception: ExceptionRow): number;
  putRow(exception: number, row: GrantRow): void;
  putPerson(person: PersonRow): void;
  /** The whole, with a digest of zeros; nothing can be put in any more. */
  finish(about: unknown): Uint32Array<ArrayBuffer>;
}

export function createPacker({ key0, key1 }: Seed): Packer {
  const words = createWords(1 << 16);
  for (let i = 0; i < HEADER; i++) words.push(0);
  const entries = createWords(1 << 14);
  const sheet: Sheet = {
    words,
    shared: createShared(words),
    index(domain, hashed, record, is) {
      entries.push(hashText(hashed, key0 + domain, key1));
      entries.push((is << IS_SHIFT) | record);
    },
  };
  const log = createRowLog(sheet);
  const persons: PersonRow[] = [];
  let exceptions = 0;

  return {
    putException(exception) {
      exceptions += 1;
      return log.putException(exception);
    },
    putRow: (exception, row) => log.put(exception, row),
    putPerson: (person) => void persons.push(person),
    finish(about) {
      log.writeResources();
      writeSubjects(sheet, log, persons, (text) => hashText(text, key0 + DOMAIN.key, key1));
      log.writeHolders();
      const aboutAt = words.pushText(JSON.stringify(about));
      return assemble(words, entries, {
        [AT.magic]: MAGIC,
        [AT.format]: FORMAT,
        [AT.key0]: key0,
        [AT.key1]: key1,
        [AT.rows]: log.count(),
        [AT.exceptions]: exceptions,
        [AT.persons]: persons.length,
        [AT.about]: aboutAt,
      });
    },
  };
}

function createShared(words: WordWriter): Sheet["shared"] {
  const known = new Map<string, number>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const at = words.pushText(text);
    known.set(text, at);
    return at;
  };
}

type HashKey = (text: string) => number;

/** Persons with their accounts, then the keys that are nobody's account. */
function writeSubjects(sheet: Sheet, log: RowLog, persons: readonly PersonRow[], hashKey: HashKey): void {
  const keys = createKeyWriter(sheet, log, hashKey);
  for (const person of persons) writePerson(sheet, person, (key) => keys.write(key));
  for (const [number, key] of log.keys.entries()) {
    if (keys.isWritten(number)) continue;
    const record = keys.write({ ...key, owner: 0, flags: ENABLED, login: "" });
    sheet.index(DOMAIN.name, fold(key.key), record, IS.bareKey);
  }
}

function writePerson({ words, index }: Sheet, person: PersonRow, writeKey: (key: KeyToWrite) => number): void {
  const { id, slug, mail, accounts } = person;
  const at = words.push(person.active ? ACTIVE : 0);
  for (let i = 1; i < PERSON.keys + accounts.length; i++) words.push(0);
  words.set(at + PERSON.keyCount, accounts.length);
  const name = (field: number, text: string, is: number): void => {
    if (text === "") return;
    words.set(at + field, words.pushText(text));
    index(DOMAIN.name, fold(text), at, is);
  };
  name(PERSON.id, id, IS.personId);
  name(PERSON.slug, slug, IS.ownName);
  name(PERSON.mail, fold(mail), IS.ownFolded);
  for (const [i, { connection, key, login, ...account }] of accounts.entries()) {
    const record = writeKey({
      connection,
      kind: "user",
      key,
      owner: at,
      flags: flagsOf(account) | (person.active ? OWNER_ACTIVE : 0),
      login: fold(login),
    });
    words.set(at + PERSON.keys + i, record);
    index(DOMAIN.name, fold(key), record, IS.accountKey);
    if (login !== "") index(DOMAIN.name, fold(login), record, IS.login);
  }
}

function flagsOf({ enabled, secondary }: Pick<AccountRow, "enabled" | "secondary">): number {
  return (enabled ? ENABLED : 0) | (secondary ? SECONDARY : 0);
}

interface KeyToWrite extends SubjectKey {
  readonly owner: number;
  readonly flags: number;
  readonly login: string;
}

function createKeyWriter({ words, shared, index }: Sheet, log: RowLog, hashKey: HashKey) {
  /** By number of the key: record that its rows lie with. */
  const written = new Uint32Array(log.keys.length);
  return {
    isWritten: (number: number): boolean => written[number] !== 0,
    write(key: KeyToWrite): number {
      const text = textOfKey(key);
      const connection = shared(key.connection);
      const record = words.push(key.owner);
      words.push(connection);
      words.push(key.flags | kindCode(key.kind));
      for (let i = KEY.name; i <= KEY.rows; i++) words.push(0);
      words.set(record + KEY.hash, hashKey(text));
      words.set(record + KEY.name, words.pushText(key.key));
      if (key.login !== "") words.set(record + KEY.login, words.pushText(key.login));
      index(DOMAIN.key, text, record, IS.key);
      const number = log.numbers.get(text);
      if (number === undefined) {
        words.set(record + KEY.rows, words.length());
        return record;
      }
      const first = written[number]!;
      if (first === 0) {
        written[number] = record;
        log.writeExceptions(number);
        words.set(record + KEY.rows, words.length());
        words.set(record + KEY.rowCount, log.write(number, record));
      } else for (const field of [KEY.rowCount, KEY.rows]) words.set(record + field, words.get(first + field));
      return record;
    },
  };
}

/** The words, then the table. */
function assemble(words: WordWriter, entries: WordWriter, header: Readonly<Record<number, number>>): Uint32Array<ArrayBuffer> {
  const found = entries.view();
  const slots = Math.ceil(found.length / SLOT / FILLED) + 1;
  const first = words.length();
  const end = first + slots * SLOT;
  if (end > MOST_WORDS) throw new RangeError("the register is larger than a snapshot of it can be (1 GiB)");
  const whole = new Uint32Array(end);
  whole.set(words.view());
  for (let i = 0; i < found.length; i += SLOT) {
    let at = first + slotOf(found[i]!, slots) * SLOT;
    while (whole[at + 1] !== 0) at = at + SLOT === end ? first : at + SLOT;
    whole[at] = found[i]!;
    whole[at + 1] = found[i + 1]!;
  }
  const places = { [AT.words]: end, [AT.slots]: first, [AT.slotCount]: slots };
  for (const [at, word] of Object.entries({ ...header, ...places })) whole[Number(at)] = word;
  return whole;
}
