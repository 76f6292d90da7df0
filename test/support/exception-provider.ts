/** What the provider does, rightly and wrongly, and what people do to it behind the register's back. */
import type { ReadFacts } from "../../src/exceptions/commands.ts";
import type { Actor, Binding } from "../../src/exceptions/exception.ts";
import { factsFor, P, SYSTEM } from "./exception-story.ts";
import { give, type Move, type World } from "./exception-world.ts";

/** The connector's honest answer about what the provider holds. */
function answer(world: World, binding: Binding): ReadFacts {
  const held = world.holds.includes(binding.id);
  return { configured: held, effective: held, otherWays: [], residualUntil: null, readAt: world.now };
}

const OUTBOX: Actor = { kind: "system", id: "outbox" };

function onFirst(
  name: string,
  pick: (binding: Binding) => boolean,
  then: (world: World, binding: Binding) => World,
  byItself = true,
): Move {
  const apply = (world: World) => {
    const binding = world.state?.dossier.bindings.find(pick);
    return binding === undefined ? world : then(world, binding);
  };
  return { name, byItself, apply };
}

const without = (world: World, id: string) => world.holds.filter((one) => one !== id);
const isGoverned = (binding: Binding) => binding.origin.kind === "governed";

export const PROVIDER: readonly Move[] = [
  onFirst(
    "provider applies",
    (one) => isGoverned(one) && one.desired === "present" && one.outcome.kind !== "applied",
    (world, { id }) =>
      give(
        { ...world, holds: [...without(world, id), id] },
        { type: "recordApplied", binding: id, object: "CN=g", nativeExpiry: null },
        OUTBOX,
      ),
  ),
  onFirst(
    "provider removes",
    (one) => one.desired === "absent" && one.outcome.kind !== "removed",
    (world, { id }) => give({ ...world, holds: without(world, id) }, { type: "recordRemoved", binding: id }, OUTBOX),
  ),
  onFirst("provider is read", (one) => one.observed !== one.desired || (one.lastReadAt ?? "") < one.orderedAt, readOne),
  onFirst("provider is read again", () => true, readOne),
  onFirst(
    "last binding is read",
    () => true,
    (world) => {
      const last = world.state?.dossier.bindings.at(-1);
      return last === undefined ? world : readOne(world, last);
    },
  ),
];

function readOne(world: World, binding: Binding): World {
  return give(world, { type: "recordReadBack", binding: binding.id, asOf: binding, read: answer(world, binding), addedBy: null }, OUTBOX);
}

export const TROUBLE: readonly Move[] = [
  onFirst(
    "somebody adds it by hand",
    () => true,
    (world, { id }) => ({ ...world, holds: [...without(world, id), id] }),
    false,
  ),
  onFirst(
    "somebody removes it by hand",
    () => true,
    (world, { id }) => ({ ...world, holds: without(world, id) }),
    false,
  ),
  onFirst(
    "removal is claimed but not done",
    (one) => one.desired === "absent",
    (world, { id }) => give(world, { type: "recordRemoved", binding: id }, OUTBOX),
  ),
  onFirst("late grant lands", isGoverned, (world, { id }) =>
    give(
      { ...world, holds: [...without(world, id), id] },
      { type: "recordApplied", binding: id, object: "CN=g", nativeExpiry: null },
      OUTBOX,
    ),
  ),
  onFirst(
    "apply not supported",
    () => true,
    (world, { id }) => give(world, { type: "recordApplyFailed", binding: id, kind: "not_supported", reason: "dynamic" }, OUTBOX),
  ),
  onFirst(
    "apply faults",
    () => true,
    (world, { id }) => give(world, { type: "recordApplyFailed", binding: id, kind: "fault", reason: "timeout" }, OUTBOX),
  ),
  onFirst(
    "revoke faults",
    () => true,
    (world, { id }) => give(world, { type: "recordRevokeFailed", binding: id, kind: "fault", reason: "timeout" }, OUTBOX),
  ),
  onFirst(
    "read is unknown",
    () => true,
    (world, binding) =>
      give(
        world,
        {
          type: "recordReadBack",
          binding: binding.id,
          asOf: binding,
          read: { configured: false, effective: "unknown", otherWays: [], residualUntil: null, readAt: world.now },
          addedBy: null,
        },
        OUTBOX,
      ),
  ),
  {
    name: "approver loses the role",
    byItself: false,
    apply: (world) => ({
      ...world,
      facts: {
        ...world.facts,
        people: { ...factsFor(SYSTEM, world.facts).people, [P.iam]: { active: true, roles: [], isHelpDesk: false } },
      },
    }),
  },
];
