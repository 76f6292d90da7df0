/** Who is in the directory, and who of them can be governed. */
import { filterValue } from "../ldap/text.ts";
import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import { EXTENDED_DN, inChain } from "./client.ts";
import { type Context, loadGroup, mustHaveFilter } from "./domain.ts";
import { policyOf, SMARTCARD_IS_PERSONAL } from "./grant.ts";
import { ACCOUNT_ATTRIBUTES, accountOf, GROUP_ATTRIBUTES, hasBit, refusalOfGroup } from "./map.ts";
import { parseExtendedDn, UAC, USER_ACCOUNT } from "./values.ts";

const PERSON_ATTRIBUTES = [...ACCOUNT_ATTRIBUTES, "displayName", "mail", "manager"];

/** Ordinary user accounts of people; the ones the system came with and those that run services are left out. */
export async function* people({ directory, settings }: Context): AsyncGenerator<DirectoryPerson> {
  const filter = `(&(sAMAccountType=${USER_ACCOUNT})(!(isCriticalSystemObject=TRUE)))`;
  const search = { filter, attributes: PERSON_ATTRIBUTES, controls: [EXTENDED_DN], pageSize: settings.pageSize };
  for await (const entry of directory.ldap.search(settings.baseDn, search)) {
    const account = accountOf(entry);
    if (account === undefined || account.subject.kind !== "user") continue;
    const email = entry.text("mail");
    const managerKey = parseExtendedDn(entry.text("manager") ?? "")?.key;
    yield {
      subject: account.subject,
      displayName: entry.text("displayName") ?? entry.text("cn") ?? account.subject.name,
      enabled: !hasBit(account, UAC.disabled),
      ...(email !== undefined && { email }),
      ...(managerKey !== undefined && { managerKey }),
    };
  }
}

/** By the name a person would type; a name that fits several subjects equally well finds none. */
export async function findSubject({ directory }: Context, name: string): Promise<ProviderSubject | undefined> {
  const bare = filterValue(name.includes("\\") ? name.slice(name.indexOf("\\") + 1) : name);
  const whole = filterValue(name);
  const kinds = "(|(objectClass=group)(objectClass=user))";
  for (const way of [
    `(sAMAccountName=${bare})`,
    `(userPrincipalName=${whole})`,
    `(mail=${whole})`,
    `(|(cn=${whole})(displayName=${whole}))`,
  ]) {
    const found: ProviderSubject[] = [];
    for await (const [account] of directory.accounts(`(&${kinds}${way})`)) found.push(account.subject);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** Keys of the people and devices behind a subject. */
export async function accountsBehind({ directory }: Context, subject: ProviderSubject): Promise<readonly string[]> {
  if (subject.kind !== "group") return [subject.key];
  const found = await directory.account(subject.key);
  if (found === undefined) return [];
  const keys: string[] = [];
  for await (const [account] of directory.everyoneIn(await directory.groupsWithin(found.account))) keys.push(account.subject.key);
  return keys;
}

export async function refusesSubject(context: Context, policyKey: string, subject: ProviderSubject): Promise<string | undefined> {
  const policy = policyOf(context, policyKey);
  if (policy === undefined) return `This connection governs no policy ${policyKey}.`;
  const found = await context.directory.account(subject.key, GROUP_ATTRIBUTES);
  if (found === undefined) return `${subject.name} does not exist in the directory.`;
  const { account, entry } = found;
  if (account.subject.kind === "group") {
    if (policy.shape === "attribute") return SMARTCARD_IS_PERSONAL;
    const exemption = await loadGroup(context.directory, policy.exemptionGroupDn, `which the policy ${policy.key} leaves out`);
    const hasNestedGroups = await any(context.directory.accounts(`(&(objectClass=group)(memberOf=${filterValue(account.dn)}))`));
    const leavesOut = (await context.directory.account(subject.key, undefined, inChain("member", exemption.dn))) !== undefined;
    return refusalOfGroup(entry, { hasNestedGroups, exemptionGroupDn: leavesOut ? entry.dn : exemption.dn });
  }
  if (hasBit(account, UAC.disabled)) return `${subject.name} is disabled: nobody can sign in with it.`;
  if (account.expiresAt !== undefined && account.expiresAt <= context.now()) {
    return `${subject.name} expired on ${account.expiresAt}: nobody can sign in with it until an administrator moves its end.`;
  }
  if (
    policy.shape === "attribute" &&
    (await context.directory.account(subject.key, undefined, await mustHaveFilter(context))) === undefined
  ) {
    return `${subject.name} need not use a smart card: there is nothing to except.`;
  }
  return undefined;
}

async function any(items: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _ of items) return true;
  return false;
}
