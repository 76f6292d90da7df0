/** Delegations: given by the holder of a role, ended by either side. */
import { commit, type CommitContext, retryOnConflict, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { Tx } from "../platform/db.ts";
import { decideDelegate, decideRevoke, type Delegation, type DelegationEvent, type NewDelegation } from "./delegation.ts";
import { delegationChange, type DelegationFilter, type DelegationStore, type StoredDelegation } from "./delegation-store.ts";
import type { PersonId } from "./person.ts";
import { decided, loadStored, type Order } from "./person-service.ts";
import type { PersonStore } from "./store.ts";

export interface DelegationDependencies extends CommitContext {
  readonly store: PersonStore;
  readonly delegations: DelegationStore;
}

/** People who may end anybody's delegation. */
const KEEPERS = ["administrator", "iam"];

export type DelegationDraft = Omit<NewDelegation, "id" | "from">;

export function createDelegationCommands(deps: DelegationDependencies) {
  async function loadDelegation(id: string): Promise<StoredDelegation> {
    const found = await deps.delegations.find(id);
    if (found === undefined) throw new Refused([refusal("people.notFound", `There is no delegation ${id}.`)], 404);
    return found;
  }

  return {
    loadDelegation,
    /** Delegations, newest first, a page at a time. */
    listDelegations: (filter: DelegationFilter) => deps.delegations.list(filter),
    /** Lets another holder decide in the place of who asks. Refuses with every reason at once (422). */
    delegate: (draft: DelegationDraft, order: Order): Promise<StoredDelegation> =>
      retryOnConflict(async () => {
        const { person: from } = await loadStored(deps.store, order.by.id);
        const wanted: NewDelegation = { ...draft, id: deps.ids.next("delegation"), from: from.id };
        const heldByFrom = await deps.delegations.heldBy(from.id, order.now);
        const to = (await deps.store.find(draft.to))?.person;
        const events = decided(decideDelegate(wanted, order.now, { from, to, heldByFrom }));
        return save(deps, undefined, events, order.now, order.by.id, async (tx) => {
          const held = await deps.delegations.heldStill(tx, wanted, order.now);
          if (held.length > heldByFrom.length) throw new VersionConflict(`${from.id} was delegated to meanwhile`);
        });
      }),
    /** Ends a delegation now. `people.notYours` for whom it does not concern. */
    revokeDelegation: (id: string, order: Order): Promise<StoredDelegation> =>
      retryOnConflict(async () => {
        const before = await loadDelegation(id);
        const by = { id: order.by.id, isKeeper: KEEPERS.some((role) => order.by.roles.includes(role)) };
        const events = decided(decideRevoke(before.delegation, by, order.now));
        return events.length === 0 ? before : save(deps, before, events, order.now, by.id);
      }),
  };
}

async function save(
  deps: DelegationDependencies,
  before: StoredDelegation | undefined,
  events: readonly DelegationEvent[],
  now: Instant,
  by: PersonId,
  alongside: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<StoredDelegation> {
  const change = delegationChange(before, events);
  const actor: Actor = { kind: "person", id: by };
  await commit(deps, { at: now, actor, changes: [change], alongside });
  return { version: change.fromVersion + events.length, delegation: change.state as Delegation };
}
