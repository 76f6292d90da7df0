/** The service account with each of its rights taken away in turn: health names exactly what is missing, and what needs it fails as "denied". */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { collect } from "../../src/connectors/contract-harness.suite.ts";
import { createKeycloakConnector } from "../../src/connectors/keycloak/connector.ts";
import type { Connector, GrantOrder, ProviderSubject } from "../../src/connectors/port.ts";
import { addDuration, duration, NO_END } from "../../src/kernel/time.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, type KeycloakPlants, machineNow, openKeycloakPlants } from "../support/keycloak-plants.ts";
import {
  addServiceAccount,
  clientUuid,
  dropScopedRights,
  makeRealm,
  REALM_LAYOUT,
  REALM_RIGHTS,
  SCOPED_RIGHTS,
} from "../support/keycloak-realm.ts";
import { beginSignIn } from "../support/keycloak-sign-in.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";

const missing = keycloakMissing();

interface Trial {
  readonly right: string;
  /** What the health page says is not held. */
  readonly words: RegExp;
  /** What cannot be done any more. */
  readonly denied: (connector: Connector, order: GrantOrder) => Promise<unknown>;
}

const discovers = (connector: Connector) => collect(connector.discover());
const grants = (connector: Connector, order: GrantOrder) => connector.grant(order);

const TRIALS: readonly Trial[] = [
  { right: "view-realm", words: /^view-realm/, denied: discovers },
  { right: "view-clients", words: /^view-clients/, denied: discovers },
  { right: "view-users", words: /^view-users/, denied: (connector) => collect(connector.people()) },
  { right: "view-identity-providers", words: /^view-identity-providers/, denied: discovers },
  { right: "view-events", words: /^view-events/, denied: (connector) => connector.changes(undefined) },
  { right: "the exemption roles", words: /^manage, map-roles and map-roles-composite/, denied: grants },
  { right: "people's roles", words: /^map-roles on users/, denied: grants },
];

function orderOf(subject: ProviderSubject): GrantOrder {
  const now = machineNow();
  return { ref: "EXC-2026-0001", policy: "passkey", subject, validFrom: now, validUntil: addDuration(now, duration("PT4H")) };
}

