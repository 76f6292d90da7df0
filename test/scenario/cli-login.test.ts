import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, expect, test } from "vitest";

import { loginCommands } from "../../src/cli/login-commands.ts";
import { runCli } from "../../src/cli/run.ts";
import { type OpenAccess, openAccess } from "../support/access.ts";
import { type Browser, succeeded } from "../support/browser.ts";
import { freshEmbedded } from "../support/databases.ts";
import { freePort } from "../support/free-port.ts";

let at: OpenAccess;
let browser: Browser;
let server: ServerType;
let env: Record<string, string>;
let closeDatabase: () => Promise<void>;
beforeAll(async () => {
  const { database, close } = await freshEmbedded();
  closeDatabase = close;
  const port = await freePort();
  at = openAccess(database, { origin: `http://localhost:${port}` });
  server = serve({ fetch: at.app.fetch, port, hostname: "localhost" });
  browser = await at.signedIn("per_ann", ["iam"]);
  env = { POSTERN_ORIGIN: at.origin, XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), "postern-config-")) };
});
afterAll(async () => {
  server.close();
  rmSync(env["XDG_CONFIG_HOME"]!, { recursive: true, force: true });
  await closeDatabase();
});

/** Runs a command and collects what it says; `onNote` sees the address that a person would open. */
async function run(argv: readonly string[], onNote: (text: string) => void = () => undefined, environment = env) {
  let out = "";
  let err = "";
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => {
      err += text;
      onNote(text);
    },
  };
  return { code: await runCli(loginCommands, argv, environment, terminal), out, err };
}

const tokenFile = () => join(env["XDG_CONFIG_HOME"]!, "postern", "token.json");

/** What the page at /cli does once its person said yes. */
async function consent(address: string): Promise<string> {
  const { searchParams } = new URL(address);
  const [port, challenge, state] = ["port", "challenge", "state"].map((name) => searchParams.get(name));
  const granted = await browser.ask("POST", "/api/v1/cli-grants", { port: Number(port), challenge, state });
  return succeeded(granted).body["redirect"] as string;
}

test("the command line signs in through the browser, keeps its token to itself, and gives it up when it signs out", async () => {
  const pages: Promise<number[]>[] = [];
  const login = await run(["login", "--no-browser"], (text) => {
    const address = /http\S+/.exec(text)?.[0];
    if (address === undefined) return;
    const visits = async () => {
      const redirect = await consent(address);
      const forged = await fetch(redirect.replace(/state=[^&]*/, "state=another-attempt"));
      return [forged.status, (await fetch(redirect)).status];
    };
    pages.push(visits());
  });
  expect([login.code, login.err.includes("postern_cli_")]).toEqual([0, false]);
  expect(await pages[0]).toEqual([400, 200]);
  expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
  const { token } = JSON.parse(readFileSync(tokenFile(), "utf8")) as { token: string };
  expect(login.out).not.toContain(token);

  const whoami = await run(["whoami"]);
  expect(JSON.parse(whoami.out)).toMatchObject({ person: { id: "per_ann" }, session: { kind: "cli" } });

  // Later commands go where one signed in, and a token never goes to another server than the one that gave it.
  const { POSTERN_ORIGIN: _, ...unnamed } = env;
  expect(await run(["whoami"], undefined, unnamed)).toEqual(whoami);
  expect((await run(["whoami", "--url", "http://localhost:1"])).err).toContain("Nobody is signed in to http://localhost:1");
  expect((await run(["whoami", "--url", "nonsense"])).code).toBe(2);

  expect((await run(["logout"])).code).toBe(0);
  expect((await run(["whoami"])).err).toContain("cli.signInNeeded");
  const kept = await fetch(`${at.origin}/api/v1/session`, { headers: { Authorization: `Bearer ${token}` } });
  expect(kept.status).toBe(401);
});
