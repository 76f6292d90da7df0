/** A throw-away Keycloak on loopback: one real server with its data in a temporary folder. Its port stays the same when it is stopped and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./free-port.ts";
import { hasDatabase, installKeycloak, keepDatabase, makeHome } from "./keycloak-install.ts";

export interface Keycloak {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Calls the admin API as an administrator of everything; throws for any answer but 2xx. Gives the JSON, or the id of what was created. */
  readonly admin: (method: string, path: string, body?: unknown) => Promise<unknown>;
  readonly administrator: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const ADMINISTRATOR = { name: "admin", password: "Postern-Test-Keycloak-1" };
/** A first start on a busy machine. */
const STARTS_WITHIN_MS = 240_000;

export async function startKeycloak(): Promise<Keycloak> {
  const release = installKeycloak();
  const home = mkdtempSync(join(tmpdir(), "postern-keycloak-"));
  if (!hasDatabase(release)) await prepareDatabase(release);
  makeHome(release, home);
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  let child: ChildProcess | undefined = await launch(home, port);
  const abandon = () => child && end(child, "SIGKILL");
  process.once("exit", abandon);
  const stop = async () => {
    const stopping = child;
    child = undefined;
    if (stopping !== undefined) await stopped(stopping);
  };
  return {
    host: HOST,
    port,
    url,
    admin: createAdmin(url),
    administrator: ADMINISTRATOR.name,
    stop,
    start: async () => {
      child ??= await launch(home, port);
    },
    close: async () => {
      await stop();
      process.off("exit", abandon);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function prepareDatabase(release: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "postern-keycloak-"));
  makeHome(release, home);
  await stopped(await launch(home, await freePort()));
  keepDatabase(release, home);
  rmSync(home, { recursive: true, force: true });
}

async function launch(home: string, port: number): Promise<ChildProcess> {
  const log = join(home, "server.log");
  const options = ["--http-enabled=true", `--http-host=${HOST}`, `--http-port=${port}`, "--hostname-strict=false", "--cache=local"];
  const child = spawn(join(home, "bin/kc.sh"), ["start", "--optimized", ...options], {
    // A group of its own: the script starts Java beside itself.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMINISTRATOR.name,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMINISTRATOR.password,
      // Starts in half the time; nothing here runs long enough to miss the slower compiler.
      JAVA_OPTS_APPEND: "-XX:TieredStopAtLevel=1",
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      end(child, "SIGKILL");
      throw new Error(`Keycloak did not start:\n${readFileSync(log, "utf8").slice(-3000)}`);
    }
    await sleep(100);
  }
  return child;
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${HOST}:${port}/realms/master`)).ok;
  } catch {
    return false;
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  end(child, "SIGTERM");
  await gone;
}

function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid!, signal);
  } catch {
    // Gone already.
  }
}

/** Signed in by a password as an administrator of the server, or by a secret as a service account of a realm. */
export function createAdmin(
  url: string,
  realm = "master",
  account?: { readonly clientId: string; readonly secret: string },
): Keycloak["admin"] {
  let token: { readonly value: string; readonly until: number } | undefined;
  const credentials =
    account === undefined
      ? { grant_type: "password", client_id: "admin-cli", username: ADMINISTRATOR.name, password: ADMINISTRATOR.password }
      : { grant_type: "client_credentials", client_id: account.clientId, client_secret: account.secret };
  const signIn = async () => {
    const answer = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
      method: "POST",
      body: new URLSearchParams(credentials),
    });
    const { access_token: value } = (await answer.json()) as { access_token: string };
    // An administrator's token lasts a minute.
    return { value, until: Date.now() + 30_000 };
  };
  return async (method, path, body) => {
    if (token === undefined || Date.now() > token.until) token = await signIn();
    const answer = await fetch(`${url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${token.value}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? answer.headers.get("location")?.split("/").at(-1) : JSON.parse(text);
  };
}
