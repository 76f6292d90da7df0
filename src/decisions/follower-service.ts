/**
 * Keeps the register of decisions in step with the journal: reads entries that have no leaf yet and leaves it has not seen, loads what
 * they are about as it is now, and puts that in place of what it was. So a change counts as soon as it is committed. A journal in which
 * the place followed is not found is another one, or was set back by a restore: then everything learnt from it is forgotten.
 */
import type { Db } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import { repeat, type Repeated } from "../platform/repeat.ts";
import { type Book, sequenceOf, sizeOf } from "./book.ts";
import type { Folding } from "./fold-service.ts";
import { type Moment, TOLD_EVERY_MS, toldNow } from "./heard.ts";
import { createJournalStore, type JournalStore } from "./journal-store.ts";
import { type Keeping, newSeed, type RuleTexts } from "./keeping-service.ts";
import { createRegister } from "./layered-register.ts";
import type { Followed } from "./publish-service.ts";
import { follow, type Hear, OtherJournal, readAll, type Soon } from "./load-book.ts";
import type { Changes } from "./repack.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Snapshot } from "./snapshot.ts";

export interface FollowerDependencies {
  /** A connection to read by, and how to give it up; asked for again after one was given up. */
  readonly openReader: () => { readonly db: Db; abandon(): void };
  readonly log: Log;
  /** The wall clock, in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** A clock that is never set, in milliseconds: the wall's set back must not make old news young. */
  readonly elapsedMs: () => number;
  readonly maxAgeMs: number;
  /** All that are in force. */
  readonly readRuleSets: (db: Db) => Promise<ReadonlyMap<string, RuleSet>>;
  /** The texts of rule sets in force, and what they are compiled to; kept with what is known of the journal. */
  readonly textsOfRules: (db: Db, ruleSets: ReadonlyMap<string, RuleSet>) => Promise<RuleTexts>;
  readonly rulesOfTexts: (texts: RuleTexts) => ReadonlyMap<string, RuleSet>;
  /** Undefined: nothing is kept on disk. */
  readonly keeping?: Keeping | undefined;
  readonly lookEveryMs?: number;
  readonly answerWithinMs?: number;
}

export interface Follower {
  /** Undefined until the register was read once. */
  snapshot(): Snapshot | undefined;
  /** What the snapshot is made of, to be published. */
  followed(): Followed | undefined;
  /** Answers from what was kept on disk, where that is, and asks the database nothing. */
  load(): Promise<void>;
  /** Begins to follow; what it cannot reach it tries again. */
  start(): void;
  /** Looks at once, or as soon as the look under way is over. */
  wake(): void;
  /** Resolves when everything committed before the call is followed, or the try to has failed. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const ANSWER_WITHIN_MS = 5000;

export function createFollower(deps: FollowerDependencies): Follower {
  const { log, nowMs, elapsedMs, maxAgeMs, keeping } = deps;
  const soon: Soon = (work) => within(work, deps.answerWithinMs ?? ANSWER_WITHIN_MS);
  const known: Known = { book: undefined, ruleSets: new Map(), ruleTexts: [], areRulesKept: false, freshAt: { wall: 0, elapsed: 0 } };
  let reader: ReturnType<FollowerDependencies["openReader"]> | undefined;
  let snapshot: Snapshot | undefined;
  let toldAt = -Infinity;
  let isQuiet = false;
  let rounds: Repeated | undefined;
  let loading: Promise<void> | undefined;

  const clocks = (): Moment => ({ wall: nowMs(), elapsed: elapsedMs() });

  function publish(now: Moment = clocks()): void {
    const { book, freshAt, ruleSets } = known;
    toldAt = now.elapsed;
    if (book === undefined) {
      snapshot = undefined;
      return;
    }
    const freshAtMs = toldNow(freshAt, now);
    const { base, overlay, connections } = book;
    const layers = base === undefined ? [overlay] : [overlay, base];
    const register = createRegister({ sequence: sequenceOf(book), size: sizeOf(book), layers, connections });
    snapshot = { register, ruleSets, freshAtMs, maxAgeMs };
  }

  function read(): Snapshot | undefined {
    if (snapshot !== undefined && elapsedMs() - toldAt >= TOLD_EVERY_MS) publish();
    return snapshot;
  }

  async function look(): Promise<void> {
    const asked = clocks();
    const { db } = (reader ??= deps.openReader());
    const store = createJournalStore(db);
    const hear: Hear = async (kinds) => {
      if (kinds !== undefined && !kinds.has("ruleSet")) return;
      const ruleSets = await soon(deps.readRuleSets(db));
      const ruleTexts = await soon(deps.textsOfRules(db, ruleSets));
      if (known.book !== undefined && JSON.stringify(ruleTexts) !== JSON.stringify(known.ruleTexts)) known.book.isDirty = true;
      Object.assign(known, { ruleSets, ruleTexts, areRulesKept: false });
    };
    // The release may be another one than that which kept them, and ship others.
    if (known.areRulesKept) await hear(undefined);
    const read = known.book ?? (await readWhole(store, soon, hear, deps, known));
    await follow(store, read, hear, soon);
    known.book = read;
    known.freshAt = asked;
  }

  function fail(error: unknown): void {
    reader?.abandon();
    reader = undefined;
    if (error instanceof OtherJournal) {
      log.warn("another journal, or one that was set back: read anew", { error: words(error) });
      known.book = undefined;
      rounds?.wake();
    } else if (!isQuiet) {
      // Said once, not four times a second of an outage.
      log.error("journal not followed", { error: words(error) });
      isQuiet = true;
    }
  }

  async function round(): Promise<void> {
    await loadOnce();
    try {
      await look();
      if (isQuiet) log.info("journal followed again");
      isQuiet = false;
      await keep("if due");
    } catch (error) {
      fail(error);
    }
    publish();
  }

  /** What was kept answers until the database does, as long as it is young enough. */
  async function load(): Promise<void> {
    const kept = await keeping?.load();
    if (kept === undefined) return;
    const { book, ruleTexts, heardAtMs } = kept;
    // Of a clock that was set back since, nothing is known but that it was.
    const wall = heardAtMs <= nowMs() ? heardAtMs : 0;
    Object.assign(known, {
      book,
      ruleTexts,
      ruleSets: deps.rulesOfTexts(ruleTexts),
      areRulesKept: true,
      freshAt: { wall, elapsed: elapsedMs() - (nowMs() - wall) },
    });
    publish();
  }

