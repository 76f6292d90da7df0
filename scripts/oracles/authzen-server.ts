/** The server as it is run in production, in a process of its own with a database of its own; its one caller shows a token. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { exportJWK, generateKeyPair, SignJWT } from "jose";

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

export interface RunningServer {
  readonly origin: string;
  /** As the caller, unless another is named in the headers. */
  send(sent: Sent): Promise<Got>;
  stop(): Promise<void>;
}

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const ORIGIN = "https://postern.example";
const ISSUER = "https://tokens.example";
const MOST_TRIES = 20;
const START_WITHIN_MS = 180_000;

export async function startServer(): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), "postern-oracle-"));
  const authorization = `Bearer ${await writeCallers(folder)}`;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("POSTERN_") && name !== "DATABASE_URL");
  const child = spawn(process.execPath, [MAIN, "serve"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...Object.fromEntries(inherited),
      PORT: "0",
      HOST: "127.0.0.1",
      POSTERN_DATA: join(folder, "data"),
      POSTERN_ORIGIN: ORIGIN,
      POSTERN_LOG_LEVEL: "error",
      POSTERN_DECISION_CALLERS: join(folder, "callers.yaml"),
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const port = await portOf(child);
    const sendAs = ({ headers, ...rest }: Sent) => send(port, { ...rest, headers: { Authorization: authorization, ...headers } });
    await untilReady(sendAs);
    return { origin: ORIGIN, send: (sent) => patiently(() => sendAs(sent)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One caller, which may ask and see everything, and its token. */
async function writeCallers(folder: string): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const key = { ...(await exportJWK(publicKey)), kid: "oracle", alg: "ES256", use: "sig" };
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [key] }));
  writeFileSync(
    join(folder, "callers.yaml"),
    `audiences: [${ORIGIN}]
issuers: [{ name: oracle, issuer: "${ISSUER}", keys: { file: keys.json } }]
callers:
  - name: oracle
    is: [{ issuer: oracle, subject: oracle }]
    may: { ruleSets: any, subjects: any, actions: any, resources: any, search: true }
    limit: { perSecond: 10000, atOnce: 10000 }
`,
  );
  const token = new SignJWT().setProtectedHeader({ alg: "ES256", kid: "oracle" }).setIssuer(ISSUER).setSubject("oracle");
  return token.setAudience(ORIGIN).setIssuedAt().setExpirationTime("50m").sign(privateKey);
}

/** The line it greets with says the port. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error("the server did not start in time")), START_WITHIN_MS);
    const end = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    child.once("error", end);
    child.once("exit", () => end(new Error("the server ended before it listened")));
    child.stdout!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const port = /\(port (\d+)\)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

/** A machine that has much else to do makes the server send askers away for a moment, which is no answer to a case. */
async function patiently(sendOnce: () => Promise<Got>): Promise<Got> {
  for (let tries = 0; ; tries++) {
    const got = await sendOnce();
    if ((got.status !== 503 && got.status !== 429) || tries === MOST_TRIES) return got;
    await sleep(Math.min(Number(got.headers["retry-after"] ?? 1), 5) * 1000);
  }
}

/** Before the register was read once, no question is answered. */
async function untilReady(sendAs: (sent: Sent) => Promise<Got>): Promise<void> {
  const asked = { subject: { type: "user", id: "x" }, action: { name: "x" }, resource: { type: "x", id: "x" } };
  const headers = { "Content-Type": "application/json" };
  for (let tries = 0; tries < 600; tries++) {
    const { status, body } = await sendAs({ method: "POST", path: "/access/v1/evaluation", headers, body: JSON.stringify(asked) });
    if (status === 200) return;
    if (status !== 503) throw new Error(`the server answers ${status} ${JSON.stringify(body)}`);
    await sleep(100);
  }
  throw new Error("the server read no register");
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
