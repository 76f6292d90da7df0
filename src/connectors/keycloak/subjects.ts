/** The people and groups of a realm, and who of them can be governed. */
import { z } from "zod";

import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import { type Context, findPolicy, groupIdOf, subjectOfGroup, subjectOfUser } from "./context.ts";
import { group, type KeycloakUser, user } from "./shapes.ts";

/** Why this subject cannot be governed; undefined when it can. */
export async function refusalOf(context: Context, policyKey: string, subject: ProviderSubject): Promise<string | undefined> {
  if (findPolicy(context, policyKey) === undefined) return `The policy ${policyKey} is not governed through this connection.`;
  if (groupIdOf(subject.key) !== undefined)
    return `${subject.name} is a group: to give a group a role one has to be allowed to manage it, which Postern is not. Name the people.`;
  const found = await context.realm.find(`/users/${encodeURIComponent(subject.key)}`, user);
  if (found === undefined) return `${subject.name} is no longer in the realm.`;
  if (found.serviceAccountClientId !== undefined)
    return `${subject.name} is the account of an application: it does not sign in by a browser flow.`;
  return undefined;
}

export async function* people({ realm }: Context): AsyncGenerator<DirectoryPerson> {
  for await (const each of realm.list("/users", user)) yield personOf(each);
}

function personOf(each: KeycloakUser): DirectoryPerson {
  const displayName = [each.firstName, each.lastName].filter((part) => part !== undefined && part !== "").join(" ");
  return {
    subject: subjectOfUser(each),
    displayName: displayName === "" ? each.username : displayName,
    ...(each.email !== undefined && { email: each.email }),
    enabled: each.enabled,
  };
}

/** By username, mail address, whole name, or the path of a group. A name that several have is nobody's. */
export async function findSubject(context: Context, typed: string): Promise<ProviderSubject | undefined> {
  const wanted = typed.trim();
  if (wanted === "") return undefined;
  for (const query of [{ username: wanted }, { email: wanted }] as const) {
    const [found, ...more] = await usersBy(context, { ...query, exact: true });
    if (found !== undefined && more.length === 0) return subjectOfUser(found);
  }
  if (wanted.startsWith("/")) return findGroup(context, wanted);
  const byName = (await usersBy(context, { search: wanted })).filter((each) =>
    sameWords(`${each.firstName ?? ""} ${each.lastName ?? ""}`, wanted),
  );
  return byName.length === 1 ? subjectOfUser(byName[0]!) : findGroup(context, `/${wanted}`);
}

async function usersBy({ realm }: Context, query: Readonly<Record<string, string | boolean>>): Promise<readonly KeycloakUser[]> {
  // A search matches parts too; more than this many are too many to be meant.
  return realm.get("/users", z.array(user), { ...query, max: 50 });
}

function sameWords(left: string, right: string): boolean {
  return left.trim().toLocaleLowerCase() === right.toLocaleLowerCase();
}

async function findGroup({ realm }: Context, path: string): Promise<ProviderSubject | undefined> {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  const found = await realm.find(`/group-by-path/${parts.map(encodeURIComponent).join("/")}`, group);
  return found && subjectOfGroup(found);
}

/** Keys of whom the subject stands for; members of a group below are members of it as far as roles go. */
export async function accountsBehind(context: Context, subject: ProviderSubject): Promise<readonly string[]> {
  const groupId = groupIdOf(subject.key);
  if (groupId !== undefined) {
    const keys = new Set<string>();
    await collectMembers(context, groupId, keys);
    return [...keys];
  }
  const found = await context.realm.find(`/users/${encodeURIComponent(subject.key)}`, user);
  return found === undefined ? [] : [found.id];
}

async function collectMembers(context: Context, groupId: string, keys: Set<string>): Promise<void> {
  const { realm } = context;
  if ((await realm.find(`/groups/${groupId}`, group)) === undefined) return;
  for await (const member of realm.list(`/groups/${groupId}/members`, user)) keys.add(member.id);
  for await (const child of realm.list(`/groups/${groupId}/children`, group)) await collectMembers(context, child.id, keys);
}
