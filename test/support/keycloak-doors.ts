/** Ways into the test realm that its settings open, beside those that people hold: planted as an administrator would. */
import { addFlow, type FlowStep } from "./keycloak-flow.ts";
import type { PlantedPerson } from "./keycloak-plants.ts";
import { clientUuid, REALM_LAYOUT } from "./keycloak-realm.ts";
import { PARTNER_PAGE, REDIRECT } from "./keycloak-walk.ts";
import type { Keycloak } from "./keycloak.ts";

type Admin = Keycloak["admin"];

const WHO: FlowStep = { is: "REQUIRED", provider: "auth-username-form" };
const PASSWORD: FlowStep = { is: "REQUIRED", provider: "auth-password-form" };
const PASSKEY: FlowStep = { is: "REQUIRED", provider: "webauthn-authenticator-passwordless" };
const SECURITY_KEY: FlowStep = { is: "REQUIRED", provider: "webauthn-authenticator" };

const roleIs = (role: string, negate: boolean): FlowStep => ({
  is: "REQUIRED",
  provider: "conditional-user-role",
  config: { condUserRole: role, negate: String(negate) },
});
const attributeIs = (name: string, value: string): FlowStep => ({
  is: "REQUIRED",
  provider: "conditional-user-attribute",
  config: { attribute_name: name, attribute_expected_value: value },
});

/** A flow of its own for each application of the same name. */
const FLOWS: Readonly<Record<string, readonly FlowStep[]>> = {
  wiki: [WHO, PASSWORD],
  strict: [WHO, PASSKEY],
  till: [WHO, { is: "CONDITIONAL", flow: "till never", steps: [PASSKEY] }, PASSWORD],
  shop: [
    WHO,
    { is: "CONDITIONAL", flow: "shop passkey", steps: [roleIs("gone", true), PASSKEY] },
    { is: "CONDITIONAL", flow: "shop password", steps: [roleIs("buyer", false), PASSWORD] },
    { is: "CONDITIONAL", flow: "shop team", steps: [attributeIs("team", "red"), PASSWORD] },
  ],
  vault: [WHO, PASSWORD, SECURITY_KEY],
  elsewhere: [{ is: "REQUIRED", provider: "identity-provider-redirector", config: { defaultProvider: "elsewhere" } }, WHO, PASSKEY],
  stock: [
    { is: "ALTERNATIVE", provider: "auth-cookie" },
    { is: "ALTERNATIVE", provider: "identity-provider-redirector" },
    { is: "ALTERNATIVE", flow: "stock forms", steps: [WHO, PASSWORD, PASSKEY] },
  ],
  desk: [{ is: "REQUIRED", provider: "auth-spnego" }],
};

export async function plantDoors(admin: Admin): Promise<void> {
  const at = `/${REALM_LAYOUT.realm}`;
  await admin("POST", `${at}/roles`, { name: "buyer" });
  await plantApplications(admin, at);
  await plantIdentityProviders(admin, at);
  await admin("PUT", at, { ...((await admin("GET", at)) as object), registrationAllowed: true, resetPasswordAllowed: true });
  const management = await clientUuid(admin, "realm-management");
  const group = String(await admin("POST", `${at}/groups`, { name: "support" }));
  const mayBeAnybody = await admin("GET", `${at}/clients/${management}/roles/impersonation`);
  await admin("POST", `${at}/groups/${group}/role-mappings/clients/${management}`, [mayBeAnybody]);
}

async function plantApplications(admin: Admin, at: string): Promise<void> {
  const robot = { publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false };
  const clients = [
    { clientId: "old-tool", publicClient: true, directAccessGrantsEnabled: true },
    { clientId: "switched-off", enabled: false, directAccessGrantsEnabled: true, ...robot },
    { clientId: "robot", ...robot },
    { clientId: "signed-robot", ...robot, clientAuthenticatorType: "client-jwt" },
    { clientId: "rotated-robot", ...robot, attributes: { "client.secret.expiration.time": "4102444800" } },
  ];
  for (const client of clients) await admin("POST", `${at}/clients`, client);
  for (const [alias, steps] of Object.entries(FLOWS)) {
    await addFlow(admin, REALM_LAYOUT.realm, alias, steps);
    const browser = await flowId(admin, at, alias);
    await admin("POST", `${at}/clients`, {
      clientId: alias,
      publicClient: true,
      redirectUris: [`${REDIRECT}*`],
      authenticationFlowBindingOverrides: { browser },
    });
  }
}

