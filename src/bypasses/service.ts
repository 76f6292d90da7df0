/** Reads what the providers really hold, and keeps for each bypass who answers for it. */
import { setTimeout } from "node:timers/promises";

import { commit, retryOnConflict } from "../journal/append.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { decideEscalated, decideOverdue, decideRemoved, isOpen } from "./bypass.ts";
import { type ScanResult, scanUnlessRead } from "./scan-service.ts";
import { bypassChange, type BypassFilter, type StoredBypass } from "./store.ts";
import { type BypassDependencies, commitTold } from "./told-service.ts";

const BATCH = 200;

export type BypassService = ReturnType<typeof createBypassService>;

export function createBypassService(deps: BypassDependencies) {
  return {
    scan: (connectionId: string) => scanInTurn(deps, connectionId),
    /** The same; undefined at once while somebody else reads. */
    scanUnlessRead: (connectionId: string) => scanUnlessRead(deps, connectionId),
    lastRead: () => deps.passes.lastRead(),
    list: (filter: BypassFilter) => deps.store.list(filter),
    standing: (connectionId: string) => deps.store.standing(connectionId),
    hasStanding: (connectionId: string) => deps.store.hasStanding(connectionId),
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

/** So long a person waits for a reading that is under way before theirs is refused. */
const TURN_TRIES = 50;
const TURN_WAIT_MS = 200;

/** What somebody asks for after they changed something must have begun after it: a reading under way is waited for, not joined. */
async function scanInTurn(deps: BypassDependencies, connection: string): Promise<ScanResult> {
  for (let tries = 0; tries < TURN_TRIES; tries++) {
    const result = await scanUnlessRead(deps, connection);
    if (result !== undefined) return result;
    await setTimeout(TURN_WAIT_MS);
  }
  throw new Refused([refusal("bypasses.beingRead", "This provider is being read already. Look again when that is done.")], 409);
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

/**
 * All at one moment, so that those who are told are told once. What stood in a connection that was removed is left as it was: nobody
 * can claim, remove or read it any more, and nobody knows whether it is closed.
 */
async function escalateOverdue(deps: BypassDependencies, now: Instant): Promise<number> {
  const connections = await deps.connected();
  for (let escalated = 0; ;) {
    const step = await retryOnConflict(() => escalateSome(deps, connections, now));
    escalated += step;
    if (step === 0) return escalated;
  }
}

async function escalateSome(deps: BypassDependencies, connections: readonly string[], now: Instant): Promise<number> {
  const overdue = await deps.store.overdue(connections, now, BATCH);
  const changes = overdue.flatMap((before) => {
    const events = decideOverdue(before.bypass, now);
    return events.length === 0 ? [] : [bypassChange(before, events, before.lastSeenAt)];
  });
  if (changes.length > 0) await commitTold(deps, { at: now, actor: { kind: "system", id: "tick" }, changes });
  return changes.length;
}

function refuseUnlessOpen({ bypass }: StoredBypass): void {
  if (isOpen(bypass)) return;
  throw new Refused(
    [refusal("bypasses.notOpen", `This bypass is ${bypass.status}; only one nobody answers for can be claimed, removed or escalated.`)],
    409,
  );
}
