/** Watches exceptions for canaries through their end, in the provider itself and without its connector. */
import { type Instant, subtractDuration, duration, addDuration } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { afterLook, isAwaited } from "./watch.ts";
import { createWatchStore, type Watch, type Watched } from "./watch-store.ts";

export interface WatchDependencies {
  readonly db: Db;
  /** Keys of the subjects of canaries. */
  readonly subjectKeys: () => Promise<ReadonlySet<string>>;
  /** What was granted to these subjects and had not ended before an instant. */
  readonly grants: (keys: readonly string[], endedAfter: Instant) => Promise<readonly Watched[]>;
  /** Asks the provider itself; undefined where it cannot be asked. */
  readonly letsThrough: (grant: Watched) => Promise<boolean | undefined>;
}

/** A weekly drill finds last week's death still told. */
const TOLD_FOR = duration("P8D");
/** A provider that cannot be asked is not asked at every tick. */
const NOT_BEFORE = duration("PT30S");
/** Nobody waits longer for a death that does not come: it is told as not come. */
const WATCHED_FOR = duration("P2D");

export type WatchService = ReturnType<typeof createWatchService>;

export function createWatchService({ db, subjectKeys, grants, letsThrough }: WatchDependencies) {
  const store = createWatchStore(db);

  async function look(grant: Watched, others: readonly Watched[], now: Instant): Promise<Watch> {
    const known = await store.find(grant);
    const before = { aliveAt: null, lingeredUntil: null, goneAt: null, ...known, ...grant, lookedAt: now };
    if (!isAwaited(before, now)) return before;
    const letIn = await letsThrough(grant);
    const isCovered = others.some((other) => isSame(other, grant) && other.exception !== grant.exception && other.until > now);
    const after = letIn === undefined ? before : afterLook(before, letIn, isCovered, now);
    await store.put(after);
    return after;
  }

  const current = async (now: Instant) => grants([...(await subjectKeys())], subtractDuration(now, TOLD_FOR));

  return {
    /** Looks at what another look could tell something of. */
    async tick(now: Instant): Promise<void> {
      const all = await current(now);
      for (const grant of all) {
        if (addDuration(grant.until, WATCHED_FOR) < now) continue;
        const known = await store.find(grant);
        if (known !== undefined && known.lookedAt <= now && addDuration(known.lookedAt, NOT_BEFORE) > now && !hasEndedSince(known, now))
          continue;
        await look(grant, all, now);
      }
    },
    /** The last that ended, or that ends before `until`, looked at now; undefined where there was none. */
    async lastDeath(of: Pick<Watched, "connection" | "policy" | "subjectKey">, until: Instant, now: Instant): Promise<Watch | undefined> {
      const all = (await current(now)).filter((grant) => isSame(grant, of));
      const ended = all.findLast((grant) => grant.until <= now) ?? all.find((grant) => grant.until <= until);
      return ended && look(ended, all, now);
    },
  };
}

/** The end is looked at when it comes, however short ago it was looked at in its life. */
function hasEndedSince({ lookedAt, until }: Watch, now: Instant): boolean {
  return lookedAt < until && until <= now;
}

function isSame(
  a: Pick<Watched, "connection" | "policy" | "subjectKey">,
  b: Pick<Watched, "connection" | "policy" | "subjectKey">,
): boolean {
  return a.connection === b.connection && a.policy === b.policy && a.subjectKey === b.subjectKey;
}
