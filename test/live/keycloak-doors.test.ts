/** Every way in that a realm's settings open: what a running server tells, beside what its own export does. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { collect } from "../../src/connectors/contract-harness.suite.ts";
import { createKeycloakConnector } from "../../src/connectors/keycloak/connector.ts";
import { realmExports } from "../../src/connectors/keycloak/realm-export.ts";
import type { Bypass, ProviderSubject } from "../../src/connectors/port.ts";
import { PASSWORD_OF_KEY_HOLDER, plantDoors, plantElsewhere, plantKey } from "../support/keycloak-doors.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { type KeycloakPlants, keycloakSettings, machineNow, openKeycloakPlants, type PlantedPerson } from "../support/keycloak-plants.ts";
import { makeRealm, REALM_LAYOUT } from "../support/keycloak-realm.ts";
import { SENT_AWAY, waysTaken } from "../support/keycloak-walk.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";

const missing = keycloakMissing();
const wordsOf = ({ form, subject, critical }: Bypass) => `${form} ${subject.kind} ${subject.name}${critical ? " (critical)" : ""}`;

describe("the ways into a realm", () => {
  let keycloak: Keycloak;
  let plants: KeycloakPlants;
  let live: readonly Bypass[];
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    await makeRealm(keycloak);
    await plantDoors(keycloak.admin);
    plants = await openKeycloakPlants(keycloak);
    await plants.exempt((await plants.person("by-hand")).subject.key);
    // Several pages of each, identity providers too: of those the server gives no more than it wants to unless it is asked.
    const connector = createKeycloakConnector(keycloakSettings(keycloak.url, { pageSize: 3 }), { now: machineNow });
    live = await collect(connector.discover());
    await connector.close();
  });
  afterAll(() => keycloak?.close());

  async function offline() {
    const { realm } = REALM_LAYOUT;
    const json = await keycloak.admin("POST", `/${realm}/partial-export?exportClients=true&exportGroupsAndRoles=true`);
    return realmExports.read({ name: "realm.json", text: JSON.stringify(json), json }, machineNow());
  }

  test("are the same in a discovery and in the realm's export, but for who was let through by an exemption role", async () => {
    const { bypasses, unknown } = await offline();
    // An export says what is not known in words of its own; of a running server it counts as open.
    const told = unknown.filter((words) => !words.includes(" does not tell ")).map((words) => `unknown: ${words}`);
    const seen = live.map((bypass) =>
      bypass.evidence["unknown"] === undefined ? wordsOf(bypass) : `unknown: ${bypass.evidence["unknown"]}`,
    );
    const read = [...bypasses.map(wordsOf), ...told];
    expect(read.filter((words) => !seen.includes(words))).toEqual(["ungoverned_exemption role postern-exemptions.passkey-exempt"]);
    expect(seen.filter((words) => !read.includes(words))).toEqual(["governed_group_member user by-hand"]);
    expect(unknown.join()).toMatch(/exported without its people/);
  });

  test("are told as far as they let somebody in with what can be phished, and no others", () => {
    expect(live.map(wordsOf).sort()).toEqual([
      "application_exempt application shop",
      "application_exempt application till",
      "application_exempt application wiki",
      "dangling_condition role gone (critical)",
      "enrolment_open everyone whoever has no security key yet (critical)",
      "enrolment_open everyone whoever registers in acme",
      "governed_group_member user by-hand",
      "legacy_sign_in application old-tool",
      "policy_demands_less everyone everyone in acme (critical)",
      "policy_not_enforced everyone everyone in acme (critical)",
      "recovery_by_mail everyone everyone in acme",
      "static_secret service service-account-postern",
      "static_secret service service-account-postern-reader",
      "static_secret service service-account-robot",
      "ungoverned_exemption everyone whoever has team = red",
      "ungoverned_exemption everyone whoever signs in through partner (critical)",
      "ungoverned_exemption everyone whoever signs in through partner-and-code (critical)",
      "ungoverned_exemption everyone whoever signs in through partner-and-key (critical)",
      "ungoverned_exemption role buyer",
      "ungoverned_exemption role realm-management.impersonation",
    ]);
  });

  test("a password alone gets in who has no security key yet, and only while one can be registered; a passkey is never registered so", async () => {
    const { subject, password } = await plants.person("newcomer");
    await plantKey(keycloak.admin, "holder");
    const [holder] = (await keycloak.admin("GET", `/${REALM_LAYOUT.realm}/users?username=holder`)) as [{ id: string }];
    const connector = createKeycloakConnector(
      keycloakSettings(keycloak.url, { policies: [{ key: "vault", title: "Vault", role: "vault-exempt", application: "vault" }] }),
      { now: machineNow },
    );
    const now = machineNow();
    const order = (of: ProviderSubject) => ({ ref: "EXC-2026-0001", policy: "vault", subject: of, validFrom: now, validUntil: now });
    const taken = (clientId: string, username: string, given: string) =>
      waysTaken(keycloak.url, REALM_LAYOUT.realm, clientId, { username, password: given, otpKey: "" });

    expect(await taken("vault", "newcomer", password)).toEqual([["password"]]);
    expect(await connector.read(order(subject))).toMatchObject({ configured: false, effective: true, otherWays: [{ key: "flow|vault" }] });
    expect(await taken("vault", "holder", PASSWORD_OF_KEY_HOLDER)).toEqual([]);
    expect(await connector.read(order({ kind: "user", key: holder.id, name: "holder" }))).toMatchObject({ effective: false });
    expect(await taken("strict", "newcomer", password)).toEqual([]);

    const action = `/${REALM_LAYOUT.realm}/authentication/required-actions/webauthn-register`;
    await keycloak.admin("PUT", action, { ...((await keycloak.admin("GET", action)) as object), enabled: false });
    expect(await taken("vault", "newcomer", password)).toEqual([]);
    expect(await connector.read(order(subject))).toMatchObject({ effective: false });
    expect((await collect(connector.discover())).map(wordsOf).filter((words) => words.includes("security key"))).toEqual([]);
    await connector.close();
  });

  test("who comes through another identity provider is not asked for the passkey, wherever it is demanded; without one a flow sends nobody away", async () => {
    const linked = await plants.person("linked");
    const stranger = await plants.person("stranger");
    await plantElsewhere(keycloak, linked);
    const policies = [
      { key: "passkey", title: "Sign-in by passkey", role: REALM_LAYOUT.role },
      { key: "desk", title: "Desk", role: "desk-exempt", application: "desk" },
    ];
    const connector = createKeycloakConnector(keycloakSettings(keycloak.url, { policies }), { now: machineNow });
    const now = machineNow();
    const reading = ({ subject }: PlantedPerson, policy = "passkey") =>
      connector.read({ ref: "EXC-2026-0002", policy, subject, validFrom: now, validUntil: now });
    const taken = (clientId: string) =>
      waysTaken(keycloak.url, REALM_LAYOUT.realm, clientId, { username: "linked", password: linked.password, otpKey: "" });

    expect(await taken("elsewhere")).toEqual([[SENT_AWAY]]);
    expect(await taken("stock")).toEqual([]);
    const words = "ungoverned_exemption everyone whoever signs in through elsewhere (critical)";
    expect((await collect(connector.discover())).map(wordsOf)).toContain(words);
    expect(await reading(linked)).toMatchObject({ effective: true, otherWays: [{ key: "identity-provider|elsewhere" }] });
    expect(await reading(stranger)).toMatchObject({ effective: false, otherWays: [] });
    expect(await reading(linked, "desk")).toMatchObject({ effective: "unknown" });

    const provider = `/${REALM_LAYOUT.realm}/identity-provider/instances/elsewhere`;
    await keycloak.admin("PUT", provider, { ...((await keycloak.admin("GET", provider)) as object), linkOnly: true });
    expect(await taken("elsewhere")).toEqual([]);
    expect((await collect(connector.discover())).map(wordsOf)).not.toContain(words);
    expect(await reading(linked)).toMatchObject({ effective: false, otherWays: [] });
    await connector.close();
  });
});