async function flowId(admin: Admin, at: string, alias: string): Promise<string> {
  const flows = (await admin("GET", `${at}/authentication/flows`)) as { id: string; alias: string }[];
  return flows.find((flow) => flow.alias === alias)!.id;
}

async function plantIdentityProviders(admin: Admin, at: string): Promise<void> {
  await addFlow(admin, REALM_LAYOUT.realm, "then a passkey", [PASSKEY]);
  await addFlow(admin, REALM_LAYOUT.realm, "then a key", [SECURITY_KEY]);
  await addFlow(admin, REALM_LAYOUT.realm, "then a code", [{ is: "REQUIRED", provider: "auth-otp-form" }]);
  const config = {
    authorizationUrl: PARTNER_PAGE,
    tokenUrl: "https://partner.test/token",
    clientId: "us",
    clientSecret: "Postern-Test-Partner-1",
  };
  const providers = [
    { alias: "partner" },
    { alias: "partner-off", enabled: false },
    { alias: "partner-to-link", linkOnly: true },
    { alias: "partner-and-passkey", postBrokerLoginFlowAlias: "then a passkey" },
    { alias: "partner-and-key", postBrokerLoginFlowAlias: "then a key" },
    { alias: "partner-and-code", postBrokerLoginFlowAlias: "then a code" },
  ];
  for (const each of providers)
    await admin("POST", `${at}/identity-provider/instances`, { providerId: "oidc", enabled: true, config, ...each });
}

/** Gives somebody a security key that nobody holds, as an import does. */
export async function plantKey(admin: Admin, username: string): Promise<void> {
  const told = {
    aaguid: "00000000-0000-0000-0000-000000000000",
    credentialId: "cG9zdGVybg",
    counter: 0,
    credentialPublicKey: "cG9zdGVybg",
  };
  const key = { type: "webauthn", userLabel: "key", secretData: "{}", credentialData: JSON.stringify(told) };
  const users = [
    {
      username,
      enabled: true,
      email: `${username}@acme.test`,
      firstName: "Person",
      lastName: username,
      credentials: [{ type: "password", value: PASSWORD_OF_KEY_HOLDER }, key],
    },
  ];
  await admin("POST", `/${REALM_LAYOUT.realm}/partialImport`, { ifResourceExists: "FAIL", users });
}

export const PASSWORD_OF_KEY_HOLDER = "Person-Key-Holder-1";

/** Another realm that signs people in by a password, and somebody whom both know by one name and password. */
export async function plantElsewhere({ admin, url }: Keycloak, { subject, password }: PlantedPerson): Promise<void> {
  const broker = {
    clientId: REALM_LAYOUT.realm,
    secret: "Postern-Test-Broker-1",
    redirectUris: [`${url}/realms/${REALM_LAYOUT.realm}/broker/*`],
  };
  await admin("POST", "", { realm: "elsewhere", enabled: true, clients: [broker] });
  const account = { username: subject.name, enabled: true, email: `${subject.name}@acme.test`, firstName: "Person", lastName: "Elsewhere" };
  const userId = await admin("POST", "/elsewhere/users", { ...account, credentials: [{ type: "password", value: password }] });
  const at = `${url}/realms/elsewhere/protocol/openid-connect`;
  const config = {
    authorizationUrl: `${at}/auth`,
    tokenUrl: `${at}/token`,
    clientId: broker.clientId,
    clientSecret: broker.secret,
    clientAuthMethod: "client_secret_post",
  };
  const realm = `/${REALM_LAYOUT.realm}`;
  await admin("POST", `${realm}/identity-provider/instances`, { alias: "elsewhere", providerId: "oidc", enabled: true, config });
  const identity = { identityProvider: "elsewhere", userId, userName: subject.name };
  await admin("POST", `${realm}/users/${subject.key}/federated-identity/elsewhere`, identity);
}
