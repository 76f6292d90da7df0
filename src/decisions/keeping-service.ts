/**
 * Keeps a book on disk for a fast start, and for the time the database is away: folds what changed into what is packed, beside what
 * runs, and says when the journal was last known to have nothing more than what lies there.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Log, words } from "../platform/log.ts";
import { abandonFold, beginFold, type Book, createBook, endFold, type Place, sizeOf } from "./book.ts";
import { beginFolding, type Folding } from "./fold-service.ts";
import { digestOfPacked, encode, readDigest, readSnapshotFile, writeSnapshotFile } from "./load-snapshot-file.ts";
import type { Seed } from "./pack.ts";
import { AT } from "./packed-format.ts";
import { createPackedLayer } from "./packed-layer.ts";
import { aboutPacked } from "./packed-table.ts";
import { repack } from "./repack.ts";

/** What is kept beside the rows. */
interface About {
  readonly place: Place;
  readonly waiting: readonly (readonly [number, string])[];
  readonly connections: readonly (readonly [string, string])[];
  readonly ruleTexts: RuleTexts;
  readonly heardAtMs: number;
  /** Of this program, that made rows of what the database holds. */
  readonly release: string;
}
export type RuleTexts = readonly (readonly [name: string, text: string])[];

export interface Kept {
  readonly book: Book;
  readonly ruleTexts: RuleTexts;
  /** When it was last known to be all there is. */
  readonly heardAtMs: number;
}

