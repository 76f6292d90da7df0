/** Canaries of a real OpenID provider (Keycloak): who can and cannot sign in, or use a method, now; and what was revoked is refused. */
import type { Server } from "node:http";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { instantOfEpochMs } from "../../src/kernel/time.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";
import { openProbing, type Probing } from "../support/probing.ts";
import { openParty, remembering } from "../support/relying-parties.ts";
import { succeeded } from "../support/browser.ts";
import { openWholeApp, type WholeApp } from "../support/whole-app.ts";

const missing = keycloakMissing();
const REALM = "canaries";
const CLIENT = { id: "drills", secret: "Postern-Test-Canary-Client-1" } as const;
const PASSWORD = "Postern-Test-Canary-1";

describe("canaries of Keycloak", () => {
  let keycloak: Keycloak;
  let story: WholeApp;
  let probing: Probing;
  let issuer: string;
  let client: string;
  const servers: Server[] = [];
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    issuer = `${keycloak.url}/realms/${REALM}`;
    await keycloak.admin("POST", "", { realm: REALM, enabled: true });
    // A client is told only of tokens that are meant for it.
    const claims = { "included.client.audience": CLIENT.id, "access.token.claim": "true", "introspection.token.claim": "true" };
    const audience = { name: "audience", protocol: "openid-connect", protocolMapper: "oidc-audience-mapper", config: claims };
    const more = {
      secret: CLIENT.secret,
      publicClient: false,
      serviceAccountsEnabled: true,
      directAccessGrantsEnabled: true,
      protocolMappers: [audience],
    };
    client = String(await keycloak.admin("POST", `/${REALM}/clients`, { clientId: CLIENT.id, ...more }));
    story = await openWholeApp({ start: instantOfEpochMs(Math.floor(Date.now() / 1000) * 1000) });
    probing = openProbing(story);
  }, 300_000);
  afterAll(async () => {
    if (missing !== undefined) return;
    // Whatever did not start: nothing of it is left running.
    await keycloak.close();
    for (const server of servers) server.close();
    await story.close();
  });

  async function person(username: string): Promise<string> {
    const names = { firstName: "Canary", lastName: username, email: `${username}@acme.test`, emailVerified: true };
    const credentials = [{ type: "password", value: PASSWORD, temporary: false }];
    return String(await keycloak.admin("POST", `/${REALM}/users`, { username, enabled: true, ...names, credentials }));
  }
  const change = (id: string, fields: object) => keycloak.admin("PUT", `/${REALM}/users/${id}`, fields);
  const signIn = async (fields: Record<string, string>) => {
    const own = { client_id: CLIENT.id, client_secret: CLIENT.secret, ...fields };
    const answer = await fetch(`${issuer}/protocol/openid-connect/token`, { method: "POST", body: new URLSearchParams(own) });
    return (await answer.json()) as { access_token: string; refresh_token: string };
  };
  const canary = (key: string, grant: string, account: string, secret: string, more: object = {}) =>
    probing.addCanary(key, {
      account,
      way: { kind: "openid", issuer, clientId: CLIENT.id, grant, scope: null },
      secret,
      ...(grant !== "client_credentials" && { clientSecret: CLIENT.secret }),
      ...more,
    });
  const asks = (...relyingParties: string[]) => probing.probe({ kind: "revocation", credential: "machine", relyingParties });
  const tried = async (id: string) => {
    const { answer, words } = succeeded(await story.admin.ask("POST", `/api/v1/canaries/${id}/try`, {})).body;
    return `${String(answer)}: ${String(words)}`;
  };

  test("a password lets it in, a wrong one is refused without a reason, and a disabled account with one", async () => {
    const id = await person("kim");
    const kim = await canary("kim", "password", "kim", PASSWORD);
    expect(await tried(kim)).toMatch(/^let_in/);
    await change(id, { enabled: false });
    expect(await tried(kim)).toBe("refused: The provider refused it: the account is disabled.");
    await change(id, { enabled: true, requiredActions: ["UPDATE_PASSWORD"] });
    expect(await tried(kim)).toBe("refused: The provider refused it: something has to be done first at a sign-in.");
    await change(id, { requiredActions: [] });
    expect(await tried(kim)).toMatch(/^let_in/);
    const wrong = await canary("kim-wrong", "password", "kim", "Not-The-Password-1");
    expect(await tried(wrong)).toBe("refused: The provider refused it: invalid_grant.");
  });

  test("a method that the client may not use any more lets nobody in", async () => {
    await person("max");
    const max = await canary("max", "password", "max", PASSWORD);
    await keycloak.admin("PUT", `/${REALM}/clients/${client}`, { clientId: CLIENT.id, directAccessGrantsEnabled: false });
    expect(await tried(max)).toMatch(/^refused: The provider lets nobody in this way/);
    await keycloak.admin("PUT", `/${REALM}/clients/${client}`, { clientId: CLIENT.id, directAccessGrantsEnabled: true });
    expect(await tried(max)).toMatch(/^let_in/);
  });

  test("a refresh token is used again and again, each time by the one that was given for it, until its session is ended", async () => {
    await keycloak.admin("PUT", `/${REALM}`, { realm: REALM, revokeRefreshToken: true, refreshTokenMaxReuse: 0 });
    const id = await person("ria");
    const first = await signIn({ grant_type: "password", username: "ria", password: PASSWORD });
    const ria = await canary("ria", "refresh_token", "ria", first.refresh_token);
    for (let times = 3; times > 0; times--) expect(await tried(ria)).toMatch(/^let_in/);
    await keycloak.admin("POST", `/${REALM}/users/${id}/logout`);
    expect(await tried(ria)).toMatch(/^refused/);
    await keycloak.admin("PUT", `/${REALM}`, { realm: REALM, revokeRefreshToken: false });
  });

  test("a token that was taken back is refused at two relying parties that ask, and one that remembers is caught", async () => {
    const isActive = async (token: string) => {
      const own = { client_id: CLIENT.id, client_secret: CLIENT.secret, token };
      const answer = await fetch(`${issuer}/protocol/openid-connect/token/introspect`, { method: "POST", body: new URLSearchParams(own) });
      return ((await answer.json()) as { active?: boolean }).active === true;
    };
    const parties = [await openParty(isActive), await openParty(isActive), await openParty(remembering(isActive))];
    servers.push(...parties.map(({ server }) => server));
    const [one, two, forgetful] = parties.map(({ address }) => address) as [string, string, string];
    const shownTo = parties.map(({ address }) => new URL(address).origin);
    await canary("machine", "client_credentials", CLIENT.id, CLIENT.secret, { shownTo });
    expect(await asks(one, two)).toMatchObject({ outcome: "passed", saw: expect.stringMatching(/^Refused by all 2/) as string });
    expect(await asks(one, two, forgetful)).toMatchObject({
      outcome: "failed",
      saw: expect.stringContaining(`${forgetful}: It takes what was revoked.`) as string,
    });
  });

  test("a provider that is down refuses nobody", async () => {
    await person("pat");
    const pat = await canary("pat", "password", "pat", PASSWORD);
    await keycloak.stop();
    expect(await tried(pat)).toMatch(/^none/);
  });

  test("no secret is in what was kept or logged", () => {
    const told = [...probing.evidence, ...story.logged].join("\n");
    for (const secret of [CLIENT.secret, PASSWORD, "eyJ"]) expect(told).not.toContain(secret);
  });
});
