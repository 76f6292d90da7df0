/** Reads a provider from one end to the other, and goes on where an earlier reading broke off. */
import type { OriginOf } from "../connections/index.ts";
import { type Bypass as SeenBypass, type Connector, type Progress, ProviderFault } from "../connectors/port.ts";
import { commit, retryOnConflict, type SubjectChange, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import type { Id } from "../kernel/id.ts";
import { duration, type Instant, subtractDuration } from "../kernel/time.ts";
import { isDuplicate, isTransient, type Tx } from "../platform/db.ts";
import { type Coverage, decideSeen, decideUnseen } from "./bypass.ts";
import type { Pass } from "./pass-store.ts";
import { bypassChange, type StoredBypass } from "./store.ts";
import { type BypassDependencies, commitTold } from "./told-service.ts";

export interface ScanResult {
  readonly seen: number;
  readonly found: number;
  readonly gone: number;
}

const BATCH = 200;
const SYSTEM: Actor = { kind: "system", id: "scan" };
/** What was seen longer ago than this is looked at again rather than gone on from: the first half of a reading would be another day's. */
const GO_ON_WITHIN = duration("PT24H");
/** How often a reader says that it goes on: also while a provider shows nothing for long. */
const STAY_ALIVE_MS = 10_000;

/** Was silent for so long that somebody else took the reading up: it is theirs now. */
class TakenUp extends Error {}

/**
 * One full read of a provider, or what is left of one that broke off. What is new is found, what is covered is registered, what
 * nobody saw from its beginning to its end is gone. A read that breaks off says so and concludes nothing about what it did not see.
 * Undefined while somebody else reads.
 */
export async function scanUnlessRead(deps: BypassDependencies, connection: string): Promise<ScanResult | undefined> {
  const connector = await deps.connector(connection);
  const { passes, clock } = deps;
  const pass = await passes.take(connection, subtractDuration(clock.now(), GO_ON_WITHIN), clock.now());
  if (pass === undefined) return undefined;
  let said = Promise.resolve();
  // What cannot be said now is found out at the next commit.
  const sayAlive = () => void (said = passes.stayAlive(pass, clock.now()).catch(() => undefined));
  const beat = setInterval(sayAlive, STAY_ALIVE_MS);
  beat.unref();
  try {
    return await read(deps, connector, pass);
  } catch (error) {
    if (error instanceof TakenUp) return undefined;
    throw error;
  } finally {
    clearInterval(beat);
    await said;
    await passes.release(pass, clock.now());
  }
}

async function read(deps: BypassDependencies, connector: Connector, pass: Pass): Promise<ScanResult> {
  const { connection } = pass;
  const now = deps.clock.now();
  const reading = new Reading(deps, pass, await deps.coverage(connection), now);
  try {
    for await (const bypass of connector.discover(reading.progress)) await reading.see(bypass);
    await reading.flush();
  } catch (error) {
    if (error instanceof ProviderFault) await brokeOff(deps, reading, error);
    throw error;
  }
  const seen = await deps.store.countSeenSince(connection, pass.generation);
  const gone = await concludeGone(deps, pass, now);
  await deps.passes.end(pass);
  // As old as what it saw first.
  const logWords = reading.logWords === "" ? await silenceOfLog(connector) : reading.logWords;
  await deps.noteScan(connection, pass.begunAt, `${seen} bypasses seen, ${reading.found} new, ${gone} gone${logWords}`);
  return { seen, found: reading.found, gone };
}

async function brokeOff(deps: BypassDependencies, { pass, now, hasAdvanced }: Reading, error: ProviderFault): Promise<void> {
  // Where nothing came after it, the place itself may be what is wrong.
  if (!hasAdvanced && error.kind === "fault") await deps.passes.end(pass);
  const seen = await deps.store.countSeenSince(pass.connection, pass.generation);
  await deps.noteBrokeOff(pass.connection, now, `after ${seen} bypasses: ${error.message}`);
}

/** What was seen and not yet kept, and how far what is kept reaches. */
class Reading {
  readonly pass: Pass;
  readonly now: Instant;
  readonly progress: Progress;
  found: number;
  logWords = "";
  /** Whether it came further than where it began. */
  hasAdvanced = false;
  readonly #deps: BypassDependencies;
  #coverageOf: (bypass: SeenBypass) => Coverage | undefined;
  /** By key: what comes twice is one. */
  readonly #batch = new Map<string, SeenBypass>();

  constructor(deps: BypassDependencies, pass: Pass, coverageOf: (bypass: SeenBypass) => Coverage | undefined, now: Instant) {
    this.#deps = deps;
    this.pass = pass;
    this.found = pass.found;
    this.#coverageOf = coverageOf;
    this.now = now;
    this.progress = { from: pass.checkpoint, reached: (checkpoint) => this.#keep(checkpoint) };
  }

  async see(bypass: SeenBypass): Promise<void> {
    if (!this.#batch.has(bypass.key)) this.#batch.set(bypass.key, bypass);
    if (this.#batch.size >= BATCH) await this.flush();
  }

  flush(): Promise<void> {
    return this.#keep(undefined);
  }

  async #keep(checkpoint: string | undefined): Promise<void> {
    const batch = [...this.#batch.values()];
    // Granted since the reading began, perhaps: the register knew of it before the provider did.
    if (batch.some((bypass) => mayBeGranted(bypass) && this.#coverageOf(bypass)?.live !== true))
      this.#coverageOf = await this.#deps.coverage(this.pass.connection);
    // After what was seen, so that the log already says how it came about; and once at the end, when nothing is shown any more.
    if (batch.length > 0 || checkpoint === undefined) this.logWords = await watchLog(this.#deps, this.pass.connection);
    const named = await this.#namedInTime(batch);
    this.found += await this.#record(named, checkpoint);
    this.#batch.clear();
    this.hasAdvanced ||= checkpoint !== undefined;
  }

  /** What a batch of sightings means, decided again on what others left who read the same provider or answered for what was found. */
  async #record(batch: readonly SeenBypass[], checkpoint: string | undefined): Promise<number> {
    return retryOnConflict(async () => {
      try {
        return await this.#recordOnce(batch, checkpoint);
      } catch (error) {
        throw isDuplicate(error) ? new VersionConflict("Another read found the same bypass.") : error;
      }
    });
  }

  /** Commits what a batch of sightings means, and that all before the checkpoint is kept; returns how many of them were new. */
  async #recordOnce(batch: readonly SeenBypass[], checkpoint: string | undefined): Promise<number> {
    const { store, passes } = this.#deps;
    const { connection } = this.pass;
    const keys = batch.map(({ key }) => key);
    const known = await store.ofKeys(connection, keys);
    const { changes, found } = await this.#decided(batch, known);
    const alongside = async (tx: Tx) => {
      const there = await store.noteSeen(tx, connection, keys, this.now);
      if (there !== keys.length) throw new VersionConflict("Another read took one of these for gone.");
      if (!(await passes.keep(tx, this.pass, checkpoint, this.found + found))) throw new TakenUp();
    };
    await commitTold(this.#deps, { at: this.now, actor: SYSTEM, changes, alongside });
    for (const bypass of batch) {
      const coverage = this.#coverageOf(bypass);
      if (coverage !== undefined && !coverage.live) await this.#deps.reappeared(coverage.exception, bypass, this.now);
    }
    return found;
  }

  async #decided(batch: readonly SeenBypass[], known: ReadonlyMap<string, StoredBypass>) {
    const claims = [...known.values()].flatMap(({ bypass }) => (bypass.status === "claimed" ? [bypass.exception] : []));
    const ended = await this.#deps.ended(claims);
    const changes: SubjectChange[] = [];
    let found = 0;
    for (const bypass of batch) {
      const before = known.get(bypass.key);
      const facts = { coverage: this.#coverageOf(bypass), hasEnded: (id: string) => ended.has(id), isRepeated: this.#hasShown(before) };
      const events = decideSeen(before?.bypass, this.#sighting(before, bypass), facts, this.now);
      if (events.length > 0) changes.push(bypassChange(before, events, this.now));
      if (events.some(({ type }) => type === "bypassFound")) found += 1;
    }
    return { changes, found };
  }

  #hasShown(before: StoredBypass | undefined): boolean {
    return before !== undefined && before.seenIn >= this.pass.generation;
  }

  #sighting(before: StoredBypass | undefined, seen: SeenBypass) {
    return {
      id: before?.bypass.id ?? this.#deps.ids.next("bypass"),
      connection: this.pass.connection as Id<"connection">,
      seen,
      firstSeenAt: before?.bypass.firstSeenAt ?? this.now,
    };
  }

  /** What an exception is opened again for is named at once or never: a log that lags a moment behind is waited for, but not longer. */
  async #namedInTime(batch: readonly SeenBypass[]): Promise<readonly SeenBypass[]> {
    const all = await named(this.#deps, this.pass.connection, batch);
    const isUnnamed = (seen: SeenBypass) => seen.addedBy === undefined && this.#coverageOf(seen)?.live === false;
    const unnamed = all.filter(isUnnamed).map(({ subject, object }) => ({ subject: subject.key, object }));
    if (unnamed.length === 0) return all;
    const originOf = await this.#deps.originsByNow(this.pass.connection, unnamed);
    return all.map((seen) => (isUnnamed(seen) ? withOrigin(seen, originOf) : seen));
  }
}

/** Bears the reference of an exception, or is an attribute, which has no place for one. */
function mayBeGranted({ grantRef, form }: SeenBypass): boolean {
  return grantRef !== undefined || form === "requirement_cleared";
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
async function watchLog(deps: BypassDependencies, connection: string): Promise<string> {
  try {
    await deps.watch(connection);
    return "";
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return `; who changed what is unknown: ${error.message}`;
  }
}

function withOrigin(seen: SeenBypass, originOf: OriginOf): SeenBypass {
  const addedBy = seen.addedBy ?? originOf(seen.subject.key, seen.object);
  return addedBy === undefined ? seen : { ...seen, addedBy };
}

/** With who made them, where the provider does not say it of the bypass itself but its log does. */
async function named(deps: BypassDependencies, connection: string, batch: readonly SeenBypass[]): Promise<readonly SeenBypass[]> {
  const subjects = batch.filter(({ addedBy }) => addedBy === undefined).map(({ subject }) => subject.key);
  if (subjects.length === 0) return batch;
  const originOf = await deps.origins(connection, [...new Set(subjects)]);
  return batch.map((seen) => withOrigin(seen, originOf));
}

async function concludeGone(deps: BypassDependencies, pass: Pass, now: Instant): Promise<number> {
  let gone = 0;
  for (let after = ""; ;) {
    const unseen = await deps.store.unseenSince(pass.connection, pass.generation, after, BATCH);
    if (unseen.length === 0) return gone;
    gone += await recordGone(deps, pass, unseen, now);
    after = unseen.at(-1)!.bypass.id;
  }
}

async function recordGone(deps: BypassDependencies, pass: Pass, unseen: readonly StoredBypass[], now: Instant): Promise<number> {
  const changes = unseen.flatMap((before) => {
    const events = decideUnseen(before.bypass, now);
    return events.length === 0 ? [] : [bypassChange(before, events, before.lastSeenAt)];
  });
  const ids = unseen.map(({ bypass }) => bypass.id);
  const alongside = async (tx: Tx) => {
    if (await deps.store.isAnySeenSince(tx, ids, pass.generation)) throw new VersionConflict("Another read saw one of these.");
  };
  try {
    await commit(deps, { at: now, actor: SYSTEM, changes, alongside });
    return changes.length;
  } catch (error) {
    if (!(error instanceof VersionConflict) && !isTransient(error)) throw error;
    // Of one that changed meanwhile nothing is concluded: the next read tells.
    if (unseen.length === 1) return 0;
    let gone = 0;
    for (const each of unseen) gone += await recordGone(deps, pass, [each], now);
    return gone;
  }
}
