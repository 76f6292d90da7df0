/** What is known of a journal up to a place in it: what was packed, and what changed since. Pure. */
import type { GrantRow } from "./grant-row.ts";
import { hashText } from "./half-sip.ts";
import { createMapLayer, type MapLayer } from "./map-layer.ts";
import type { Seed } from "./pack.ts";
import { DOMAIN } from "./packed-format.ts";
import { createPackedLayer, type PackedLayer } from "./packed-layer.ts";
import type { PersonRow } from "./person-row.ts";
import type { Changes } from "./repack.ts";

/** A place in one journal. A journal that does not have it is another one, or was set back. */
export interface Place {
  /** Key of the log; empty before its first start. */
  readonly logKey: string;
  /** Leaves that were followed. */
  readonly leaves: number;
  /** Id of the entry of the last of them; empty where there is none. */
  readonly lastEntry: string;
}

export interface Book {
  readonly seed: Seed;
  base: PackedLayer | undefined;
  overlay: MapLayer;
  /** Ids of connections, by the key people call them by. */
  readonly connections: Map<string, string>;
  place: Place;
  /** Entries without a leaf that were followed: position → id. */
  waiting: ReadonlyMap<number, string>;
  /** Whether anything is known that was not packed. */
  isDirty: boolean;
  /** What changed since a folding began that is under way. */
  since: { readonly exceptions: Set<string>; readonly persons: Set<string> } | undefined;
  /** Entries that were followed when the last folding began: what changed after is in the overlay still. */
  foldedSequence: number;
}

export function createBook(seed: Seed, place: Place, base?: PackedLayer): Book {
  const overlay = createMapLayer(hashOf(seed));
  return {
    seed,
    base,
    overlay,
    connections: new Map(),
    place,
    waiting: new Map(),
    isDirty: base === undefined,
    since: undefined,
    foldedSequence: 0,
  };
}

function hashOf({ key0, key1 }: Seed): (text: string) => number {
  return (text) => hashText(text, key0 + DOMAIN.key, key1);
}

export function sequenceOf({ place, waiting }: Book): number {
  return place.leaves + waiting.size;
}

/** Rows that are looked in. */
export function sizeOf({ base, overlay }: Book): number {
  return (base?.size() ?? 0) + overlay.size();
}

export function putException(book: Book, id: string, rows: readonly GrantRow[]): void {
  book.overlay.putException(id, rows);
  book.base?.hideException(id);
  book.since?.exceptions.add(id);
  book.isDirty = true;
}

export function putPerson(book: Book, person: PersonRow): void {
  book.overlay.putPerson(person);
  book.base?.hidePerson(person.id);
  book.since?.persons.add(person.id);
  book.isDirty = true;
}

export function putConnection(book: Book, key: string, id: string): void {
  if (book.connections.get(key) === id) return;
  book.connections.set(key, id);
  book.isDirty = true;
}

/** What is to be folded in; what changes from now on is remembered beside it. */
export function beginFold(book: Book): Changes {
  book.since = { exceptions: new Set(), persons: new Set() };
  book.isDirty = false;
  book.foldedSequence = sequenceOf(book);
  return { exceptions: new Map(book.overlay.exceptions), persons: new Map(book.overlay.persons) };
}

/** Puts the packed words in place of what was folded into them. */
export function endFold(book: Book, words: Uint32Array<ArrayBuffer>): void {
  const { overlay: before, since } = book;
  book.base = createPackedLayer(words);
  book.overlay = createMapLayer(hashOf(book.seed));
  book.since = undefined;
  for (const id of since?.exceptions ?? []) putException(book, id, before.exceptions.get(id)!);
  for (const id of since?.persons ?? []) putPerson(book, before.persons.get(id)!);
}

/** What was in it was put elsewhere. */
export function emptyOverlay(book: Book): void {
  book.overlay = createMapLayer(hashOf(book.seed));
}

/** Nothing came of it: all that was to be folded in is still to be. */
export function abandonFold(book: Book): void {
  book.since = undefined;
  book.isDirty = true;
}
