/** Persons: added, changed, linked to their accounts, gone and back. */
import { commit, type CommitContext, retryOnConflict, VersionConflict } from "../journal/append.ts";
import type { Actor } from "../journal/entry.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { isDuplicate, type Tx } from "../platform/db.ts";
import { decide } from "./decide.ts";
import { isSameAccount } from "./evolve.ts";
import { loadFacts } from "./load-facts.ts";
import {
  type Account,
  factsBetween,
  type NewPerson,
  type Person,
  type PersonCommand,
  type PersonEvent,
  type PersonFact,
  type PersonFields,
  type PersonId,
} from "./person.ts";
import { orderedRoles } from "./role.ts";
import { countAdministratorsAlone, keepAccounts, personChange, type PersonStore, type StoredPerson } from "./store.ts";

/** Told, in the transaction that makes it true, of what exceptions and sessions have to follow. */
export type AnnouncePeople = (tx: Tx, facts: readonly PersonFact[], at: Instant) => Promise<void>;

export interface PersonDependencies extends CommitContext {
  readonly store: PersonStore;
  readonly announce: AnnouncePeople;
}

/** Who asks, with the roles held now, and what they read. */
export interface Order {
  readonly by: { readonly id: PersonId; readonly roles: readonly string[] };
  readonly now: Instant;
  /** Version the caller read; `people.changedMeanwhile` (412) when there is a newer one. */
  readonly ifMatch?: number;
}

/** What a person is added with; all that is left out is empty. */
export type PersonDraft = Pick<PersonFields, "displayName"> & Partial<Omit<PersonFields, "displayName" | "source" | "key">>;

export function createPersonCommands(deps: PersonDependencies) {
  const { store } = deps;
  return {
    /** Adds a person by hand. Refuses with every reason at once (422). */
    async addPerson(draft: PersonDraft, order: Order): Promise<StoredPerson> {
      const person: NewPerson = {
        ...NOTHING_KNOWN,
        ...normal(draft),
        displayName: draft.displayName,
        id: deps.ids.next("person"),
        source: "api",
        accounts: [],
      };
      const facts = await loadFacts(store, { actor: order.by, person: person.id, fields: person });
      return commitPerson(
        deps,
        undefined,
        decided(decide(undefined, { type: "add", person }, order.now, facts)),
        order.now,
        actorOf(order),
      );
    },
    changePerson: (id: string, fields: Partial<PersonFields>, order: Order) =>
      perform(deps, id, { type: "change", fields: normal(fields) }, order),
    /** Says that the person left, whatever their directory says. */
    deactivate: (id: string, reason: string, order: Order) => perform(deps, id, { type: "leave", saidBy: "api", reason }, order),
    /** Takes that back. `people.accountDisabled` while their directory says that they left. */
    reactivate: (id: string, order: Order) => perform(deps, id, { type: "return", saidBy: "api" }, order),
    /** Says that an account of a provider is this person's. `people.accountTaken` (409) when it is another's. */
    linkAccount: (id: string, account: Omit<Account, "enabled">, order: Order) => linkAccount(deps, id, account, order),
  };
}

export const NOTHING_KNOWN = {
  key: null,
  email: null,
  unit: null,
  manager: null,
  deputy: null,
  roles: [],
  leave: [],
} as const satisfies Partial<PersonFields>;

/** The same fields with their lists in the one order that makes equal lists equal. */
export function normal(fields: Partial<PersonFields>): Partial<PersonFields> {
  return {
    ...fields,
    ...(fields.roles !== undefined && { roles: orderedRoles(fields.roles) }),
    ...(fields.leave !== undefined && { leave: fields.leave.toSorted((a, b) => (a.from < b.from ? -1 : 1)) }),
  };
}

/** Loads by id. Throws `people.notFound` (404). */
export async function loadStored(store: PersonStore, id: string): Promise<StoredPerson> {
  const found = await store.find(id);
  if (found === undefined) throw new Refused([refusal("people.notFound", `There is no person ${id}.`)], 404);
  return found;
}

export function refuseStale(version: number, ifMatch: number | undefined): void {
  if (ifMatch === undefined || ifMatch === version) return;
  const detail = `You read version ${ifMatch}; it is at ${version} now. Look at what changed, then try again.`;
  throw new Refused([refusal("people.changedMeanwhile", detail)], 412);
}

