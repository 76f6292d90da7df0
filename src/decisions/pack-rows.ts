/** Rows of exceptions on their way into a packed register: taken in as they come, written key by key. Pure. */
import { type GrantRow, STANDS } from "./grant-row.ts";
import { DOMAIN, EXCEPTION, IS, RESOURCE, resourceHashed, ROW, ROW_WORDS } from "./packed-format.ts";
import { createWords, longAt, type WordWriter } from "./packed-words.ts";
import type { SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

/** What everything is written into. */
export interface Sheet {
  readonly words: WordWriter;
  /** Writes a text that many records share once. */
  readonly shared: (text: string) => number;
  /** Makes a record found by a text of a domain. */
  readonly index: (domain: number, hashed: string, record: number, is: number) => void;
}

export interface ExceptionRow {
  readonly id: string;
  readonly ref: string;
  readonly owner: string | null;
  /** How many rows it has. */
  readonly rows: number;
}

/** A row that waits: number of its key, then the row with numbers of its resource and exception in place of where they lie. */
const WAITING = ROW_WORDS + 1;

export interface RowLog {
  /** Its number, for its rows. */
  putException(exception: ExceptionRow): number;
  put(exception: number, row: GrantRow): void;
  count(): number;
  /** All keys that have rows, by {@link textOfKey}: their numbers. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly keys: readonly SubjectKey[];
  /** Before the first {@link write}. */
  writeResources(): void;
  /** Writes exceptions of a key's rows that were not written yet: beside the rows, where a question that finds these finds them. */
  writeExceptions(key: number): void;
  /** Writes a key's rows, those on one resource together, and says how many. `record`: where the key lies. */
  write(key: number, record: number): number;
  /** After the last {@link write}. */
  writeHolders(): void;
}

/** Values by number, each once. */
function createNumbers<T>(textOf: (value: T) => string) {
  const numbers = new Map<string, number>();
  const values: T[] = [];
  return {
    numbers,
    values,
    of(value: T): number {
      const text = textOf(value);
      const found = numbers.get(text);
      if (found !== undefined) return found;
      numbers.set(text, values.length);
      return values.push(value) - 1;
    },
  };
}

export function createRowLog({ words, shared, index }: Sheet): RowLog {
  const log = createWords();
  const keys = createNumbers<SubjectKey>(textOfKey);
  const resources = createNumbers<GrantRow["resource"]>(({ kind, id }) => resourceHashed(kind, id));
  let places: number[] = [];
  const holders: Set<number>[] = [];
  const exceptions: ExceptionRow[] = [];
  /** By number, where they lie. */
  const exceptionPlaces: number[] = [];
  let byKey: ReturnType<typeof sortedByKey> | undefined;
  const placesOf = (key: number): Uint32Array => (byKey ??= sortedByKey(log, keys.values.length))(key);

  return {
    putException: (exception) => exceptions.push(exception) - 1,
    writeExceptions(key) {
      for (const at of placesOf(key)) {
        const number = log.get(at + 1 + ROW.exception);
        exceptionPlaces[number] ??= writeException({ words, shared, index }, exceptions[number]!);
      }
    },
    numbers: keys.numbers,
    keys: keys.values,
    count: () => log.length() / WAITING,
    put(exception, row) {
      const { networks, deviceClasses, hours } = row.conditions;
      const isUnconditional = networks === null && deviceClasses === null && hours === null;
      const { connection, kind, key } = row.subject;
      log.push(keys.of({ connection, kind, key }));
      log.push(resources.of(row.resource));
      log.push(exception);
      log.push(shared(row.method));
      log.push(isUnconditional ? 0 : shared(JSON.stringify(row.conditions)));
      log.push(row.person === null ? 0 : shared(row.person));
      log.push(STANDS.indexOf(row.stand));
      for (const moment of [row.from, row.until, row.ends]) log.pushLong(moment);
    },
    writeResources() {
      places = resources.values.map(({ kind, id }) => {
        const at = words.push(shared(kind));
        for (let i = 1; i <= RESOURCE.keys; i++) words.push(0);
        words.set(at + RESOURCE.id, words.pushText(id));
        index(DOMAIN.resource, resourceHashed(kind, id), at, IS.resource);
        holders.push(new Set());
        return at;
      });
    },
    write(key, record) {
      const of = placesOf(key);
      for (const at of of) {
        const resource = log.get(at + 1);
        holders[resource]!.add(record);
        words.push(places[resource]!);
        words.push(exceptionPlaces[log.get(at + 1 + ROW.exception)]!);
        for (let i = ROW.exception + 1; i < ROW_WORDS; i++) words.push(log.get(at + 1 + i));
      }
      return of.length;
    },
    writeHolders() {
      for (const [i, at] of places.entries()) {
        words.set(at + RESOURCE.keyCount, holders[i]!.size);
        words.set(at + RESOURCE.keys, words.length());
        for (const record of holders[i]!) words.push(record);
      }
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
  index(DOMAIN.exception, id, at, IS.exception);
  return at;
}

/** Places in the log of the rows of a key: those on one resource together, of these the one that lasts longest first. */
function sortedByKey(log: WordWriter, keyCount: number): (key: number) => Uint32Array {
  const starts = new Uint32Array(keyCount + 1);
  for (let at = 0; at < log.length(); at += WAITING) starts[log.get(at) + 1]! += 1;
  for (let key = 0; key < keyCount; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const rows = new Uint32Array(log.length() / WAITING);
  for (let at = 0; at < log.length(); at += WAITING) rows[next[log.get(at)]!++] = at;
  const until = (at: number): number => longAt(log.view(), at + 1 + ROW.until);
  return (key) => {
    const of = rows.subarray(starts[key], starts[key + 1]);
    return of.length < 2 ? of : of.sort((a, b) => log.get(a + 1) - log.get(b + 1) || until(b) - until(a) || a - b);
  };
}
