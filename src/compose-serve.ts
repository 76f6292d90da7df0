/** `serve` runs everything in one process; `tick` does once what is due, for tests of a moment and for schedulers of your own. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type App, compose } from "./compose.ts";
import { createHttpServer, decisionsOnly, oneAfterAnother } from "./compose-listen.ts";
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
    const app = await compose(config, { clock: systemClock, ids: randomIds(systemClock), log, example });
    await app.start();
    await example.resume();
    const front = oneAfterAnother([app.decisionPoint, app.publication.point]);
    const { server, port } = await listen(createHttpServer(front, example.front(app)), config);
    await app.callers.listen(decisionsOnly(front));
    await greet(input, app, config, port);
    const signal = await endSignal();
    log.info("draining", { signal });
    await Promise.all([close(server), app.drain(), example.stop()]);
    await app.stop();
    log.info("stopped");
    return 0;
  },
};

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