  async function keep(when: "if due" | "now"): Promise<void> {
    const { book, ruleTexts, freshAt } = known;
    if (keeping === undefined || book === undefined) return;
    const heardAtMs = toldNow(freshAt, clocks());
    const folded = keeping.fold(book, ruleTexts, heardAtMs, when);
    if (when === "now") await folded;
    else void folded.then(() => publish());
    await keeping.noteHeard(book, heardAtMs);
  }

  const loadOnce = (): Promise<void> => (loading ??= load());

  return {
    snapshot: read,
    load: loadOnce,
    followed() {
      const { book, ruleSets } = known;
      const told = read();
      if (book === undefined || told === undefined) return undefined;
      const { register, freshAtMs } = told;
      return { book, ruleSets, sequence: register.sequence, freshAtMs };
    },
    start() {
      rounds = repeat(round, deps.lookEveryMs ?? LOOK_EVERY_MS);
    },
    wake: () => rounds?.wake(),
    catchUp: async () => rounds?.round(),
    async stop() {
      await rounds?.stop();
      await keeping?.stop();
      if (known.book !== undefined && sizeOf(known.book) < SMALL) await keep("now");
      reader?.abandon();
    },
  };
}

interface Known {
  book: Book | undefined;
  ruleSets: ReadonlyMap<string, RuleSet>;
  ruleTexts: RuleTexts;
  /** They are those that were kept on disk. */
  areRulesKept: boolean;
  freshAt: Moment;
}

/** At the end what is small is kept once more; what is large was kept within the last minutes. */
const SMALL = 2000;

async function readWhole(
  store: JournalStore,
  soon: Soon,
  hear: Hear,
  { keeping, nowMs }: FollowerDependencies,
  known: Known,
): Promise<Book> {
  let spill: Folding | undefined;
  const put = async (changes: Changes): Promise<void> => {
    spill ??= keeping!.beginSpill();
    await spill.put(changes);
  };
  const asked = nowMs();
  try {
    const book = await readAll(store, newSeed(), soon, keeping === undefined ? undefined : { put });
    await hear(undefined);
    if (spill !== undefined) await keeping!.endSpill(spill, book, known.ruleTexts, asked);
    return book;
  } catch (error) {
    await spill?.stop();
    throw error;
  }
}

/** Nothing is waited for longer than this: a connection that is dead says nothing. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
