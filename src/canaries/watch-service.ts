/** Watches exceptions for canaries through their end, in the provider itself and without its connector. */
import { type Instant, subtractDuration, duration, addDuration } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { afterLook, isAwaited } from "./watch.ts";
import { createWatchStore, type Granted, type Watch, type Watched } from "./watch-store.ts";

export interface WatchDependencies {
  readonly db: Db;
  /** Keys of the subjects of canaries. */
  readonly subjectKeys: () => Promise<ReadonlySet<string>>;
  /** What was granted to these subjects and had not ended before an instant. */
  readonly grants: (keys: readonly string[], endedAfter: Instant) => Promise<readonly Granted[]>;
  /** Asks the provider itself; undefined where it cannot be asked. */
  readonly letsThrough: (grant: Watched) => Promise<boolean | undefined>;
}

/** A weekly drill finds last week's death still told. */
const TOLD_FOR = duration("P8D");
/** A provider that cannot be asked is not asked at every tick. */
const NOT_BEFORE = duration("PT30S");
/** Nobody waits longer for a death that does not come: it is told as not come. */
const WATCHED_FOR = duration("P2D");

const AT_ONCE = 8;

export type WatchService = ReturnType<typeof createWatchService>;

export function createWatchService({ db, subjectKeys, grants, letsThrough }: WatchDependencies) {
  const store = createWatchStore(db);

  async function look(grant: Granted, others: readonly Watched[], now: Instant): Promise<Watch & Granted> {
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
      const waiting = all.filter(({ until }) => addDuration(until, WATCHED_FOR) >= now);
      const take = async () => {
        for (let grant = waiting.shift(); grant !== undefined; grant = waiting.shift()) {
          const known = await store.find(grant);
          if (known === undefined || isDue(known, now)) await look(grant, all, now);
        }
      };
      // Side by side: one provider that does not answer holds up neither the others nor the rest of the tick for long.
      await Promise.all(Array.from({ length: AT_ONCE }, take));
    },
    /** All that ended after `since`, or the next that ends before `until`, looked at now. */
    async deaths(of: Place, { since, until }: { since: Instant; until: Instant }, now: Instant): Promise<readonly (Watch & Granted)[]> {
      const all = (await current(now)).filter((grant) => isSame(grant, of) && grant.until > since);
      const ended = all.filter((grant) => grant.until <= now);
      const next = all.filter((grant) => grant.until > now && grant.until <= until).slice(0, 1);
      return Promise.all((ended.length > 0 ? ended : next).map((grant) => look(grant, all, now)));
    },
  };
}

/** A clock that was set back counts as time to look. */
function isDue(known: Watch, now: Instant): boolean {
  return known.lookedAt > now || addDuration(known.lookedAt, NOT_BEFORE) <= now || hasEndedSince(known, now);
}

/** The end is looked at when it comes, however short ago it was looked at in its life. */
function hasEndedSince({ lookedAt, until }: Watch, now: Instant): boolean {
  return lookedAt < until && until <= now;
}

type Place = Pick<Watched, "connection" | "policy" | "subjectKey">;

function isSame(a: Place, b: Place): boolean {
  return a.connection === b.connection && a.policy === b.policy && a.subjectKey === b.subjectKey;
}
