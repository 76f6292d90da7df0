/** Every endpoint there is. */
import { accessRequestRoutes } from "./access-requests/index.ts";
import { accountabilityRoutes } from "./accountability/index.ts";
import { accessRoutes, createRateLimit, PREVIEW_LIMIT } from "./access/index.ts";
import { bypassRoutes, type LastRead } from "./bypasses/index.ts";
import { canaryRoutes } from "./canaries/index.ts";
import { createEvidence } from "./compose-evidence.ts";
import { createAnswers, createCovers, createDiscoveryWorld, createExportedConnections } from "./compose-inventory.ts";
import { type ReadSnapshot, readingDecisions } from "./compose-decision-reading.ts";
import { createNames, createPeopleViews } from "./compose-names.ts";
import { REPLAYS } from "./compose-replays.ts";
import type { Services } from "./compose-services.ts";
import { createImportWorld, importPeopleOf } from "./compose-world.ts";
import { connectionRoutes, driftRoutes } from "./connections/index.ts";
import { rulesRoutes } from "./decisions/index.ts";
import { createDiscoveryService, discoveryRoutes } from "./discovery/index.ts";
import { drillRoutes } from "./drills/index.ts";
import { estateRoutes } from "./estate/index.ts";
import { evidenceRoutes } from "./evidence/index.ts";
import {
  boardRoutes,
  bulkRoutes,
  createOwnerStore,
  createRepeatStore,
  createTodayStore,
  exceptionRoutes,
  exportRoutes,
  listRoutes,
  openDraftFromBypass,
  policyRoutes,
  previewRoutes,
  queueRoutes,
  seatsOfRoles,
  todayRoutes,
  type VerifyAssertion,
} from "./exceptions/index.ts";
import { findingRoutes } from "./findings/index.ts";
import { governanceRoutes } from "./governance/index.ts";
import { createJournalService, entriesOfSubject, journalRoutes } from "./journal/index.ts";
import { createExchange, exchangeRoutes, lockOutRoutes } from "./lockout/index.ts";
import { messageRoutes } from "./messages/index.ts";
import { peopleRoutes } from "./people/index.ts";
import type { Database } from "./platform/db.ts";
import type { Route } from "./platform/http.ts";

export function createRoutes(services: Services, { db }: Database, snapshot: ReadSnapshot): readonly Route[] {
  const { access, people, estate, connections, drift, bypasses, exceptions, categories, governance } = services;
  const verifyAssertion: VerifyAssertion = async (caller, body, decided, now) =>
    (await access.assertions.verify(caller, body, decided, now)).digest;
  const journal = createJournalService(db, REPLAYS);
  const answered = { answersFor: createAnswers(people, createOwnerStore(db)), coversOf: createCovers(exceptions.store) };
  const previews = createRateLimit(PREVIEW_LIMIT);
  const nameOf = async (person: string) => (await people.findPerson(person))?.displayName;
  const reportsOf = async (manager: string) =>
    (await people.listPeople({ manager, active: true, limit: 200 })).items.map(({ person }) => person.id);
  const { providers, everRead } = createProvidersRead(connections, bypasses);
  const reading = {
    ...exceptions,
    register: categories,
    entriesOf: (subject: string) => entriesOfSubject(db, subject),
    countBypasses: () => bypasses.countByStatus(),
  };
  return [
    ...accessRoutes(access),
    ...peopleRoutes(people),
    ...estateRoutes(estate),
    ...connectionRoutes(connections, importPeopleOf(people)),
    ...canaryRoutes(services.canaries, async (opened, now) => (await services.tryAs(opened, now)).attempt),
    ...driftRoutes(connections, drift),
    ...drillRoutes({ ...services, hash: exceptions.hash, nameOf, verifyAssertion }),
    ...bypassRoutes(bypasses, (claim) => openDraftFromBypass(exceptions, claim), { ...answered, providers: everRead }),
    ...discoveryRoutes(createDiscoveryService(createDiscoveryWorld(services, answered))),
    ...journalRoutes(journal, createNames(journal)),
    ...evidenceRoutes(createEvidence(services, db)),
    ...exceptionRoutes({
      ...reading,
      importWorld: createImportWorld(services),
      seatsOfCaller: (caller) => seatsOfRoles(caller.roles),
      verifyAssertion,
    }),
    ...messageRoutes({ ...services.messages, nameOf }),
    ...policyRoutes({ store: exceptions.store, categories, nameOf, hash: exceptions.hash, verifyAssertion }),
    ...queueRoutes({ ...reading, reportsOf }),
    ...previewRoutes(exceptions, (person, now) => previews.take(person, now)),
    ...bulkRoutes(exceptions, verifyAssertion),
    ...exportRoutes({ ...exceptions, connectionOf: createExportedConnections(connections) }, (caller) => seatsOfRoles(caller.roles)),
    ...listRoutes({
      ...reading,
      repeatStore: createRepeatStore(db),
      openIssueAbout: async (about) => (await governance.findOpenAbout(about))?.id,
    }),
    ...boardRoutes({ ...reading, repeatStore: createRepeatStore(db), nameOf, acceptedRisks: () => governance.acceptedTimes() }),
    ...todayRoutes({
      ...reading,
      reportsOf,
      todayStore: createTodayStore(db),
      providers,
    }),
    ...readingDecisions(services, db, snapshot),
    ...answeringRoutes(services, nameOf, verifyAssertion),
  ];
}

/** Which providers were read, and when. */
function createProvidersRead(connections: Services["connections"], bypasses: Services["bypasses"]) {
  const providers = async () =>
    (await connections.list())
      .filter(({ connection }) => connection.status === "connected")
      .map(({ connection: { id, name }, scannedAt }) => ({ id, name, readAt: scannedAt ?? null }));
  /** Whether what stood in a connection that was removed is closed nobody knows: it is shown, and shown as old. */
  const everRead = async () => {
    const found: LastRead[] = [];
    for (const { connection, scannedAt } of await connections.list()) {
      const isRemoved = connection.status === "removed";
      if (isRemoved && !(await bypasses.hasStanding(connection.id))) continue;
      found.push({ id: connection.id, name: connection.name, readAt: scannedAt ?? null, isRemoved });
    }
    return found;
  };
  return { providers, everRead };
}

/** Who answers, what nobody answers for, and what locks out. */
function answeringRoutes(services: Services, nameOf: (person: string) => Promise<string | undefined>, verifyAssertion: VerifyAssertion) {
  return [
    ...accessRequestRoutes({ service: services.accessRequests, verifyAssertion, hash: services.exceptions.hash }),
    ...accountabilityRoutes({ service: services.accountability, verifyAssertion }),
    ...findingRoutes({ service: services.findings, nameOf }),
    ...governanceRoutes({ service: services.governance, nameOf, verifyAssertion }),
    ...rulesRoutes({ service: services.rules, hash: services.exceptions.hash, nameOf, verifyAssertion }),
    ...exchangeRoutes(
      createExchange({
        loadModel: () => services.estate.model.loadModel(),
        zone: async () => (await services.estate.loadOrganisation()).zone,
        apply: (items, { dryRun, now, by }) =>
          services.estate.applyModel(items, { dryRun, now, actor: { kind: "person", id: by.id }, roles: by.roles }),
      }),
    ),
    ...lockOutRoutes({
      service: services.lockOut,
      people: createPeopleViews(services.estate),
      undrilled: (sets, now) => services.drillResults.undrilledSets(sets, now),
      connectionKey: async (id) => (await services.connections.list()).find(({ connection }) => connection.id === id)?.connection.key,
    }),
  ];
}
