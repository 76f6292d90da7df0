/** `postern decisions` as an auditor uses it: signed in by the browser, against a server that gateways ask. */
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runCli } from "../../src/cli/run.ts";
import { COMMANDS } from "../../src/compose-commands.ts";
import { createHttpServer } from "../../src/compose-listen.ts";
import { believing } from "../support/asking-gateway.ts";
import { type Browser, succeeded } from "../support/browser.ts";
import { send } from "../support/decision-point.ts";
import { freePort } from "../support/free-port.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let server: Server;
let port: number;
const homes: string[] = [];

beforeAll(async () => {
  port = await freePort();
  story = await openWholeApp({ origin: `http://localhost:${port}`, decisions: believing() });
  server = createHttpServer(story.app.decisionPoint, story.app.http.fetch);
  await new Promise<void>((resolve) => server.listen(port, resolve));
  await story.app.follower.catchUp();
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await story.close();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

interface Terminal {
  run(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** The command line of somebody, signed in where `browser` says yes. */
async function terminalOf(browser: Browser | undefined): Promise<Terminal> {
  const home = mkdtempSync(join(tmpdir(), "postern-cli-"));
  homes.push(home);
  const env = { POSTERN_ORIGIN: `http://localhost:${port}`, XDG_CONFIG_HOME: home };
  const run = async (argv: readonly string[], onNote: (text: string) => void) => {
    let [out, err] = ["", ""];
    const terminal = {
      out: (text: string) => void (out += text),
      err: (text: string) => {
        err += text;
        onNote(text);
      },
    };
    return { code: await runCli(COMMANDS, argv, env, terminal), out, err };
  };
  if (browser !== undefined) {
    const login = await run(["login", "--no-browser"], (text) => {
      const address = /http\S+/.exec(text)?.[0];
      if (address !== undefined) void consent(browser, address);
    });
    expect(login.code).toBe(0);
  }
  return { run: (...argv) => run(["decisions", ...argv], () => {}) };
}

/** What the page at /cli does once its person said yes. */
async function consent(browser: Browser, address: string): Promise<void> {
  const { searchParams } = new URL(address);
  const [back, challenge, state] = ["port", "challenge", "state"].map((name) => searchParams.get(name));
  const granted = succeeded(await browser.ask("POST", "/api/v1/cli-grants", { port: Number(back), challenge, state }));
  await fetch(granted.body["redirect"] as string);
}

/** A gateway asks whether somebody may sign in. */
async function askedBy(caller: string, subject: string, method: string): Promise<void> {
  const body = {
    subject: { type: "user", id: subject },
    action: { name: "sign_in", properties: { method } },
    resource: { type: "application", id: "wiki" },
  };
  const { status } = await send(port, "/access/v1/evaluation", body, { headers: { Authorization: `Bearer ${caller}` } });
  expect(status).toBe(200);
}

describe("postern decisions ask", () => {
  let audrey: Terminal;
  beforeAll(async () => {
    audrey = await terminalOf(story.as.audrey);
  });

  test("says what would be answered and by which rule, and ends with 3 where that is a denial", async () => {
    const permitted = await audrey.run("ask", "rolf", "wiki", "--method", "passkey");
    expect([permitted.code, permitted.out]).toEqual([
      0,
      expect.stringMatching(/^permit {2}permitted_by_rule: .*\nat .*\nrules .*default, rule /),
    ]);
    const denied = await audrey.run("ask", "rolf", "wiki", "--method", "password");
    expect([denied.code, denied.out]).toEqual([3, expect.stringMatching(/^deny {2}exception_needed: [^]*An exception could lift it/)]);
    const nobody = await audrey.run("ask", "user:nobody", "application:wiki", "--method", "passkey", "--json");
    expect([nobody.code, JSON.parse(nobody.out)]).toEqual([3, expect.objectContaining({ permit: false, code: "unknown_subject" })]);
  });

  test("asks other rules, and about other things than signing in", async () => {
    const writes = ["record:record-1", "--action", "write", "--rules", "certification"];
    const [alice, bob] = [await audrey.run("ask", "user:alice", ...writes), await audrey.run("ask", "user:bob", ...writes)];
    expect([alice.code, bob.code]).toEqual([0, 3]);
  });

  test("tells the name of a group and of a connection on", async () => {
    const { out } = await audrey.run("ask", "rolf", "wiki", "--group", "exempt", "--connection", "nowhere", "--json");
    expect(JSON.parse(out)).toMatchObject({ code: "unknown_subject" });
    expect((await audrey.run("ask", "rolf", "wiki", "--method", "passkey", "--group", "exempt")).code).toBe(0);
  });

  test.each<[readonly string[], number, string]>([
    [["ask", "rolf", "wiki", "--at", "yesterday"], 1, "body:/at"],
    [["ask", "rolf", "wiki", "--rules", "nobody"], 1, "decisions.ruleSetUnknown"],
    [["log", "--decision", "maybe"], 1, "query:/decision"],
    [["ask", "rolf"], 2, "name who and what"],
    [["ask", "rolf", "wiki", "password"], 2, "name who and what"],
    [["log", "rolf"], 2, "--subject"],
    [["show"], 2, 'there is no "decisions show"'],
    [[], 2, "say ask or log"],
  ])("refuses %j by its place, with %i", async (argv, code, words) => {
    const refused = await audrey.run(...argv);
    expect([refused.code, refused.err, refused.out]).toEqual([code, expect.stringContaining(words), ""]);
    // What is wrong with the words themselves is told to whoever is not signed in, too.
    if (code === 2) expect((await (await terminalOf(undefined)).run(...argv)).code).toBe(2);
  });

  test("is for whoever may read decisions", async () => {
    const rolf = await terminalOf(story.as.rolf);
    expect((await rolf.run("ask", "rolf", "wiki")).code).toBe(1);
    expect((await rolf.run("log")).code).toBe(1);
    expect((await (await terminalOf(undefined)).run("log")).err).toContain("cli.signInNeeded");
  });
});

describe("postern decisions log", () => {
  const FORGED = "x\n999999  2026-01-01T00:00:00.000Z  permit  admin\r\n\u001b[2J\u202e";

  test("shows what was answered, the newest first, one row each, whatever name somebody signed in by", async () => {
    const audrey = await terminalOf(story.as.audrey);
    expect(await audrey.run("log")).toEqual({ code: 0, out: "Nothing.\n", err: "" });
    await askedBy("vpn", "rolf", "passkey");
    await askedBy("vpn", "rolf", "password");
    await askedBy("gate", FORGED, "passkey");
    await expect.poll(async () => (await audrey.run("log")).out.split("\n").length, { timeout: 20_000 }).toBe(5);

    const { out, err } = await audrey.run("log");
    const [headings, ...rows] = out.trimEnd().split("\n");
    expect(headings).toMatch(/^ID +AT +ANSWER +WHO +DID +ON +EXCEPTION +CALLER +REASON$/);
    expect(rows.map((row) => row.split(/ {2,}/).at(-1))).toEqual(["unknown_subject", "exception_needed", "permitted_by_rule"]);
    expect(rows[0]).toMatch(/ deny +x 999999 /);
    for (const steering of ["\u001b", "\u202e", "\r"]) expect(out + err).not.toContain(steering);
  });

  test("looks for what is asked for, and says where there is more", async () => {
    const audrey = await terminalOf(story.as.audrey);
    const found = async (...options: string[]) => {
      const { items } = JSON.parse((await audrey.run("log", "--json", ...options)).out) as { items: { code: string; caller: string }[] };
      return items.map(({ code }) => code);
    };
    expect(await found("--decision", "permit")).toEqual(["permitted_by_rule"]);
    expect(await found("--subject", "rolf")).toEqual(["exception_needed", "permitted_by_rule"]);
    expect(await found("--caller", "gate")).toEqual(["unknown_subject"]);
    expect(await found("--code", "exception_needed")).toEqual(["exception_needed"]);
    expect(await found("--exception", "exc_none")).toEqual([]);
    const first = await audrey.run("log", "--limit", "2");
    expect([first.out.trimEnd().split("\n").length, first.err]).toEqual([3, expect.stringContaining("There is more")]);
    expect((await audrey.run("log", "--limit", "3")).err).toBe("");
  });
});
