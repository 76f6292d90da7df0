/** The wiring, by hand: clock, ids, database, connectors → services → routes. Nothing here decides anything. */
import { createHash } from "node:crypto";
import { join } from "node:path";

import type { Hono } from "hono";

import { type Access, accessRoutes, createAccess } from "./access/index.ts";
import { bypassRoutes, type BypassService, createBypassService, createBypassStore } from "./bypasses/index.ts";
import { createConnectorFactories } from "./compose-connectors.ts";
import { createEffects, type Effects } from "./compose-effects.ts";
import { addOperations } from "./compose-operations.ts";
import { REPLAYS } from "./compose-replays.ts";
import { createTickParts } from "./compose-tick.ts";
import { createImportWorld, createPersonDirectory, createWorld, importPeopleOf } from "./compose-world.ts";
import type { Config } from "./config.ts";
import { connectionRoutes, type ConnectionService, createConnectionService, createConnectionStore } from "./connections/index.ts";
import { createEstateService, estateRoutes, type EstateService } from "./estate/index.ts";
import {
  coverageOf,
  createCategoryRegister,
  createExceptionStore,
  type ExceptionDependencies,
  exceptionRoutes,
  type News,
  openDraftFromBypass,
  reopenFor,
  seatsOfRoles,
} from "./exceptions/index.ts";
import { createJournalService, entriesOfSubject, journalRoutes, loadLogKey, openLog, startSequencer } from "./journal/index.ts";
import type { Clock, Instant } from "./kernel/time.ts";
import type { Ids } from "./kernel/id.ts";
import { type AnnouncePeople, createPeopleService, peopleRoutes, type PeopleService } from "./people/index.ts";
import { type Database, openDatabase } from "./platform/db.ts";
import { createHttp, type Route } from "./platform/http.ts";
import { createIdempotencyStore } from "./platform/idempotency.ts";
import { createJobs, type Jobs } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createMetrics, type Metrics } from "./platform/metrics.ts";
import { migrate } from "./platform/migrate.ts";
import { answerSnapshots } from "./platform/snapshot-socket.ts";
import { loadSeal } from "./platform/seal.ts";
import { createTick, type Tick } from "./platform/tick.ts";

export const MIGRATIONS = join(import.meta.dirname, "..", "migrations");

