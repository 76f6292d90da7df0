/** A whole instance on a free port with an empty register, whose one caller may ask everything. Its files end with it. */
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createHttpServer } from "../../src/compose-listen.ts";
import { compose } from "../../src/compose.ts";
import { readConfig } from "../../src/config.ts";
import { UNBOUNDED } from "../../src/decisions/caller.ts";
import { loadShipped } from "../../src/decisions/rules/load-shipped.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { randomIds } from "../../src/platform/ids.ts";
import { createLog } from "../../src/platform/log.ts";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As JSON; undefined where it is none. */
  readonly body: unknown;
}

export interface RunningInstance {
  readonly origin: string;
  send(sent: Sent): Promise<Got>;
  stop(): Promise<void>;
}

export async function startInstance(): Promise<RunningInstance> {
  const dataDir = mkdtempSync(join(tmpdir(), "postern-oracle-"));
  const config = readConfig({ POSTERN_DATA: dataDir, POSTERN_ORIGIN: "https://postern.example", PORT: "0" });
  const log = createLog(
    () => systemClock.now(),
    (line) => process.stderr.write(line),
    "warn",
  );
  const caller = { name: "oracle", scope: UNBOUNDED };
  const ruleSets = new Map([...loadShipped()].map(([name, { rules }]) => [name, rules]));
  const register = {
    sequence: 0,
    size: 0,
    findSubject: () => undefined,
    look: () => ({ kind: "none", code: "exception_needed", words: "There is none." }) as const,
    subjectsOn: () => [],
    resourcesOf: () => [],
  };
  const app = await compose(config, {
    clock: systemClock,
    ids: randomIds(systemClock),
    log,
    decisions: {
      authenticate: () => ({ kind: "caller", caller }),
      snapshot: () => ({ register, ruleSets, freshAtMs: Date.now(), maxAgeMs: 60_000 }),
    },
  });
  await app.start();
  const server = createHttpServer(app.decisionPoint, app.http.fetch);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: config.origin,
    send: (sent) => send(port, sent),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.drain();
      await app.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function send(port: number, { method, path, headers, body }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: parsed(Buffer.concat(chunks).toString()) });
      });
    });
    sent.on("error", reject);
    sent.end(body ?? "");
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
