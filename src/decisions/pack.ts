/**
 * Packs a register: rows, persons and the table they are found by in one run of words, so that the file on disk is the memory. What
 * belongs to one subject lies together: one question reads few places, however many grants there are. Pure.
 */
import type { GrantRow } from "./grant-row.ts";
import { hashText } from "./half-sip.ts";
import { createRowLog, type RowLog, type Sheet } from "./pack-rows.ts";
import {
  ACTIVE,
  AT,
  DOMAIN,
  ENABLED,
  ENTRY,
  EXCEPTION,
  FORMAT,
  HEADER,
  IS,
  KEY,
  kindCode,
  MAGIC,
  PERSON,
  SECONDARY,
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

export interface ExceptionRow {
  readonly id: string;
  readonly ref: string;
  readonly owner: string | null;
  /** How many rows it has. */
  readonly rows: number;
}

export interface Packer {
  /** Each exception and each person once. Where an exception lies, for its rows. */
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
    index(domain, hashed, record, text, is) {
      entries.push(hashText(hashed, key0 + domain, key1));
      entries.push(record);
      // Shifted into the sign bit; a word of an array has none.
      entries.push(((is << 28) | text) >>> 0);
    },
  };
  const log = createRowLog(sheet);
  const persons: PersonRow[] = [];
  let exceptions = 0;

  return {
    putException(exception) {
      exceptions += 1;
      return writeException(sheet, exception);
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

function writeException({ words, shared, index }: Sheet, { id, ref, owner, rows }: ExceptionRow): number {
  const ownerAt = owner === null ? 0 : shared(owner);
  const at = words.push(rows);
  for (let i = 1; i < EXCEPTION.owner; i++) words.push(0);
  words.push(ownerAt);
  words.set(at + EXCEPTION.id, words.pushText(id));
  words.set(at + EXCEPTION.ref, words.pushText(ref));
  index(DOMAIN.exception, id, at, words.get(at + EXCEPTION.id), IS.exception);
  return at;
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
    sheet.index(DOMAIN.name, fold(key.key), record, sheet.words.get(record + KEY.name), IS.bareKey);
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
    index(DOMAIN.name, fold(text), at, words.get(at + field), is);
  };
  name(PERSON.id, id, IS.personId);
  name(PERSON.slug, slug, IS.ownName);
  name(PERSON.mail, fold(mail), IS.ownFolded);
  for (const [i, { connection, key, login, ...account }] of accounts.entries()) {
    const record = writeKey({ connection, kind: "user", key, owner: at, flags: flagsOf(account), login: fold(login) });
    words.set(at + PERSON.keys + i, record);
    index(DOMAIN.name, fold(key), record, words.get(record + KEY.name), IS.accountKey);
    if (login !== "") index(DOMAIN.name, fold(login), record, words.get(record + KEY.login), IS.login);
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
      index(DOMAIN.key, text, record, words.get(record + KEY.name), IS.key);
      words.set(record + KEY.rows, words.length());
      const number = log.numbers.get(text);
      if (number === undefined) return record;
      const first = written[number]!;
      if (first === 0) {
        written[number] = record;
        words.set(record + KEY.rowCount, log.write(number, record));
      } else for (const field of [KEY.rowCount, KEY.rows]) words.set(record + field, words.get(first + field));
      return record;
    },
  };
}

/** A place for two or three entries, as a rule: what is not there is seldom looked for in more than one. */
const ENTRIES_PER_BUCKET = 2;

/** The words, then where each bucket's entries begin, then the entries, bucket by bucket. */
function assemble(words: WordWriter, entries: WordWriter, header: Readonly<Record<number, number>>): Uint32Array<ArrayBuffer> {
  const found = entries.view();
  const count = found.length / ENTRY;
  const buckets = 2 ** Math.max(0, Math.ceil(Math.log2(count / ENTRIES_PER_BUCKET + 1)));
  const starts = new Uint32Array(buckets + 1);
  for (let i = 0; i < count; i++) starts[(found[i * ENTRY]! & (buckets - 1)) + 1]! += 1;
  for (let i = 0; i < buckets; i++) starts[i + 1]! += starts[i]!;
  const bucketsAt = words.length();
  const entriesAt = bucketsAt + starts.length;
  const size = entriesAt + found.length;
  if (size > MOST_WORDS) throw new RangeError("the register is larger than a snapshot of it can be (1 GiB)");
  const whole = new Uint32Array(size);
  whole.set(words.view());
  whole.set(starts, bucketsAt);
  const next = starts.slice();
  for (let i = 0; i < count; i++) {
    const at = entriesAt + next[found[i * ENTRY]! & (buckets - 1)]!++ * ENTRY;
    for (let word = 0; word < ENTRY; word++) whole[at + word] = found[i * ENTRY + word]!;
  }
  const places = {
    [AT.words]: size,
    [AT.bucketMask]: buckets - 1,
    [AT.buckets]: bucketsAt,
    [AT.entries]: entriesAt,
    [AT.entryCount]: count,
  };
  for (const [at, word] of Object.entries({ ...header, ...places })) whole[Number(at)] = word;
  return whole;
}
