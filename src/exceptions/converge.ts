/**
 * Brings the providers in line with one exception: what is desired against what was last seen, binding by binding, until every
 * order has been answered by a read. Level-triggered: it may run at any time, any number of times, and after any crash.
 */
import { type GrantOrder, ProviderFault } from "../connectors/port.ts";
import type { Instant } from "../kernel/time.ts";
import type { BindingCommand, ReadFacts } from "./commands.ts";
import { observationOf } from "./decide-binding.ts";
import { type Actor, type Binding, type ExceptionState, findBinding } from "./exception.ts";
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
  const ended = binding.desired === "absent" ? await connector.endSessions(providerSubject(binding.subject)) : undefined;
  const read = await connector.read(orderOf(binding));
  const { configured, effective, otherWays, readAt } = read;
  const facts = { configured, effective, otherWays, residualUntil: laterOf(read.residualUntil, ended?.residual?.until), readAt };
  await record(deps, state, {
    type: "recordReadBack",
    binding: bindingId,
    asOf: { orderedAt: binding.orderedAt, outcome: binding.outcome },
    read: facts,
    addedBy: isBack(binding, facts) ? ((await deps.world.whoPut(binding.connection, binding.subject.key, binding.object!)) ?? null) : null,
  });
  await deps.store.noteRead(id, bindingId, readAt);
}

/** There although the provider had said that it was taken away. */
function isBack({ desired, outcome, object }: Binding, read: ReadFacts): boolean {
  return desired === "absent" && outcome.kind === "removed" && object !== null && observationOf(read) === "present";
}

function laterOf(a: Instant | undefined, b: Instant | undefined): Instant | null {
  if (a === undefined) return b ?? null;
  return b === undefined || a > b ? a : b;
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
