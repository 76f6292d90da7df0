/** Level-triggered: what each source sees now is compared with what is stored. What a crash left undone shows at the next look. */
import { type CommitContext, retryOnConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Instant } from "../kernel/time.ts";
import { commitOnce } from "../people/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Log, words } from "../platform/log.ts";
import type { Finding, FindingEvent, FindingSeen, FindingSource } from "./finding.ts";
import { mayOwn, type Person } from "./decide.ts";
import { asKept, byKey, decideAcceptance, decideSeen, type InForce, type MayOwn, sightOf } from "./reconcile.ts";
import { findingChange, type FindingStore, type StoredFinding } from "./store.ts";

export interface ReconcileDependencies extends CommitContext {
  readonly store: FindingStore;
  readonly log: Log;
  /** Those that are known. */
  readonly persons: (ids: readonly string[]) => Promise<readonly Person[]>;
  /** By the id of a finding: the risk somebody answers for now. */
  readonly risksInForce: (now: Instant) => Promise<ReadonlyMap<string, InForce>>;
  /** Asks, within the commit, whom to tell: an owner, or null where nobody is. */
  readonly requestTelling: (tx: Tx, owner: string | null) => Promise<void>;
}

export interface Reconciled {
  readonly opened: number;
  readonly mended: number;
  /** Sources that could not tell: nothing of theirs changed. */
  readonly unread: readonly string[];
}

type Change = ReturnType<typeof findingChange>;

/** In one transaction: a crash between two of them loses nothing that the next look does not find. */
const BATCH = 1000;

/** Events after which their owner hears of it. */
const TOLD_AFTER: ReadonlySet<string> = new Set<FindingEvent["type"]>([
  "findingOpened",
  "findingReopened",
  "findingChanged",
  "findingNotAccepted",
  "findingAssigned",
  "findingOwnerLeft",
]);

export async function reconcile(deps: ReconcileDependencies, sources: readonly FindingSource[], now: Instant): Promise<Reconciled> {
  let opened = 0;
  let mended = 0;
  const unread: string[] = [];
  for (const source of sources) {
    const changes = await look(deps, source, now);
    if (changes === undefined) unread.push(source.name);
    else {
      opened += changes.filter(({ entries }) => entries[0]?.type === "findingOpened" || entries[0]?.type === "findingReopened").length;
      mended += changes.filter(({ entries }) => entries[0]?.type === "findingMended").length;
    }
  }
  await retryOnConflict(() => reconcileAcceptances(deps, now));
  return { opened, mended, unread };
}

/** Undefined where it cannot tell, or what it tells cannot be kept: that is written down, and the other sources are looked at. */
async function look(deps: ReconcileDependencies, source: FindingSource, now: Instant): Promise<readonly Change[] | undefined> {
  const { store, log } = deps;
  try {
    const seen = await source.current(now);
    const changes = await retryOnConflict(() => reconcileSource(deps, source, seen, now));
    await store.noteRead(source.name, now);
    return changes;
  } catch (error) {
    log.warn("findings not read", { source: source.name, error: words(error) });
    await store.noteFailed(source.name, now, words(error));
    return undefined;
  }
}

async function reconcileSource(
  deps: ReconcileDependencies,
  source: FindingSource,
  seen: readonly FindingSeen[],
  now: Instant,
): Promise<readonly Change[]> {
  const before = await loadBefore(deps, source, seen);
  const owners = [...seen.map(({ owner }) => owner), ...[...before.values()].map(({ finding }) => finding.owner)];
  const isOwner = await loadMayOwn(deps, owners);
  const there = byKey(seen.map((each) => asKept(each, isOwner)));
  const changes: Change[] = [];
  for (const stored of before.values()) {
    const events = decideSeen(stored.finding, there.get(stored.finding.key), isOwner, now);
    if (events.length > 0) changes.push(findingChange(stored, events));
  }
  for (const [key, one] of there) if (!before.has(key)) changes.push(findingChange(undefined, [openedBy(deps, source, one, now)]));
  await save(deps, changes, { kind: "system", id: `findings ${source.name}` }, now);
  return changes;
}

async function loadBefore({ store }: ReconcileDependencies, { name }: FindingSource, seen: readonly FindingSeen[]) {
  const found = await store.ofSource(
    name,
    seen.map((each) => asKept(each, () => false).key),
  );
  return new Map(found.map((each) => [each.finding.key, each]));
}

async function loadMayOwn({ persons }: ReconcileDependencies, owners: readonly (string | null)[]): Promise<MayOwn> {
  const found = await persons([...new Set(owners)].filter((id) => id !== null));
  const able = new Set<string>(found.filter(mayOwn).map(({ id }) => id));
  return (id) => able.has(id);
}

function openedBy({ ids }: ReconcileDependencies, { name }: FindingSource, seen: FindingSeen, now: Instant): FindingEvent {
  const { kind, key } = seen;
  return { type: "findingOpened", data: { ...sightOf(seen, now), id: ids.next("finding"), source: name, kind, key } };
}

async function reconcileAcceptances(deps: ReconcileDependencies, now: Instant): Promise<void> {
  const inForce = await deps.risksInForce(now);
  const concerned = new Map<string, StoredFinding>();
  for (const each of [...(await deps.store.accepted()), ...(await deps.store.findMany([...inForce.keys()]))])
    concerned.set(each.finding.id, each);
  const changes = [...concerned.values()].flatMap((before) => {
    const events = decideAcceptance(before.finding, inForce.get(before.finding.id), now);
    return events.length === 0 ? [] : [findingChange(before, events)];
  });
  await save(deps, changes, { kind: "system", id: "findings risks" }, now);
}

async function save(deps: ReconcileDependencies, changes: readonly Change[], actor: Actor, at: Instant): Promise<void> {
  // Neighbours of one form are saved in one statement.
  const alike = changes.toSorted((a, b) => Number(a.fromVersion === 0) - Number(b.fromVersion === 0));
  for (let from = 0; from < alike.length; from += BATCH) {
    const batch = alike.slice(from, from + BATCH);
    await commitOnce(deps, { at, actor, changes: batch, alongside: (tx) => tell(deps, tx, batch) });
  }
}

/** Part of the commit: each owner once. */
export async function tell(
  { requestTelling }: Pick<ReconcileDependencies, "requestTelling">,
  tx: Tx,
  changes: readonly { readonly entries: readonly { readonly type: string }[]; readonly state: Finding }[],
): Promise<void> {
  const told = changes.filter(({ entries }) => entries.some(({ type }) => TOLD_AFTER.has(type)));
  for (const owner of new Set(told.map(({ state }) => state.owner))) await requestTelling(tx, owner);
}
