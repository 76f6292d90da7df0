/** Keycloak under the contract every connector keeps, on a real server. */
import { describeConnectorContract } from "../../src/connectors/contract.suite.ts";
import type { ContractHarness, Planted } from "../../src/connectors/contract-harness.suite.ts";
import { createKeycloakConnector } from "../../src/connectors/keycloak/connector.ts";
import { nameOfGrant } from "../../src/connectors/keycloak/grant-role.ts";
import { openNetwork } from "../support/breakable-network.ts";
import { keycloakMissing } from "../support/keycloak-install.ts";
import { keycloakSettings, type KeycloakPlants, machineNow, openKeycloakPlants } from "../support/keycloak-plants.ts";
import { addRealmAdministrator, makeRealm, REALM_LAYOUT, REALM_OFFICE } from "../support/keycloak-realm.ts";
import { beginSignIn } from "../support/keycloak-sign-in.ts";
import { type Keycloak, startKeycloak } from "../support/keycloak.ts";

describeConnectorContract("Keycloak", {
  policies: ["passkey"],
  missing: keycloakMissing(),
  beyond: ["passkey has no expiry of the provider's own here", "the connector declares no expiry of the provider's own"],
  start,
});

async function start(): Promise<ContractHarness> {
  const keycloak = await startKeycloak();
  await makeRealm(keycloak);
  const administrator = await addRealmAdministrator(keycloak);
  const plants = await openKeycloakPlants({ ...keycloak, admin: administrator.admin });
  const network = await openNetwork(keycloak.host, keycloak.port);
  const { service, reader } = REALM_LAYOUT;
  const open = (more: Record<string, unknown> = {}) =>
    createKeycloakConnector(keycloakSettings(`http://${keycloak.host}:${network.port}`, { pageSize: 3, timeoutMs: 5000, ...more }), {
      now: machineNow,
    });
  const passwords = new Map<string, string>();
  const person = async (name: string, more: Record<string, unknown> = {}) => {
    const made = await plants.person(name, more);
    passwords.set(made.subject.key, made.password);
    return made;
  };
  const planted = await plantAll(keycloak, plants, person);
  const typed = await person("typed", { email: "ty.ped@acme.test", firstName: "Ty", lastName: "Ped" });
  const connector = open();
  let persons = 0;

  return {
    connector,
    clock: { now: machineNow },
    secrets: [service.secret, typed.password],
    planted,
    people: () => plants.people(),
    reopen: () => open(),
    withSecret: (secret) => open({ secret }),
    withReadOnlyAccount: () => open({ clientId: reader.clientId, secret: reader.secret }),
    freshPerson: async () => (await person(`person-${++persons}`)).subject,
    deletePerson: async ({ key }) => {
      await plants.remove(key);
    },
    bypassByHand: async (_, { key }) => {
      await plants.exempt(key);
    },
    undoByHand: async (order) => plants.unmapGrant(order.subject.key, nameOfGrant(order)),
    letsThrough: async (_, { key, name }) => (await beginSignIn(keycloak.url, REALM_LAYOUT.realm, name)).withPassword(passwords.get(key)!),
    typed: { key: typed.subject.key, names: ["typed", "TYPED", "ty.ped@acme.test", "Ty Ped"] },
    administrator: administrator.name,
    refused: [{ policy: "passkey", name: "/staff", words: /is a group/ }],
    group: { name: "/staff", people: 5 },
    down: () => keycloak.stop(),
    up: () => keycloak.start(),
    network,
    close: async () => {
      await connector.close();
      await network.close();
      await keycloak.close();
    },
  };
}

/** More than a page of each kind of reading, with the forms the realm's people can have. */
async function plantAll(
  { admin }: Keycloak,
  plants: KeycloakPlants,
  person: (name: string) => Promise<{ subject: { key: string } }>,
): Promise<readonly Planted[]> {
  const { realm } = REALM_LAYOUT;
  const planted: Planted[] = [];
  for (let n = 0; n < 4; n++) {
    const { subject } = await person(`by-hand-${n}`);
    await plants.exempt(subject.key);
    planted.push({ form: "governed_group_member", subject: `by-hand-${n}`, policy: "passkey" });
    await admin("POST", `/${realm}/clients`, { clientId: `old-tool-${n}`, publicClient: true, directAccessGrantsEnabled: true });
    planted.push({ form: "legacy_sign_in", subject: `old-tool-${n}` });
  }
  const staff = [];
  for (let n = 0; n < 5; n++) staff.push((await person(`staff-${n}`)).subject.key);
  const parent = await plants.group("staff", staff.slice(0, 3));
  await plants.group("night", staff.slice(2), parent);
  await plants.exemptGroup(await plants.group("old-exempt", staff.slice(0, 1)));
  // The realm's own service accounts sign in by a secret, and the office may do all.
  for (const { clientId } of [REALM_LAYOUT.service, REALM_LAYOUT.reader, REALM_OFFICE])
    planted.push({ form: "static_secret", subject: `service-account-${clientId}` });
  planted.push({ form: "ungoverned_exemption", subject: "realm-management.impersonation" });
  return [...planted, { form: "ungoverned_exemption", subject: "/old-exempt", policy: "passkey" }];
}
