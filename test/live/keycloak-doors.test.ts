/** Every way in that a realm's settings open: what a running server tells, beside what its own export does. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { collect } from "../../src/connectors/contract-harness.suite.ts";
import { createKeycloakConnector } from "../../src/connectors/keycloak/connector.ts";
import { realmExports } from "../../src/connectors/keycloak/realm-export.ts";
import type { Bypass } from "../../src/connectors/port.ts";
import { plantDoors } from "../support/keycloak-doors.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, machineNow, openKeycloakPlants } from "../support/keycloak-plants.ts";
import { makeRealm, REALM_LAYOUT } from "../support/keycloak-realm.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";

const missing = keycloakMissing();
const wordsOf = ({ form, subject, critical }: Bypass) => `${form} ${subject.kind} ${subject.name}${critical ? " (critical)" : ""}`;

describe("the ways into a realm", () => {
  let keycloak: Keycloak;
  let live: readonly Bypass[];
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  beforeAll(async () => {
    if (missing !== undefined) return;
    keycloak = await startKeycloak();
    await makeRealm(keycloak);
    await plantDoors(keycloak.admin);
    const plants = await openKeycloakPlants(keycloak);
    await plants.exempt((await plants.person("by-hand")).subject.key);
    const connector = createKeycloakConnector(keycloakSettings(keycloak.url), { now: machineNow });
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
      "ungoverned_exemption role buyer",
      "ungoverned_exemption role realm-management.impersonation",
    ]);
  });
});
