/** Who can be governed here, and whom a subject stands for. */
import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import { groupAnswer, userAnswer, type UserAnswer } from "./answers.ts";
import type { OktaPolicy } from "./config.ts";
import {
  type Context,
  findEveryone,
  findGroup,
  findPolicy,
  findUser,
  groupPath,
  groupSubject,
  isDeactivated,
  readPolicy,
  rulesFeeding,
  userSubject,
} from "./directory.ts";

/** Why this subject cannot be governed; undefined when it can. */
export async function refusalOf(context: Context, policyKey: string, subject: ProviderSubject): Promise<string | undefined> {
  const policy = findPolicy(context, policyKey);
  if (policy === undefined) return `The policy ${policyKey} is not governed through this connection.`;
  if (subject.kind === "group") return refusalOfGroup(context, subject);
  const user = await findUser(context, subject.key);
  if (user === undefined || isDeactivated(user)) return `${subject.name} is no longer active in Okta.`;
  return refusalOfPolicy(context, policy);
}

const HOW_MANAGED: Readonly<Record<string, string>> = {
  APP_GROUP: "its members are kept by an application or directory (APP_GROUP), not in Okta",
  BUILT_IN: "Okta itself keeps its members (BUILT_IN)",
};

async function refusalOfGroup(context: Context, { key, name }: ProviderSubject): Promise<string> {
  const group = await findGroup(context, key);
  if (group === undefined) return `${name} is no longer in Okta.`;
  const managed = HOW_MANAGED[group.type];
  if (managed !== undefined) return `${name} is a group, and ${managed}.`;
  const feeding = await rulesFeeding(context, key);
  if (feeding.length > 0) return `${name} is a group that a group rule fills (${feeding.join(", ")}): who is in it changes by itself.`;
  return `${name} is a group: groups of Okta cannot hold groups, so that people are let through one by one.`;
}

/** Whether this policy can be weakened for anybody, and what was given be taken away again. */
async function refusalOfPolicy(context: Context, policy: OktaPolicy): Promise<string | undefined> {
  const group = await findGroup(context, policy.exemptionGroupId);
  if (group === undefined) return `The exemption group ${policy.exemptionGroupId} of ${policy.title} is not in Okta.`;
  const managed = HOW_MANAGED[group.type];
  if (managed !== undefined) return `The exemption group ${group.profile.name} cannot be governed: ${managed}.`;
  if (group.type !== "OKTA_GROUP") return `The exemption group ${group.profile.name} is of a kind that is not known (${group.type}).`;
  const feeding = await rulesFeeding(context, group.id);
  if (feeding.length > 0)
    return `The exemption group ${group.profile.name} is filled by a group rule (${feeding.join(", ")}), which would put a removed member in again.`;
  const read = await readPolicy(context, policy.policyId, await findEveryone(context));
  if (read === undefined) return `The access policy of ${policy.title} is no longer in Okta.`;
  const opens = read.doors.some(({ who }) => who.kind === "group" && who.id === group.id);
  return opens
    ? undefined
    : `No rule of ${read.answer.name} lets the exemption group ${group.profile.name} through: an exception would be without effect.`;
}

export async function accountsBehind(context: Context, subject: ProviderSubject): Promise<readonly string[]> {
  if (subject.kind !== "group") return (await findUser(context, subject.key)) === undefined ? [] : [subject.key];
  if ((await findGroup(context, subject.key)) === undefined) return [];
  const keys = new Set<string>();
  for await (const { id } of context.okta.list(userAnswer, `${groupPath(subject.key)}/users`)) keys.add(id);
  return [...keys];
}

/** Deactivated accounts are not listed by Okta. */
export async function* people({ okta }: Context): AsyncGenerator<DirectoryPerson> {
  const seen = new Set<string>();
  for await (const user of okta.list(userAnswer, "/api/v1/users")) {
    // Pages shift while somebody is added: nobody is told twice.
    if (seen.has(user.id)) continue;
    seen.add(user.id);
    const { email, managerId } = user.profile;
    yield {
      subject: userSubject(user),
      displayName: displayNameOf(user),
      ...(typeof email === "string" && { email }),
      ...(typeof managerId === "string" && managerId !== "" && { managerKey: managerId }),
      enabled: user.status !== "SUSPENDED" && user.status !== "DEPROVISIONED",
    };
  }
}

function displayNameOf({ profile }: UserAnswer): string {
  const { displayName, firstName, lastName, login } = profile;
  const full = [firstName, lastName].filter((part) => typeof part === "string" && part !== "").join(" ");
  return typeof displayName === "string" && displayName !== "" ? displayName : full === "" ? login : full;
}

const ENOUGH = 2;
/** A search, other than a list, gives deactivated accounts as well; and it has no word for "not equal". */
const NOT_DEACTIVATED = '(status lt "DEPROVISIONED" or status gt "DEPROVISIONED")';

/** Sign-in name first, asked of the account itself: Okta's search lags behind by seconds. */
export async function findByName(context: Context, typed: string): Promise<ProviderSubject | undefined> {
  const name = typed.trim();
  // Okta would take these for whoever is signed in, and for a path.
  if (name === "" || name === "me" || name === "." || name === "..") return undefined;
  const direct = await findUser(context, name);
  if (direct !== undefined && !isDeactivated(direct)) return userSubject(direct);
  const text = JSON.stringify(name);
  const byProfile = ["login", "email", "displayName"].map((field) => `profile.${field} eq ${text}`).join(" or ");
  const search = `(${byProfile}) and ${NOT_DEACTIVATED}`;
  const users = await context.okta.page(userAnswer, "/api/v1/users", { search, limit: ENOUGH });
  // Two people of one name: which is meant is not ours to guess.
  if (users.items.length === 1) return userSubject(users.items[0]!);
  if (users.items.length > 1) return undefined;
  const groups = await context.okta.page(groupAnswer, "/api/v1/groups", { search: `profile.name eq ${text}`, limit: ENOUGH });
  return groups.items.length === 1 ? groupSubject(groups.items[0]!) : undefined;
}
