/** Conditional Access policies as Graph, its exports and their templates write them. */
import { isObject, type JsonObject, member, objectIn, textIn, textsIn, unknownMembers, wholeTextsIn } from "./map-json.ts";

export interface AccessPolicy {
  /** Its id; its name where a template has none yet. */
  readonly id: string;
  readonly name: string;
  readonly state: "enabled" | "report_only" | "disabled" | "unknown";
  readonly include: People;
  readonly exclude: People;
  /** Ids, or `All`, `None`, `Office365`, `MicrosoftAdminPortals`. */
  readonly applications: Scope;
  readonly applicationFilter: Filter | undefined;
  /** `urn:user:registersecurityinfo`, … */
  readonly userActions: readonly string[];
  readonly contexts: readonly string[];
  /** Empty: every kind. */
  readonly clientAppTypes: readonly string[];
  readonly platforms: Scope | undefined;
  readonly locations: Scope | undefined;
  readonly deviceFilter: Filter | undefined;
  /** Of policies made before device filters. */
  readonly excludedDeviceStates: readonly string[];
  /** Levels by what they are of; of those that are empty the policy does not ask. */
  readonly risks: Readonly<Record<Risk, readonly string[]>>;
  /** `deviceCodeFlow`, `authenticationTransfer`; empty: whatever the flow. */
  readonly transferMethods: readonly string[];
  /** Applications and agents that sign in as themselves; where it includes any, the policy is not about people. */
  readonly workloads: Scope;
  /** Undefined: it only shapes sessions. */
  readonly grant: Grant | undefined;
  /** Parts that Postern does not know: whether the policy holds for somebody cannot be told. */
  readonly notUnderstood: readonly string[];
}

export type Risk = "signIn" | "user" | "insider" | "servicePrincipal" | "agent";

export interface People {
  /** Ids, or `All`, `None`, `GuestsOrExternalUsers`. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** Template ids. */
  readonly roles: readonly string[];
  /** Kinds of guests: `b2bCollaborationGuest`, … */
  readonly guests: readonly string[];
  /** The tenants those guests come from, where not all are meant. */
  readonly guestTenants: readonly string[] | undefined;
}