describe("what the Keycloak connection is allowed", () => {
  let keycloak: Keycloak;
  let plants: KeycloakPlants;
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    await makeRealm(keycloak);
    plants = await openKeycloakPlants(keycloak);
  });
  afterAll(() => keycloak?.close());

  async function orderFor(name: string): Promise<GrantOrder> {
    return orderOf((await plants.person(name)).subject);
  }

  /** A connector whose account has every right but one. */
  async function without(right: string): Promise<Connector> {
    const account = { clientId: `without ${right}`.replaceAll(/\W+/g, "-"), secret: "Postern-Test-Limited-1" };
    const scoped = (Object.keys(SCOPED_RIGHTS) as (keyof typeof SCOPED_RIGHTS)[]).filter(
      (name) => name !== right && name !== "people's sessions",
    );
    const rights = REALM_RIGHTS.filter((name) => name !== right);
    await dropScopedRights(keycloak.admin);
    await addServiceAccount(keycloak.admin, account, await clientUuid(keycloak.admin, REALM_LAYOUT.exemptions), scoped, rights);
    return createKeycloakConnector(keycloakSettings(keycloak.url, account), { now: machineNow });
  }

  test.each(TRIALS)("without $right: the health page says so, and what needs it is denied", async ({ right, words, denied }) => {
    const connector = await without(right);
    const { reachable, permissions } = await connector.health();
    expect(reachable).toBe(true);
    expect(permissions.filter(({ held }) => held === false).some(({ name }) => words.test(name))).toBe(true);
    await expect(denied(connector, await orderFor(`person-${right}`.replaceAll(/\W+/g, "-")))).rejects.toMatchObject({ kind: "denied" });
    await connector.close();
  });

  test("without the right to end sessions everything else works, and it is said that they live on", async () => {
    const connector = await without("nothing");
    const { subject, password } = await plants.person("person-sessions");
    const order = orderOf(subject);
    expect((await connector.grant(order)).outcome).toBe("applied");
    expect(await connector.read(order)).toMatchObject({ configured: true, effective: true });
    const left = async () => (await connector.endSessions(subject)).residual?.until ?? "";
    expect((await left()) < addDuration(machineNow(), duration("PT13H"))).toBe(true);
    const { realm } = REALM_LAYOUT;
    expect(await (await beginSignIn(keycloak.url, realm, subject.name)).withPassword(password)).toBe(true);
    expect(await connector.revoke(order)).toEqual({ outcome: "removed" });
    expect(await connector.endSessions(subject)).toMatchObject({ ended: false, residual: { until: NO_END } });
    expect(await connector.capabilities()).toMatchObject({ endSessions: false, residualSessionSeconds: null });
    // What the account may not see would be taken for nothing: an administrator sees the same.
    expect(await keycloak.admin("GET", `/${realm}/users/${subject.key}/sessions`)).toHaveLength(1);
    const { permissions } = await connector.health();
    expect(permissions.filter(({ held }) => held === false).map(({ name }) => name)).toEqual(["manage on users (optional)"]);
    await connector.close();
  });

  test("a role that gives more than the exemption is found with whoever has it, and taken from nobody", async () => {
    const { realm, exemptions, role } = REALM_LAYOUT;
    const { admin } = keycloak;
    const { subject } = await plants.person("person-employee");
    await admin("POST", `/${realm}/roles`, { name: "employee" });
    const holder = await clientUuid(admin, exemptions);
    await admin("POST", `/${realm}/roles/employee/composites`, [await admin("GET", `/${realm}/clients/${holder}/roles/${role}`)]);
    const mappings = `/${realm}/users/${subject.key}/role-mappings/realm`;
    await admin("POST", mappings, [await admin("GET", `/${realm}/roles/employee`)]);
    // Who may manage users may take any role from them: what holds us back is not a right we lack.
    const account = { clientId: "manages-users", secret: "Postern-Test-Limited-1" };
    await addServiceAccount(admin, account, holder, [], [...REALM_RIGHTS, "manage-users"]);
    const connector = createKeycloakConnector(keycloakSettings(keycloak.url, account), { now: machineNow });
    const found = (await collect(connector.discover())).filter(({ subject: { key } }) => key === subject.key);
    expect(found.map(({ form, object }) => ({ form, object }))).toEqual([{ form: "ungoverned_exemption", object: "role employee" }]);
    expect(await connector.remove(found[0]!)).toMatchObject({ outcome: "not_supported" });
    expect(await admin("GET", mappings)).toContainEqual(expect.objectContaining({ name: "employee" }));
    await connector.close();
  });

  test("the account can give nobody a role that is not an exemption, and set nobody's password", async () => {
    const { realm, service } = REALM_LAYOUT;
    const { subject } = await plants.person("person-escalation");
    const answer = await fetch(`${keycloak.url}/realms/${realm}/protocol/openid-connect/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "without-nothing",
        client_secret: "Postern-Test-Limited-1",
      }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    expect(service.clientId).not.toBe("without-nothing");
    const management = await clientUuid(keycloak.admin, "realm-management");
    const admin = await keycloak.admin("GET", `/${realm}/clients/${management}/roles/realm-admin`);
    const ask = async (method: string, path: string, body: unknown) =>
      (
        await fetch(`${keycloak.url}/admin/realms/${realm}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify(body),
        })
      ).status;
    expect(await ask("POST", `/users/${subject.key}/role-mappings/clients/${management}`, [admin])).toBe(403);
    expect(await ask("PUT", `/users/${subject.key}/reset-password`, { type: "password", value: "x" })).toBe(403);
  });
});
