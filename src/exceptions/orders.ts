/** What the providers should hold, worked out from the grants: one binding for each weakened policy and subject. */
import type { Instant } from "../kernel/time.ts";
import type { FoundBypass } from "./commands.ts";
import type { BindingOrder } from "./events.ts";
import { type Binding, type BindingId, type Dossier, findVersion } from "./exception.ts";
import type { ConnectionId, Subject } from "./version.ts";

interface Wanted {
  readonly connection: ConnectionId;
  readonly policy: string;
  readonly subject: Subject;
  readonly wantedFrom: Instant;
  readonly wantedUntil: Instant;
}

/** By binding key: what the grants that have not ended at `now` call for. */
function wantedAt(dossier: Dossier, now: Instant): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const grant of dossier.grants) {
    const content = findVersion(dossier, grant.version)?.content;
    if (content === undefined || grant.kind === "emergency" || grant.validUntil <= now || grant.validUntil <= grant.validFrom) continue;
    const { connection, policy } = content.weakenedControl;
    for (const { subject } of content.scope) {
      const key = bindingKey({ connection, policy, subject });
      const before = wanted.get(key);
      const wantedFrom = before !== undefined && before.wantedFrom < grant.validFrom ? before.wantedFrom : grant.validFrom;
      const wantedUntil = before !== undefined && before.wantedUntil > grant.validUntil ? before.wantedUntil : grant.validUntil;
      wanted.set(key, { connection, policy, subject, wantedFrom, wantedUntil });
    }
  }
  return wanted;
}

function bindingKey(of: { readonly connection: ConnectionId; readonly policy: string; readonly subject: Subject }): string {
  return [of.connection, of.policy, of.subject.kind, of.subject.key].join(" ");
}

function bindingId(dossier: Pick<Dossier, "ref">, n: number): BindingId {
  return `${dossier.ref}-B${n}` as BindingId;
}

/**
 * The orders that bring the bindings in line with the grants at `now`: what is wanted present, everything else absent. Only
 * differences, unless `renewed`, which repeats all of them.
 */
export function ordersAt(dossier: Dossier, now: Instant, renewed = false): readonly BindingOrder[] {
  const wanted = wantedAt(dossier, now);
  const orders = dossier.bindings.map((binding) => {
    const one = binding.origin.kind === "governed" ? wanted.get(bindingKey(binding)) : undefined;
    return one === undefined ? absent(binding) : { ...absent(binding), ...one, desired: "present" as const };
  });
  const known = new Set(dossier.bindings.filter((binding) => binding.origin.kind === "governed").map(bindingKey));
  const fresh = [...wanted].filter(([key]) => !known.has(key)).map(([, one]) => one);
  const created = fresh.map((one, i): BindingOrder => {
    return { ...one, id: bindingId(dossier, dossier.bindings.length + 1 + i), found: null, desired: "present" };
  });
  return [...orders.filter((order, i) => renewed || differs(order, dossier.bindings[i])), ...created];
}

function differs(order: BindingOrder, binding: Binding | undefined): boolean {
  return order.desired !== binding?.desired || (order.desired === "present" && order.wantedUntil !== binding.wantedUntil);
}

/** Orders to take everything away, each of them anew: only a reading after it counts. */
export function ordersToRemove(dossier: Dossier): readonly BindingOrder[] {
  return dossier.bindings.map(absent);
}

function absent(binding: Binding): BindingOrder {
  const { id, connection, policy, subject, wantedFrom, wantedUntil } = binding;
  return { id, found: null, connection, policy, subject, desired: "absent", wantedFrom, wantedUntil };
}

/** Bindings for bypasses that were found: left as they are until the exception is activated or ends. */
export function ordersForFound(ref: string, found: readonly FoundBypass[], from: Instant, until: Instant): readonly BindingOrder[] {
  return found.map(({ connection, policy, subject, bypassKey, object }, i) => ({
    id: bindingId({ ref }, i + 1),
    found: { bypassKey, object },
    connection,
    policy,
    subject,
    desired: "present",
    wantedFrom: from,
    wantedUntil: until,
  }));
}
