/**
 * What changed, in the order of the log. The position is the log's own, so every replica tells the same, and whoever was cut off
 * can go on at another one.
 */
import type { Db } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import * as store from "./store.ts";

export interface Change {
  readonly kind: string;
  readonly subject: string;
  readonly at: string;
}

/** The changes of the leaves before `end` that were not told before. */
export type Listener = (changes: readonly Change[], end: number) => void;

export interface Joined {
  /** Leaves told before one joined; the listener is told what comes after them. */
  readonly head: number;
  /** Leaves there were; another replica may have told them already. */
  readonly size: number;
  leave(): void;
}

export type Feed = ReturnType<typeof createFeed>;

/** As often as the sequencer looks: sooner there is nothing new. */
const LOOK_EVERY_MS = 500;
const BATCH = 1000;

/** One look for all who listen in this process, and none while nobody does. */
export function createFeed({ db, log }: { db: Db; log: Log }) {
  const listeners = new Set<Listener>();
  let told: number | undefined;
  let looking: Promise<void> | undefined;

  const list = async (start: number, end: number): Promise<Change[]> =>
    (await store.listChanges(db, start, end)).map(({ subject_kind: kind, subject, at }) => ({ kind, subject, at }));

  const sizeNow = async (): Promise<number> => (await store.findTip(db))?.size ?? 0;

  async function look(): Promise<void> {
    const size = await sizeNow();
    while (told !== undefined && told < size) {
      const end = Math.min(told + BATCH, size);
      const changes = await list(told, end);
      told = end;
      for (const listener of listeners) listener(changes, end);
    }
  }

  async function lookOn(): Promise<void> {
    while (listeners.size > 0) {
      await look().catch((error: unknown) => log.error("changes not read", { error: words(error) }));
      await pause();
    }
    looking = undefined;
    told = undefined;
  }

  return {
    /** Changes of the leaves in `[start, end)`. */
    list,
    async join(listener: Listener): Promise<Joined> {
      const size = await sizeNow();
      told ??= size;
      listeners.add(listener);
      looking ??= lookOn();
      return { head: told, size: Math.max(size, told), leave: () => void listeners.delete(listener) };
    },
    /** Resolves once nothing is read any more; everybody must have left. */
    async stop(): Promise<void> {
      await looking;
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
}
