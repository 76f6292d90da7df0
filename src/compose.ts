/** The wiring, by hand: clock, ids, database, connectors → services → routes. Nothing here decides anything. */
import { join } from "node:path";

import type { Hono } from "hono";

import { createAccessRequestExtensions } from "./compose-access-requests.ts";
import type { Callers } from "./compose-callers.ts";
import { composeDecisions, type DecisionSeams } from "./compose-decisions.ts";
import { tellFollower } from "./compose-follower.ts";
import { createEffects, type Effects } from "./compose-effects.ts";
import { addOperations } from "./compose-operations.ts";
import { type DecisionGround, openGround } from "./compose-ground.ts";
import { createLookAfter } from "./compose-health.ts";
import { describeInstallation } from "./compose-installation.ts";
import { removeLeftRestores } from "./compose-restore.ts";
import { openPublication, type Publication } from "./compose-publish.ts";
import { createRoutes } from "./compose-routes.ts";
import { createServices, type Services } from "./compose-services.ts";
import { createTickParts } from "./compose-tick.ts";
import type { Config } from "./config.ts";
import type { ConnectorFactory } from "./connectors/port.ts";
import { installationRoutes } from "./installation/index.ts";
import type { DecisionPoint, Follower } from "./decisions/index.ts";
import { type ExampleOffer, NOT_OFFERED } from "./example-organisation/offer.ts";
import { exampleRoutes } from "./example-organisation/routes.ts";
import { createPassStore } from "./bypasses/index.ts";
import { changeRoutes, createFeed, createStreams, loadLogKey, openLog, startSequencer, type Streams } from "./journal/index.ts";
import type { Clock, Instant } from "./kernel/time.ts";
import type { Ids } from "./kernel/id.ts";
import type { Database } from "./platform/db.ts";
import { createHttp, type Route } from "./platform/http.ts";
import { createIdempotencyStore } from "./platform/idempotency.ts";
import { createJobs, type Jobs } from "./platform/jobs.ts";
import type { Log } from "./platform/log.ts";
import { createMetrics } from "./platform/metrics.ts";
import { migrate } from "./platform/migrate.ts";
import { serveStatic } from "./platform/static.ts";
import { answerSnapshots } from "./platform/snapshot-socket.ts";
import { createTick, type Tick } from "./platform/tick.ts";

export const MIGRATIONS = join(import.meta.dirname, "..", "migrations");

export interface Shell {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Kinds of connectors besides those of this release, or, in an example, all there are. */
  readonly connectorFactories?: readonly ConnectorFactory[];
  /** What carries the outbox, where it is not to run by itself. */
  readonly jobs?: Jobs;
  /** What the log calls itself, where it is not the host people type: no two logs may bear one name. */
  readonly logName?: string;
  /** The example organisation beside this instance. */
  readonly example?: ExampleOffer;
  /**
   * True for an example inside of another instance, open to whoever walks in. It knows the connectors it is given and no others, so
   * that no visitor makes this machine reach out; and operators ask the other instance.
   */
  readonly isExample?: boolean;
  /** Routes of this instance alone. */
  readonly routes?: readonly Route[];
  /** What the decision point is given in place of its own. */
  readonly decisions?: DecisionSeams;
  /** What answers questions already; opened here where it is not given. */
  readonly ground?: DecisionGround;
}

/** Everything that was wired; what main, the commands and the tests take hold of. */
export interface App extends Services {
  readonly http: Hono;
  /** Answers in front of `http` (compose-listen.ts). */
  readonly decisionPoint: DecisionPoint;
  readonly callers: Callers;
  /** Keeps what it answers from in step with the journal. */
  readonly follower: Follower;
  readonly publication: Publication;
  readonly routes: readonly Route[];
  readonly database: Database;
  readonly tick: Tick;
  /** Begins to sequence, to work jobs off and to tick. */
  start(): Promise<void>;
  /** Ends what would hold its connections open for ever. */
  drain(): Promise<void>;
  /** Takes nothing new, finishes what runs, closes everything. */
  stop(): Promise<void>;
}

/** Opens the database, brings it up to date and wires everything. Nothing runs yet. */
export async function compose(config: Config, shell: Shell): Promise<App> {
  const ground = shell.ground ?? (await openGround(config, shell));
  try {
    await migrate(ground.database.db, MIGRATIONS);
    return await wire(config, shell, ground);
  } catch (error) {
    await ground.callers.close();
    await ground.database.close();
    throw error;
  }
}