export interface Scope {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface Filter {
  readonly mode: "include" | "exclude" | "unknown";
  readonly rule: string;
}

export interface Grant {
  readonly operator: "AND" | "OR";
  readonly controls: readonly string[];
  /** Terms of use and factors of other makers. */
  readonly others: readonly string[];
  readonly strength: Strength | undefined;
}

export interface Strength {
  readonly id: string | undefined;
  readonly name: string | undefined;
  /** Undefined when only the strength's id is told. */
  readonly combinations: readonly string[] | undefined;
}

const STATES: ReadonlyMap<string, AccessPolicy["state"]> = new Map([
  ["enabled", "enabled"],
  ["disabled", "disabled"],
  ["enabledforreportingbutnotenforced", "report_only"],
]);

const CONDITIONS = [
  "users",
  "applications",
  "clientAppTypes",
  "platforms",
  "locations",
  "devices",
  "deviceStates",
  "signInRiskLevels",
  "userRiskLevels",
  "insiderRiskLevels",
  "servicePrincipalRiskLevels",
  "agentIdRiskLevels",
  "authenticationFlows",
  "clientApplications",
  "agents",
  "agentContext",
];
const APPLICATIONS = [
  "includeApplications",
  "excludeApplications",
  "includeUserActions",
  "includeAuthenticationContextClassReferences",
  "applicationFilter",
];
const DEVICES = ["deviceFilter", "excludeDeviceStates", "excludeDevices"];
const USERS = ["Users", "Groups", "Roles", "GuestsOrExternalUsers"].flatMap((kind) => [`include${kind}`, `exclude${kind}`]);

/** Whether it has the marks of such a policy. */
export function isPolicy(json: unknown): json is JsonObject {
  if (!isObject(json)) return false;
  const conditions = member(json, "conditions");
  return isObject(conditions) && (textIn(json, "state") !== undefined || isObject(member(conditions, "users")));
}

export function policyOf(json: JsonObject): AccessPolicy {
  const odd: string[] = [];
  const conditions = objectIn(json, "conditions", odd) ?? {};
  const name = textIn(json, "displayName") ?? textIn(json, "id") ?? "";
  const state = STATES.get(textIn(json, "state")?.toLowerCase() ?? "") ?? "unknown";
  if (state === "unknown") odd.push("state");
  const known = {
    id: textIn(json, "id") ?? name,
    name,
    state,
    ...audienceIn(conditions, odd),
    ...circumstancesIn(conditions, odd),
    grant: grantIn(json, odd),
  };
  odd.push(...unknownMembers(conditions, CONDITIONS));
  return { ...known, notUnderstood: [...new Set(odd)] };
}

/** Who, and for what. */
function audienceIn(conditions: JsonObject, odd: string[]) {
  const users = objectIn(conditions, "users", odd) ?? {};
  const applications = objectIn(conditions, "applications", odd) ?? {};
  odd.push(...unknownMembers(applications, APPLICATIONS), ...unknownMembers(users, USERS));
  return {
    include: peopleIn(users, "include", odd),
    exclude: peopleIn(users, "exclude", odd),
    applications: scopeIn(applications, "Applications", odd),
    applicationFilter: filterIn(applications, "applicationFilter", odd),
    userActions: textsIn(applications, "includeUserActions", odd),
    contexts: textsIn(applications, "includeAuthenticationContextClassReferences", odd),
    workloads: workloadsIn(conditions, odd),
  };
}

/** How, from where, with what. */
function circumstancesIn(conditions: JsonObject, odd: string[]) {
  const devices = objectIn(conditions, "devices", odd) ?? {};
  const flows = objectIn(conditions, "authenticationFlows", odd) ?? {};
  const levels = (name: string) => textsIn(conditions, name, odd);
  odd.push(...unknownMembers(devices, DEVICES), ...unknownMembers(flows, ["transferMethods"]));
  return {
    clientAppTypes: withoutAll(textsIn(conditions, "clientAppTypes", odd)),
    platforms: namedScope(conditions, "Platforms", odd),
    locations: namedScope(conditions, "Locations", odd),
    deviceFilter: filterIn(devices, "deviceFilter", odd),
    excludedDeviceStates: deviceStates(conditions, devices, odd),
    risks: {
      signIn: levels("signInRiskLevels"),
      user: levels("userRiskLevels"),
      insider: levels("insiderRiskLevels"),
      servicePrincipal: levels("servicePrincipalRiskLevels"),
      agent: levels("agentIdRiskLevels"),
    },
    transferMethods: textsIn(flows, "transferMethods", odd),
  };
}

/** Service principals and agents, of whatever kind the release that wrote it tells apart. */
function workloadsIn(conditions: JsonObject, odd: string[]): Scope {
  const parts = ["clientApplications", "agents"].map((name) => objectIn(conditions, name, odd) ?? {});
  const all = (side: RegExp) =>
    parts.flatMap((part) =>
      Object.keys(part)
        .filter((key) => side.test(key))
        .flatMap((key) => textsIn(part, key, odd)),
    );
  return { include: all(/^include[a-z]+$/i), exclude: all(/^exclude[a-z]+$/i) };
}

function peopleIn(users: JsonObject, side: "include" | "exclude", odd: string[]): People {
  const guests = objectIn(users, `${side}GuestsOrExternalUsers`, odd) ?? {};
  const tenants = objectIn(guests, "externalTenants", odd) ?? {};
  const members = textsIn(tenants, "members", odd);
  return {
    users: textsIn(users, `${side}Users`, odd).map(spelled),
    groups: textsIn(users, `${side}Groups`, odd),
    roles: textsIn(users, `${side}Roles`, odd),
    guests: textsIn(guests, "guestOrExternalUserTypes", odd).filter((kind) => kind !== "none"),
    guestTenants: textIn(tenants, "membershipKind") === "enumerated" ? members : undefined,
  };
}

/** Names that stand for many people, as the rest of this spells them. */
const MANY = ["All", "None", "GuestsOrExternalUsers"];

function spelled(id: string): string {
  return MANY.find((name) => name.toLowerCase() === id.toLowerCase()) ?? id;
}

function namedScope(conditions: JsonObject, name: "Platforms" | "Locations", odd: string[]): Scope | undefined {
  const object = objectIn(conditions, name, odd);
  return object === undefined ? undefined : scopeIn(object, name, odd);
}

function scopeIn(object: JsonObject, what: string, odd: string[]): Scope {
  return { include: textsIn(object, `include${what}`, odd), exclude: textsIn(object, `exclude${what}`, odd) };
}

function filterIn(object: JsonObject, name: string, odd: string[]): Filter | undefined {
  const filter = objectIn(object, name, odd);
  const rule = filter === undefined ? undefined : textIn(filter, "rule");
  const mode = filter === undefined ? undefined : textIn(filter, "mode")?.toLowerCase();
  // An empty frame, left by an export of a policy without a filter.
  if (rule === undefined && mode === undefined) return undefined;
  if (rule !== undefined && (mode === "include" || mode === "exclude")) return { mode, rule };
  odd.push(name);
  return { mode: "unknown", rule: rule ?? "" };
}

function deviceStates(conditions: JsonObject, devices: JsonObject, odd: string[]): readonly string[] {
  const before = objectIn(conditions, "deviceStates", odd) ?? {};
  return [
    ...textsIn(before, "excludeStates", odd),
    ...textsIn(devices, "excludeDeviceStates", odd),
    ...textsIn(devices, "excludeDevices", odd),
  ];
}

function grantIn(json: JsonObject, odd: string[]): Grant | undefined {
  const controls = objectIn(json, "grantControls", odd);
  if (controls === undefined) return undefined;
  const strength = objectIn(controls, "authenticationStrength", odd);
  return {
    operator: textIn(controls, "operator")?.toUpperCase() === "AND" ? "AND" : "OR",
    controls: textsIn(controls, "builtInControls", odd),
    others: [...textsIn(controls, "customAuthenticationFactors", odd), ...textsIn(controls, "termsOfUse", odd)],
    strength: strength === undefined ? undefined : strengthOf(strength, odd),
  };
}

function strengthOf(json: JsonObject, odd: string[]): Strength | undefined {
  const combinations = wholeTextsIn(json, "allowedCombinations", odd);
  const id = textIn(json, "id");
  const isTold = Array.isArray(member(json, "allowedCombinations"));
  // An empty frame, left by an export of a policy that asks for no strength.
  if (id === undefined && !isTold) return undefined;
  return { id, name: textIn(json, "displayName"), combinations: isTold ? combinations : undefined };
}

function withoutAll(clientAppTypes: readonly string[]): readonly string[] {
  return clientAppTypes.some((type) => type.toLowerCase() === "all") ? [] : clientAppTypes;
}
