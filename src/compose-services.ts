/** Every module's service over the database, each given what it asks of the others. */
import { createHash } from "node:crypto";

import { type AccountabilityService, createFeedKeeping } from "./accountability/index.ts";
import { type Access, createAccess } from "./access/index.ts";
import type { RequestService } from "./access-requests/index.ts";
import { type BypassService, createBypassStore } from "./bypasses/index.ts";
import { createAccessRequests } from "./compose-access-requests.ts";
import { createAccountability } from "./compose-accountability.ts";
import { createBypasses } from "./compose-bypasses.ts";
import type { CanaryService } from "./canaries/index.ts";
import { createCanaries } from "./compose-canaries.ts";
import { createProbing, type Probing } from "./compose-probes.ts";
import { createConnectorFactories } from "./compose-connectors.ts";
import {
  createRulesService,
  createUsesService,
  type DecisionLogService,
  type RulesDependencies,
  type RulesService,
  type UsesService,
} from "./decisions/index.ts";
import { createDrills, type Drills } from "./compose-drills.ts";
import { createDrillResults, createDrillStore } from "./drills/index.ts";
import type { Effects } from "./compose-effects.ts";
import type { DecisionGround } from "./compose-ground.ts";
import { createLockOut } from "./compose-lockout.ts";
import { readEndpoint } from "./compose-endpoints.ts";
import { createMessages, type Messages } from "./compose-messages.ts";
import { createStandingWorld } from "./compose-standing.ts";
import { createGovernanceWorld, createPersonDirectory, createWorld } from "./compose-world.ts";
import type { Config } from "./config.ts";
import {
  type ConnectionService,
  createConnectionService,
  createConnectionStore,
  createDriftService,
  createDriftStore,
  type DriftService,
} from "./connections/index.ts";
import { createEstateService, type EstateService } from "./estate/index.ts";
import {
  type CategoryRegister,
  createCategoryRegister,
  createExceptionStore,
  type ExceptionDependencies,
  type News,
} from "./exceptions/index.ts";
import { createFindingSources } from "./compose-findings.ts";
import { createFindingService, createFindingStore, type FindingService } from "./findings/index.ts";
import { createGovernanceService, type GovernanceService } from "./governance/index.ts";
import type { LockOutService } from "./lockout/index.ts";
import { createCalendarStore, findingsSubject } from "./messages/index.ts";
import type { ConnectorFactory } from "./connectors/port.ts";
import type { CommitContext } from "./journal/append.ts";
import type { Ids } from "./kernel/id.ts";
import type { Clock } from "./kernel/time.ts";
import { type AnnouncePeople, createPeopleService, type PeopleService } from "./people/index.ts";
import type { Tx } from "./platform/db.ts";
import type { Log } from "./platform/log.ts";
import { loadSeal, type Seal } from "./platform/seal.ts";

interface Foundation {
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly access: Access;
  readonly connections: ConnectionService;
  readonly drift: DriftService;
  readonly sealer: Seal;
  readonly canaries: CanaryService;
}

export interface Services extends Foundation, Drills, Probing {
  readonly categories: CategoryRegister;
  readonly governance: GovernanceService;
  readonly lockOut: LockOutService;
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly findings: FindingService;
  readonly messages: Messages;
  readonly accountability: AccountabilityService;
  readonly decisionLog: DecisionLogService;
  readonly accessRequests: RequestService;
  readonly rules: RulesService;
  readonly uses: UsesService;
}

interface ServicesShell {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly connectorFactories?: readonly ConnectorFactory[];
  readonly isExample?: boolean;
  /** The register as decisions see it now; undefined until it was read once. */
  readonly register: RulesDependencies["register"];
}

