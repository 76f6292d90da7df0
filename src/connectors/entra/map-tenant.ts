/**
 * What a file tells of a tenant, whatever wrote it: a single policy, a list, an answer of Graph (`value`), or an export of many
 * things. Objects are known by their marks, not by where they stand.
 */
import { instantOfEpochMs, type Instant, parseInstant } from "../../kernel/time.ts";
import { booleanIn, hasMember, isObject, type JsonObject, member, objectsIn, textIn, textsIn } from "./map-json.ts";
import { isMethod, isMethodsPolicy, methodOf, type MethodsPolicy, methodsPolicyOf, type SignInMethod } from "./map-methods.ts";
import { type AccessPolicy, isPolicy, policyOf } from "./map-policies.ts";

export interface Tenant {
  /** Undefined: the file says nothing of them. */
  readonly policies: readonly AccessPolicy[] | undefined;
  /** Whether these are all policies of the tenant, as far as the file shows. */
  readonly isWhole: boolean;
  readonly methods: MethodsPolicy | undefined;
  readonly securityDefaults: boolean | undefined;
  readonly people: readonly Person[];
  /** Whether `people` is everybody; else those with privileged roles. */
  readonly isEverybody: boolean;
  readonly groups: ReadonlyMap<string, Group>;
  readonly locations: readonly NamedLocation[];
  readonly passes: readonly Pass[];
  /** Names by id in lower case, of whatever the file names. */
  readonly names: ReadonlyMap<string, string>;
  /** What was not of the shape that was looked for. */
  readonly odd: readonly string[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly signInName: string | undefined;
  readonly isEnabled: boolean;
  /** Template ids of privileged roles; names where the file does not tell the ids. */
  readonly roles: readonly string[];
  readonly areRolesKnown: boolean;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly isDynamic: boolean;
  /** Ids; undefined when the file does not tell. */
  readonly members: readonly string[] | undefined;
}

export interface NamedLocation {
  readonly id: string;
  readonly name: string;
  readonly isTrusted: boolean;
}

/** A temporary access pass; never the pass itself. */
export interface Pass {
  readonly id: string;
  readonly user: string;
  readonly startsAt: Instant | undefined;
  readonly lifetimeMinutes: number | undefined;
  readonly isUsable: boolean | undefined;
}

interface Found {
  readonly policies: JsonObject[];
  readonly methods: JsonObject[];
  readonly methodsPolicies: JsonObject[];
  readonly defaults: JsonObject[];
  readonly roles: JsonObject[];
  readonly users: Owned[];
  readonly privileged: Owned[];
  readonly groups: JsonObject[];
  readonly locations: JsonObject[];
  readonly passes: Owned[];
  readonly names: JsonObject[];
  /** Lists that go on elsewhere. */
  pages: number;
}

/** An object below a key that says whose it is. */
interface Owned {
  readonly json: JsonObject;
  readonly owner: string;
}

/** Exports nest: tenant, list, object, its methods. */
const DEEPEST = 6;

/** Undefined when nothing in it is of Entra ID. */
export function tenantIn(json: unknown): Tenant | undefined {
  const found: Found = {
    policies: [],
    methods: [],
    methodsPolicies: [],
    defaults: [],
    roles: [],
    users: [],
    privileged: [],
    groups: [],
    locations: [],
    passes: [],
    names: [],
    pages: 0,
  };
  const hasList = hasListOfPolicies(json);
  collect(json, [], found);
  const { pages, ...lists } = found;
  if (!hasList && Object.values(lists).every((list) => list.length === 0)) return undefined;
  return tenantOf(found, hasList && pages === 0);
}

/** An empty list of policies is a finding too. */
function hasListOfPolicies(json: unknown): boolean {
  if (Array.isArray(json)) return json.some(isPolicy);
  if (!isObject(json)) return false;
  const named = ["conditional_access_policies", "conditionalAccessPolicies", "policies"].some((name) => Array.isArray(member(json, name)));
  const isAnswer = /conditionalAccess\/policies(\?|$)/.test(textIn(json, "@odata.context") ?? "");
  const value = member(json, "value");
  return (
    named ||
    (Array.isArray(value) && (isAnswer || value.some(isPolicy))) ||
    Object.values(json).some((each) => Array.isArray(each) && each.some(isPolicy))
  );
}

function collect(json: unknown, trail: readonly string[], found: Found): void {
  if (Array.isArray(json)) {
    for (const each of json as readonly unknown[]) collect(each, trail, found);
    return;
  }
  if (!isObject(json) || trail.length > DEEPEST) return;
  if (hasMember(json, "@odata.nextLink")) found.pages += 1;
  if (keep(json, trail, found)) return;
  for (const [key, each] of Object.entries(json)) collect(each, [...trail, key], found);
}

/** True when it was recognised and has nothing further inside. */
function keep(json: JsonObject, trail: readonly string[], found: Found): boolean {
  const type = textIn(json, "@odata.type")?.toLowerCase() ?? "";
  const kind = KINDS.find(({ fits }) => fits(json, type, trail));
  if (kind === undefined) return false;
  kind.keep(json, trail, found);
  return kind.isLeaf;
}

interface Kind {
  readonly fits: (json: JsonObject, type: string, trail: readonly string[]) => boolean;
  readonly keep: (json: JsonObject, trail: readonly string[], found: Found) => void;
  readonly isLeaf: boolean;
}

const KINDS: readonly Kind[] = [
  { fits: isPolicy, keep: (json, _, { policies }) => policies.push(json), isLeaf: true },
  { fits: isMethod, keep: (json, _, { methods }) => methods.push(json), isLeaf: true },
  { fits: isMethodsPolicy, keep: (json, _, { methodsPolicies }) => methodsPolicies.push(json), isLeaf: true },
  { fits: isSecurityDefaults, keep: (json, _, { defaults }) => defaults.push(json), isLeaf: true },
  { fits: isRole, keep: (json, _, { roles }) => roles.push(json), isLeaf: true },
  { fits: isPass, keep: (json, trail, { passes }) => passes.push({ json, owner: ownerOf(trail) }), isLeaf: true },
  { fits: isLocation, keep: (json, _, { locations }) => locations.push(json), isLeaf: true },
  { fits: isGroup, keep: (json, _, { groups }) => groups.push(json), isLeaf: true },
  {
    fits: (_, __, trail) => trail.length > 1 && /^privileged_?users$/i.test(trail.at(-2) ?? ""),
    keep: (json, trail, { privileged }) => privileged.push({ json, owner: trail.at(-1)! }),
    isLeaf: true,
  },
  { fits: isUser, keep: keepUser, isLeaf: true },
  { fits: isNaming, keep: (json, _, { names }) => names.push(json), isLeaf: true },
];

function isSecurityDefaults(json: JsonObject, type: string, trail: readonly string[]): boolean {
  const isNamed = /security_?defaults/i.test(trail.at(-1) ?? "") || type.endsWith("identitysecuritydefaultsenforcementpolicy");
  const isTheOne =
    textIn(json, "id") === "00000000-0000-0000-0000-000000000005" || /securityDefaults/i.test(textIn(json, "@odata.context") ?? "");
  return booleanIn(json, "isEnabled") !== undefined && (isNamed || isTheOne);
}

function isRole(json: JsonObject): boolean {
  return textIn(json, "roleTemplateId") !== undefined && textIn(json, "displayName") !== undefined;
}

function isPass(json: JsonObject, type: string): boolean {
  return (
    type.endsWith("temporaryaccesspassauthenticationmethod") || (hasMember(json, "isUsableOnce") && hasMember(json, "lifetimeInMinutes"))
  );
}

function isLocation(json: JsonObject, type: string): boolean {
  return (
    type.endsWith("namedlocation") ||
    (textIn(json, "id") !== undefined && (hasMember(json, "countriesAndRegions") || hasMember(json, "ipRanges")))
  );
}

function isGroup(json: JsonObject, type: string): boolean {
  return type.endsWith("microsoft.graph.group") || (hasMember(json, "securityEnabled") && textIn(json, "displayName") !== undefined);
}

function isUser(json: JsonObject): boolean {
  return textIn(json, "userPrincipalName") !== undefined && textIn(json, "id") !== undefined;
}

/** The table of a migration: what ids of another tenant are called. */
function isNaming(json: JsonObject, _: string, trail: readonly string[]): boolean {
  return trail.at(-1) === "Objects" && textIn(json, "id") !== undefined && textIn(json, "displayName") !== undefined;
}

/** Below a user the trail says whose it is; an answer of Graph alone does not. */
function ownerOf(trail: readonly string[]): string {
  return /^(temporaryAccessPassMethods|methods)$/i.test(trail.at(-1) ?? "") ? (trail.at(-2) ?? "") : "";
}

/** A user may hold passes of its own, as Graph expands them. */
function keepUser(json: JsonObject, trail: readonly string[], found: Found): void {
  const id = textIn(json, "id")!;
  found.users.push({ json, owner: id });
  const authentication = member(json, "authentication");
  for (const part of [json, ...(isObject(authentication) ? [authentication] : [])]) {
    for (const name of ["temporaryAccessPassMethods", "methods"]) collect(member(part, name), [...trail, id, name], found);
  }
}

function tenantOf(found: Found, isWhole: boolean): Tenant {
  const odd: string[] = [];
  const roleIds = new Map(found.roles.map((role) => [textIn(role, "displayName")!.toLowerCase(), textIn(role, "roleTemplateId")!]));
  const people = [...found.users, ...found.privileged].map((each) => personOf(each, roleIds));
  const groups = found.groups.map((group) => groupOf(group, odd)).filter((group) => group !== undefined);
  const locations = found.locations.map((json) => ({
    id: textIn(json, "id") ?? "",
    name: textIn(json, "displayName") ?? "",
    isTrusted: booleanIn(json, "isTrusted") ?? false,
  }));
  const named = [...people, ...groups, ...locations].map(({ id, name }) => [id.toLowerCase(), name] as const);
  const roles = found.roles.map((role) => [textIn(role, "roleTemplateId")!.toLowerCase(), textIn(role, "displayName")!] as const);
  const others = found.names.map((json) => [textIn(json, "id")!.toLowerCase(), textIn(json, "displayName")!] as const);
  return {
    policies: found.policies.length > 0 || isWhole ? apart(found.policies.map(policyOf)) : undefined,
    isWhole,
    methods: methodsIn(found, odd),
    securityDefaults: found.defaults.length === 0 ? undefined : booleanIn(found.defaults[0]!, "isEnabled"),
    people: merged(people),
    isEverybody: found.users.length > 0 && found.pages === 0,
    groups: new Map(groups.map((group) => [group.id.toLowerCase(), group])),
    locations,
    passes: found.passes.map(passOf),
    names: new Map([...others, ...roles, ...named]),
    odd: [...odd, ...(found.pages > 0 ? ["@odata.nextLink"] : [])],
  };
}

/** Templates have names only, and two may have the same. */
function apart(policies: readonly AccessPolicy[]): readonly AccessPolicy[] {
  const seen = new Map<string, number>();
  return policies.map((policy) => {
    const times = (seen.get(policy.id) ?? 0) + 1;
    seen.set(policy.id, times);
    return times === 1 ? policy : { ...policy, id: `${policy.id} (${times})` };
  });
}

function methodsIn({ methods, methodsPolicies }: Found, odd: string[]): MethodsPolicy | undefined {
  const apart: SignInMethod[] = methods.map((method) => methodOf(method, odd));
  if (methodsPolicies.length > 0) return methodsPolicyOf(methodsPolicies[0]!, apart, odd);
  return apart.length === 0 ? undefined : { methods: apart, migration: undefined, campaignExcludes: [] };
}

function personOf({ json, owner }: Owned, roleIds: ReadonlyMap<string, string>): Person {
  const roles = textsIn(json, "roles", []);
  const ids = new Set(roleIds.values());
  return {
    id: textIn(json, "id") ?? owner,
    name: textIn(json, "displayName") ?? textIn(json, "userPrincipalName") ?? owner,
    signInName: textIn(json, "userPrincipalName"),
    isEnabled: booleanIn(json, "accountEnabled") ?? true,
    roles: roles.map((role) => roleIds.get(role.toLowerCase()) ?? role),
    areRolesKnown: roles.every((role) => roleIds.has(role.toLowerCase()) || ids.has(role)),
  };
}

/** Who is listed twice, as a user and as a privileged one, is one person. */
function merged(people: readonly Person[]): readonly Person[] {
  const byId = new Map<string, Person>();
  for (const person of people) {
    const known = byId.get(person.id);
    byId.set(person.id, known === undefined ? person : { ...known, roles: [...known.roles, ...person.roles] });
  }
  return [...byId.values()];
}

function groupOf(json: JsonObject, odd: string[]): Group | undefined {
  const id = textIn(json, "id");
  if (id === undefined) return undefined;
  const list = ["transitiveMembers", "members"].find((name) => Array.isArray(member(json, name)));
  const members = list === undefined ? [] : objectsIn(json, list, odd);
  // Whoever is in a group that is a member is a member too, and not told here.
  const isNested = list === "members" && members.some((each) => /group$/i.test(textIn(each, "@odata.type") ?? ""));
  return {
    id,
    name: textIn(json, "displayName") ?? id,
    isDynamic: textIn(json, "membershipRule") !== undefined,
    members: list === undefined || isNested ? undefined : members.flatMap((each) => textIn(each, "id") ?? []),
  };
}

function passOf({ json, owner }: Owned): Pass {
  const lifetime = member(json, "lifetimeInMinutes");
  return {
    id: textIn(json, "id") ?? "",
    user: textIn(json, "userId") ?? owner,
    startsAt: instantIn(json, "startDateTime"),
    lifetimeMinutes: Number.isSafeInteger(lifetime) && Number(lifetime) > 0 ? Number(lifetime) : undefined,
    isUsable: booleanIn(json, "isUsable"),
  };
}

/** ISO 8601, or `/Date(1660328610000)/` as older PowerShell writes it. */
export function instantIn(json: JsonObject, name: string): Instant | undefined {
  const text = textIn(json, name) ?? "";
  const [, milliseconds] = /^\/Date\((-?\d+)\)\/$/.exec(text) ?? [];
  return milliseconds === undefined ? parseInstant(text) : instantOfEpochMs(Number(milliseconds));
}
