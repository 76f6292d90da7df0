/** What one can and cannot become through the company's provider: the whole application, a directory and a real provider. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ConnectorFactory } from "../../src/connectors/port.ts";
import { newSecret, pkceChallenge } from "../../src/access/secret.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { type Answer, type Browser, codeOf, createBrowser, succeeded } from "../support/browser.ts";
import { createMemoryProvider, type MemoryProvider } from "../support/memory-provider.ts";
import { type OpenIdProvider, openProvider } from "../support/openid-provider.ts";
import { openWholeApp, ORIGIN, type WholeApp } from "../support/whole-app.ts";

let story: WholeApp;
let directory: MemoryProvider;
let provider: OpenIdProvider;
let connection: string;
let adminId: string;

beforeAll(async () => {
  provider = await openProvider(`${ORIGIN}/sign-in/company`);
  directory = createMemoryProvider(() => story.clock.now());
  const factory: ConnectorFactory = { kind: "memory", title: "Memory", parse: (config) => ({ ok: true, config }), create: () => directory };
  const env = {
    POSTERN_OIDC_ISSUER: provider.settings.issuer,
    POSTERN_OIDC_CLIENT_ID: provider.settings.clientId,
    POSTERN_OIDC_ACR: "phr",
    POSTERN_OIDC_ACCOUNT_CLAIM: "guid",
    POSTERN_OIDC_ACCOUNT_CONNECTION: "memory",
  };
  // The provider's clock is this machine's.
  story = await openWholeApp({ connectorFactories: [factory], env, start: systemClock.now() });
  for (const name of ["eve", "admin"]) directory.add({ kind: "user", key: `guid-${name}`, name });
  const made = await story.admin.ask("POST", "/api/v1/connections", { key: "memory", name: "Memory", kind: "memory", config: {} });
  connection = succeeded(made).body["id"] as string;
  adminId = ((await story.admin.ask("GET", "/api/v1/session")).body["person"] as { id: string }).id;
});
afterAll(async () => {
  await story.close();
  await provider.stop();
});

const importPeople = async () => succeeded(await story.admin.ask("POST", `/api/v1/connections/${connection}/import-people`, {}));

async function finish(browser: Browser, redirect: unknown, account: string): Promise<Answer> {
  const answer = await provider.signIn(redirect as string, account);
  return browser.ask("POST", "/api/v1/company-sign-in/finish", { answer });
}

async function comeIn(account: string): Promise<{ browser: Browser; done: Answer }> {
  const browser = createBrowser(story.app.http, ORIGIN, createAuthenticator({ origin: ORIGIN }));
  const begun = succeeded(await browser.ask("POST", "/api/v1/company-sign-in/begin", {}));
  return { browser, done: await finish(browser, begun.body["redirect"], account) };
}

const link = (by: Browser, person: string, key: string) => by.ask("POST", `/api/v1/people/${person}/accounts`, { connection, key });

describe("whom an account of the directory lets in", () => {
  test("whoever the import made out of it", async () => {
    await importPeople();
    const { browser, done } = await comeIn("sub-eve");
    succeeded(done);
    expect((await browser.ask("GET", "/api/v1/session")).body).toMatchObject({ person: { name: "eve" } });
  });

  test("IAM cannot say that an account is an administrator's", async () => {
    expect(codeOf(await link(story.as.ivo, adminId, "guid-ivo"))).toBe("people.administratorOnly");
    expect((await comeIn("sub-ivo")).done.status).toBe(403);
  });

  test("nobody is let in as whom an account was linked to, not even after the next import has found it", async () => {
    succeeded(await link(story.as.ivo, story.idOf.nils, "guid-nils"));
    succeeded(await link(story.admin, adminId, "guid-ada"));
    const file = "people:\n  - { key: fred, name: Fred, roles: [iam], accounts: [{ connection: memory, key: guid-fred }] }";
    succeeded(await story.as.ivo.ask("POST", "/api/v1/estate/apply", { yaml: file, dryRun: false }));
    for (const round of ["before the import", "after it"]) {
      for (const name of ["nils", "ada", "fred"]) {
        const { done } = await comeIn(`sub-${name}`);
        expect([codeOf(done), name, round]).toEqual(["access.companyAccountUnknown", name, round]);
        directory.add({ kind: "user", key: `guid-${name}`, name });
      }
      await importPeople();
    }
  });
});

describe("what changes who may decide", () => {
  let inside: Browser;
  beforeAll(async () => {
    const assertion = await story.admin.sign("access.connectAccount", adminId);
    const begun = succeeded(await story.admin.ask("POST", "/api/v1/company-accounts", { assertion }));
    succeeded(await finish(story.admin, begun.body["redirect"], "sub-boss"));
    const { browser, done } = await comeIn("sub-boss");
    succeeded(done);
    inside = browser;
  });

  test("an administrator whom the provider let in is told to come with a passkey, by each endpoint of that kind", async () => {
    const kept = story.app.routes.map(({ endpoint }) => endpoint).filter(({ makesDeciders }) => makesDeciders);
    expect(kept.length).toBeGreaterThan(8);
    for (const { id, method, path } of kept) {
      const refused = await inside.ask(method, path.replace(":id", story.idOf.nils), {});
      expect([id, refused.status, codeOf(refused)]).toEqual([id, 403, "access.passkeyNeeded"]);
      expect(refused.body["detail"]).toContain("sign in with your passkey");
    }
  });

  test("so is the command line it lets in; the rest of its work goes on, and so does the same person by passkey", async () => {
    const roles = { displayName: "nils", email: null, unit: null, manager: null, deputy: null, roles: ["iam"] };
    const change = (by: Browser) => by.ask("PUT", `/api/v1/people/${story.idOf.nils}`, roles, { "If-Match": '"0"' });
    const verifier = newSecret();
    const wanted = { port: 4000, challenge: pkceChallenge(verifier), state: "s".repeat(16) };
    const granted = succeeded(await inside.ask("POST", "/api/v1/cli-grants", wanted));
    const code = new URL(granted.body["redirect"] as string).searchParams.get("code");
    const bought = succeeded(await inside.ask("POST", "/api/v1/cli-tokens", { code, verifier }));
    const commandLine = { "If-Match": '"0"', Authorization: `Bearer ${bought.body["token"] as string}` };
    const byToken = await inside.ask("PUT", `/api/v1/people/${story.idOf.nils}`, roles, commandLine);
    expect(codeOf(byToken)).toBe("access.passkeyNeeded");
    expect(codeOf(await change(inside))).toBe("access.passkeyNeeded");
    expect(codeOf(await change(story.admin))).toBe("people.changedMeanwhile");
    expect(codeOf(await story.as.rolf.ask("POST", "/api/v1/people", {}))).toBe("http.notFound");
    succeeded(await inside.ask("POST", `/api/v1/people/${story.idOf.rolf}/deactivate`, { reason: "left" }));
  });
});
