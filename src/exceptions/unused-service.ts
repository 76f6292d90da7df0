/** Opens a review of what is in force and is not used, as far as it is known not to be. */
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { type ExceptionDependencies, perform } from "./service.ts";
import type { Trigger } from "./triggers.ts";
import { useAskedOf } from "./use.ts";
import { unusedSince } from "./unused.ts";

const PAGE = 500;
const CLOCK = { kind: "system", id: "tick" } as const;

/** Asked again it opens nothing twice: a stretch without use has one review. How many were woken. */
export async function wakeUnused(deps: ExceptionDependencies, now: Instant): Promise<number> {
  let woken = 0;
  for (let after = ""; ;) {
    const batch = await deps.store.inIdOrder(after, PAGE);
    // Those that cannot be unused for so long are not asked about.
    const old = batch.filter(({ exception }) => unusedSince(exception, { times: 0, lastAt: null, isWatched: true }, now) !== undefined);
    const uses = await deps.world.usesOf(
      old.map(({ exception }) => useAskedOf(exception)),
      now,
    );
    for (const { exception, version } of old) {
      const since = unusedSince(exception, uses.get(exception.dossier.id), now);
      if (since === undefined) continue;
      const words = `This server is asked about all it covers, and let nobody through by it since ${since}.`;
      const trigger: Trigger = { kind: "unused", source: "decisions", dedupeKey: `unused ${since}`, words, until: null };
      if (await applied(deps, exception.dossier.id, version, trigger, now)) woken += 1;
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < PAGE) return woken;
    after = last.exception.dossier.id;
  }
}

async function applied(
  deps: ExceptionDependencies,
  id: Parameters<typeof perform>[1],
  before: number,
  trigger: Trigger,
  now: Instant,
): Promise<boolean> {
  try {
    const after = await perform(deps, id, { command: { type: "applyTrigger", trigger, dueAt: null }, actor: CLOCK, now });
    return after.version > before;
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Refused) return false;
    throw error;
  }
}
