/** Replicas as processes of their own on one PostgreSQL, and grants that the test gives and revokes beside them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { storeCopies } from "../../bench/many-exceptions.ts";
import { perform } from "../../src/exceptions/index.ts";
import type { ExceptionId } from "../../src/exceptions/version.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { openDatabase } from "../../src/platform/db.ts";
import { migrate } from "../../src/platform/migrate.ts";
import { MIGRATIONS, startPostgres } from "./databases.ts";
import { createRegister } from "./register.ts";

const PROGRAM = join(import.meta.dirname, "decision-replica.ts");

export interface Replica {
  readonly process: ChildProcess;
  /** What it says of a subject now: the reason's code. */
  ask(subject: string): Promise<string>;
  /** Status of a page. */
  get(path: string): Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface ReplicaOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly maxAgeSeconds?: number;
}

export type Replicas = Awaited<ReturnType<typeof openReplicas>>;

export async function openReplicas() {
  const postgres = await startPostgres();
  const root = mkdtempSync(join(tmpdir(), "postern-replicas-"));
  const journalKey = randomBytes(32).toString("base64");
  const sealKey = randomBytes(32).toString("base64");
  const database = await openDatabase({ databaseUrl: postgres.url });
  await migrate(database.db, MIGRATIONS);
  const register = await createRegister(database, systemClock);
  const running: Replica[] = [];

  async function start({ databaseUrl, dataDir, maxAgeSeconds = 300 }: ReplicaOptions): Promise<Replica> {
    const env = {
      PATH: process.env["PATH"],
      DATABASE_URL: databaseUrl,
      POSTERN_DATA: dataDir,
      POSTERN_JOURNAL_KEY: journalKey,
      POSTERN_SEAL_KEY: sealKey,
      POSTERN_DECISION_MAX_AGE: `${maxAgeSeconds}`,
      POSTERN_DECISION_LOG: "off",
      PORT: "0",
      // What is due is the test's to do.
      POSTERN_TICK_SECONDS: "3600",
    };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ["ignore", "pipe", "ignore"] });
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /^ready (\d+)$/.exec(line)?.[1];
      if (port === undefined) continue;
      const replica = replicaAt(child, Number(port));
      running.push(replica);
      return replica;
    }
    throw new Error(`a replica ended: ${child.exitCode}`);
  }

  return {
    database,
    register,
    url: postgres.url,
    halt: () => postgres.halt(),
    resume: () => postgres.resume(),
    folder: (): string => mkdtempSync(join(root, "data-")),
    start,
    /** Grants that the provider was seen to hold: one by the real commands, and its copies for the others. */
    async grant(subjects: readonly string[]): Promise<readonly ExceptionId[]> {
      const model = await register.request("model");
      for (const person of ["per_iam", "per_network"]) await register.vote(model, person);
      await register.tick();
      await register.drain();
      const { exception } = (await register.deps.store.find(model))!;
      const { validUntil } = exception.dossier.grants[0]!;
      await storeCopies(register.deps, exception, subjects.length, {
        at: systemClock.now(),
        names: (i) => ({ '"model"': JSON.stringify(subjects[i]) }),
        endOf: () => validUntil,
      });
      return subjects.map((_, i) => `exc_${String(i).padStart(26, "0")}` as ExceptionId);
    },
    /** Resolves when it is committed. */
    revoke: (id: ExceptionId) =>
      perform(register.deps, id, {
        command: { type: "revokeNow", reason: "done" },
        actor: { kind: "person", id: "per_owner" },
        now: systemClock.now(),
        assertion: "assertion",
      }),
    async stop(): Promise<void> {
      for (const replica of running) await replica.stop();
      await database.close();
      await postgres.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function replicaAt(child: ChildProcess, port: number): Replica {
  const agent = new Agent({ keepAlive: true });
  return {
    process: child,
    ask: (subject) => ask(agent, port, subject),
    get: (path) => statusOf(agent, port, path),
    async stop(signal = "SIGTERM") {
      agent.destroy();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}

function ask(agent: Agent, port: number, subject: string): Promise<string> {
  const body = JSON.stringify({
    subject: { type: "user", id: subject },
    action: { name: "sign_in", properties: { method: "password" } },
    resource: { type: "policy", id: "vpn" },
  });
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const asked = request({ agent, port, host: "127.0.0.1", path: "/access/v1/evaluation", method: "POST", headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve(codeOf(response.statusCode!, Buffer.concat(parts).toString())));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function statusOf(agent: Agent, port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, host: "127.0.0.1", path }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode!));
    });
    asked.on("error", reject);
    asked.end();
  });
}

function codeOf(status: number, text: string): string {
  if (status !== 200) return `${status}`;
  const { decision, context } = JSON.parse(text) as { decision: boolean; context?: { reason?: { code?: string } } };
  return decision ? "permit" : (context?.reason?.code ?? "deny");
}