export interface Shell {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Everything that was wired; what main, the commands and the tests take hold of. */
export interface App {
  readonly http: Hono;
  readonly routes: readonly Route[];
  readonly database: Database;
  readonly access: Access;
  readonly people: PeopleService;
  readonly estate: EstateService;
  readonly connections: ConnectionService;
  readonly bypasses: BypassService;
  readonly exceptions: ExceptionDependencies;
  readonly tick: Tick;
  /** Begins to sequence, to work jobs off and to tick. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what runs, closes everything. */
  stop(): Promise<void>;
}

/** Opens the database, brings it up to date and wires everything. Nothing runs yet. */
export async function compose(config: Config, shell: Shell): Promise<App> {
  const database = await openDatabase({
    ...(config.databaseUrl !== undefined && { databaseUrl: config.databaseUrl }),
    dataDir: config.dataDir,
  });
  try {
    await migrate(database.db, MIGRATIONS);
    return await wire(config, shell, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function wire(config: Config, shell: Shell, database: Database): Promise<App> {
  const { db } = database;
  const { clock, ids, log } = shell;
  const context = { db, ids };
  const metrics = createMetrics();
  const jobs = createJobs(database, log);
  const effects = createEffects(jobs, metrics);
  const announcePeople: AnnouncePeople = (tx, facts, at) =>
    effects.announce(
      tx,
      facts.map(({ person, what }) => ({ about: "person", id: person, what })),
      at,
    );
  const people = createPeopleService({ ...context, announce: announcePeople });
  const connectionStore = createConnectionStore(db);
  const estate = createEstateService({
    ...context,
    announcePeople,
    announce: (tx, facts, at) =>
      effects.announce(
        tx,
        facts.map(({ kind, ...fact }) => ({ about: kind, ...fact }) as News),
        at,
      ),
    findConnection: async (key) => (await connectionStore.findByKey(key))?.connection.id,
  });
  const access = createAccess({ ...context, origin: config.origin, directory: createPersonDirectory(people) });
  const connections = createConnectionService({
    ...context,
    store: connectionStore,
    factories: createConnectorFactories(clock, config.dataDir),
    sealer: await loadSeal({ given: config.sealKey, dataDir: config.dataDir }),
  });
  const register = createCategoryRegister(context);
  const bypassStore = createBypassStore(db);
  const exceptions: ExceptionDependencies = {
    ...context,
    clock,
    store: createExceptionStore(db),
    world: createWorld({ people, estate, connections, bypassStore }),
    hash: sha256Text,
    categories: (key) => register.find(key),
    requestConverge: (tx, exception) => effects.requestConverge(tx, exception),
  };
  const bypasses = createBypassService({
    ...context,
    clock,
    store: bypassStore,
    connector: (id) => connections.connector(id),
    coverage: (connection) => coverageOf(exceptions.store, connection),
    reappeared: (exception, bypass, now) => reopenFor(exceptions, exception, bypass, now),
    noteScan: (id, at, words) => connections.noteScan(id, at, words),
  });
  const routes = [
    ...accessRoutes(access),
    ...peopleRoutes(people),
    ...estateRoutes(estate),
    ...connectionRoutes(connections, importPeopleOf(people)),
    ...bypassRoutes(bypasses, (claim) => openDraftFromBypass(exceptions, claim)),
    ...journalRoutes(createJournalService(db, REPLAYS)),
    ...exceptionRoutes({
      ...exceptions,
      register,
      entriesOf: (subject) => entriesOfSubject(db, subject),
      importWorld: createImportWorld({ people, estate, connections }),
      countBypasses: () => bypasses.countByStatus(),
      seatsOfCaller: (caller) => seatsOfRoles(caller.roles),
      verifyAssertion: async (caller, body, decided, now) => (await access.assertions.verify(caller, body, decided, now)).digest,
    }),
  ];
  const http = createHttp(routes, {
    clock,
    log,
    authenticate: (request, now) => access.authenticate(request, now),
    idempotency: createIdempotencyStore(db),
    origin: config.origin,
    observe: (endpoint, status, seconds) => metrics.observeHttp(endpoint, status, seconds),
  });
  const tick = createTick({
    parts: createTickParts({
      database,
      exceptions,
      bypasses,
      connections,
      effects,
      forgetSessions: (now: Instant) => access.forget(now),
      log,
    }),
    database,
    clock,
    log,
    everySeconds: config.tickSeconds,
    observe: (part, outcome, seconds) => metrics.observeTick(part, outcome, seconds),
  });
  addOperations(http, { metrics, database, exceptions, bypasses, origin: config.origin });
  const lifecycle = createLifecycle(config, shell, { database, jobs, effects, exceptions, bypasses, connections, tick, metrics });
  return { http, routes, database, access, people, estate, connections, bypasses, exceptions, tick, ...lifecycle };
}

interface Running {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly effects: Effects;
  readonly exceptions: ExceptionDependencies;
  readonly bypasses: BypassService;
  readonly connections: ConnectionService;
  readonly tick: Tick;
  readonly metrics: Metrics;
}

function createLifecycle(config: Config, { clock, log }: Shell, running: Running): Pick<App, "start" | "stop"> {
  const { database, jobs, effects, tick, connections } = running;
  let snapshots: { close(): Promise<void> } | undefined;
  let stopSequencer: (() => Promise<void>) | undefined;
  return {
    async start() {
      const key = await loadLogKey({ dataDir: config.dataDir, ...(config.journalKey !== undefined && { given: config.journalKey }) });
      const signer = await openLog(database.db, key, new URL(config.origin).host);
      const sequencer = startSequencer({ db: database.db, signer, clock, log });
      stopSequencer = () => sequencer.stop();
      if (database.home === "embedded") snapshots = await answerSnapshots(config.dataDir, database);
      const resealed = await connections.resealSecrets();
      if (resealed > 0) log.info("secrets sealed with the new key", { resealed });
      await jobs.start();
      await effects.work(running.exceptions, (connection) => running.bypasses.scan(connection));
      tick.start();
    },
    async stop() {
      await tick.stop();
      if (stopSequencer !== undefined) {
        await jobs.stop();
        await stopSequencer();
      }
      await snapshots?.close();
      await connections.close();
      await database.close();
    },
  };
}

function sha256Text(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
