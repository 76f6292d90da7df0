/** The parts of Keycloak's representations that are used. What else is in them is ignored. */
import { z } from "zod";

export const user = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  enabled: z.boolean().default(true),
  createdTimestamp: z.number().optional(),
  serviceAccountClientId: z.string().optional(),
  attributes: z.record(z.string(), z.array(z.string())).optional(),
});
export type KeycloakUser = z.infer<typeof user>;

/** What the realm's user profile tells of attributes. */
export const userProfile = z.object({
  attributes: z
    .array(
      z.object({
        name: z.string(),
        permissions: z
          .object({ view: z.array(z.string()).default([]), edit: z.array(z.string()).default([]) })
          .default({ view: [], edit: ["admin"] }),
      }),
    )
    .default([]),
  unmanagedAttributePolicy: z.string().optional(),
});

export const group = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  parentId: z.string().optional(),
  attributes: z.record(z.string(), z.array(z.string())).optional(),
});
export type KeycloakGroup = z.infer<typeof group>;

export const role = z.object({
  id: z.string(),
  name: z.string(),
  composite: z.boolean().default(false),
  clientRole: z.boolean().default(false),
  containerId: z.string().optional(),
  attributes: z.record(z.string(), z.array(z.string())).optional(),
});
export type KeycloakRole = z.infer<typeof role>;

export const roleMappings = z.object({
  realmMappings: z.array(role).default([]),
  clientMappings: z.record(z.string(), z.object({ mappings: z.array(role) })).default({}),
});

export const client = z.object({
  id: z.string(),
  clientId: z.string(),
  enabled: z.boolean().default(true),
  directAccessGrantsEnabled: z.boolean().default(false),
  authenticationFlowBindingOverrides: z.record(z.string(), z.string()).default({}),
  publicClient: z.boolean().default(false),
  bearerOnly: z.boolean().default(false),
  serviceAccountsEnabled: z.boolean().default(false),
  clientAuthenticatorType: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).default({}),
});
export type KeycloakClient = z.infer<typeof client>;

export const realmSettings = z.object({
  realm: z.string(),
  browserFlow: z.string().optional(),
  directGrantFlow: z.string().optional(),
  resetCredentialsFlow: z.string().optional(),
  resetPasswordAllowed: z.boolean().default(false),
  registrationAllowed: z.boolean().default(false),
  accessTokenLifespan: z.number().default(300),
  ssoSessionMaxLifespan: z.number().default(36_000),
  /** 0: as without. */
  ssoSessionMaxLifespanRememberMe: z.number().default(0),
  offlineSessionMaxLifespanEnabled: z.boolean().default(false),
  offlineSessionMaxLifespan: z.number().default(5_184_000),
  defaultRole: z.object({ id: z.string(), name: z.string() }).optional(),
});

export const identityProvider = z
  .object({
    internalId: z.string(),
    alias: z.string(),
    enabled: z.boolean().default(true),
    linkOnly: z.boolean().optional(),
    types: z.array(z.string()).optional(),
    postBrokerLoginFlowAlias: z.string().nullish(),
  })
  .transform(({ internalId: id, ...rest }) => ({ id, ...rest }));
/** That somebody is known to an identity provider, and signs in through it. */
export const link = z.object({ identityProvider: z.string() });

export const flowSummary = z.object({ id: z.string(), alias: z.string() });
export const execution = z.object({
  requirement: z.enum(["REQUIRED", "ALTERNATIVE", "CONDITIONAL", "DISABLED"]),
  level: z.number(),
  displayName: z.string().optional(),
  providerId: z.string().optional(),
  authenticationFlow: z.boolean().optional(),
  authenticationConfig: z.string().optional(),
});
export const executionConfig = z.object({
  // Null where a value was taken away.
  config: z.record(z.string(), z.string().nullable()).default({}),
});
export const requiredAction = z.object({ alias: z.string(), enabled: z.boolean() });

export const eventsConfig = z.object({ eventsEnabled: z.boolean().default(false), adminEventsEnabled: z.boolean().default(false) });
export const adminEvent = z.object({
  id: z.string(),
  time: z.number(),
  operationType: z.string(),
  resourceType: z.string().default("unknown"),
  resourcePath: z.string().default(""),
  /** What was sent, as JSON: only where the realm keeps the details. */
  representation: z.string().optional(),
  authDetails: z.object({ userId: z.string().optional(), realmId: z.string().optional() }).default({}),
});
export type AdminEvent = z.infer<typeof adminEvent>;
export const loginEvent = z.object({
  id: z.string(),
  time: z.number(),
  type: z.string(),
  userId: z.string().nullish(),
  clientId: z.string().nullish(),
  ipAddress: z.string().nullish(),
  error: z.string().nullish(),
  details: z.record(z.string(), z.string().nullable()).nullish(),
});
export type LoginEvent = z.infer<typeof loginEvent>;

export const credential = z.object({ id: z.string(), type: z.string(), createdDate: z.number().nullish() });