async function perform(deps: PersonDependencies, id: string, command: PersonCommand, order: Order): Promise<StoredPerson> {
  return retryOnConflict(async () => {
    const before = await loadStored(deps.store, id);
    refuseStale(before.version, order.ifMatch);
    const fields = command.type === "change" ? command.fields : {};
    const facts = await loadFacts(deps.store, { actor: order.by, person: before.person.id, fields });
    return commitPerson(deps, before, decided(decide(before.person, command, order.now, facts)), order.now, actorOf(order));
  });
}

async function linkAccount(deps: PersonDependencies, id: string, account: Omit<Account, "enabled">, order: Order): Promise<StoredPerson> {
  return retryOnConflict(async () => {
    const [holder] = await deps.store.findByAccounts([account]);
    if (holder !== undefined && holder.person.id !== id) {
      throw new Refused([refusal("people.accountTaken", `The account is ${holder.person.displayName}'s (${holder.person.id}).`)], 409);
    }
    const before = await loadStored(deps.store, id);
    refuseStale(before.version, order.ifMatch);
    // What the provider said last stays; of an account never read, the next import says.
    const enabled = before.person.accounts.find((each) => isSameAccount(each, account))?.enabled ?? true;
    const facts = await loadFacts(deps.store, { actor: order.by, person: before.person.id, fields: {} });
    const command = { type: "recordAccount", account: { ...account, enabled } } as const;
    return commitPerson(deps, before, decided(decide(before.person, command, order.now, facts)), order.now, actorOf(order));
  });
}

/** The events of a decision; throws every reason when it was declined. */
export function decided<Event>(decision: { accepted: true; events: readonly Event[] } | { accepted: false; reasons: Refused["reasons"] }) {
  if (!decision.accepted) throw new Refused(decision.reasons, 422);
  return decision.events;
}

async function commitPerson(
  deps: PersonDependencies,
  before: StoredPerson | undefined,
  events: readonly PersonEvent[],
  now: Instant,
  actor: Actor,
): Promise<StoredPerson> {
  if (events.length === 0) return before!;
  const [person] = await commitPersons(deps, [{ before, events }], now, actor);
  return { version: (before?.version ?? 0) + events.length, person: person! };
}

export interface PersonStep {
  readonly before: StoredPerson | undefined;
  readonly events: readonly PersonEvent[];
}

/** What a commit of these steps consists of: for the services that change persons together with other things. */
export function foldPersons(deps: Pick<PersonDependencies, "announce">, steps: readonly PersonStep[], now: Instant) {
  const folded = steps.map(({ before, events }) => ({ before, ...personChange(before, events) }));
  const facts = folded.flatMap(({ before, after }) => factsBetween(before?.person, after));
  return {
    changes: folded.map((each) => each.change),
    persons: folded.map((each) => each.after),
    alongside: async (tx: Tx): Promise<void> => {
      await keepAccounts(
        tx,
        folded.flatMap((each) => each.gained),
      );
      if (facts.length > 0) await deps.announce(tx, facts, now);
    },
    /** Part of every commit that a person decided: no two of them together unmake the last administrator. */
    keepAdministrator: async (tx: Tx): Promise<void> => {
      const unmade = folded.some(({ before, after }) => isAdministrator(before?.person) && !isAdministrator(after));
      if (unmade && (await countAdministratorsAlone(tx)) === 0) throw new VersionConflict("no administrator would remain");
    },
  };
}

function isAdministrator(person: Person | undefined): boolean {
  return person?.active === true && person.roles.includes("administrator");
}

/** Commits steps of several persons together, and tells what follows from them. Returns the persons as they are then. */
export async function commitPersons(deps: PersonDependencies, steps: readonly PersonStep[], now: Instant, actor: Actor) {
  const folded = foldPersons(deps, steps, now);
  await commitOnce(deps, {
    at: now,
    actor,
    changes: folded.changes,
    alongside: async (tx) => {
      await folded.alongside(tx);
      // What a directory says of the last administrator is a fact, not a decision that could be refused.
      if (actor.kind === "person") await folded.keepAdministrator(tx);
    },
  });
  return folded.persons;
}

/** Commits; a key or account that somebody else took a moment before counts as a version conflict, to be decided again. */
export async function commitOnce(deps: CommitContext, what: Parameters<typeof commit>[1]): Promise<void> {
  try {
    await commit(deps, what);
  } catch (error) {
    if (isDuplicate(error)) throw new VersionConflict("a key was taken meanwhile");
    throw error;
  }
}

function actorOf(order: Order): Actor {
  return { kind: "person", id: order.by.id };
}
