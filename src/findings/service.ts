/** Findings: load, decide, commit; and the look at every source. What it asks of the other modules is wired by compose. */
import { retryOnConflict } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { commitOnce } from "../people/index.ts";
import { type Actor, decideAssign, decideNote } from "./decide.ts";
import type { Decision } from "../kernel/decision.ts";
import type { Finding, FindingEvent, FindingSource } from "./finding.ts";
import { reconcile, type ReconcileDependencies, type Reconciled, tell } from "./reconcile-service.ts";
import { findingChange, type FindingFilter } from "./store.ts";

export interface FindingDependencies extends ReconcileDependencies {
  readonly sources: readonly FindingSource[];
}

/** Who acts, and when. */
export interface Order {
  readonly by: Actor;
  readonly now: Instant;
}

/** How often a source is looked at that says nothing else. */
const LOOK_EVERY = duration("PT1M");

export type FindingService = ReturnType<typeof createFindingService>;

export function createFindingService(deps: FindingDependencies) {
  const { store } = deps;
  const looks = new Map<string, { readonly at: Instant; readonly next: Instant }>();
  const look = async (sources: readonly FindingSource[], now: Instant): Promise<Reconciled> => {
    const found = await reconcile(deps, sources, now);
    for (const { name, every = LOOK_EVERY } of sources) {
      // What could not tell is asked again soon, however seldom it is looked at.
      looks.set(name, { at: now, next: addDuration(now, found.unread.includes(name) ? LOOK_EVERY : every) });
    }
    return found;
  };
  const isDue = ({ name }: FindingSource, now: Instant) => {
    const last = looks.get(name);
    return last === undefined || last.at > now || now >= last.next;
  };
  return {
    find: async (id: string): Promise<Finding | undefined> => (await store.find(id))?.finding,
    list: (filter: FindingFilter, page: { limit: number; cursor?: string }, now: Instant) => store.list(filter, page, now),
    count: (filter: FindingFilter, now: Instant) => store.count(filter, now),
    sources: () => store.sources(),
    ownersDueBefore: (until: Instant) => store.ownersDueBefore(until),
    ownedBy: (owner: string | null, limit: number) => store.ownedBy(owner, limit),
    assign: (id: string, owner: string, sentence: string, { by, now }: Order) =>
      change(deps, id, { by, now }, async (finding) => decideAssign(finding, (await deps.persons([owner]))[0], by, sentence, now)),
    note: (id: string, text: string, { by, now }: Order) =>
      change(deps, id, { by, now }, async (finding) => decideNote(finding, by, text, now)),
    /** Looks at every source at once. */
    reconcile: (now: Instant) => look(deps.sources, now),
    /** Part of the tick: looks at those whose time has come. */
    async tick(now: Instant): Promise<void> {
      const due = deps.sources.filter((source) => isDue(source, now));
      if (due.length > 0) await look(due, now);
    },
  };
}

async function change(
  deps: FindingDependencies,
  id: string,
  { by, now }: Order,
  decide: (finding: Finding) => Promise<Decision<FindingEvent>>,
): Promise<Finding> {
  return retryOnConflict(async () => {
    const before = await deps.store.find(id);
    if (before === undefined) throw new Refused([refusal("findings.notFound", `There is no ${id}.`)], 404);
    const decision = await decide(before.finding);
    if (!decision.accepted) throw new Refused(decision.reasons, 422);
    const changed = findingChange(before, decision.events);
    await commitOnce(deps, {
      at: now,
      actor: { kind: "person", id: by.id },
      changes: [changed],
      alongside: (tx) => tell(deps, tx, [changed]),
    });
    return changed.state;
  });
}
