/** A realm as an administrator exports it, of whatever server version: the same facts as a running server would give, without its people's sessions. */
import { z } from "zod";

import { type ConfigFault, type FileFormat, type FileReading, type SourceFile, UnreadableFile } from "../port.ts";
import { besideIn } from "./map-beside.ts";
import { besideOf } from "./map-export-beside.ts";
import { accountsIn, behindIn, type ExportedPeople, isPerson, subjectKey } from "./map-export-people.ts";
import { findingsIn, type RealmFacts } from "./map-findings.ts";
import { type ExportedFlow, flowOfExport, missingFlow } from "./map-flow.ts";

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
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly realmRoles: readonly string[];
  readonly clientRoles: Readonly<Record<string, readonly string[]>>;
  readonly subGroups: readonly ExportedGroup[];
}

const exportedGroup: z.ZodType<ExportedGroup> = z.object({
  name: z.string(),
  path: z.string().optional(),
  attributes,
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
  publicClient: z.boolean().default(false),
  bearerOnly: z.boolean().default(false),
  serviceAccountsEnabled: z.boolean().default(false),
  clientAuthenticatorType: z.string().optional(),
  attributes: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((value) => value ?? {}),
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
  registrationAllowed: z.boolean().default(false),
  authenticationFlows: z.array(exportedFlow).optional(),
  authenticatorConfig: z
    .array(z.object({ alias: z.string(), config: z.record(z.string(), z.string().nullable()).default({}) }))
    .default([]),
  clients: z.array(exportedClient).optional(),
  roles: z.object({ realm: z.array(exportedRole).default([]), client: z.record(z.string(), z.array(exportedRole)).default({}) }).optional(),
  groups: z.array(exportedGroup).optional(),
  users: z.array(exportedUser).optional(),
  federatedUsers: z.array(z.unknown()).optional(),
  requiredActions: z.array(z.object({ alias: z.string(), enabled: z.boolean().default(true) })).optional(),
  defaultRole: z.object({ name: z.string() }).optional(),
  adminPermissionsClient: z.object({ clientId: z.string() }).nullish(),
  identityProviders: z
    .array(
      z.object({
        alias: z.string(),
        enabled: z.boolean().default(true),
        linkOnly: z.boolean().nullish(),
        types: texts.nullish(),
        postBrokerLoginFlowAlias: z.string().nullish(),
      }),
    )
    .default([]),
});
type RealmExport = z.infer<typeof realmExport> & {
  /** People whose realm lies beside them: it tells of them. */
  readonly isToldElsewhere?: boolean;
};

/** What only a realm has. A name alone would fit many things. */
const MARKS = [
  "authenticationFlows",
  "requiredActions",
  "browserFlow",
  "clients",
  "clientScopes",
  "users",
  "federatedUsers",
  "components",
  "webAuthnPolicyRpEntityName",
];

export const realmExports: FileFormat = {
  kind: "keycloak",
  title: "Keycloak realm export",
  recognises: ({ json }) => realmsIn(json).length > 0,
  read,
};

function isRealm(each: unknown): each is Record<string, unknown> {
  return (
    typeof each === "object" && each !== null && "realm" in each && typeof each.realm === "string" && MARKS.some((mark) => mark in each)
  );
}

/** A file holds one realm, or a list of them. */
function realmsIn(json: unknown): readonly Record<string, unknown>[] {
  const all = Array.isArray(json) ? (json as unknown[]) : [json];
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
  return readingOf(parsed.map(({ data }) => data!));
}

/** What each reading was made of, so that parts of one export find each other. */
const madeOf = new WeakMap<FileReading, readonly RealmExport[]>();

function readingOf(realms: readonly RealmExport[]): FileReading {
  const parts = realms.map(readRealm);
  const reading: FileReading = {
    kind: "keycloak",
    title: parts.map(({ title }) => title).join("; "),
    bypasses: parts.flatMap(({ bypasses }) => bypasses),
    accounts: parts.every(({ accounts }) => accounts === undefined) ? undefined : parts.flatMap(({ accounts }) => accounts ?? []),
    accountsBehind: (subject) => parts.map(({ accountsBehind }) => accountsBehind(subject)).find((keys) => keys !== undefined),
    unknown: parts.flatMap(({ unknown }) => unknown),
    joined: (others) => joinedWith(realms, others),
  };
  madeOf.set(reading, realms);
  return reading;
}

/** A server exports to a folder: the realm in one file, its people in others, some in each. The realm's own file tells of all. */
function joinedWith(realms: readonly RealmExport[], others: readonly FileReading[]): FileReading {
  const beside = Map.groupBy(
    others.flatMap((other) => madeOf.get(other) ?? []),
    ({ realm }) => realm,
  );
  const joined = readingOf(
    realms.map((realm) => {
      const parts = beside.get(realm.realm) ?? [];
      if (isPeopleOnly(realm)) return parts.some((part) => !isPeopleOnly(part)) ? { ...realm, users: [], isToldElsewhere: true } : realm;
      const people = parts.filter(isPeopleOnly);
      const users = [...(realm.users ?? []), ...people.flatMap((part) => part.users ?? [])];
      const federated = [...(realm.federatedUsers ?? []), ...people.flatMap((part) => part.federatedUsers ?? [])];
      return { ...realm, ...(people.length > 0 && { users, federatedUsers: federated }) };
    }),
  );
  const toldBy = realms.every(isPeopleOnly) ? others.find((other) => tellsAll(other, realms)) : undefined;
  return { ...joined, ...(toldBy !== undefined && { toldBy }) };
}

