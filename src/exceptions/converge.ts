/**
 * Brings the providers in line with one exception: what is desired against what was last seen, binding by binding, until every
 * order has been answered by a read. Level-triggered: it may run at any time, any number of times, and after any crash.
 */
import { type GrantOrder, ProviderFault } from "../connectors/port.ts";
import { type Instant, latest } from "../kernel/time.ts";
import { exceptionsHolding } from "./binding-store.ts";
import type { BindingCommand, ReadFacts } from "./commands.ts";
import { observationOf } from "./decide-binding.ts";
import { wasSeenTaken } from "./evolve-binding.ts";
import { type Actor, type Binding, type ExceptionState, findBinding } from "./exception.ts";
import { isInForce } from "./in-force.ts";
import { letsThrough } from "./overlap.ts";
import { providerSubject } from "./provider-subject.ts";
import { type ExceptionDependencies, load, pendingBindings, perform } from "./service.ts";

const OUTBOX: Actor = { kind: "system", id: "outbox" };

/**
 * One pass over one exception. Throws {@link ProviderFault} when an application could not be answered, so that the job is
 * tried again; a failed removal is recorded instead, because its overstay has to be seen and its retry is the clock's.
 */
export async function converge(deps: ExceptionDependencies, id: string): Promise<void> {
  const { exception } = await load(deps, id);
  for (const binding of pendingBindings(exception)) {
    if (binding.desired === "present") await apply(deps, exception, binding);
    else await takeAway(deps, exception, binding);
  }
}

/** Reads every live binding of an exception back and records what was seen. */
export async function readBack(deps: ExceptionDependencies, id: string): Promise<void> {
  const { exception } = await load(deps, id);
  if (exception.state === "closed") return;
  for (const binding of exception.dossier.bindings) await recordRead(deps, id, binding);
}

async function apply(deps: ExceptionDependencies, state: ExceptionState, binding: Binding): Promise<void> {
  const connector = await deps.world.connector(binding.connection);
  const outcome = await connector.grant(orderOf(binding));
  if (outcome.outcome === "not_supported") {
    await record(deps, state, { type: "recordApplyFailed", binding: binding.id, kind: "not_supported", reason: outcome.reason });
    return;
  }
  await record(deps, state, {
    type: "recordApplied",
    binding: binding.id,
    object: outcome.object,
    nativeExpiry: outcome.nativeExpiry ?? null,
  });
  await recordRead(deps, state.dossier.id, binding);
}

async function takeAway(deps: ExceptionDependencies, state: ExceptionState, binding: Binding): Promise<void> {
  try {
    const outcome = await revoke(deps, binding);
    if (outcome.outcome === "not_supported") {
      await record(deps, state, { type: "recordRevokeFailed", binding: binding.id, kind: "not_supported", reason: outcome.reason });
      return;
    }
    await record(deps, state, { type: "recordRemoved", binding: binding.id });
    await recordRead(deps, state.dossier.id, binding);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    await record(deps, state, { type: "recordRevokeFailed", binding: binding.id, kind: "fault", reason: error.message });
  }
}

async function revoke(deps: ExceptionDependencies, binding: Binding) {
  const connector = await deps.world.connector(binding.connection);
  if (binding.origin.kind === "governed") return connector.revoke(orderOf(binding));
  const seen = await deps.world.seenBypass(binding.connection, binding.origin.bypassKey);
  return seen === undefined ? ({ outcome: "already_absent" } as const) : connector.remove(seen);
}

async function recordRead(deps: ExceptionDependencies, id: string, { id: bindingId }: Binding): Promise<void> {
  const { exception: state } = await load(deps, id);
  const binding = findBinding(state.dossier, bindingId);
  if (binding === undefined) return;
  const connector = await deps.world.connector(binding.connection);
  const { configured, effective, otherWays, readAt, residualUntil = null } = await connector.read(orderOf(binding));
  const read: ReadFacts = { configured, effective, otherWays, readAt, residualUntil };
  const facts = { ...read, residualUntil: await residualAfter(deps, state, binding, read) };
  await record(deps, state, {
    type: "recordReadBack",
    binding: bindingId,
    asOf: { orderedAt: binding.orderedAt, outcome: binding.outcome },
    read: facts,
    addedBy: isBack(binding, facts) ? ((await deps.world.whoPut(binding.connection, binding.subject.key, binding.object!)) ?? null) : null,
  });
  await deps.store.noteRead(id, bindingId, readAt);
}

/**
 * Until when what was got through it may live on. Sessions are ended once, when our grant was first seen to be gone: to end them
 * at each reading would throw people out for as long as anybody looks, and move the end of what lives on along with it.
 */
async function residualAfter(
  deps: ExceptionDependencies,
  exception: ExceptionState,
  binding: Binding,
  read: ReadFacts,
): Promise<Instant | null> {
  if (binding.desired === "present" || observationOf(read) === "present") return read.residualUntil;
  if (wasSeenTaken(binding)) return binding.residualUntil;
  if (await isLetThroughByAnother(deps, exception, binding, read)) return read.residualUntil;
  const connector = await deps.world.connector(binding.connection);
  const { residual } = await connector.endSessions(providerSubject(binding.subject));
  return laterOf(read.residualUntil, residual?.until ?? null);
}

/** Then the sessions are that one's too, and end with it. */
async function isLetThroughByAnother(
  deps: ExceptionDependencies,
  { dossier }: ExceptionState,
  binding: Binding,
  { otherWays }: ReadFacts,
): Promise<boolean> {
  const now = deps.clock.now();
  const ids = (await exceptionsHolding(deps.db, binding)).filter((id) => id !== dossier.id);
  const others = await deps.store.findMany([...new Set(ids)]);
  if (others.some(({ exception }) => letsThrough(exception, binding, now))) return true;
  // The other one may be for a group that the subject is in.
  const refs = new Set(otherWays.flatMap(({ grantRef }) => (grantRef === undefined || grantRef === dossier.ref ? [] : [grantRef])));
  const named = await Promise.all([...refs].map((ref) => deps.store.findByRef(ref)));
  return named.some((other) => other !== undefined && isInForce(other.exception, now));
}

/** There although the provider had said that it was taken away. */
function isBack({ desired, outcome, object }: Binding, read: ReadFacts): boolean {
  return desired === "absent" && outcome.kind === "removed" && object !== null && observationOf(read) === "present";
}

function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : latest(a, b);
}

function orderOf(binding: Binding): GrantOrder {
  return {
    ref: binding.grantRef,
    policy: binding.policy,
    subject: providerSubject(binding.subject),
    validFrom: binding.wantedFrom,
    validUntil: binding.wantedUntil,
  };
}

async function record(deps: ExceptionDependencies, state: ExceptionState, command: BindingCommand): Promise<void> {
  await perform(deps, state.dossier.id, { command, actor: OUTBOX, now: deps.clock.now() });
}
