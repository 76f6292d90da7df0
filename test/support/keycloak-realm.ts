/** A realm that demands a passkey, with a client whose roles let people do without one, and a service account with the least rights. */
import { addFlow, passkeyUnless } from "./keycloak-flow.ts";
import { createAdmin, type Keycloak } from "./keycloak.ts";

export const REALM_LAYOUT = {
  realm: "acme",
  /** The client that holds nothing but exemption roles. */
  exemptions: "postern-exemptions",
  role: "passkey-exempt",
  flow: "passkey",
  service: { clientId: "postern", secret: "Postern-Test-Service-1" },
  reader: { clientId: "postern-reader", secret: "Postern-Test-Reader-1" },
} as const;

/** What the service account holds, each to be taken away by a test. */
export const REALM_RIGHTS = ["view-realm", "view-clients", "view-users", "view-identity-providers", "view-events"] as const;
export const SCOPED_RIGHTS = {
  "the exemption roles": { resourceType: "Clients", scopes: ["view", "manage", "map-roles", "map-roles-composite"] },
  "people's roles": { resourceType: "Users", scopes: ["map-roles"] },
  "people's sessions": { resourceType: "Users", scopes: ["manage"] },
} as const;

export async function makeRealm({ admin }: Keycloak): Promise<void> {
  const { realm, exemptions, role, flow, service, reader } = REALM_LAYOUT;
  await admin("POST", "", {
    realm,
    enabled: true,
    adminPermissionsEnabled: true,
    eventsEnabled: true,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    accessTokenLifespan: 300,
    ssoSessionMaxLifespan: 36_000,
  });
  const holder = await admin("POST", `/${realm}/clients`, { clientId: exemptions, publicClient: false, standardFlowEnabled: false });
  await admin("POST", `/${realm}/clients/${String(holder)}/roles`, { name: role });
  await addFlow(admin, realm, flow, passkeyUnless(`${exemptions}.${role}`, flow));
  await admin("PUT", `/${realm}`, { ...(await settingsOf(admin, realm)), browserFlow: flow });
  await closeDirectGrants(admin, realm);
  await addServiceAccount(admin, service, String(holder), Object.keys(SCOPED_RIGHTS) as (keyof typeof SCOPED_RIGHTS)[]);
  await addServiceAccount(admin, reader, String(holder), []);
}

async function settingsOf(admin: Keycloak["admin"], realm: string): Promise<object> {
  return (await admin("GET", `/${realm}`)) as object;
}

/** The realm's own tools may not be a way around the gate either. */
async function closeDirectGrants(admin: Keycloak["admin"], realm: string): Promise<void> {
  const clients = (await admin("GET", `/${realm}/clients`)) as { id: string; directAccessGrantsEnabled: boolean }[];
  for (const client of clients.filter(({ directAccessGrantsEnabled }) => directAccessGrantsEnabled)) {
    await admin("PUT", `/${realm}/clients/${client.id}`, { ...client, directAccessGrantsEnabled: false });
  }
}

export async function addServiceAccount(
  admin: Keycloak["admin"],
  { clientId, secret }: { readonly clientId: string; readonly secret: string },
  holder: string,
  scoped: readonly (keyof typeof SCOPED_RIGHTS)[],
  rights: readonly string[] = REALM_RIGHTS,
): Promise<void> {
  const { realm } = REALM_LAYOUT;
  const at = `/${realm}/clients`;
  const body = { clientId, secret, publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false };
  const client = String(await admin("POST", at, body));
  const account = (await admin("GET", `${at}/${client}/service-account-user`)) as { id: string };
  const management = await clientUuid(admin, "realm-management");
  const roles = (await admin("GET", `${at}/${management}/roles`)) as { name: string }[];
  const held = roles.filter(({ name }) => rights.includes(name));
  await admin("POST", `/${realm}/users/${account.id}/role-mappings/clients/${management}`, held);
  const server = `${at}/${await clientUuid(admin, "admin-permissions")}/authz/resource-server`;
  const policy = (await admin("POST", `${server}/policy/client`, { name: `is ${clientId}`, clients: [client] })) as { id: string };
  for (const name of scoped) {
    const { resourceType, scopes } = SCOPED_RIGHTS[name];
    await admin("POST", `${server}/permission/scope`, {
      name: `${clientId}: ${name}`,
      resourceType,
      scopes,
      policies: [policy.id],
      ...(resourceType === "Clients" && { resources: [holder] }),
    });
  }
}

/** Takes every scoped right from everybody. All permissions on one thing have to agree, so that two accounts with one each would both be refused. */
export async function dropScopedRights(admin: Keycloak["admin"]): Promise<void> {
  const server = `/${REALM_LAYOUT.realm}/clients/${await clientUuid(admin, "admin-permissions")}/authz/resource-server`;
  for (const { id } of (await admin("GET", `${server}/policy?permission=true&max=100`)) as { id: string }[])
    await admin("DELETE", `${server}/policy/${id}`);
}

export async function clientUuid(admin: Keycloak["admin"], clientId: string): Promise<string> {
  const found = (await admin("GET", `/${REALM_LAYOUT.realm}/clients?clientId=${clientId}`)) as { id: string }[];
  return found[0]!.id;
}

export const REALM_OFFICE = { clientId: "realm-office", secret: "Postern-Test-Office-1" } as const;

/** Somebody who administers this realm and is named in its log: administrators of the whole server are strangers to it. */
export async function addRealmAdministrator(keycloak: Keycloak): Promise<{ readonly name: string; readonly admin: Keycloak["admin"] }> {
  const { realm } = REALM_LAYOUT;
  await addServiceAccount(keycloak.admin, REALM_OFFICE, "", [], ["realm-admin"]);
  return { name: `service-account-${REALM_OFFICE.clientId}`, admin: createAdmin(keycloak.url, realm, REALM_OFFICE) };
}
