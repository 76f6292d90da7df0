/** Rows of exceptions on their way into a packed register: taken in as they come, written key by key. Pure. */
import { type GrantRow, STANDS } from "./grant-row.ts";
import { DOMAIN, IS, RESOURCE, resourceHashed, ROW, ROW_WORDS } from "./packed-format.ts";
import { createWords, longAt, type WordWriter } from "./packed-words.ts";
import type { SubjectKey } from "./register.ts";
import { textOfKey } from "./text-of-key.ts";

/** What everything is written into. */
export interface Sheet {
  readonly words: WordWriter;
  /** Writes a text that many records share once. */
  readonly shared: (text: string) => number;
  /** Makes a record found by a text of a domain. */
  readonly index: (domain: number, hashed: string, record: number, text: number, is: number) => void;
}

/** A row that waits: number of its key, then the row with the number of its resource in place of where that lies. */
const WAITING = ROW_WORDS + 1;

export interface RowLog {
  /** `exception`: where it lies. */
  put(exception: number, row: GrantRow): void;
  count(): number;
  /** All keys that have rows, by {@link textOfKey}: their numbers. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly keys: readonly SubjectKey[];
  /** Before the first {@link write}. */
  writeResources(): void;
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
  let byKey: ReturnType<typeof sortedByKey> | undefined;

  return {
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
        index(DOMAIN.resource, resourceHashed(kind, id), at, words.get(at + RESOURCE.id), IS.resource);
        holders.push(new Set());
        return at;
      });
    },
    write(key, record) {
      byKey ??= sortedByKey(log, keys.values.length);
      const of = byKey(key);
      for (const at of of) {
        const resource = log.get(at + 1);
        holders[resource]!.add(record);
        words.push(places[resource]!);
        for (let i = 1; i < ROW_WORDS; i++) words.push(log.get(at + 1 + i));
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
