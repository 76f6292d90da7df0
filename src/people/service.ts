/** People: who somebody is, what they hold, who acts for whom. The one face of this module for the others. */
import type { DirectoryPerson } from "../connectors/port.ts";
import type { CommitContext, SubjectChange } from "../journal/append.ts";
import type { Instant } from "../kernel/time.ts";
import { type Delegation, delegationInForce } from "./delegation.ts";
import { createDelegationCommands } from "./delegation-service.ts";
import { createDelegationStore } from "./delegation-store.ts";
import { importPeople, type ImportResult } from "./import-service.ts";
import { isAvailable, type Person, type PersonId } from "./person.ts";
import { type AnnouncePeople, createPersonCommands, loadStored, NOTHING_KNOWN } from "./person-service.ts";
import type { Role } from "./role.ts";
import { createPersonStore, personChange, type PersonFilter, type PersonStore } from "./store.ts";
import { createTeamCommands } from "./team-service.ts";
import { createTeamStore } from "./team-store.ts";

export interface PeopleDependencies extends CommitContext {
  /** Told of leavers, returners and changes of role, manager or unit in the transaction that makes them true. */
  readonly announce?: AnnouncePeople;
}

export type PeopleService = ReturnType<typeof createPeopleService>;

export function createPeopleService(given: PeopleDependencies) {
  const store = createPersonStore(given.db);
  const teams = createTeamStore(given.db);
  const delegations = createDelegationStore(given.db);
  const deps = { db: given.db, ids: given.ids, announce: given.announce ?? (() => Promise.resolve()), store, teams, delegations };
  return {
    ...createPersonCommands(deps),
    ...createTeamCommands(deps),
    ...createDelegationCommands(deps),
    ...createQueries(store, delegations),

    /** Brings the persons of a directory in; see {@link importPeople}. */
    importPeople: (people: AsyncIterable<DirectoryPerson>, connectionId: string, now: Instant): Promise<ImportResult> =>
      importPeople(deps, people, connectionId, now),

    /** Who is calling, for access; undefined for nobody. */
    async loadCaller(id: string): Promise<{ name: string; roles: readonly Role[]; active: boolean } | undefined> {
      const person = (await store.find(id))?.person;
      return person && { name: person.displayName, roles: person.roles, active: person.active };
    },

    /** The change that makes the first administrator, not committed yet. */
    createFirstAdministrator: ({ id, name }: { readonly id: string; readonly name: string }, _now: Instant): Promise<SubjectChange> => {
      const roles: readonly Role[] = ["administrator"];
      const data = { ...NOTHING_KNOWN, id: id as PersonId, displayName: name, roles, source: "invitation", accounts: [] } as const;
      return Promise.resolve(personChange(undefined, [{ type: "personAdded", data }]).change);
    },
  };
}

function createQueries(store: PersonStore, delegations: ReturnType<typeof createDelegationStore>) {
  const find = async (id: string): Promise<Person | undefined> => (await store.find(id))?.person;
  return {
    /** A person with its version. Throws `people.notFound` (404). */
    loadPerson: (id: string) => loadStored(store, id),
    findPerson: find,
    /** Several at once, those that exist, in the order of their ids. */
    findPersons: async (ids: readonly string[]): Promise<Person[]> => (await store.findAll(ids)).map(({ person }) => person),
    /** The person whose account this is; `connection` is an id, `key` the provider's unchanging one. */
    async findPersonByKey(connection: string, key: string): Promise<Person | undefined> {
      const [found] = await store.findByAccounts([{ connection, key }]);
      return found?.person;
    },
    /** Everybody whose accounts these are. */
    findPersonsByKeys: async (connection: string, keys: readonly string[]): Promise<Person[]> =>
      (await store.findByAccounts(keys.map((key) => ({ connection, key })))).map(({ person }) => person),
    /**
     * Whom a list kept elsewhere means: by our id, by the key of the estate file, or by an e-mail address exactly one active
     * person has. For lists people typed only; accounts are matched by the provider's key.
     */
    async findPersonByReference(text: string): Promise<Person | undefined> {
      const [keyed] = await store.findByKeys([text]);
      const found = (await find(text)) ?? keyed?.person;
      if (found !== undefined || !text.includes("@")) return found;
      const meant = await store.findByMails([text]);
      return meant.length === 1 ? meant[0]?.person : undefined;
    },
    /** Whose these addresses, in lower case, are: of each that exactly one person has who is here. */
    async findPersonsByMails(mails: readonly string[]): Promise<ReadonlyMap<string, Person>> {
      const having = Map.groupBy(await store.findByMails(mails), ({ person }) => person.email!.toLowerCase());
      return new Map([...having].flatMap(([mail, those]) => (those.length === 1 ? [[mail, those[0]!.person] as const] : [])));
    },
    /** Persons by name, a page at a time. */
    listPeople: (filter: PersonFilter) => store.list(filter),
    /** Who can decide in a role at this moment: holds it, is there, and is not away. */
    async holdersOf(role: Role, now: Instant): Promise<Person[]> {
      return (await store.withRole(role)).map(({ person }) => person).filter((person) => isAvailable(person, now));
    },
    /** Everybody who holds a role and is still here, on leave or not: whom it concerns what the role is asked. */
    async activeInRole(role: Role): Promise<Person[]> {
      return (await store.withRole(role)).map(({ person }) => person);
    },
    /** Roles of a person as they are now; none for who left or is not known. */
    async rolesOf(id: string): Promise<readonly Role[]> {
      const person = await find(id);
      return person?.active === true ? person.roles : [];
    },
    /** The manager, whether or not they are there; undefined when there is none. */
    async managerOf(id: string): Promise<Person | undefined> {
      const manager = (await find(id))?.manager;
      return manager === undefined || manager === null ? undefined : find(manager);
    },
    /** Delegations in force at this moment that the person gave or holds. */
    delegationsOf: (id: string, now: Instant): Promise<Delegation[]> => inForce(delegations, id, now),
    /** Delegations in force at this moment by which the person may decide for another. */
    async delegationsTo(id: string, now: Instant): Promise<Delegation[]> {
      return (await inForce(delegations, id, now)).filter((each) => each.to === id);
    },
    /** Those in whose place the person stands in everything: as their deputy, or as whom they handed all their roles to for now. */
    async standsInFor(id: string, now: Instant): Promise<PersonId[]> {
      const handed = (await inForce(delegations, id, now)).filter(({ to, role }) => to === id && role === null);
      const deputised = await store.deputisedBy(id);
      return [...new Set([...handed.map(({ from }) => from), ...deputised.map(({ person }) => person.id)])].toSorted();
    },
    /**
     * Everybody who is tied to the person at this moment so that neither may decide what the other asks for: delegates and
     * deputies of the person, and those the person is delegate or deputy of.
     */
    async actsFor(id: string, now: Instant): Promise<PersonId[]> {
      const tied = (await inForce(delegations, id, now)).map((each) => (each.from === id ? each.to : each.from));
      const deputy = (await find(id))?.deputy ?? null;
      const principals = (await store.deputisedBy(id)).map(({ person }) => person.id);
      return [...new Set([...tied, ...(deputy === null ? [] : [deputy]), ...principals])].toSorted();
    },
  };
}

async function inForce(delegations: ReturnType<typeof createDelegationStore>, id: string, now: Instant): Promise<Delegation[]> {
  return (await delegations.inForce(id, now)).filter((each) => delegationInForce(each, now));
}
