/** Tokens of a real Keycloak, as a workload gets them: by a signature of its own key, without a secret that anybody keeps. */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Authenticate } from "../../src/decisions/caller.ts";
import { createCallers } from "../../src/decisions/callers-service.ts";
import { readCallers } from "../../src/decisions/load-callers.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";
import { tempFolders } from "../support/temp-folders.ts";
import { type IssuerKey, newKey, publicOf, signToken } from "../support/token-issuer.ts";

const missing = keycloakMissing();
const folder = tempFolders("callers-keycloak");
const AUDIENCE = "https://postern.example";
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

describe("a caller with a token of Keycloak", () => {
  let keycloak: Keycloak;
  let authenticate: Authenticate;
  let aheadMs = 0;
  const key = newKey("ES256");
  beforeEach((ctx) => {
    if (missing !== undefined) ctx.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    for (const realm of ["acme", "other"]) await keycloak.admin("POST", "", { realm, enabled: true, accessTokenLifespan: 300 });
    const subject = await addClient("acme", "gateway", AUDIENCE);
    await addClient("acme", "stranger", AUDIENCE);
    await addClient("acme", "elsewhere", "https://other.example");
    await addClient("acme", "broad", AUDIENCE, ["https://other.example"]);
    await addClient("other", "gateway", AUDIENCE);
    const path = join(folder(), "callers.yaml");
    writeFileSync(
      path,
      `audiences: ["${AUDIENCE}"]
issuers: [{ name: keycloak, issuer: "${issuerOf("acme")}", maxLifetimeSeconds: 600 }]
callers:
  - { name: gateway, is: [{ issuer: keycloak, subject: "${subject}" }], may: { subjects: any, actions: any, resources: any } }
`,
    );
    const reading = readCallers(path);
    if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
    authenticate = createCallers({ nowMs: () => Date.now() + aheadMs, book: () => reading.book });
  }, 420_000);
  afterAll(async () => keycloak?.close());

  const issuerOf = (realm: string): string => `${keycloak.url}/realms/${realm}`;

  /** A client that shows itself by a signature; gives the subject of its tokens. */
  async function addClient(realm: string, clientId: string, audience: string, more: readonly string[] = []): Promise<string> {
    const mappers = [audience, ...more].map((each) => ({
      name: each,
      protocol: "openid-connect",
      protocolMapper: "oidc-audience-mapper",
      config: { "included.custom.audience": each, "access.token.claim": "true", "id.token.claim": "false" },
    }));
    const id = String(
      await keycloak.admin("POST", `/${realm}/clients`, {
        clientId,
        publicClient: false,
        standardFlowEnabled: false,
        serviceAccountsEnabled: true,
        // Else "account" is an audience too.
        fullScopeAllowed: false,
        clientAuthenticatorType: "client-jwt",
        attributes: { "use.jwks.string": "true", "jwks.string": JSON.stringify({ keys: [publicOf(key)] }) },
        protocolMappers: mappers,
      }),
    );
    return ((await keycloak.admin("GET", `/${realm}/clients/${id}/service-account-user`)) as { id: string }).id;
  }

  async function tokenOf(realm: string, clientId: string, by: IssuerKey = key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: issuerOf(realm), jti: randomUUID(), iat: now, exp: now + 60 };
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: ASSERTION,
      client_assertion: signToken(by, claims),
    });
    const answer = await fetch(`${issuerOf(realm)}/protocol/openid-connect/token`, { method: "POST", body });
    const said = (await answer.json()) as { access_token?: string; error?: string };
    if (said.access_token === undefined) throw new Error(`Keycloak gives no token: ${JSON.stringify(said)}`);
    return said.access_token;
  }

  async function whoIs(token: string): Promise<string> {
    const found = await authenticate({ headers: { authorization: `Bearer ${token}` }, socket: {} });
    return found.kind === "caller" ? found.caller.name : `${found.code}: ${found.words}`;
  }

  test("is known by it", async () => {
    expect(await whoIs(await tokenOf("acme", "gateway"))).toBe("gateway");
  });

  test("of the same realm and somebody nobody named is not", async () => {
    expect(await whoIs(await tokenOf("acme", "stranger"))).toContain("decisions.callerUnknown");
  });

  test("for another audience, or for another beside ours, is refused", async () => {
    expect(await whoIs(await tokenOf("acme", "elsewhere"))).toContain("not for this decision point");
    expect(await whoIs(await tokenOf("acme", "broad"))).toContain("for others too");
  });

  test("of another realm of the same server is refused, though the client has the same name", async () => {
    expect(await whoIs(await tokenOf("other", "gateway"))).toContain("no issuer that is trusted");
  });

  test("signed by a key that Keycloak took out of use is refused, and one by its new key is believed", async () => {
    const before = await tokenOf("acme", "gateway");
    expect(await whoIs(before)).toBe("gateway");
    const realm = (await keycloak.admin("GET", "/acme/components?type=org.keycloak.keys.KeyProvider")) as {
      id: string;
      providerId: string;
    }[];
    await keycloak.admin("POST", "/acme/components", {
      name: "newer",
      providerId: "rsa-generated",
      providerType: "org.keycloak.keys.KeyProvider",
      config: { priority: ["1000"] },
    });
    for (const { id } of realm.filter(({ providerId }) => providerId === "rsa-generated"))
      await keycloak.admin("DELETE", `/acme/components/${id}`);
    // Keys are not asked for more often than every half a minute.
    aheadMs = 31_000;
    expect(await whoIs(await tokenOf("acme", "gateway"))).toBe("gateway");
    expect(await whoIs(before)).toContain("does not publish");
  });
});
