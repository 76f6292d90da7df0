/** A realm with many flows, an application for each, and people whom conditions tell apart: given to a server as one export. */
import { REALM_RIGHTS } from "./keycloak-realm.ts";
import type { MadeFlows } from "./keycloak-random-flows.ts";
import { PARTNER_PAGE, REDIRECT, type Walker } from "./keycloak-walk.ts";

export const READER = { clientId: "postern", secret: "Postern-Test-Flows-1" } as const;
const OTP_KEY = "PosternTestOneTimeKey";

export interface Trier extends Walker {
  /** Whether they hold a one-time code; nobody holds a passkey. */
  readonly hasCode: boolean;
}

/**
 * One has nothing special; one a role by another role, and an attribute; one both by a group above, and no code; one has all roles. The
 * realm hides `team` from its administrators; what the group has by the name of `email` is shown.
 */
export const TRIERS: readonly Trier[] = ["ada", "ben", "cy", "zoe"].map((username) => ({
  username,
  password: `Person-${username}-1`,
  otpKey: OTP_KEY,
  hasCode: username !== "cy",
}));
const MORE: Readonly<Record<string, object>> = {
  ben: { realmRoles: ["contains-a"], attributes: { team: ["red"] } },
  cy: { groups: ["/guild/night"] },
  zoe: { realmRoles: ["a", "b"], clientRoles: { "shop.v1": ["buyer"] } },
};

export function flowRealm(realm: string, { tops, authenticationFlows, authenticatorConfig }: MadeFlows) {
  const ids = new Map(authenticationFlows.map(({ alias, id }) => [alias, id]));
  return {
    realm,
    enabled: true,
    // One person signs in many times within a code's half minute.
    otpPolicyType: "totp",
    otpPolicyAlgorithm: "HmacSHA1",
    otpPolicyDigits: 6,
    otpPolicyPeriod: 30,
    otpPolicyLookAheadWindow: 2,
    otpPolicyInitialCounter: 0,
    otpPolicyCodeReusable: true,
    authenticationFlows,
    authenticatorConfig,
    roles: {
      realm: [{ name: "a" }, { name: "b" }, { name: "contains-a", composite: true, composites: { realm: ["a"] } }],
      client: { "shop.v1": [{ name: "buyer" }] },
    },
    identityProviders: [identityProvider("partner", true), identityProvider("partner-off", false)],
    groups: [{ name: "guild", realmRoles: ["b"], attributes: { team: ["red"], email: ["zoe@acme.test"] }, subGroups: [{ name: "night" }] }],
    clients: [
      { clientId: "shop.v1" },
      { ...READER, publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false },
      ...tops.map((clientId) => ({
        clientId,
        publicClient: true,
        redirectUris: [`${REDIRECT}*`],
        authenticationFlowBindingOverrides: { browser: ids.get(clientId) },
      })),
    ],
    users: [
      ...TRIERS.map(personOf),
      {
        username: `service-account-${READER.clientId}`,
        enabled: true,
        serviceAccountClientId: READER.clientId,
        clientRoles: { "realm-management": REALM_RIGHTS },
      },
    ],
  };
}

function identityProvider(alias: string, enabled: boolean) {
  const config = { authorizationUrl: PARTNER_PAGE, tokenUrl: "https://partner.test/token", clientId: "us", clientSecret: READER.secret };
  return { alias, providerId: "oidc", enabled, config };
}

function personOf({ username, password, otpKey, hasCode }: Trier) {
  const code = {
    type: "otp",
    secretData: JSON.stringify({ value: otpKey }),
    credentialData: JSON.stringify({ subType: "totp", digits: 6, counter: 0, period: 30, algorithm: "HmacSHA1" }),
  };
  return {
    username,
    enabled: true,
    email: `${username}@acme.test`,
    emailVerified: true,
    firstName: "Person",
    lastName: username,
    credentials: [{ type: "password", value: password }, ...(hasCode ? [code] : [])],
    ...MORE[username],
  };
}
