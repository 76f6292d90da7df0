/** `serve` runs everything in one process; `tick` does once what is due, for tests of a moment and for schedulers of your own. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type App, compose, type Shell } from "./compose.ts";
import { isDatabaseThere, openStandIn, untilThere } from "./compose-await.ts";
import type { Callers } from "./compose-callers.ts";
import { type DecisionGround, openGround } from "./compose-ground.ts";
import { createDoor, createHttpServer, decisionsOnly, type Door, type Fetch, oneAfterAnother } from "./compose-listen.ts";
import { type Config, readConfig } from "./config.ts";
import { createExampleOrganisation } from "./example-organisation/organisation.ts";
import { parseInstant } from "./kernel/time.ts";
import { manualClock, systemClock } from "./platform/clock.ts";
import { randomIds } from "./platform/ids.ts";
import { createLog } from "./platform/log.ts";
import { type Command, type CommandInput, UsageFault } from "./cli/command.ts";

/** Requests under way get this long to finish after SIGTERM. */
const DRAIN_MS = 10_000;

export const serveCommand: Command = {
  name: "serve",
  usage: "",
  summary: "Run the server: console, API, tick and outbox in one process",
  options: {},
  async run(input) {
    const config = readConfig(input.env);
    const log = createLog(
      () => systemClock.now(),
      (line) => process.stderr.write(line),
      config.logLevel,
    );
    const example = createExampleOrganisation({ config, clock: systemClock, log });
    await serve(
      config,
      { clock: systemClock, ids: randomIds(systemClock), log, example },
      {
        fetchOf: (app) => example.front(app),
        started: () => example.resume(),
        stopping: () => example.stop(),
        said: (app, port) => (app === undefined ? input.print(waiting(config, port)) : greet(input, app, config, port)),
      },
    );
    return 0;
  },
};

interface Serving {
  readonly fetchOf: (app: App) => Fetch;
  readonly started: () => Promise<void>;
  readonly stopping: () => Promise<void>;
  /** Told whenever a port answers: without the app where its database is away. */
  readonly said: (app: App | undefined, port: number) => Promise<void> | void;
}

/** Serves until a signal says to end. */
export async function serve(config: Config, shell: Shell, serving: Serving): Promise<void> {
  const { log } = shell;
  const ground = await openGround(config, shell);
  const early = await answerEarly(config, shell, ground, serving);
  if (early?.end !== undefined) return;
  const app = await begin(config, { ...shell, ground }, early);
  await serving.started();
  const point = oneAfterAnother([app.decisionPoint, app.publication.point]);
  const { server, port } = await openDoors(config, app.callers, { point, fetch: serving.fetchOf(app) }, early?.open);
  early?.standIn.stop();
  await serving.said(app, port);
  const signal = await (early?.ended ?? endSignal());
  log.info("draining", { signal });
  await Promise.all([close(server), app.drain(), serving.stopping()]);
  await app.stop();
  log.info("stopped");
}

/** Where it fails, nobody is answered any more from what was kept: the process ends, and says why. */
async function begin(config: Config, shell: Shell, early: Awaited<ReturnType<typeof answerEarly>>): Promise<App> {
  try {
    const app = await compose(config, shell);
    await app.start();
    return app;
  } catch (error) {
    if (early !== undefined) {
      early.standIn.stop();
      await Promise.allSettled([close(early.open.server), shell.ground?.callers.close()]);
    }
    throw error;
  }
}

interface Open {
  readonly door: Door;
  readonly server: Server;
  readonly port: number;
}

/** Where the database is away and something was kept that may be answered from; resolves when the database is there, or an end is asked for. */
async function answerEarly(config: Config, shell: Shell, ground: DecisionGround, serving: Serving) {
  const { databaseUrl } = config;
  if (databaseUrl === undefined || (await isDatabaseThere(databaseUrl))) return undefined;
  await ground.follower.load();
  if (ground.follower.snapshot() === undefined) return undefined;
  const ended = endSignal();
  const standIn = openStandIn(config, shell, ground);
  const open = await openDoors(config, ground.callers, standIn, undefined);
  shell.log.warn("database away", { answering: "decisions, from what was kept" });
  await serving.said(undefined, open.port);
  const end = await untilThere(databaseUrl, ended);
  if (end !== undefined) {
    await close(open.server);
    standIn.stop();
    await ground.callers.close();
    await ground.decisionLog.stop();
    await ground.database.close();
  }
  return { ended, end, standIn, open };
}

/** Leads the doors that are open to somebody else, or opens them. */
async function openDoors(config: Config, callers: Callers, to: Parameters<Door["lead"]>[0], open: Open | undefined): Promise<Open> {
  if (open !== undefined) {
    open.door.lead(to);
    return open;
  }
  const door = createDoor(to);
  const listening = await listen(createHttpServer(door.point, door.fetch), config);
  await callers.listen(decisionsOnly(door.point));
  return { door, ...listening };
}

export const tickCommand: Command = {
  name: "tick",
  usage: "[--at INSTANT]",
  summary: "Do once what is due, now or at a given instant, and end",
  options: { at: { type: "string" } },
  async run(input) {
    const config = readConfig(input.env);
    const { at } = input.options;
    const now = typeof at === "string" ? parseInstant(at) : systemClock.now();
    if (now === undefined) throw new UsageFault("--at needs an instant, for example 2026-11-27T09:00:00Z");
    const clock = manualClock(now);
    const log = createLog(
      () => systemClock.now(),
      (line) => process.stderr.write(line),
      config.logLevel,
    );
    const app = await compose(config, { clock, ids: randomIds(systemClock), log });
    try {
      const report = await app.tick.tickOnce(now);
      input.print(report.failed.length === 0 ? "Ticked." : `Failed: ${report.failed.join(", ")}.`);
      return report.failed.length === 0 ? 0 : 1;
    } finally {
      await app.stop();
    }
  },
};

export function listen(server: Server, config: Pick<Config, "port" | "host" | "sharePort">): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === "EADDRINUSE" ? new Error(`port ${config.port} is in use; choose another with PORT=…`, { cause: error }) : error;
      reject(taken);
    });
    server.listen({ port: config.port, host: config.host, reusePort: config.sharePort }, () =>
      resolve({ server, port: (server.address() as AddressInfo).port }),
    );
  });
}

function waiting({ origin, decisionMaxAgeSeconds }: Config, port: number): string {
  const until = `for ${decisionMaxAgeSeconds} seconds from when the database was heard of last`;
  return `The database is away. At ${origin} (port ${port}) decisions are answered from what was kept, ${until}; all else waits for it.`;
}

async function greet(input: CommandInput, app: App, config: Config, port: number): Promise<void> {
  const link = await app.access.enrolment.createFirstRunLink(systemClock.now());
  const home = app.database.home === "embedded" ? `embedded database in ${config.dataDir} (single node)` : "PostgreSQL";
  input.print(`Postern is serving ${config.origin} (port ${port}), ${home}.`);
  if (link === undefined) return;
  input.print(`\nNobody has a passkey yet. Open this link once, within the hour, to become the first administrator:\n\n  ${link.link}\n`);
}

export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(signal));
  });
}

export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
