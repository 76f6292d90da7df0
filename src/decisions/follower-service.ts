/**
 * Keeps the register of decisions in step with the journal: reads entries that have no leaf yet and leaves it has not seen, loads what
 * they are about as it is now, and puts that in place of what it was. So a change counts as soon as it is committed. A journal in which
 * the place followed is not found is another one, or was set back by a restore: then everything learnt from it is forgotten.
 */
import type { Db } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import { repeat, type Repeated } from "../platform/repeat.ts";
import { createJournalStore } from "./journal-store.ts";
import { createRegister } from "./layered-register.ts";
import type { Followed } from "./publish-service.ts";
import { type Book, follow, type Hear, OtherJournal, readAll, type Soon } from "./load-book.ts";
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
  readonly lookEveryMs?: number;
  readonly answerWithinMs?: number;
}

export interface Follower {
  /** Undefined until the register was read once. */
  snapshot(): Snapshot | undefined;
  /** What the snapshot is made of, to be published. */
  followed(): Followed | undefined;
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
  const { log, nowMs, elapsedMs, maxAgeMs, readRuleSets } = deps;
  const soon: Soon = (work) => within(work, deps.answerWithinMs ?? ANSWER_WITHIN_MS);
  let reader: ReturnType<FollowerDependencies["openReader"]> | undefined;
  let book: Book | undefined;
  let ruleSets: ReadonlyMap<string, RuleSet> = new Map();
  let snapshot: Snapshot | undefined;
  let freshAt = { wall: 0, elapsed: 0 };
  let isQuiet = false;
  let rounds: Repeated | undefined;

  /** What was heard is as old as the older of the two clocks says. */
  function publish(): void {
    if (book === undefined) {
      snapshot = undefined;
      return;
    }
    const freshAtMs = Math.min(freshAt.wall, nowMs() - (elapsedMs() - freshAt.elapsed));
    const { layer, connections, place, waiting } = book;
    const register = createRegister({ sequence: place.leaves + waiting.size, size: layer.size(), layers: [layer], connections });
    snapshot = { register, ruleSets, freshAtMs, maxAgeMs };
  }

  async function look(): Promise<void> {
    const asked = { wall: nowMs(), elapsed: elapsedMs() };
    const { db } = (reader ??= deps.openReader());
    const store = createJournalStore(db);
    const hear: Hear = async (kinds) => {
      if (kinds === undefined || kinds.has("ruleSet")) ruleSets = await soon(readRuleSets(db));
    };
    let read = book;
    if (read === undefined) {
      read = await readAll(store, soon);
      await hear(undefined);
    }
    await follow(store, read, hear, soon);
    book = read;
    freshAt = asked;
  }

  function fail(error: unknown): void {
    reader?.abandon();
    reader = undefined;
    if (error instanceof OtherJournal) {
      log.warn("another journal, or one that was set back: read anew", { error: words(error) });
      book = undefined;
      rounds?.wake();
    } else if (!isQuiet) {
      // Said once, not four times a second of an outage.
      log.error("journal not followed", { error: words(error) });
      isQuiet = true;
    }
  }

  async function round(): Promise<void> {
    try {
      await look();
      if (isQuiet) log.info("journal followed again");
      isQuiet = false;
    } catch (error) {
      fail(error);
    }
    publish();
  }

  return {
    snapshot: () => snapshot,
    followed() {
      if (book === undefined || snapshot === undefined) return undefined;
      const { register, freshAtMs } = snapshot;
      return { layer: book.layer, connections: book.connections, ruleSets, sequence: register.sequence, freshAtMs };
    },
    start() {
      rounds = repeat(round, deps.lookEveryMs ?? LOOK_EVERY_MS);
    },
    wake: () => rounds?.wake(),
    catchUp: async () => rounds?.round(),
    async stop() {
      await rounds?.stop();
      reader?.abandon();
    },
  };
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
