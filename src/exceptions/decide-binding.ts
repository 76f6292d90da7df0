/** What providers answered: orders carried out or not, and what was read back. Facts are recorded; the state draws conclusions. */
import { accept, unless } from "../kernel/decision.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import { canonicalText } from "../kernel/canonical.ts";
import type { BindingCommand, ReadFacts } from "./commands.ts";
import { beginRevocation, reopened, revocationFailed } from "./decide-end.ts";
import { type Deciding, NO_CHANGE, type Outcome } from "./deciding.ts";
import { isOutdated, seenSinceOrder } from "./evolve-binding.ts";
import { type Binding, type ExceptionState, findBinding, type Observed, type Standing } from "./exception.ts";
import { refuseIf } from "./refusals.ts";
import { ordersToRemove } from "./orders.ts";

type Of<T extends BindingCommand["type"]> = Extract<BindingCommand, { type: T }>;

/** An unchanged reading is recorded this often: enough to show that somebody looks, without drowning the journal. */
const UNCHANGED_RECORDED_EVERY = duration("P1D");

export function decideBinding(state: ExceptionState, command: BindingCommand, deciding: Deciding): Outcome {
  const binding = findBinding(state.dossier, command.binding);
  if (binding === undefined) {
    return unless(refuseIf(true, "exceptions.bindingUnknown", `It has no binding ${command.binding}.`), () => []);
  }
  switch (command.type) {
    case "recordApplied":
      return recordApplied(state, binding, command, deciding);
    case "recordApplyFailed":
      return recordApplyFailed(state, command, deciding);
    case "recordReadBack":
      return recordReadBack(state, binding, command, deciding);
    case "recordRemoved":
      // Two replicas may carry the same order out at once: what is told twice is recorded once.
      if (binding.outcome.kind === "removed") return NO_CHANGE;
      return accept(deciding.stamp("BindingOutcomeRecorded", { binding: binding.id, outcome: { kind: "removed", at: deciding.now } }));
    case "recordRevokeFailed":
      return recordRevokeFailed(state, command, deciding);
  }
}

/** A grant that lands late, after it was taken back, puts the bypass there again: whatever was concluded is undone. */
function recordApplied(state: ExceptionState, before: Binding, command: Of<"recordApplied">, deciding: Deciding): Outcome {
  const { stamp, now } = deciding;
  const { binding, object, nativeExpiry } = command;
  if (before.outcome.kind === "applied" && before.object === object && before.nativeExpiry === nativeExpiry) return NO_CHANGE;
  const applied = stamp("BindingApplied", { binding, object, nativeExpiry });
  const again = { orders: ordersToRemove(state.dossier), overstayFrom: now };
  if (state.state === "suspended") return accept(applied, stamp("SuspensionBroken", { why: state.why, ...again }));
  if (state.state === "verifying" || state.state === "revoke_failed") return accept(applied, stamp("RevocationRetried", again));
  if (state.state === "closed") return accept(applied, reopened(state, { binding, seenAt: now, addedBy: null }, deciding));
  return accept(applied);
}

/** What the provider cannot do ends an activation at once; a fault is tried again until the time for it is over. */
function recordApplyFailed(state: ExceptionState, command: Of<"recordApplyFailed">, deciding: Deciding): Outcome {
  const { now, stamp } = deciding;
  const { binding, kind, reason } = command;
  const outcome = { kind: kind === "not_supported" ? kind : ("failed" as const), at: now, reason };
  const recorded = stamp("BindingOutcomeRecorded", { binding, outcome });
  if (kind !== "not_supported" || state.state !== "activating") return accept(recorded);
  const words = `The provider cannot apply it: ${reason}`;
  return accept(recorded, ...beginRevocation(state, { cause: "activation_failed", rightEndedAt: now, words }, deciding));
}

function recordRevokeFailed(state: ExceptionState, command: Of<"recordRevokeFailed">, deciding: Deciding): Outcome {
  const { now, stamp } = deciding;
  const { binding, kind, reason } = command;
  const outcome = { kind: kind === "not_supported" ? kind : ("failed" as const), at: now, reason };
  const recorded = stamp("BindingOutcomeRecorded", { binding, outcome });
  const concludes = state.state === "revoking" || state.state === "verifying";
  return accept(recorded, ...(concludes ? [revocationFailed(state, reason, deciding)] : []));
}

/**
 * `absent` only when it is known to be: our grant is gone, and the subject is stopped or comes through by ways that are named
 * (those are other exceptions' or unregistered bypasses; they are told, not mistaken for ours).
 */
export function observationOf(read: ReadFacts): Observed {
  if (read.configured) return "present";
  if (read.effective === false) return "absent";
  if (read.effective === "unknown") return "unknown";
  return read.otherWays.length > 0 ? "absent" : "present";
}

function recordReadBack(state: ExceptionState, binding: Binding, command: Of<"recordReadBack">, deciding: Deciding): Outcome {
  const { now, stamp } = deciding;
  const { otherWays, residualUntil } = command.read;
  const readAt = command.read.readAt > now ? now : command.read.readAt;
  const observed = observationOf(command.read);
  if (isOvertaken(binding, command.asOf) || isOutdated(binding, readAt, now) || isOldNews(binding, observed, command.read, readAt))
    return NO_CHANGE;
  const read = stamp("BindingRead", { binding: binding.id, observed, readAt, otherWays, residualUntil });
  if (state.state !== "closed" || observed !== "present") return accept(read);
  return accept(read, reopened(state, { binding: binding.id, seenAt: readAt, addedBy: command.addedBy }, deciding));
}

/** Instants alone do not tell: what was read and what was done meanwhile may bear the same one. */
function isOvertaken({ orderedAt, outcome }: Binding, asOf: Standing): boolean {
  return canonicalText([orderedAt, outcome]) !== canonicalText([asOf.orderedAt, asOf.outcome]);
}

function isOldNews(binding: Binding, observed: Observed, read: ReadFacts, readAt: Instant): boolean {
  if (binding.lastReadAt === null || seenSinceOrder(binding) !== observed || observed === "unknown") return false;
  const same = canonicalText([binding.otherWays, binding.residualUntil]) === canonicalText([read.otherWays, read.residualUntil]);
  return same && readAt < addDuration(binding.lastReadAt, UNCHANGED_RECORDED_EVERY);
}
