/** Reads a journal into a book: all of it once, then entry by entry. */
import { type Book, createBook, emptyOverlay, putConnection, putException, putPerson } from "./book.ts";
import { rowsOf } from "./grant-row.ts";
import type { JournalStore, News, NewsEntry } from "./journal-store.ts";
import type { Seed } from "./pack.ts";
import { personRowOf } from "./person-row.ts";
import type { Changes } from "./repack.ts";

/** Bounds what a query may take; everything that asks the database goes through it. */
export type Soon = <T>(work: Promise<T>) => Promise<T>;

/** Kinds of subjects that have news, before they count as followed; undefined where everything may be new. */
export type Hear = (kinds: ReadonlySet<string> | undefined) => Promise<void>;

/** The journal is not the one that was followed. */
export class OtherJournal extends Error {
  override readonly name = "OtherJournal";
}

const PAGE = 500;

/** So many subjects are held in maps while all are read; more than that are packed as they come. */
const MOST_HELD = 20_000;

/** Where what is read goes when it is too much to be held. */
export interface Spill {
  put(changes: Changes): Promise<void>;
}

/**
 * Everything, as of a place before the reading began: what changes meanwhile is followed from there. Where it was too much, the rest
 * of it is with `spill`.
 */
export async function readAll(store: JournalStore, seed: Seed, soon: Soon, spill: Spill | undefined): Promise<Book> {
  const book = createBook(seed, await soon(store.findPlace()));
  for (const taker of Object.values(takersOf(store, book))) {
    for (let after: string | undefined = ""; after !== undefined;) {
      after = await soon(taker.page(after));
      const { exceptions, persons } = book.overlay;
      if (spill === undefined || exceptions.size + persons.size < MOST_HELD) continue;
      await spill.put(book.overlay);
      emptyOverlay(book);
    }
  }
  return book;
}

/**
 * Takes in what was committed since. Throws {@link OtherJournal} where the place followed, or an entry that was followed before it had
 * its leaf, is not there any more.
 */
export async function follow(store: JournalStore, book: Book, hear: Hear, soon: Soon): Promise<void> {
  const waiting = new Map<number, string>();
  const gone = new Map(book.waiting);
  for (let afterPosition = 0, isMore = true; isMore;) {
    const news = await soon(store.readNews(book.place, afterPosition));
    const why = whyAnother(news, book);
    if (why !== undefined) throw new OtherJournal(why);
    await takeIn(store, book, news.entries, hear, soon);
    for (const { position, id, leaf } of news.entries) {
      gone.delete(position);
      if (leaf !== null) waiting.delete(position);
      else waiting.set(position, id);
      if (leaf === null) afterPosition = position;
    }
    // Should the next page fail, this one was followed all the same.
    book.waiting = new Map([...gone, ...waiting]);
    const last = news.entries.findLast(({ leaf }) => leaf !== null);
    const { leaves, lastEntry } = book.place;
    book.place = { logKey: news.logKey, leaves: last === undefined ? leaves : last.leaf! + 1, lastEntry: last?.id ?? lastEntry };
    ({ isMore } = news);
  }
  if (gone.size > 0) throw new OtherJournal(`${gone.size} entries that were followed are gone`);
}

/** What in the news cannot come of the journal that was followed. */
function whyAnother({ logKey, lastEntry, entries }: News, { place, waiting }: Book): string | undefined {
  // A log has its key from the first start on, and keeps it.
  if (place.logKey !== "" && logKey !== place.logKey) return "its key is another one";
  if (lastEntry !== place.lastEntry) return `leaf ${place.leaves - 1} is another entry, or gone`;
  const other = entries.find(({ position, id }) => (waiting.get(position) ?? id) !== id);
  if (other !== undefined) return `entry ${other.position}, that was followed, is another one`;
  // Leaves are given one after the other, a batch at a time: whatever is missing was taken out.
  const isGap = entries.filter(({ leaf }) => leaf !== null).some(({ leaf }, i) => leaf !== place.leaves + i);
  return isGap ? `a leaf after ${place.leaves} is missing` : undefined;
}

async function takeIn(store: JournalStore, book: Book, entries: readonly NewsEntry[], hear: Hear, soon: Soon): Promise<void> {
  const fresh = entries.filter(({ position, id }) => book.waiting.get(position) !== id);
  if (fresh.length === 0) return;
  const takers = takersOf(store, book);
  const byKind = Map.groupBy(fresh, ({ kind }) => kind);
  for (const [kind, of] of byKind) {
    const taker = Object.hasOwn(takers, kind) ? takers[kind] : undefined;
    const ids = taker === undefined ? [] : [...new Set(of.map(({ subject }) => subject))];
    for (let at = 0; at < ids.length; at += PAGE) await soon(taker!.some(ids.slice(at, at + PAGE)));
  }
  await hear(new Set(byKind.keys()));
}

interface Taker {
  /** Takes a page in; the last subject of it, or undefined where it is the last page. */
  page(after: string): Promise<string | undefined>;
  some(ids: readonly string[]): Promise<void>;
}

function takersOf(store: JournalStore, book: Book): Readonly<Record<string, Taker>> {
  return {
    exception: taker(store.exceptions, (state) => putException(book, state.dossier.id, rowsOf(state))),
    person: taker(store.persons, (person) => putPerson(book, personRowOf(person))),
    connection: taker(store.connections, ({ id, key }) => putConnection(book, key, id)),
  };
}

function taker<State>(states: StatesOf<State>, put: (state: State) => void): Taker {
  return {
    async page(after) {
      const { states: found, last } = await states.page(after, PAGE);
      for (const state of found) put(state);
      return last;
    },
    async some(ids) {
      for (const state of await states.some(ids)) put(state);
    },
  };
}

interface StatesOf<State> {
  page(after: string, limit: number): Promise<{ readonly states: readonly State[]; readonly last: string | undefined }>;
  some(ids: readonly string[]): Promise<readonly State[]>;
}