function tellsAll(other: FileReading, realms: readonly RealmExport[]): boolean {
  const told = (madeOf.get(other) ?? []).filter((realm) => !isPeopleOnly(realm)).map(({ realm }) => realm);
  return realms.every(({ realm }) => told.includes(realm));
}

function isPeopleOnly({ users, federatedUsers, authenticationFlows, clients, roles, browserFlow }: RealmExport): boolean {
  const hasSettings = [authenticationFlows, clients, roles, browserFlow].some((part) => part !== undefined);
  return !hasSettings && (users !== undefined || federatedUsers !== undefined);
}

function readRealm(realm: RealmExport): FileReading {
  const title = `Realm ${realm.realm}${realm.keycloakVersion === undefined ? "" : ` of Keycloak ${realm.keycloakVersion}`}`;
  const facts = factsOf(realm);
  const { bypasses, unknown } = findingsIn(facts, []);
  const people: ExportedPeople = { ...realm, users: realm.users ?? [], groups: realm.groups ?? [] };
  const beside = besideIn(besideOf(realm, people, { ...facts, byAlias: flowsOf(realm).byAlias }));
  const hasPeople = hasItsPeople(realm);
  return {
    kind: "keycloak",
    title,
    bypasses: [...bypasses, ...beside].map((bypass) => ({
      ...bypass,
      key: `${realm.realm}|${bypass.key}`,
      subject: bypass.subject.kind === "service" ? bypass.subject : { ...bypass.subject, key: subjectKey(realm.realm, bypass.subject.key) },
    })),
    accounts: realm.users === undefined ? undefined : accountsIn(people),
    accountsBehind: (subject) =>
      subject.kind === "service" || (hasPeople && realm.isToldElsewhere !== true) ? behindIn(people, subject) : undefined,
    unknown: realm.isToldElsewhere === true ? [] : [...unknown, ...missingFrom(realm, title, facts.browserFlow.steps.length === 0)],
  };
}

/** The console's export holds the accounts of applications with these, and nobody else. */
function hasItsPeople({ users }: RealmExport): boolean {
  return users !== undefined && (users.length === 0 || users.some(isPerson));
}

/** What an export leaves out is as a new realm has it. */
function factsOf(realm: RealmExport): RealmFacts {
  const flows = flowsOf(realm);
  const { browserFlow = "browser", directGrantFlow = "direct grant", resetCredentialsFlow = "reset credentials" } = realm;
  return {
    realm: realm.realm,
    browserFlow: flows.byAlias(browserFlow) ?? { alias: browserFlow, steps: [] },
    directGrantFlow: flows.byAlias(directGrantFlow),
    resetFlow: realm.resetPasswordAllowed ? flows.byAlias(resetCredentialsFlow) : undefined,
    clients: (realm.clients ?? []).map(({ clientId, enabled, directAccessGrantsEnabled, authenticationFlowBindingOverrides: own }) => ({
      clientId,
      enabled,
      directGrants: directAccessGrantsEnabled,
      browserFlow: flows.bound(own["browser"]),
      directGrantFlow: flows.bound(own["direct_grant"]),
    })),
    roleExists: (name) => roleExists(realm, name),
    requiredActions:
      realm.requiredActions ?? ["webauthn-register", "webauthn-register-passwordless"].map((alias) => ({ alias, enabled: true })),
  };
}

/** Clients name flows by id in an export of a server, and by alias in what people write. */
function flowsOf({ authenticationFlows = [], authenticatorConfig }: RealmExport) {
  const flows: readonly ExportedFlow[] = authenticationFlows;
  const configs = new Map(authenticatorConfig.map(({ alias, config }) => [alias, withoutNulls(config)]));
  const aliases = new Map(authenticationFlows.map(({ id, alias }) => [id, alias]));
  const byAlias = (alias: string) => flowOfExport(alias, flows, configs);
  const bound = (ref: string | null | undefined) =>
    ref === null || ref === undefined || ref === "" ? undefined : (byAlias(aliases.get(ref) ?? ref) ?? missingFlow(ref));
  return { byAlias, bound };
}

function withoutNulls(config: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** A role by what a condition says, as the server reads it; undefined where the export leaves roles out. */
function roleExists({ roles, clients }: RealmExport, text: string): boolean | undefined {
  if (roles === undefined) return undefined;
  const ids = new Set([...(clients ?? []).map(({ clientId }) => clientId), ...Object.keys(roles.client)]);
  for (let at = text.lastIndexOf("."); at > 0; at = text.lastIndexOf(".", at - 1)) {
    const holder = text.slice(0, at);
    if (!ids.has(holder)) continue;
    const held = Object.hasOwn(roles.client, holder) ? roles.client[holder]! : [];
    return held.some(({ name }) => name === text.slice(at + 1));
  }
  return roles.realm.some(({ name }) => name === text);
}

function missingFrom(realm: RealmExport, title: string, hasNoBrowserFlow: boolean): readonly string[] {
  const missing = [
    ...(hasNoBrowserFlow ? [`how people sign in: the flow ${realm.browserFlow ?? "browser"} is not in it`] : []),
    ...(realm.clients === undefined ? ["which applications take a password or have a flow of their own"] : []),
    ...(realm.roles === undefined ? ["whether the roles that conditions name exist"] : []),
    ...(realm.requiredActions === undefined ? ["whether people can be asked to register a passkey"] : []),
    ...((realm.federatedUsers ?? []).length > 0
      ? ["who its people of another directory are: only what Keycloak keeps of them is in it"]
      : []),
    ...(!hasItsPeople(realm) ? ["who holds which role: it was exported without its people"] : []),
  ];
  return missing.map((words) => `${title} does not tell ${words}.`);
}