export interface Keeping {
  /** Undefined where nothing is kept, or nothing that can be used. */
  load(): Promise<Kept | undefined>;
  /** Folds in what changed, where it is time to. Resolves when that is done; never throws. */
  fold(book: Book, ruleTexts: RuleTexts, heardAtMs: number, when: "if due" | "now"): Promise<void>;
  /** Whether a folding runs. */
  isFolding(): boolean;
  /** The journal has nothing more than the book, at this moment. */
  noteHeard(book: Book, heardAtMs: number): Promise<void>;
  /** Begins to pack what is too much to be held. */
  beginSpill(): Folding;
  endSpill(spill: Folding, book: Book, ruleTexts: RuleTexts, heardAtMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Up to so many rows and changes it is done in this thread, in some tens of milliseconds. */
const SMALL = 2000;
/** Changes are folded in when there are so many, and a twentieth of the rows; or when they have waited so long. */
const MANY = 2000;
const SHARE = 20;
const WAIT_MS = 60_000;
/** Of all time no more than a tenth is spent on it. */
const REST = 10;
const NOTE_EVERY_MS = 10_000;

export function newSeed(): Seed {
  const bytes = randomBytes(8);
  return { key0: bytes.readUInt32LE(0), key1: bytes.readUInt32LE(4) };
}

export interface KeepingDependencies {
  readonly folder: string;
  /** Another release may make other rows of the same exception: what another one kept is not used. */
  readonly release: string;
  readonly elapsedMs: () => number;
  readonly log: Log;
}

export function openKeeping({ folder, release, elapsedMs, log }: KeepingDependencies): Keeping {
  const path = join(folder, "register.snapshot");
  const notePath = join(folder, "heard.json");
  let running: Promise<void> | undefined;
  let thread: Folding | undefined;
  let nextAt = elapsedMs() + WAIT_MS;
  let soonestAt = 0;
  let notedAt = Number.NEGATIVE_INFINITY;

  async function pack(book: Book, about: About): Promise<void> {
    const { base, seed } = book;
    const changes = beginFold(book);
    const before = base === undefined ? undefined : digestOfPacked(base.words);
    const isSmall = sizeOf(book) < SMALL && changes.exceptions.size + changes.persons.size < SMALL;
    if (isSmall) {
      const packed = repack(base?.words, changes, seed, about);
      encode(packed);
      endFold(book, packed);
      await writeSnapshotFile(path, encode(packed));
      return;
    }
    // The file is what the thread begins with: it may have been lost, or another's.
    if (base !== undefined && (await readDigest(path)) !== before) await writeSnapshotFile(path, encode(base.words));
    thread = beginFolding();
    await thread.put(changes);
    finishFold(book, await thread.finish({ path, before, seed, about }));
  }

  function finishFold(book: Book, { words: packed, unwritten }: Awaited<ReturnType<Folding["finish"]>>): void {
    endFold(book, packed);
    if (unwritten === undefined) return;
    // Answered from all the same; the disk is tried again with the next folding.
    book.isDirty = true;
    log.error("snapshot not kept", { error: unwritten });
  }

  async function foldNow(book: Book, about: About): Promise<void> {
    const began = elapsedMs();
    try {
      await pack(book, about);
    } catch (error) {
      abandonFold(book);
      log.error("snapshot not kept", { error: words(error) });
    } finally {
      const now = elapsedMs();
      thread = undefined;
      [nextAt, soonestAt] = [now + WAIT_MS, now + (now - began) * REST];
    }
  }

  function isDue(book: Book): boolean {
    const { exceptions, persons } = book.overlay;
    const changes = exceptions.size + persons.size;
    const isTime = changes > Math.max(MANY, sizeOf(book) / SHARE) || elapsedMs() >= nextAt;
    return book.isDirty && isTime && elapsedMs() >= soonestAt;
  }

  return {
    async load() {
      try {
        return await load(path, notePath, release);
      } catch (error) {
        log.warn("snapshot on disk not used", { why: words(error) });
        return undefined;
      }
    },
    isFolding: () => running !== undefined,
    async fold(book, ruleTexts, heardAtMs, when) {
      if (running !== undefined) return running;
      // Of a log that has not begun nobody could tell whose it is.
      if (book.place.logKey === "" || !(when === "now" ? book.isDirty : isDue(book))) return undefined;
      running = foldNow(book, { ...aboutOf(book, ruleTexts, heardAtMs), release }).finally(() => {
        running = undefined;
      });
      return running;
    },
    async noteHeard(book, heardAtMs) {
      if (book.isDirty || book.base === undefined || book.since !== undefined || elapsedMs() - notedAt < NOTE_EVERY_MS) return;
      notedAt = elapsedMs();
      const note = JSON.stringify({ digest: digestOfPacked(book.base.words), heardAtMs });
      await writeNote(folder, notePath, note).catch((error: unknown) => log.error("snapshot not kept", { error: words(error) }));
    },
    beginSpill: () => (thread = beginFolding()),
    async endSpill(spill, book, ruleTexts, heardAtMs) {
      const changes = beginFold(book);
      await spill.put(changes);
      const about: About = { ...aboutOf(book, ruleTexts, heardAtMs), release };
      finishFold(book, await spill.finish({ path, before: undefined, seed: book.seed, about }));
      thread = undefined;
    },
    async stop() {
      await thread?.stop();
      await running;
    },
  };
}

function aboutOf({ place, waiting, connections }: Book, ruleTexts: RuleTexts, heardAtMs: number): Omit<About, "release"> {
  return { place, waiting: [...waiting], connections: [...connections], ruleTexts, heardAtMs };
}

/** Throws where what lies there cannot be used. */
async function load(path: string, notePath: string, release: string): Promise<Kept | undefined> {
  const read = await readSnapshotFile(path);
  if (read === undefined) return undefined;
  if ("why" in read) throw new Error(read.why);
  const about = aboutPacked(read.words) as About;
  if (about.release !== release) throw new Error("another release of Postern kept it");
  const seed: Seed = { key0: read.words[AT.key0]!, key1: read.words[AT.key1]! };
  const book = createBook(seed, about.place, createPackedLayer(read.words));
  book.waiting = new Map(about.waiting);
  for (const [key, id] of about.connections) book.connections.set(key, id);
  const noted = await readNote(notePath, digestOfPacked(read.words));
  return { book, ruleTexts: about.ruleTexts, heardAtMs: noted ?? about.heardAtMs };
}

/** Written after the snapshot, it alone counts: the clock may have been set back since. Of another snapshot it says nothing. */
async function readNote(path: string, digest: string): Promise<number | undefined> {
  try {
    const note = JSON.parse(await readFile(path, "utf8")) as { digest?: unknown; heardAtMs?: unknown };
    return note.digest === digest && typeof note.heardAtMs === "number" ? note.heardAtMs : undefined;
  } catch {
    return undefined;
  }
}

async function writeNote(folder: string, path: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, path);
}