export async function createServices(
  config: Config,
  { clock, ids, log, connectorFactories = [], isExample = false, register }: ServicesShell,
  { database: { db }, decisionLog }: Pick<DecisionGround, "database" | "decisionLog">,
  effects: Effects,
): Promise<Services> {
  const context = { db, ids };
  // What was given stands before what this release has.
  const factories = [...connectorFactories, ...(isExample ? [] : createConnectorFactories(clock, config.dataDir, db))];
  const foundation = await createFoundation(config, context, clock, effects, factories);
  const categories = createCategoryRegister(context);
  const bypassStore = createBypassStore(db);
  const store = createExceptionStore(db);
  const requestTelling = (tx: Tx, subject: string) => effects.requestTelling(tx, subject);
  const findingStore = createFindingStore(db);
  const lockOut = createLockOut(foundation.estate);
  const world = createGovernanceWorld(foundation, store, createStandingWorld({ exceptions: store, findings: findingStore, lockOut }));
  const governance = createGovernanceService({ ...context, world, hash: sha256Text, requestTelling });
  const uses = createUsesService(db);
  const exceptions = createRegister({
    context,
    clock,
    store,
    categories,
    effects,
    world: createWorld({ ...foundation, bypassStore, governance, lockOut, uses }),
  });
  const probing = await createProbing(config, { ...foundation, db, clock, reachesOut: !isExample });
  const drills = createDrills({ ...foundation, ...probing, context, clock, log, effects, hash: sha256Text });
  const bypasses = createBypasses({ ...foundation, exceptions, bypassStore, effects });
  const accountability = createAccountability({ ...foundation, context, hash: sha256Text, effects });
  const accessRequests = createAccessRequests({ ...foundation, context, exceptions, accountability, requestTelling });
  const findings = createFindingService({
    ...context,
    log,
    store: findingStore,
    sources: createFindingSources({
      ...foundation,
      ...probing,
      ...drills,
      context,
      accountability,
      exceptions,
      bypassStore,
      lockOut,
      governance,
      uses,
      accessRequests,
      reachesOut: !isExample,
    }),
    persons: (ids) => foundation.people.findPersons(ids),
    risksInForce: (now) => governance.acceptedFindings(now),
    requestTelling: (tx, owner) => requestTelling(tx, findingsSubject(owner)),
  });
  const told = { exceptions: store, world: exceptions.world, seal: foundation.sealer, governance, accountability, bypasses, findings };
  const messages = await createMessages(config, { ...foundation, ...drills, context, clock, log, effects, accessRequests, ...told });
  const asking = { decisionLog, uses, accessRequests, rules: createRulesService({ ...context, register, byTwo: config.rulesByTwo }) };
  const answering = { categories, governance, lockOut, exceptions, bypasses, messages, accountability, findings, ...asking };
  return { ...foundation, ...drills, ...probing, ...answering };
}

type RegisterParts = Pick<ExceptionDependencies, "clock" | "store" | "world"> & {
  readonly context: CommitContext;
  readonly categories: CategoryRegister;
  readonly effects: Effects;
};

function createRegister({ context, categories, effects, ...given }: RegisterParts): ExceptionDependencies {
  return {
    ...context,
    ...given,
    hash: sha256Text,
    categories: (key) => categories.find(key),
    requestConverge: (tx, exception) => effects.requestConverge(tx, exception),
    requestIssues: (tx, exception) => effects.requestIssues(tx, exception),
    requestTelling: (tx, subject) => effects.requestTelling(tx, subject),
  };
}

/** What the register stands on: who is who, what they answer for, and the providers. */
async function createFoundation(
  config: Config,
  context: CommitContext,
  clock: Clock,
  effects: Effects,
  factories: readonly ConnectorFactory[],
): Promise<Foundation> {
  const announcePeople: AnnouncePeople = async (tx, facts, at) => {
    const calendars = createCalendarStore(tx);
    for (const { person, what } of facts) if (what === "left") await calendars.remove(person);
    await effects.announce(
      tx,
      facts.map(({ person, what }) => ({ about: "person", id: person, what })),
      at,
    );
  };
  const people = createPeopleService({ ...context, announce: announcePeople });
  const connectionStore = createConnectionStore(context.db);
  const sealer = await loadSeal({ given: config.sealKey, dataDir: config.dataDir });
  const estate = createEstateService({
    ...context,
    feeds: createFeedKeeping({ db: context.db, sealer }),
    announcePeople,
    announce: (tx, facts, at) =>
      effects.announce(
        tx,
        facts.map(({ kind, ...fact }) => ({ about: kind, ...fact }) as News),
        at,
      ),
    findConnection: async (key) => (await connectionStore.findByKey(key))?.connection.id,
    listConnections: async () =>
      (await connectionStore.list()).map(({ connection }) => connection).filter(({ status }) => status === "connected"),
    readEndpoint,
    listRepairs: async (now) =>
      [...(await createDrillResults({ store: createDrillStore(context.db) }).measuredRepairs(now))].map(([component, repair]) => ({
        component,
        ...repair,
      })),
  });
  const connections = createConnectionService({
    ...context,
    countNeeding: (id) => createExceptionStore(context.db).countNeeding(id),
    store: connectionStore,
    factories,
    sealer,
  });
  const drift = createDriftService({
    ...context,
    clock,
    store: createDriftStore(context.db),
    connections: connectionStore,
    connector: (id) => connections.connector(id),
    requestTelling: (tx, connection) => effects.requestTelling(tx, connection),
  });
  const access = createAccess({
    ...context,
    origin: config.origin,
    directory: createPersonDirectory(people, connections),
    company: config.company,
    sealer,
  });
  const canaries = createCanaries(context, sealer, connections);
  return { people, estate, access, connections, drift, sealer, canaries };
}

function sha256Text(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
