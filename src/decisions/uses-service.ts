/** How exceptions are used, as far as the decision point knows. It knows what it let through; what others let through it does not. */
import type { Use, UseAsked, Uses } from "../exceptions/use.ts";
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import type { Db } from "../platform/db.ts";
import { keyOfResource } from "./log-store.ts";
import { ASKED_LATELY_DAYS, ASKED_WITHIN_DAYS, isAskedAbout } from "./uses.ts";
import { createUsesStore } from "./uses-store.ts";

export type UsesService = ReturnType<typeof createUsesService>;

const WITHIN = duration(`P${ASKED_WITHIN_DAYS}D`);
const LATELY = duration(`P${ASKED_LATELY_DAYS}D`);

export function createUsesService(db: Db) {
  const store = createUsesStore(db);

  /** Those of which nothing tells, neither a use nor anybody who asks about all they cover, are left out. */
  async function usesOf(asked: readonly UseAsked[], now: Instant): Promise<Uses> {
    if (asked.length === 0) return new Map();
    const used = await store.since(asked);
    const resources = asked.flatMap((one) => one.resources);
    const within = subtractDuration(now, WITHIN);
    const days = await store.askedDays(resources, within, keyOfResource);
    // What an edge let through is told to nobody: then silence means nothing.
    const isAllToldHere = !(await store.hasEdges(within));
    const lately = subtractDuration(now, LATELY);
    const uses = asked.map((one): [string, Use] => {
      const asked = one.resources.map(({ kind, id }) => days.get(keyOfResource(kind, id)));
      const isWatched = isAllToldHere && isAskedAbout(asked, lately);
      return [one.exception, { times: 0, lastAt: null, ...used.get(one.exception), isWatched }];
    });
    return new Map(uses.filter(([, { lastAt, isWatched }]) => lastAt !== null || isWatched));
  }

  return {
    usesOf,
    /** Everything that is known of one. */
    async useOf(asked: UseAsked, now: Instant) {
      const use = (await usesOf([asked], now)).get(asked.exception);
      const rows = await store.byCaller(asked.exception);
      const days = await store.byDay(asked.exception, subtractDuration(now, WITHIN));
      return { use, rows, days };
    },
    attempts: (since: Instant, atLeast: number, limit: number) => store.attempts(since, atLeast, limit),
  };
}
