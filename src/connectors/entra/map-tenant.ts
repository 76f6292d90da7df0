/** What a file tells of a tenant. */
import { instantOfEpochMs, type Instant, parseInstant } from "../../kernel/time.ts";
import { type Contents, contentsOf, type Owned } from "./map-collect.ts";
import { booleanIn, type JsonObject, member, objectsIn, textIn, textsIn } from "./map-json.ts";
import { methodOf, type MethodsPolicy, methodsPolicyOf } from "./map-methods.ts";
import { type AccessPolicy, policyOf } from "./map-policies.ts";

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

/** Undefined when nothing in it is of Entra ID. */
export function tenantIn(json: unknown): Tenant | undefined {
  const contents = contentsOf(json);
  const isEmpty = Object.values(contents.found).every((list) => list.length === 0);
  return isEmpty && !contents.hasListOfPolicies ? undefined : tenantOf(contents);
}

function tenantOf({ found, hasListOfPolicies, isOnePage }: Contents): Tenant {
  const odd: string[] = [];
  const isWhole = hasListOfPolicies && isOnePage;
  const roleNames = found.role.map(({ json }) => [textIn(json, "roleTemplateId")!, textIn(json, "displayName")!] as const);
  const roleIds = new Map(roleNames.map(([id, name]) => [name.toLowerCase(), id]));
  const people = merged([...found.user, ...found.privileged].map((each) => personOf(each, roleIds)));
  const groups = found.group.map(({ json }) => groupOf(json, odd)).filter((group) => group !== undefined);
  const locations = found.location.map(({ json }) => locationOf(json));
  const named = [...people, ...groups, ...locations].map(({ id, name }) => [id, name] as const);
  const others = found.name.map(({ json }) => [textIn(json, "id")!, textIn(json, "displayName")!] as const);
  return {
    policies: found.policy.length > 0 || isWhole ? apart(found.policy.map(({ json }) => policyOf(json))) : undefined,
    isWhole,
    methods: methodsIn(found, odd),
    securityDefaults: found.defaults[0] === undefined ? undefined : booleanIn(found.defaults[0].json, "isEnabled"),
    people,
    isEverybody: found.user.length > 0 && isOnePage,
    groups: new Map(groups.map((group) => [group.id.toLowerCase(), group])),
    locations,
    passes: found.pass.map(passOf),
    names: new Map([...others, ...roleNames, ...named].map(([id, name]) => [id.toLowerCase(), name])),
    odd: [...odd, ...(isOnePage ? [] : ["@odata.nextLink"])],
  };
}

function locationOf(json: JsonObject): NamedLocation {
  return { id: textIn(json, "id") ?? "", name: textIn(json, "displayName") ?? "", isTrusted: booleanIn(json, "isTrusted") ?? false };
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

function methodsIn({ method, methodsPolicy }: Contents["found"], odd: string[]): MethodsPolicy | undefined {
  const methods = method.map(({ json }) => methodOf(json, odd));
  if (methodsPolicy[0] !== undefined) return methodsPolicyOf(methodsPolicy[0].json, methods, odd);
  return methods.length === 0 ? undefined : { methods, migration: undefined, campaignExcludes: [] };
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
function instantIn(json: JsonObject, name: string): Instant | undefined {
  const text = textIn(json, name) ?? "";
  const [, milliseconds] = /^\/Date\((-?\d+)\)\/$/.exec(text) ?? [];
  return milliseconds === undefined ? parseInstant(text) : instantOfEpochMs(Number(milliseconds));
}
