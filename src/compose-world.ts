/** What one module asks of the others, answered: the register's world, access's persons, the import's names. */
import type { PersonDirectory } from "./access/index.ts";
import type { BypassStore } from "./bypasses/index.ts";
import { sharedFates } from "./compose-lockout.ts";
import type { CanaryService } from "./canaries/index.ts";
import type { ConnectionService, DriftService, ImportPeople } from "./connections/index.ts";
import type { UsesService } from "./decisions/index.ts";
import type { EstateService } from "./estate/index.ts";
import { type ExceptionStore, type ImportWorld, seatsOfRoles, wantedBy, type World } from "./exceptions/index.ts";
import type { GovernanceService, GovernanceWorld, StandingWorld } from "./governance/index.ts";
import type { LockOutService } from "./lockout/index.ts";
import type { Instant } from "./kernel/time.ts";
import type { PeopleService } from "./people/index.ts";

export interface WorldSources {
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly connections: ConnectionService;
  readonly drift: DriftService;
  readonly bypassStore: BypassStore;
  readonly governance: GovernanceService;
  readonly lockOut: LockOutService;
  readonly canaries: CanaryService;
  readonly uses: UsesService;
}

export function createWorld({ people, estate, connections, drift, bypassStore, governance, lockOut, canaries, uses }: WorldSources): World {
  return {
    sharedFates: () => sharedFates(lockOut, connections),
    async person(id) {
      const person = await people.findPerson(id);
      return person && { id: person.id, name: person.displayName, active: person.active, roles: person.roles, manager: person.manager };
    },
    async delegationsTo(person, now) {
      const delegations = await people.delegationsTo(person, now);
      return delegations.map(({ id, from, to, validFrom, validUntil, role }) => {
        const seats = role === null ? null : seatsOfRoles([role]);
        return { id, from, to, validFrom, validUntil, seats, categories: null, redelegated: false };
      });
    },
    actsFor: (person, now) => people.actsFor(person, now),
    zone: async () => (await estate.loadOrganisation()).zone,
    async application(id) {
      const application = await estate.findApplication(id);
      return application && { owner: application.owner, retired: application.status === "retired" };
    },
    deviceClassLead: async (id) => (await estate.findDeviceClass(id))?.lead,
    vendorContractEnd: async (vendor, contract) => estate.contractEnd(vendor, contract),
    personOfSubject: async (connection, key) => (await people.findPersonByKey(connection, key))?.id,
    peopleOfAccounts: async (connection, keys) => (await people.findPersonsByKeys(connection, keys)).map(({ id }) => id),
    async holdersOf(connection, keys) {
      const asked = new Set(keys);
      return (await people.findPersonsByKeys(connection, keys)).flatMap(({ id, displayName: name, unit, accounts }) =>
        accounts
          .filter((account) => account.connection === connection && asked.has(account.key))
          .map(({ key }) => ({ key, id, name, unit })),
      );
    },
    connector: (connection) => connections.connector(connection),
    seenBypass: async (connection, key) => (await bypassStore.findByKey(connection, key))?.bypass.seen,
    whoPut: async (connection, subject, object) => (await drift.originsByNow(connection, [{ subject, object }]))(subject, object),
    async designIssue(id) {
      const issue = await governance.findIssue(id);
      return issue && { open: issue.state === "open", about: issue.about };
    },
    openIssueAbout: async (about) => (await governance.findOpenAbout(about))?.id,
    drillSubjects: () => canaries.subjectKeys(),
    usesOf: (asked, now) => uses.usesOf(asked, now),
    riskAcceptance: (id, now) => governance.findAccepted(id, now),
  };
}

export function createGovernanceWorld(
  { people, estate }: Pick<WorldSources, "people" | "estate">,
  store: ExceptionStore,
  standing: StandingWorld,
): GovernanceWorld {
  return {
    ...standing,
    person: (id) => people.findPerson(id),
    actsFor: (id, now) => people.actsFor(id, now),
    async applicationOwner(id) {
      const application = await estate.findApplication(id);
      return application?.status === "retired" ? undefined : application?.owner;
    },
    async wantedBy(exception) {
      const found = await store.find(exception);
      return found && wantedBy(found.exception);
    },
  };
}

export function createPersonDirectory(people: PeopleService, connections: ConnectionService): PersonDirectory {
  return {
    loadCaller: (person) => people.loadCaller(person),
    async findByAccount(connectionKey, key) {
      const connection = (await connections.findByKey(connectionKey))?.connection;
      if (connection?.status !== "connected") return undefined;
      const person = await people.findPersonByKey(connection.id, key);
      // A privileged or a test account beside it may be shared by several, and what somebody linked by hand may be anybody's:
      // only what an import found is proof of who somebody is.
      const isTheirs = person?.accounts.some(
        (account) =>
          account.connection === connection.id && account.key === key && account.enabled && !account.secondary && account.byHand !== true,
      );
      return isTheirs === true ? person?.id : undefined;
    },
    createFirstAdministrator: (person, now) => people.createFirstAdministrator(person, now),
  };
}

export function createImportWorld({ people, estate, connections }: Pick<WorldSources, "people" | "estate" | "connections">): ImportWorld {
  return {
    connectionByKey: async (key) => (await connections.findByKey(key))?.connection.id,
    findPerson: async (text) => (await people.findPersonByReference(text))?.id,
    applicationByKey: async (key) => (await estate.findApplicationByKey(key))?.id,
  };
}

export function importPeopleOf(people: PeopleService): ImportPeople {
  return (connector, connectionId, now) => people.importPeople(connector.people(), connectionId, now as Instant);
}
