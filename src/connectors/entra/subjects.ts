/** Who can be governed here, whom a name means, and whom a subject stands for. */
import { z } from "zod";

import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { type Context, findOne, findPolicy, itemsOf, objectsOf, pathId } from "./graph.ts";
import { flawOf, markIn } from "./map.ts";

const user = z.object({
  id: z.string().min(1),
  userPrincipalName: z.string().min(1),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  accountEnabled: z.boolean(),
  userType: z.string().nullish(),
  creationType: z.string().nullish(),
});
export type User = z.infer<typeof user>;
const USER = "id,userPrincipalName,displayName,mail,accountEnabled,userType,creationType";

const group = z.object({
  id: z.string().min(1),
  displayName: z.string(),
  description: z.string().nullish(),
  securityEnabled: z.boolean(),
  mailEnabled: z.boolean(),
  groupTypes: z.array(z.string()),
  onPremisesSyncEnabled: z.boolean().nullish(),
  isAssignableToRole: z.boolean().nullish(),
});
export type Group = z.infer<typeof group>;
const GROUP = "id,displayName,description,securityEnabled,mailEnabled,groupTypes,onPremisesSyncEnabled,isAssignableToRole";

export function findUser({ graph }: Context, key: string): Promise<User | undefined> {
  return findOne(graph, `/users/${pathId(key)}`, { $select: USER }, user);
}

export function findGroup({ graph }: Context, key: string): Promise<Group | undefined> {
  return findOne(graph, `/groups/${pathId(key)}`, { $select: GROUP }, group);
}

/** By sign-in name, mail or full name; a group by its name. Names that two bear are nobody's. */
export async function findByName(context: Context, name: string): Promise<ProviderSubject | undefined> {
  const value = `'${name.replaceAll("'", "''")}'`;
  const { graph, settings } = context;
  for (const property of ["userPrincipalName", "mail", "displayName"]) {
    const query = { $select: USER, $filter: `${property} eq ${value}`, $top: settings.pageSize };
    const [first, ...more] = await firstTwo(itemsOf(graph, "/users", query, user));
    if (first !== undefined && more.length === 0) return { kind: "user", key: first.id, name: first.userPrincipalName };
    if (more.length > 0) return undefined;
  }
  const query = { $select: GROUP, $filter: `displayName eq ${value}`, $top: settings.pageSize };
  const [found, ...others] = await firstTwo(itemsOf(graph, "/groups", query, group));
  return found === undefined || others.length > 0 ? undefined : { kind: "group", key: found.id, name: found.displayName };
}

async function firstTwo<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length === 2) break;
  }
  return found;
}

const withManager = user.extend({ manager: z.object({ id: z.string().min(1) }).nullish() });

export async function* people({ graph, settings }: Context): AsyncGenerator<DirectoryPerson> {
  const query = { $select: USER, $expand: "manager($select=id)", $top: settings.pageSize };
  for await (const one of itemsOf(graph, "/users", query, withManager)) {
    yield {
      subject: { kind: "user", key: one.id, name: one.userPrincipalName },
      displayName: one.displayName ?? one.userPrincipalName,
      ...(one.mail !== null && one.mail !== undefined && { email: one.mail }),
      ...(one.manager !== null && one.manager !== undefined && { managerKey: one.manager.id }),
      enabled: one.accountEnabled,
    };
  }
}

/** Keys of the people a subject stands for, through groups in groups. */
export async function accountsBehind(context: Context, subject: ProviderSubject): Promise<readonly string[]> {
  if (subject.kind !== "group") return (await findUser(context, subject.key)) === undefined ? [] : [subject.key];
  if ((await findGroup(context, subject.key)) === undefined) return [];
  const keys = new Set<string>();
  for await (const { type, id } of objectsOf(context, `/groups/${pathId(subject.key)}/transitiveMembers`))
    if (type === "user") keys.add(id);
  return [...keys];
}

/** Why this subject cannot be governed; undefined when it can. */
export async function refusalOf(context: Context, policyKey: string, subject: ProviderSubject): Promise<string | undefined> {
  const policy = findPolicy(context, policyKey);
  if (policy === undefined) return notGoverned(policyKey);
  if (subject.kind === "user") {
    return (await findUser(context, subject.key)) === undefined ? `${subject.name} is no longer in the directory.` : undefined;
  }
  if (subject.kind !== "group") return `${subject.name} is a ${subject.kind}: the policy is about people.`;
  return refusalOfGroup(context, policy, subject);
}

export function notGoverned(policyKey: string): string {
  return `The policy ${policyKey} is not governed through this connection.`;
}

async function refusalOfGroup(context: Context, { poolId }: EntraPolicy, { key, name }: ProviderSubject): Promise<string | undefined> {
  const found = await findGroup(context, key);
  if (found === undefined) return `${name} is no longer in the directory.`;
  if (key === poolId || markIn(found.description) !== undefined) return `${name} is an exemption group itself.`;
  const flaw = flawOf(found);
  if (flaw !== undefined) return `${name} ${flaw}.`;
  for await (const { type, name: inner } of objectsOf(context, `/groups/${pathId(key)}/members`)) {
    if (type === "group") return `${name} contains groups (${inner}): who is let through could change without this group being touched.`;
  }
  return undefined;
}
