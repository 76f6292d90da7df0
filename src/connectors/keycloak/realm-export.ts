/** A realm as an administrator exports it, of whatever server version: the same facts as a running server would give, without its people's sessions. */
import { z } from "zod";

import { type ConfigFault, type FileFormat, type FileReading, type SourceFile, UnreadableFile } from "../port.ts";
import { accountsIn, behindIn, type ExportedPeople } from "./map-export-people.ts";
import { findingsIn, type RealmFacts } from "./map-findings.ts";
import { type ExportedFlow, flowOfExport } from "./map-flow.ts";

const texts = z.array(z.string());
const attributes = z
  .record(z.string(), texts)
  .nullish()
  .transform((value) => value ?? {});
const byClient = z
  .record(z.string(), texts)
  .nullish()
  .transform((value) => value ?? {});

const exportedRole = z.object({
  name: z.string(),
  composites: z.object({ realm: texts.optional(), client: z.record(z.string(), texts).optional() }).nullish(),
});

interface ExportedGroup {
  readonly name: string;
  readonly path?: string | undefined;
  readonly realmRoles: readonly string[];
  readonly clientRoles: Readonly<Record<string, readonly string[]>>;
  readonly subGroups: readonly ExportedGroup[];
}

const exportedGroup: z.ZodType<ExportedGroup> = z.object({
  name: z.string(),
  path: z.string().optional(),
  realmRoles: texts.default([]),
  clientRoles: byClient,
  get subGroups() {
    return z.array(exportedGroup).default([]);
  },
});