async function wire(config: Config, shell: Shell, ground: DecisionGround): Promise<App> {
  const { database, follower } = ground;
  const { clock, log } = shell;
  const metrics = createMetrics();
  const jobs = shell.jobs ?? createJobs(database, log);
  const effects = createEffects(jobs, metrics);
  const register = () => follower.snapshot()?.register;
  const services = await createServices(config, { ...shell, register }, ground, effects);
  tellFollower(metrics, follower, clock);
  const decisions = wireDecisions(config, shell, services, ground);
  const { db } = database;
  const recall = (sessionId: string, now: Instant) => services.access.sessions.recall(sessionId, now);
  const streams = createStreams({ feed: createFeed({ db, log }), clock, recall });
  const routes = [
    ...createRoutes(services, database, () => follower.snapshot()),
    ...changeRoutes(streams),
    ...installationRoutes(() => describeInstallation(config, database, services.sealer)),
    ...exampleRoutes(shell.example ?? NOT_OFFERED),
    ...(shell.routes ?? []),
  ];
  const http = createHttp(routes, {
    clock,
    log,
    authenticate: (request, now) => services.access.authenticate(request, now),
    idempotency: createIdempotencyStore(database.db, services.sealer.digest),
    origin: config.origin,
    observe: (endpoint, status, seconds) => metrics.observeHttp(endpoint, status, seconds),
  });
  const tick = createTick({
    parts: createTickParts({ ...services, database, effects, forgetSessions: (now: Instant) => services.access.forget(now), log }),
    database,
    clock,
    log,
    everySeconds: config.tickSeconds,
    observe: (part, outcome, seconds) => metrics.observeTick(part, outcome, seconds),
  });
  if (shell.isExample !== true) addOperations(http, { ...services, metrics, database });
  serveStatic(http);
  return {
    ...services,
    ...decisions,
    http,
    routes,
    database,
    tick,
    ...createLifecycle(config, shell, { ...services, ...decisions, database, jobs, effects, tick, streams }),
  };
}

/** Who may ask, what is answered from, and what is published of it. */
function wireDecisions(config: Config, { clock, log, decisions }: Shell, services: Services, ground: DecisionGround) {
  const { callers, follower, decisionLog, database } = ground;
  const given = {
    decisionLog,
    authenticate: callers.authenticate,
    admission: callers.admission,
    snapshot: () => follower.snapshot(),
    extensions: createAccessRequestExtensions(services.accessRequests, services.sealer, config.origin),
  };
  const decisionPoint = composeDecisions(config, clock, log, { ...given, ...decisions });
  const publication = openPublication({ clock, log, db: database.db, callers, follower, decisionLog });
  return { callers, follower, decisionPoint, publication };
}

interface Running extends Services {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly effects: Effects;
  readonly tick: Tick;
  readonly streams: Streams;
  readonly decisionPoint: DecisionPoint;
  readonly callers: Callers;
  readonly follower: Follower;
  readonly publication: Publication;
}

function createLifecycle(config: Config, { clock, log, logName }: Shell, running: Running): Pick<App, "start" | "drain" | "stop"> {
  const { database, jobs, effects, tick, connections, streams, decisionPoint } = running;
  let snapshots: { close(): Promise<void> } | undefined;
  let stopSequencer: (() => Promise<void>) | undefined;
  return {
    async start() {
      const key = await loadLogKey({ dataDir: config.dataDir, ...(config.journalKey !== undefined && { given: config.journalKey }) });
      const signer = await openLog(database.db, key, logName ?? new URL(config.origin).host);
      const sequencer = startSequencer({ db: database.db, signer, clock, log });
      stopSequencer = () => sequencer.stop();
      // Nobody else has this folder open: what lies there of a restore is of a process that died.
      if (database.home === "embedded") await removeLeftRestores(config.dataDir, 0);
      if (database.home === "embedded") snapshots = await answerSnapshots(config.dataDir, database);
      const resealed = await connections.resealSecrets((connection, why) => log.error("secret cannot be read", { connection, why }));
      await running.accountability.resealFeeds();
      await running.canaries.resealSecrets();
      if (resealed > 0) log.info("secrets sealed with the new key", { resealed });
      if (database.home === "embedded") await createPassStore(database.db).releaseCutOff();
      await jobs.start();
      await effects.work({ ...running, lookAfter: createLookAfter({ connections, clock, log }) });
      tick.start();
      running.follower.start();
      running.publication.start(signer.key.name, key);
      running.decisionLog.start();
    },
    drain() {
      decisionPoint.drain();
      running.publication.point.drain();
      return streams.drain();
    },
    async stop() {
      await running.callers.close();
      decisionPoint.stop();
      await running.publication.stop();
      await running.follower.stop();
      await streams.drain();
      await tick.stop();
      await running.decisionLog.stop();
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
