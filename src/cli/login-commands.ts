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
import { type Command, type CommandInput, UsageFault } from "./command.ts";
import { jsonText } from "./output.ts";

interface Stored {
  readonly origin: string;
  readonly token: string;
  readonly expiresAt: string;
}

const WAIT_MS = 300_000;
const DEFAULT_ORIGIN = "http://localhost:8080";

/** Gives a command that talks to a server the option to say to which. */
export function atServer(command: Command): Command {
  return { ...command, usage: `${command.usage} [--url URL]`.trimStart(), options: { ...command.options, url: { type: "string" } } };
}

/** The origin of the server meant: the one that is known, else the default. */
async function findOrigin(input: CommandInput): Promise<string> {
  return (await knownOrigin(input)) ?? DEFAULT_ORIGIN;
}

/** Named, else of this configuration, else the one last signed in to. */
export async function knownOrigin(input: CommandInput): Promise<string | undefined> {
  const { options, env } = input;
  const named = options["url"] ?? env["POSTERN_ORIGIN"];
  if (typeof named !== "string") return env["PORT"] === undefined ? (await readStored(input))?.origin : `http://localhost:${env["PORT"]}`;
  if (!URL.canParse(named)) throw new UsageFault(`"${named}" is not an address such as https://postern.example.org`);
  return new URL(named).origin;
}

function fileOf({ env }: CommandInput): string {
  return join(env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "postern", "token.json");
}

async function readStored(input: CommandInput): Promise<Stored | undefined> {
  const text = await readFile(fileOf(input), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Stored);
}

/** Where to ask, and the token for it where somebody signed in there: a token is never sent to another server. */
async function findServer(input: CommandInput): Promise<{ origin: string; token: string | undefined }> {
  const origin = await findOrigin(input);
  const stored = await readStored(input);
  return { origin, token: stored?.origin === origin ? stored.token : undefined };
}

/** The token for the server at `url`, where somebody signed in there. */
export async function storedToken(input: CommandInput, url: string): Promise<string | undefined> {
  return (await findServer({ ...input, options: { url } })).token;
}

/** A client that is signed in. Throws `cli.signInNeeded` otherwise. */
export async function signedInClient(input: CommandInput): Promise<Client> {
  const { origin, token } = await findServer(input);
  if (token === undefined)
    throw new Refused([refusal("cli.signInNeeded", `Nobody is signed in to ${origin} here. Sign in first: postern login`)]);
  return createClient(origin, token);
}

const login: Command = {
  name: "login",
  usage: "[--no-browser]",
  summary: "Sign in through the browser; the token lasts 8 hours at most",
  options: { "no-browser": { type: "boolean" } },
  async run(input) {
    const origin = await findOrigin(input);
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
    const { origin, token } = await findServer(input);
    if (token !== undefined)
      await createClient(origin, token)
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
    input.print(jsonText(session));
    return 0;
  },
};

export const loginCommands: readonly Command[] = [login, logout, whoami].map(atServer);
