/** The people of an exported realm, and whom a role, a group or an attribute stands for. */
import type { BypassSubject, DirectoryPerson } from "../port.ts";

interface Grants {
  readonly realmRoles: readonly string[];
  readonly clientRoles: Readonly<Record<string, readonly string[]>>;
}

interface Group extends Grants {
  readonly name: string;
  readonly path?: string | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly subGroups: readonly Group[];
}

interface User extends Grants {
  readonly id?: string | undefined;
  readonly username: string;
  readonly email?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly enabled: boolean;
  readonly serviceAccountClientId?: string | null | undefined;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

interface Role {
  readonly name: string;
  readonly composites?:
    | { readonly realm?: readonly string[] | undefined; readonly client?: Readonly<Record<string, readonly string[]>> | undefined }
    | null
    | undefined;
}

export interface ExportedPeople {
  readonly realm: string;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly roles?: { readonly realm: readonly Role[]; readonly client: Readonly<Record<string, readonly Role[]>> } | undefined;
}

export const keyOf = ({ id, username }: User): string => id ?? `user:${username}`;
export const isPerson = ({ serviceAccountClientId }: User): boolean =>
  serviceAccountClientId === undefined || serviceAccountClientId === null;

export function accountsIn({ users }: ExportedPeople): readonly DirectoryPerson[] {
  return users.map((user) => ({
    subject: { kind: isPerson(user) ? "user" : "service", key: keyOf(user), name: user.username },
    displayName: [user.firstName, user.lastName].filter((part) => typeof part === "string" && part !== "").join(" ") || user.username,
    ...(typeof user.email === "string" && { email: user.email }),
    enabled: user.enabled,
  }));
}

/** A role of one name is another in each realm. */
export function subjectKey(realm: string, key: string): string {
  return `${realm}|${key}`;
}

/** Keys of whom the subject stands for; undefined for what the export does not tell. Who cannot sign in is nobody. */
export function behindIn(people: ExportedPeople, subject: BypassSubject): readonly string[] | undefined {
  if (subject.kind === "service") return [subject.key];
  const own = subjectKey(people.realm, "");
  if (!subject.key.startsWith(own)) return undefined;
  const key = subject.key.slice(own.length);
  const able = people.users.filter((user) => user.enabled && isPerson(user));
  if (key === `realm:${people.realm}`) return able.map(keyOf);
  const groups = new Map(groupsIn(people.groups));
  const around = (user: User) => user.groups.flatMap((path) => groups.get(path) ?? []);
  const isKnown = able.every((user) => user.groups.every((path) => groups.has(path)));
  if (subject.kind === "role") {
    const roles = rolesWith(people, subject.name);
    return isKnown ? able.filter((user) => [user, ...around(user)].some((each) => holds(each, roles))).map(keyOf) : undefined;
  }
  const attribute = /^attribute(-by-group)?:([^=]*)=(.*)$/s.exec(key);
  // Patterns are the server's to match: their dialect is not ours.
  if (attribute === null || (attribute[1] !== undefined && !isKnown)) return undefined;
  const [, byGroup, name = "", value = ""] = attribute;
  const groupsOf = (user: User) => (byGroup === undefined ? [] : around(user));
  return able.filter((user) => [ownOf(user), ...groupsOf(user).map(({ attributes }) => attributes)].some(hasValue(name, value))).map(keyOf);
}

/** What conditions see as a person's attributes; the server keeps names and addresses in small letters. */
function ownOf({ username, email, firstName, lastName, attributes }: User): User["attributes"] {
  const own = Object.entries({ username: username.toLowerCase(), email: email?.toLowerCase(), firstName, lastName });
  return { ...attributes, ...Object.fromEntries(own.map(([name, value]) => [name, typeof value === "string" ? [value] : []])) };
}

function hasValue(name: string, value: string): (attributes: User["attributes"]) => boolean {
  return (attributes) => Object.hasOwn(attributes, name) && attributes[name]!.includes(value);
}

/** Which roles that are or contain this one somebody holds: a person, an application's account or a group. */
export function heldRolesWith(people: ExportedPeople, name: string): readonly string[] {
  const inGroups = (groups: readonly Group[]): readonly string[] =>
    groups.flatMap((each) => [...namesOf(each), ...inGroups(each.subGroups)]);
  const held = new Set([...people.users.flatMap(namesOf), ...inGroups(people.groups)]);
  return [...rolesWith(people, name)].filter((role) => held.has(role));
}

function namesOf({ realmRoles, clientRoles }: Grants): readonly string[] {
  return [...realmRoles, ...Object.entries(clientRoles).flatMap(([client, roles]) => roles.map((role) => `${client}.${role}`))];
}

function holds(grants: Grants, roles: ReadonlySet<string>): boolean {
  return namesOf(grants).some((name) => roles.has(name));
}

/** The role and all that contain it, through roles in roles. */
function rolesWith({ roles }: ExportedPeople, name: string): ReadonlySet<string> {
  const all = [
    ...(roles?.realm ?? []).map((role) => ({ role, name: role.name })),
    ...Object.entries(roles?.client ?? {}).flatMap(([client, some]) => some.map((role) => ({ role, name: `${client}.${role.name}` }))),
  ];
  const found = new Set([name]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { role, name: container } of all) {
      const inner = namesOf({ realmRoles: role.composites?.realm ?? [], clientRoles: role.composites?.client ?? {} });
      if (inner.some((each) => found.has(each))) found.add(container);
    }
  }
  return found;
}

/** Every group by its path, with those it is in: what they have, it has. */
function groupsIn(groups: readonly Group[], parent = "", above: readonly Group[] = []): readonly (readonly [string, readonly Group[]])[] {
  return groups.flatMap((group) => {
    const path = group.path ?? `${parent}/${group.name}`;
    const chain = [group, ...above];
    return [[path, chain] as const, ...groupsIn(group.subGroups, path, chain)];
  });
}
