/**
 * Signing the command line in: through the browser on loopback (RFC 8252) with PKCE (RFC 7636). What is kept is a short-lived
 * token in a file only its owner can read; decisions are never signed from here.
 */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { exchangeCliCode, readSession, signOut } from "../access/contract.ts";
import { refusal, Refused } from "../kernel/problem.ts";
import { type Client, createClient } from "./client.ts";
import type { Command, CommandInput } from "./command.ts";

interface Stored {
  readonly origin: string;
  readonly token: string;
  readonly expiresAt: string;
}

const WAIT_MS = 300_000;

export function originOf({ env }: CommandInput): string {
  return new URL(env["POSTERN_ORIGIN"] ?? `http://localhost:${env["PORT"] ?? "8080"}`).origin;
}

function fileOf({ env }: CommandInput): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "postern", "token.json");
}

async function readStored(input: CommandInput): Promise<Stored | undefined> {
  const text = await readFile(fileOf(input), "utf8").catch(() => undefined);
  const stored = text === undefined ? undefined : (JSON.parse(text) as Stored);
  // A token is for the server that gave it: never sent to another.
  return stored !== undefined && stored.origin === originOf(input) ? stored : undefined;
}

/** The token for the server in use, where somebody signed in. */
export async function storedToken(input: CommandInput): Promise<string | undefined> {
  return (await readStored(input))?.token;
}

/** A client that is signed in. Throws `cli.signInNeeded` otherwise. */
export async function signedInClient(input: CommandInput): Promise<Client> {
  const token = await storedToken(input);
  if (token === undefined) throw new Refused([refusal("cli.signInNeeded", "Sign in first: postern login")]);
  return createClient(originOf(input), token);
}

const login: Command = {
  name: "login",
  usage: "[--no-browser]",
  summary: "Sign in through the browser; the token lasts 8 hours at most",
  options: { "no-browser": { type: "boolean" } },
  async run(input) {
    const origin = originOf(input);
    const verifier = randomBytes(48).toString("base64url");
    const state = randomBytes(24).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const waiting = await awaitCode(state);
    const url = `${origin}/cli?${new URLSearchParams({ port: String(waiting.port), challenge, state }).toString()}`;
    input.note(`Open this address to sign in:\n\n  ${url}\n`);
    if (input.options["no-browser"] !== true) openBrowser(url);
    const code = await waiting.code;
    const { token, expiresAt } = await createClient(origin, undefined).call(exchangeCliCode, { body: { code, verifier } });
    await store(fileOf(input), { origin, token, expiresAt });
    input.print(`Signed in to ${origin} until ${expiresAt}.`);
    return 0;
  },
};

async function store(path: string, stored: Stored): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, JSON.stringify(stored), { mode: 0o600 });
  await chmod(path, 0o600);
}

/** Listens on loopback until the browser comes back with a code for this very attempt. */
async function awaitCode(state: string): Promise<{ port: number; code: Promise<string> }> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const given = searchParams.get("code");
    if (given === null || searchParams.get("state") !== state) {
      response.writeHead(400, { "Content-Type": "text/plain" }).end("This is not the answer to this sign-in.\n");
      return;
    }
    response
      .writeHead(200, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" })
      .end("Signed in. You can close this page.\n");
    resolve(given);
  });
  const { promise: port, resolve: listening } = Promise.withResolvers<number>();
  server.listen(0, "127.0.0.1", () => listening((server.address() as { port: number }).port));
  const timer = setTimeout(() => reject(new Error("nobody signed in within 5 minutes")), WAIT_MS);
  void code
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer);
      server.close();
    });
  return { port: await port, code };
}

function openBrowser(url: string): void {
  const opener = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
  // Without a desktop there is none; the address is on the terminal anyway.
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

const logout: Command = {
  name: "logout",
  usage: "",
  summary: "End this session and forget its token",
  options: {},
  async run(input) {
    const token = await storedToken(input);
    if (token !== undefined)
      await createClient(originOf(input), token)
        .call(signOut)
        .catch(() => undefined);
    await rm(fileOf(input), { force: true });
    input.print("Signed out.");
    return 0;
  },
};

const whoami: Command = {
  name: "whoami",
  usage: "",
  summary: "Who is signed in here",
  options: {},
  async run(input) {
    const session = await (await signedInClient(input)).call(readSession);
    input.print(JSON.stringify(session, null, 2));
    return 0;
  },
};

export const loginCommands: readonly Command[] = [login, logout, whoami];
