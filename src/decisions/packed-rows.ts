/** Rows of packed words: numbers are read at once, texts when somebody asks for them. Pure. */
import { type Conditions, SUBJECT_KINDS } from "../exceptions/version.ts";
import { type GrantRow, STANDS } from "./grant-row.ts";
import type { PlacedKey } from "./layer.ts";
import { EXCEPTION, KEY, KIND_MASK, RESOURCE, ROW, ROW_WORDS } from "./packed-format.ts";
import { longAt, textAt } from "./packed-words.ts";

const UNCONDITIONAL: Conditions = { networks: null, deviceClasses: null, hours: null };

/** Conditions that were read lately; many rows share the same. */
const MOST_KEPT = 10_000;

/** What a row and a key are read from; on the prototype, so that a row costs no closures. */
interface Placed {
  readonly words: Uint32Array;
  readonly place: number;
}
interface PlacedRow extends Placed {
  /** Place of its key. */
  readonly key: number;
  readonly kept: Map<number, Conditions>;
}

const textOr = ({ words }: Placed, at: number): string | null => (words[at] === 0 ? null : textAt(words, words[at]!));

const ROW_TEXTS = {
  get exception(): string {
    const row = this as unknown as PlacedRow;
    return textAt(row.words, row.words[row.words[row.place + ROW.exception]! + EXCEPTION.id]!);
  },
  get ref(): string {
    const row = this as unknown as PlacedRow;
    return textAt(row.words, row.words[row.words[row.place + ROW.exception]! + EXCEPTION.ref]!);
  },
  get owner(): string | null {
    const row = this as unknown as PlacedRow;
    return textOr(row, row.words[row.place + ROW.exception]! + EXCEPTION.owner);
  },
  get person(): string | null {
    const row = this as unknown as PlacedRow;
    return textOr(row, row.place + ROW.person);
  },
  get method(): string {
    const row = this as unknown as PlacedRow;
    return textAt(row.words, row.words[row.place + ROW.method]!);
  },
  get subject(): PlacedKey {
    const row = this as unknown as PlacedRow;
    return keyAt(row.words, row.key);
  },
  get resource(): GrantRow["resource"] {
    const { words, place } = this as unknown as PlacedRow;
    const resource = words[place + ROW.resource]!;
    return { kind: textAt(words, words[resource + RESOURCE.kind]!), id: textAt(words, words[resource + RESOURCE.id]!) };
  },
  get conditions(): Conditions {
    const { words, place, kept } = this as unknown as PlacedRow;
    const at = words[place + ROW.conditions]!;
    if (at === 0) return UNCONDITIONAL;
    const found = kept.get(at);
    if (found !== undefined) return found;
    if (kept.size >= MOST_KEPT) kept.clear();
    const read = JSON.parse(textAt(words, at)) as Conditions;
    kept.set(at, read);
    return read;
  },
};

export type ReadRow = (place: number, key: number) => GrantRow;

export function createRowReader(words: Uint32Array): ReadRow {
  const kept = new Map<number, Conditions>();
  return (place, key) => {
    const row = Object.create(ROW_TEXTS) as Record<string, unknown>;
    row["words"] = words;
    row["place"] = place;
    row["key"] = key;
    row["kept"] = kept;
    row["stand"] = STANDS[words[place + ROW.stand]!];
    row["from"] = longAt(words, place + ROW.from);
    row["until"] = longAt(words, place + ROW.until);
    row["ends"] = longAt(words, place + ROW.ends);
    return row as unknown as GrantRow;
  };
}

const KEY_TEXTS = {
  get connection(): string {
    const { words, place } = this as unknown as Placed;
    return textAt(words, words[place + KEY.connection]!);
  },
  get key(): string {
    const { words, place } = this as unknown as Placed;
    return textAt(words, words[place + KEY.name]!);
  },
};

export function keyAt(words: Uint32Array, place: number): PlacedKey {
  const key = Object.create(KEY_TEXTS) as Record<string, unknown>;
  key["words"] = words;
  key["place"] = place;
  key["hash"] = words[place + KEY.hash]!;
  key["kind"] = kindAt(words, place);
  return key as unknown as PlacedKey;
}

export function kindAt(words: Uint32Array, key: number): string {
  return SUBJECT_KINDS[words[key + KEY.flags]! & KIND_MASK]!;
}

/** Looked for by halves: a subject may hold many. The place of a resource is what its rows are in order of. */
export function firstRowOn(words: Uint32Array, key: number, resource: number): number {
  const first = words[key + KEY.rows]!;
  let [low, high] = [0, words[key + KEY.rowCount]!];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[first + middle * ROW_WORDS]! < resource) low = middle + 1;
    else high = middle;
  }
  return first + low * ROW_WORDS;
}
