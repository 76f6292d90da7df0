/** How a binding follows from orders, outcomes and readings. Overstays are opened and closed here and nowhere else. */
import type { Instant } from "../kernel/time.ts";
import type { BindingOrder, OneEvent } from "./events.ts";
import { type Binding, type Dossier, openOverstay } from "./exception.ts";

interface OrderEvent {
  readonly orders: readonly BindingOrder[];
  readonly overstayFrom?: Instant | null;
}

/** The dossier's bindings once the orders were given. */
export function applyOrders(dossier: Dossier, event: OrderEvent, at: Instant): readonly Binding[] {
  const known = new Set(dossier.bindings.map((binding) => binding.id));
  const overstayFrom = event.overstayFrom ?? null;
  const changed = dossier.bindings.map((binding) => {
    const order = event.orders.find((candidate) => candidate.id === binding.id);
    return order === undefined ? binding : obey(binding, order, overstayFrom, at);
  });
  return [...changed, ...event.orders.filter((order) => !known.has(order.id)).map((order) => create(dossier, order, at))];
}

function create(dossier: Dossier, order: BindingOrder, at: Instant): Binding {
  const { found, id, connection, policy, subject, desired, wantedFrom, wantedUntil } = order;
  return {
    id,
    connection,
    policy,
    subject,
    desired,
    wantedFrom,
    wantedUntil,
    origin: found === null ? { kind: "governed" } : { kind: "found", bypassKey: found.bypassKey },
    grantRef: dossier.ref,
    observed: "unknown",
    lastReadAt: null,
    orderedAt: at,
    outcome: { kind: "none" },
    object: found?.object ?? null,
    nativeExpiry: null,
    residualUntil: null,
    otherWays: [],
    overstays: [],
  };
}

/** Every order counts anew: only what is done and read after it answers it. */
function obey(binding: Binding, order: BindingOrder, overstayFrom: Instant | null, at: Instant): Binding {
  const { desired, wantedFrom, wantedUntil } = order;
  const ordered: Binding = { ...binding, desired, wantedFrom, wantedUntil, outcome: { kind: "none" }, orderedAt: at };
  return desired === "absent" && overstayFrom !== null && mayHold(binding) ? beginOverstay(ordered, overstayFrom) : ordered;
}

/** Whether the provider may still let the subject through: what was not seen to be gone may be there. */
function mayHold(binding: Binding): boolean {
  return binding.observed === "present" || (binding.observed === "unknown" && binding.outcome.kind !== "not_supported");
}

function beginOverstay(binding: Binding, from: Instant): Binding {
  if (openOverstay(binding) !== undefined) return binding;
  return { ...binding, overstays: [...binding.overstays, { from, to: null }] };
}

function endOverstay(binding: Binding, to: Instant): Binding {
  return { ...binding, overstays: binding.overstays.map((one) => (one.to === null ? { ...one, to: to > one.from ? to : one.from } : one)) };
}

export function evolveBinding(
  binding: Binding,
  event: OneEvent<"BindingApplied"> | OneEvent<"BindingRead"> | OneEvent<"BindingOutcomeRecorded">,
): Binding {
  switch (event.type) {
    case "BindingApplied":
      return applied(binding, event);
    case "BindingRead":
      return read(binding, event);
    case "BindingOutcomeRecorded":
      return event.outcome.kind === "removed" && binding.desired === "present"
        ? { ...binding, outcome: event.outcome, observed: "unknown" }
        : { ...binding, outcome: event.outcome };
  }
}

/** A late success of an order that was taken back means the provider holds it again, whatever was read before. */
function applied(binding: Binding, event: OneEvent<"BindingApplied">): Binding {
  const { object, nativeExpiry, at } = event;
  const done: Binding = { ...binding, object, nativeExpiry, outcome: { kind: "applied", at } };
  return binding.desired === "present" ? done : beginOverstay({ ...done, observed: "unknown" }, at);
}

function read(binding: Binding, event: OneEvent<"BindingRead">): Binding {
  const { observed, readAt, otherWays, residualUntil } = event;
  const seen: Binding = { ...binding, observed, lastReadAt: readAt, otherWays, residualUntil };
  if (observed === "absent") return endOverstay(seen, readAt);
  return observed === "present" && binding.desired === "absent" ? beginOverstay(seen, readAt) : seen;
}

/** From when on a reading says something about the last order: a reading from before it may show the old state. */
function freshSince(binding: Binding): Instant {
  const { outcome, orderedAt } = binding;
  const done = outcome.kind === "applied" || outcome.kind === "removed" ? outcome.at : orderedAt;
  return done > orderedAt ? done : orderedAt;
}

/** A reading from before the last order or outcome, or overtaken by a later one, says nothing about now. None comes from the future. */
export function isOutdated(binding: Binding, readAt: Instant, now: Instant): boolean {
  const { lastReadAt } = binding;
  return readAt < freshSince(binding) || (lastReadAt !== null && readAt < lastReadAt && lastReadAt <= now);
}

/**
 * Whether a reading since the last order showed our own grant gone. One that shows it gone cannot come from before that order;
 * one that could not tell whom else it lets through can, where it bears the same instant.
 */
export function wasSeenTaken(binding: Binding): boolean {
  const { observed, lastReadAt } = binding;
  if (lastReadAt === null || observed === "present") return false;
  return observed === "absent" ? lastReadAt >= freshSince(binding) : lastReadAt > freshSince(binding);
}

/** What was seen since the last order; `unknown` when nothing was. */
export function seenSinceOrder(binding: Binding): Binding["observed"] {
  return binding.lastReadAt !== null && binding.lastReadAt >= freshSince(binding) ? binding.observed : "unknown";
}
