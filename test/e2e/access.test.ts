import { serve, type ServerType } from "@hono/node-server";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { verifyAssertionRecord } from "../../src/access/index.ts";
import { type Database, executeSql } from "../../src/platform/db.ts";
import { type OpenAccess, openAccess } from "../support/access.ts";
import { freshEmbedded } from "../support/databases.ts";
import { freePort } from "../support/free-port.ts";
import { findChromium, launchBrowser, NO_CHROMIUM, visit } from "./support/browser.ts";

const chromium = findChromium();
if (chromium === undefined) process.stderr.write(`skipped: access in a real browser: ${NO_CHROMIUM}\n`);

interface Seen {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the API from inside the page, as the console does. */
async function ask(page: Page, method: string, path: string, body?: unknown): Promise<Seen> {
  return page.evaluate(
    async ([method, path, body]) => {
      const init = body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(path, { method, ...init });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    [method, path, body] as const,
  );
}

/** What the browser's own authenticator answers to a question, as JSON. */
async function answer(page: Page, kind: "create" | "get", question: Seen): Promise<unknown> {
  expect([question.status, question.body["reasons"]]).toEqual([200, undefined]);
  const script = `(async (options) => {
    const credential = ${
      kind === "create"
        ? "await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })"
        : "await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })"
    };
    return credential.toJSON();
  })(${JSON.stringify(question.body["options"])})`;
  return page.evaluate(script);
}

const html = () => new Response("<!doctype html><title>Postern</title>", { headers: { "Content-Type": "text/html" } });

describe.skipIf(chromium === undefined)("access in a real browser", () => {
  let browser: Browser;
  let at: OpenAccess;
  let server: ServerType;
  let database: Database;
  let other: ServerType;
  let otherPort: number;
  const arrived: string[] = [];
  let closeDatabase: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshEmbedded();
    ({ database, close: closeDatabase } = fresh);
    const port = await freePort();
    at = openAccess(database, { origin: `http://localhost:${port}` });
    at.app.get("/", html);
    otherPort = await freePort();
    other = serve({ fetch: html, port: otherPort, hostname: "localhost" });
    const fetch = async (request: Request, env: object) => {
      const response = await at.app.fetch(request, env);
      arrived.push(`${request.method} from ${request.headers.get("Sec-Fetch-Site")}: ${response.status}`);
      return response;
    };
    server = serve({ fetch, port, hostname: "localhost" });
    browser = await launchBrowser(chromium!);
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    other.close();
    await closeDatabase();
  });

  test("the first administrator enrols, signs in, and signs a decision that verifies offline", async () => {
    const { page, complaints } = await visit(browser, at.origin);
    await page.goto("/");
    const { link } = (await at.access.enrolment.createFirstRunLink(at.clock.now()))!;
    const secret = link.split("#")[1];
    const begun = await ask(page, "POST", "/api/v1/enrolments/begin", { secret, name: "Ann" });
    const { challengeId } = begun.body;
    const response = await answer(page, "create", begun);
    const enrolled = await ask(page, "POST", "/api/v1/enrolments/finish", { secret, challengeId, response, label: "Chromium" });
    expect(enrolled.status).toBe(201);

    const asked = await ask(page, "POST", "/api/v1/sign-in/begin", {});
    const signIn = { challengeId: asked.body["challengeId"], response: await answer(page, "get", asked) };
    expect((await ask(page, "POST", "/api/v1/sign-in/finish", signIn)).status).toBe(200);
    expect((await ask(page, "GET", "/api/v1/session")).body).toMatchObject({ person: { name: "Ann" }, roles: ["administrator"] });
    expect(await page.evaluate("document.cookie")).toBe("");

    const person = enrolled.body["person"] as string;
    const question = await ask(page, "POST", "/api/v1/assertions", { action: "access.addPasskey", subject: person });
    const assertion = { challengeId: question.body["challengeId"], response: await answer(page, "get", question) };
    const adding = await ask(page, "POST", "/api/v1/passkeys/begin", { assertion });
    expect(adding.status).toBe(200);
    // This authenticator holds a passkey of this person: the browser itself refuses a second one beside it.
    await expect(answer(page, "create", adding)).rejects.toThrow("InvalidStateError");

    const [stored] = await at.access.passkeys.listOf(person);
    const { rows } = await executeSql(database.db, "select record from assertion where person = $1", [person]);
    const records = rows.map((row) => JSON.parse((row as { record: string }).record) as unknown);
    expect(records.map((record) => verifyAssertionRecord(record, stored!.passkey))).toEqual([{ ok: true }]);
    expect(complaints).toEqual([]);
  });

  test("a page of another origin changes nothing here, though its request arrives", async () => {
    const { page } = await visit(browser, at.origin);
    const send = async () => {
      arrived.length = 0;
      // What the page may read of the answer is the browser's business; what it did is ours.
      await page.evaluate(
        async (url) => void (await fetch(url, { method: "POST", mode: "no-cors" }).catch(() => undefined)),
        `${at.origin}/api/v1/sign-in/begin`,
      );
      return [...arrived];
    };
    await page.goto("/");
    expect(await send()).toEqual(["POST from same-origin: 200"]);
    // Another port is another origin, but the same site: a cookie would travel, and SameSite would not help.
    await page.goto(at.origin.replace(/\d+$/, String(otherPort)));
    expect(await send()).toEqual(["POST from same-site: 403"]);
  });
});