const exportedUser = z.object({
  id: z.string().optional(),
  username: z.string(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  enabled: z.boolean().default(true),
  serviceAccountClientId: z.string().nullish(),
  realmRoles: texts.default([]),
  clientRoles: byClient,
  groups: texts.default([]),
  attributes,
});

const exportedClient = z.object({
  clientId: z.string(),
  // As the server takes it when nothing is said.
  enabled: z.boolean().default(true),
  directAccessGrantsEnabled: z.boolean().default(false),
  authenticationFlowBindingOverrides: z.record(z.string(), z.string().nullable()).default({}),
});

const exportedFlow = z.object({
  id: z.string().optional(),
  alias: z.string(),
  authenticationExecutions: z
    .array(
      z.object({
        authenticator: z.string().optional(),
        authenticatorFlow: z.boolean().optional(),
        autheticatorFlow: z.boolean().optional(),
        flowAlias: z.string().optional(),
        authenticatorConfig: z.string().optional(),
        requirement: z.string(),
        priority: z.number().optional(),
      }),
    )
    .default([]),
});

const realmExport = z.object({
  realm: z.string(),
  keycloakVersion: z.string().optional(),
  browserFlow: z.string().optional(),
  directGrantFlow: z.string().optional(),
  resetCredentialsFlow: z.string().optional(),
  resetPasswordAllowed: z.boolean().default(false),
  authenticationFlows: z.array(exportedFlow).optional(),
  authenticatorConfig: z
    .array(z.object({ alias: z.string(), config: z.record(z.string(), z.string().nullable()).default({}) }))
    .default([]),
  clients: z.array(exportedClient).optional(),
  roles: z.object({ realm: z.array(exportedRole).default([]), client: z.record(z.string(), z.array(exportedRole)).default({}) }).optional(),
  groups: z.array(exportedGroup).optional(),
  users: z.array(exportedUser).optional(),
  requiredActions: z.array(z.object({ alias: z.string(), enabled: z.boolean().default(true) })).optional(),
  defaultRole: z.object({ name: z.string() }).optional(),
});
type RealmExport = z.infer<typeof realmExport>;

/** What only a realm has. A name alone would fit many things. */
const MARKS = [
  "authenticationFlows",
  "requiredActions",
  "browserFlow",
  "clients",
  "clientScopes",
  "users",
  "components",
  "webAuthnPolicyRpEntityName",
];

export const realmExports: FileFormat = {
  kind: "keycloak",
  title: "Keycloak realm export",
  recognises: ({ json }) => realmsIn(json).length > 0,
  read,
};

/** A file holds one realm, or a list of them. */
function realmsIn(json: unknown): readonly Record<string, unknown>[] {
  const all = Array.isArray(json) ? (json as unknown[]) : [json];
  const isRealm = (each: unknown): each is Record<string, unknown> =>
    typeof each === "object" && each !== null && "realm" in each && typeof each.realm === "string" && MARKS.some((mark) => mark in each);
  return all.every(isRealm) ? all : [];
}

function read({ name, json }: SourceFile): FileReading {
  const parsed = realmsIn(json).map((each) => realmExport.safeParse(each));
  const faults = parsed.flatMap(({ error }, index): ConfigFault[] =>
    (error?.issues ?? []).map((issue) => ({
      at: `/${[...(parsed.length > 1 ? [index] : []), ...issue.path].join("/")}`,
      words: issue.message,
    })),
  );
  if (faults.length > 0) throw new UnreadableFile(name, faults);
  const readings = parsed.map(({ data }) => readRealm(data!));
  return {
    kind: "keycloak",
    title: readings.map(({ title }) => title).join("; "),
    bypasses: readings.flatMap(({ bypasses }) => bypasses),
    accounts: readings.every(({ accounts }) => accounts === undefined) ? undefined : readings.flatMap(({ accounts }) => accounts ?? []),
    accountsBehind: (subject) => readings.map(({ accountsBehind }) => accountsBehind(subject)).find((keys) => keys !== undefined),
    unknown: readings.flatMap(({ unknown }) => unknown),
  };
}

function readRealm(realm: RealmExport): FileReading {
  const title = `Realm ${realm.realm}${realm.keycloakVersion === undefined ? "" : ` of Keycloak ${realm.keycloakVersion}`}`;
  const flows: readonly ExportedFlow[] = realm.authenticationFlows ?? [];
  const configs = new Map(realm.authenticatorConfig.map(({ alias, config }) => [alias, withoutNulls(config)]));
  const flow = (alias: string | undefined) => (alias === undefined ? undefined : flowOfExport(alias, flows, configs));
  const idToAlias = new Map((realm.authenticationFlows ?? []).map(({ id, alias }) => [id, alias]));
  const bound = (ref: string | null | undefined) =>
    ref === null || ref === undefined || ref === "" ? undefined : flow(idToAlias.get(ref) ?? ref);
  const browserFlow = flow(realm.browserFlow ?? "browser");
  const people: ExportedPeople = { ...realm, users: realm.users ?? [], groups: realm.groups ?? [] };
  const facts: RealmFacts = {
    realm: realm.realm,
    browserFlow: browserFlow ?? { alias: realm.browserFlow ?? "browser", steps: [] },
    directGrantFlow: flow(realm.directGrantFlow ?? "direct grant"),
    resetFlow: realm.resetPasswordAllowed ? flow(realm.resetCredentialsFlow ?? "reset credentials") : undefined,
    clients: (realm.clients ?? []).map((client) => ({
      clientId: client.clientId,
      enabled: client.enabled,
      directGrants: client.directAccessGrantsEnabled,
      browserFlow: bound(client.authenticationFlowBindingOverrides["browser"]),
      directGrantFlow: bound(client.authenticationFlowBindingOverrides["direct_grant"]),
    })),
    roleExists: (name) => roleExists(realm, name),
    requiredActions: realm.requiredActions ?? [{ alias: "webauthn-register-passwordless", enabled: true }],
  };
  const { bypasses, unknown } = findingsIn(facts, []);
  return {
    kind: "keycloak",
    title,
    bypasses: bypasses.map((bypass) => ({ ...bypass, key: `${realm.realm}|${bypass.key}` })),
    accounts: realm.users === undefined ? undefined : accountsIn(people),
    accountsBehind: (subject) => (realm.users === undefined ? undefined : behindIn(people, subject)),
    unknown: [...unknown, ...missingFrom(realm, title, browserFlow === undefined)],
  };
}

function withoutNulls(config: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** A role by what a condition says, as the server reads it; undefined where the export leaves roles out. */
function roleExists({ roles, clients }: RealmExport, text: string): boolean | undefined {
  if (roles === undefined) return undefined;
  const ids = new Set([...(clients ?? []).map(({ clientId }) => clientId), ...Object.keys(roles.client)]);
  for (let at = text.lastIndexOf("."); at > 0; at = text.lastIndexOf(".", at - 1)) {
    if (ids.has(text.slice(0, at))) return (roles.client[text.slice(0, at)] ?? []).some(({ name }) => name === text.slice(at + 1));
  }
  return roles.realm.some(({ name }) => name === text);
}

function missingFrom(realm: RealmExport, title: string, hasNoBrowserFlow: boolean): readonly string[] {
  const missing = [
    ...(hasNoBrowserFlow ? [`how people sign in: the flow ${realm.browserFlow ?? "browser"} is not in it`] : []),
    ...(realm.clients === undefined ? ["which applications take a password or have a flow of their own"] : []),
    ...(realm.roles === undefined ? ["whether the roles that conditions name exist"] : []),
    ...(realm.requiredActions === undefined ? ["whether people can be asked to register a passkey"] : []),
    ...(realm.users === undefined ? ["who holds which role: it was exported without its people"] : []),
  ];
  return missing.map((words) => `${title} does not tell ${words}.`);
}
