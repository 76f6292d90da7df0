/** What time alone demands: everything due is decided and committed, many exceptions to a transaction. */
import { isTransient } from "../platform/db.ts";
import { VersionConflict } from "../journal/append.ts";
import { Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { ExceptionEvent } from "./events.ts";
import type { Actor } from "./exception.ts";
import { catchUp, dueAt } from "./schedule.ts";
import { commitFolded, type ExceptionDependencies, factsFor, fold, policyOf } from "./service.ts";
import type { FoldedChange, StoredException } from "./store.ts";

const TICK: Actor = { kind: "system", id: "tick" };
const BATCH = 100;

export interface TickFaults {
  (exception: string, error: unknown): void;
}

/**
 * Handles all that is due at `now`, oldest first, and returns how many exceptions changed. One that cannot be decided is
 * reported and left; it stops no other. Costs what is due, not what is stored.
 */
export async function tickExceptions(deps: ExceptionDependencies, now: Instant, report: TickFaults): Promise<number> {
  const stuck = new Set<string>();
  let changed = 0;
  for (;;) {
    const waiting = (await deps.store.due(now, BATCH + stuck.size)).filter(({ exception }) => !stuck.has(exception.dossier.id));
    if (waiting.length === 0) return changed;
    const done = await tickBatch(deps, waiting, now, (id, error) => {
      stuck.add(id);
      report(id, error);
    });
    changed += done;
  }
}

async function tickBatch(deps: ExceptionDependencies, batch: readonly StoredException[], now: Instant, stuck: TickFaults): Promise<number> {
  const folded: FoldedChange[] = [];
  for (const each of batch) {
    try {
      const events = await eventsDue(deps, each, now);
      if (events.length > 0) folded.push(await fold(deps, each, events));
      else if (!(await deferTo(deps, each, now))) stuck(each.exception.dossier.id, new Error("due, but nothing follows from it"));
    } catch (error) {
      stuck(each.exception.dossier.id, error);
    }
  }
  return commitBatch(deps, folded, now, stuck);
}

/** All in one transaction; when one of them was changed meanwhile, one by one, leaving that one for the next round. */
async function commitBatch(deps: ExceptionDependencies, folded: readonly FoldedChange[], now: Instant, stuck: TickFaults): Promise<number> {
  if (folded.length === 0) return 0;
  try {
    await commitFolded(deps, folded, { actor: TICK, now });
    return folded.length;
  } catch (error) {
    const [only] = folded;
    if (folded.length === 1 && only !== undefined) {
      if (!(error instanceof VersionConflict) && !isTransient(error)) stuck(only.after.dossier.id, error);
      return 0;
    }
    let done = 0;
    for (const each of folded) done += await commitBatch(deps, [each], now, stuck);
    return done;
  }
}

/** When its category's policy was edited it may be due later than it was; true when it is. */
async function deferTo(deps: ExceptionDependencies, { version, exception }: StoredException, now: Instant): Promise<boolean> {
  const next = dueAt(exception, await policyOf(deps, exception.dossier.category));
  if (next !== undefined && next <= now) return false;
  await deps.store.setDue(exception.dossier.id, version, next);
  return true;
}

/** Everything due, decided one on top of the other. */
async function eventsDue(deps: ExceptionDependencies, stored: StoredException, now: Instant): Promise<readonly ExceptionEvent[]> {
  const facts = await factsFor(deps, stored.exception, { actor: TICK, now });
  const decision = catchUp(stored.exception, now, facts);
  if (!decision.accepted) throw new Refused(decision.reasons);
  return decision.events;
}
