/** Reads what the providers really hold, and keeps for each bypass who answers for it. */
import type { OriginOf, Placed } from "../connections/index.ts";
import { type Bypass as SeenBypass, type Connector, ProviderFault } from "../connectors/port.ts";
import { commit, type Commit, type CommitContext, retryOnConflict, type SubjectChange, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Id } from "../kernel/id.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Clock, Instant } from "../kernel/time.ts";
import { isDuplicate, isTransient, type Tx } from "../platform/db.ts";
import {
  type Bypass,
  type BypassEvent,
  type Coverage,
  decideEscalated,
  decideOverdue,
  decideRemoved,
  decideSeen,
  decideUnseen,
  isOpen,
} from "./bypass.ts";
import { bypassChange, type BypassFilter, type BypassStore, type StoredBypass } from "./store.ts";

export interface BypassDependencies extends CommitContext {
  readonly store: BypassStore;
  readonly clock: Clock;
  readonly connector: (connectionId: string) => Promise<Connector>;
  /** What the register says about a bypass of this connection; asked once per scan. */
  readonly coverage: (connectionId: string) => Promise<(bypass: SeenBypass) => Coverage | undefined>;
  /** Those of these exceptions that have ended, granted or not. */
  readonly ended: (exceptions: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Told of every bypass that should not be there any more, because the exception it belongs to has ended. */
  readonly reappeared: (exception: string, bypass: SeenBypass, now: Instant) => Promise<void>;
  /** Reads the provider's own log on: who changed what. */
  readonly watch: (connectionId: string) => Promise<void>;
  /** Who put these subjects where they are, by that log; undefined when nobody is named. */
  readonly origins: (connectionId: string, subjectKeys: readonly string[]) => Promise<OriginOf>;
  /** The same, with that log read on until now. */
  readonly originsByNow: (connectionId: string, asked: readonly Placed[]) => Promise<OriginOf>;
  /** Asks, within the commit, whom to tell of what nobody answers for in a connection. */
  readonly requestTelling: (tx: Tx, connectionId: string) => Promise<void>;
  /** That it was read in full, or that the reading broke off, and what came of it. */
  readonly noteScan: (connectionId: string, at: Instant, words: string) => Promise<void>;
  readonly noteBrokeOff: (connectionId: string, at: Instant, words: string) => Promise<void>;
}

export interface ScanResult {
  readonly seen: number;
  readonly found: number;
  readonly gone: number;
}

const BATCH = 200;
const SYSTEM: Actor = { kind: "system", id: "scan" };

export type BypassService = ReturnType<typeof createBypassService>;

export function createBypassService(deps: BypassDependencies) {
  return {
    scan: (connectionId: string) => scan(deps, connectionId),
    list: (filter: BypassFilter) => deps.store.list(filter),
    standing: (connectionId: string) => deps.store.standing(connectionId),
    openGroups: (connectionId: string) => deps.store.openGroups(connectionId),
    countByStatus: () => deps.store.countByStatus(),
    loadOpen: async (id: string) => {
      const found = await load(deps, id);
      refuseUnlessOpen(found);
      return found;
    },
    /** The change that makes it somebody's, to be committed with the exception they answer with. */
    claimed: async (id: string, exception: string, by: string) => {
      const before = await load(deps, id);
      refuseUnlessOpen(before);
      return bypassChange(before, [{ type: "bypassClaimed", data: { exception, by } }], before.lastSeenAt);
    },
    remove: (id: string, reason: string, by: string, now: Instant) => remove(deps, id, reason, by, now),
    escalate: (id: string, reason: string, by: string, now: Instant) => escalate(deps, id, reason, by, now),
    escalateOverdue: (now: Instant) => escalateOverdue(deps, now),
  };
}

/**
 * One full read of a provider. What is new is found, what is covered is registered, what is not there any more is gone.
 * A read that breaks off says so and concludes nothing about what it did not see.
 */
async function scan(deps: BypassDependencies, connectionId: string): Promise<ScanResult> {
  const connector = await deps.connector(connectionId);
  const now = deps.clock.now();
  const known = await deps.store.ofConnection(connectionId);
  const claims = [...known.values()].flatMap(({ bypass }) => (bypass.status === "claimed" ? [bypass.exception] : []));
  const reading: Scan = { connectionId, known, coverageOf: await deps.coverage(connectionId), ended: await deps.ended(claims), now };
  const seenKeys = new Set<string>();
  const counted = { seen: 0, found: 0, gone: 0 };
  let batch: SeenBypass[] = [];
  let logWords = "";
  const flush = async () => {
    // After what was seen, so that the log already says how it came about.
    logWords = await watchLog(deps, connectionId);
    counted.found += await recordSeen(deps, reading, await namedInTime(deps, reading, batch));
    batch = [];
  };
  try {
    for await (const bypass of connector.discover()) {
      if (seenKeys.has(bypass.key)) continue;
      seenKeys.add(bypass.key);
      counted.seen += 1;
      batch.push(bypass);
      if (batch.length >= BATCH) await flush();
    }
    await flush();
  } catch (error) {
    if (error instanceof ProviderFault) await deps.noteBrokeOff(connectionId, now, `after ${counted.seen} bypasses: ${error.message}`);
    throw error;
  }
  const unseen = [...known.values()].filter(({ bypass }) => !seenKeys.has(bypass.seen.key));
  for (let at = 0; at < unseen.length; at += BATCH) counted.gone += await recordGone(deps, unseen.slice(at, at + BATCH), now);
  const words = `${counted.seen} bypasses seen, ${counted.found} new, ${counted.gone} gone`;
  await deps.noteScan(connectionId, now, `${words}${logWords === "" ? await silenceOfLog(connector) : logWords}`);
  return counted;
}

/** That nothing was read of changes means little where nobody writes them down. */
async function silenceOfLog(connector: Connector): Promise<string> {
  try {
    const { changes } = await connector.capabilities();
    return changes ? "" : "; who changed what is unknown: its log is switched off, or not connected";
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return `; who changed what is unknown: ${error.message}`;
  }
}

/** A log that cannot be read leaves unknown who did it, and says so; what is there is still seen. */
async function watchLog(deps: BypassDependencies, connectionId: string): Promise<string> {
  try {
    await deps.watch(connectionId);
    return "";
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return `; who changed what is unknown: ${error.message}`;
  }
}

interface Scan {
  readonly connectionId: string;
  readonly known: ReadonlyMap<string, StoredBypass>;
  readonly coverageOf: (bypass: SeenBypass) => Coverage | undefined;
  readonly ended: ReadonlySet<string>;
  readonly now: Instant;
}

/** What a batch of sightings means, decided again on what others left who read the same provider or answered for what was found. */
async function recordSeen(deps: BypassDependencies, scan: Scan, batch: readonly SeenBypass[]): Promise<number> {
  let { known } = scan;
  return retryOnConflict(async () => {
    try {
      return await recordOnce(deps, { ...scan, known }, batch);
    } catch (error) {
      known = await deps.store.ofConnection(scan.connectionId);
      throw isDuplicate(error) ? new VersionConflict("Another read found the same bypass.") : error;
    }
  });
}

/** Commits what a batch of sightings means; returns how many of them were new. */
async function recordOnce(deps: BypassDependencies, scan: Scan, batch: readonly SeenBypass[]): Promise<number> {
  const { connectionId, known, coverageOf, ended, now } = scan;
  const changes: SubjectChange[] = [];
  const quiet: string[] = [];
  const stale: { exception: string; bypass: SeenBypass }[] = [];
  let found = 0;
  for (const bypass of batch) {
    const before = known.get(bypass.key);
    const coverage = coverageOf(bypass);
    if (coverage !== undefined && !coverage.live) stale.push({ exception: coverage.exception, bypass });
    const events = decideSeen(before?.bypass, sighting(deps, scan, before, bypass), { coverage, hasEnded: (id) => ended.has(id) }, now);
    if (events.length === 0) quiet.push(bypass.key);
    else changes.push(bypassChange(before, events, now));
    if (events.some((event) => event.type === "bypassFound")) found += 1;
  }
  if (changes.length > 0) await commitTold(deps, { at: now, actor: SYSTEM, changes });
  await deps.store.noteSeen(connectionId, quiet, now);
  for (const { exception, bypass } of stale) await deps.reappeared(exception, bypass, now);
  return found;
}

/** What an exception is opened again for is named at once or never: a log that lags a moment behind is waited for, but not longer. */
async function namedInTime(deps: BypassDependencies, scan: Scan, batch: readonly SeenBypass[]) {
  const { connectionId, coverageOf } = scan;
  const all = await named(deps, connectionId, batch);
  const isUnnamed = (seen: SeenBypass) => seen.addedBy === undefined && coverageOf(seen)?.live === false;
  const unnamed = all.filter(isUnnamed).map(({ subject, object }) => ({ subject: subject.key, object }));
  if (unnamed.length === 0) return all;
  const originOf = await deps.originsByNow(connectionId, unnamed);
  return all.map((seen) => (isUnnamed(seen) ? withOrigin(seen, originOf) : seen));
}

function withOrigin(seen: SeenBypass, originOf: OriginOf): SeenBypass {
  const addedBy = seen.addedBy ?? originOf(seen.subject.key, seen.object);
  return addedBy === undefined ? seen : { ...seen, addedBy };
}

/** With who made them, where the provider does not say it of the bypass itself but its log does. */
async function named(deps: BypassDependencies, connectionId: string, batch: readonly SeenBypass[]): Promise<readonly SeenBypass[]> {
  const subjects = batch.filter(({ addedBy }) => addedBy === undefined).map(({ subject }) => subject.key);
  if (subjects.length === 0) return batch;
  const originOf = await deps.origins(connectionId, [...new Set(subjects)]);
  return batch.map((seen) => withOrigin(seen, originOf));
}

function sighting(deps: BypassDependencies, scan: Scan, before: StoredBypass | undefined, seen: SeenBypass) {
  return {
    id: before?.bypass.id ?? deps.ids.next("bypass"),
    connection: scan.connectionId as Id<"connection">,
    seen,
    firstSeenAt: before?.bypass.firstSeenAt ?? scan.now,
  };
}

async function recordGone(deps: BypassDependencies, unseen: readonly StoredBypass[], now: Instant): Promise<number> {
  const changes = unseen.flatMap((before) => {
    const events = decideUnseen(before.bypass, now);
    return events.length === 0 ? [] : [bypassChange(before, events, before.lastSeenAt)];
  });
  if (changes.length === 0) return 0;
  try {
    await commit(deps, { at: now, actor: SYSTEM, changes });
    return changes.length;
  } catch (error) {
    if (!(error instanceof VersionConflict) && !isTransient(error)) throw error;
    // Of one that changed meanwhile nothing is concluded: the next read tells.
    if (unseen.length === 1) return 0;
    let gone = 0;
    for (const each of unseen) gone += await recordGone(deps, [each], now);
    return gone;
  }
}

async function load(deps: BypassDependencies, id: string): Promise<StoredBypass> {
  const found = await deps.store.find(id);
  if (found === undefined) throw new Refused([refusal("bypasses.notFound", `There is no bypass ${id}.`)], 404);
  return found;
}

/** Takes a bypass out of the provider and reads back that it is gone before saying so. */
async function remove(deps: BypassDependencies, id: string, reason: string, by: string, now: Instant): Promise<void> {
  const before = await load(deps, id);
  refuseUnlessOpen(before);
  const connector = await deps.connector(before.bypass.connection);
  const outcome = await connector.remove(before.bypass.seen);
  if (outcome.outcome === "not_supported") throw new Refused([refusal("bypasses.notRemovable", outcome.reason)], 409);
  // It is gone now, whatever somebody made of it in the meantime.
  await retryOnConflict(async () => {
    const meanwhile = await load(deps, id);
    const events = decideRemoved(meanwhile.bypass, { by, reason, at: now });
    const changes = events.map((event) => bypassChange(meanwhile, [event], meanwhile.lastSeenAt));
    if (changes.length > 0) await commit(deps, { at: now, actor: { kind: "person", id: by }, changes });
  });
}

/** Says that a bypass nobody answers for cannot wait. */
async function escalate(deps: BypassDependencies, id: string, reason: string, by: string, now: Instant): Promise<void> {
  await retryOnConflict(async () => {
    const before = await load(deps, id);
    refuseUnlessOpen(before);
    const events = decideEscalated(before.bypass, { by, reason }, now);
    const changes = events.map((event) => bypassChange(before, [event], before.lastSeenAt));
    if (changes.length > 0) await commitTold(deps, { at: now, actor: { kind: "person", id: by }, changes });
  });
}

/** All at one moment, so that those who are told are told once. */
async function escalateOverdue(deps: BypassDependencies, now: Instant): Promise<number> {
  for (let escalated = 0; ;) {
    const step = await retryOnConflict(() => escalateSome(deps, now));
    escalated += step;
    if (step === 0) return escalated;
  }
}

async function escalateSome(deps: BypassDependencies, now: Instant): Promise<number> {
  const overdue = await deps.store.overdue(now, BATCH);
  const changes = overdue.flatMap((before) => {
    const events = decideOverdue(before.bypass, now);
    return events.length === 0 ? [] : [bypassChange(before, events, before.lastSeenAt)];
  });
  if (changes.length > 0) await commitTold(deps, { at: now, actor: { kind: "system", id: "tick" }, changes });
  return changes.length;
}

/** Events after which somebody has to be told that nobody answers for a bypass. */
const TOLD_AFTER: ReadonlySet<string> = new Set<BypassEvent["type"]>([
  "bypassFound",
  "bypassUncovered",
  "bypassClaimLapsed",
  "bypassEscalated",
]);

async function commitTold(deps: BypassDependencies, what: Omit<Commit, "alongside">): Promise<void> {
  const told = what.changes.filter(({ entries }) => entries.some(({ type }) => TOLD_AFTER.has(type)));
  const connections = new Set(told.map(({ state }) => (state as Bypass).connection));
  const alongside = async (tx: Tx) => {
    for (const connection of connections) await deps.requestTelling(tx, connection);
  };
  await commit(deps, { ...what, alongside });
}

function refuseUnlessOpen({ bypass }: StoredBypass): void {
  if (isOpen(bypass)) return;
  throw new Refused(
    [refusal("bypasses.notOpen", `This bypass is ${bypass.status}; only one nobody answers for can be claimed, removed or escalated.`)],
    409,
  );
}
