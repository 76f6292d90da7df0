/** Who can be governed here, and how many people a subject stands for. */
import { isBelow } from "../ldap/text.ts";
import type { DirectoryPerson, ProviderSubject } from "../port.ts";
import { type Context, createLookup, findByKey, findPolicy, type FoundSubject, type Lookup } from "./directory.ts";
import { exemptionGroupOf, GROUP_ATTRIBUTES, hasClass, subjectOf, SUBJECT_ATTRIBUTES } from "./map.ts";

/** Why this subject cannot be governed; undefined when it can. */
export async function refusalOf(context: Context, policyKey: string, subject: ProviderSubject): Promise<string | undefined> {
  const policy = findPolicy(context, policyKey);
  if (policy === undefined) return `The policy ${policyKey} is not governed through this connection.`;
  const found = await findByKey(context, subject.key);
  if (found === undefined) return `${subject.name} is no longer in the directory.`;
  if (policy.shape === "attribute") return refusalOfPassword(context, found, policy.mustBePasswordless);
  if (isBelow(found.dn, policy.exemptionsBase)) return `${found.dn} is an exemption group itself.`;
  return found.subject.kind === "group" ? refusalOfGroup(context, found, policy.resolvesNestedGroups) : undefined;
}

async function refusalOfPassword(context: Context, { dn, subject }: FoundSubject, filter: string): Promise<string | undefined> {
  if (subject.kind === "group") return `${subject.name} is a group: a password is opened for one person at a time.`;
  const held = await context.ldap.find(dn, ["1.1"], { filter });
  return held === undefined ? `The policy does not ask ${subject.name} to do without a password.` : undefined;
}

async function refusalOfGroup(context: Context, { dn, subject }: FoundSubject, resolves: boolean): Promise<string | undefined> {
  if (!resolves) return `${subject.name} is a group, and the application does not look through groups in exemption groups.`;
  const entry = await context.ldap.find(dn, [...GROUP_ATTRIBUTES, "memberURL"]);
  if (entry === undefined) return `${subject.name} is no longer in the directory.`;
  if (hasClass(entry, "groupofurls") || entry.text("memberURL") !== undefined) {
    return `${subject.name} is a dynamic group: its rule would put a removed member in again.`;
  }
  for await (const member of createLookup(context).entries(exemptionGroupOf(entry).members)) {
    if (member.entry !== undefined && subjectOf(member.entry).kind === "group") {
      return `${subject.name} contains groups (${member.dn}): who is let through could change without this group being touched.`;
    }
  }
  return undefined;
}

/** Keys of whom the subject stands for, through groups in groups. Names that lead nowhere are nobody. */
export async function accountsBehind(context: Context, subject: ProviderSubject): Promise<readonly string[]> {
  const found = await findByKey(context, subject.key);
  if (found === undefined) return [];
  if (found.subject.kind !== "group") return [found.subject.key];
  const keys = new Set<string>();
  await collectKeys(context, createLookup(context), found.dn, keys, new Set());
  return [...keys];
}

async function collectKeys(context: Context, lookup: Lookup, groupDn: string, keys: Set<string>, seen: Set<string>): Promise<void> {
  if (seen.has(groupDn.toLowerCase())) return;
  seen.add(groupDn.toLowerCase());
  const group = await context.ldap.find(groupDn, GROUP_ATTRIBUTES);
  if (group === undefined) return;
  for await (const { dn, entry } of lookup.entries(exemptionGroupOf(group).members)) {
    if (entry === undefined) continue;
    const { kind, key } = subjectOf(entry);
    if (kind === "group") await collectKeys(context, lookup, dn, keys, seen);
    else keys.add(key);
  }
}

export async function* people(context: Context): AsyncGenerator<DirectoryPerson> {
  const { ldap, settings } = context;
  const lookup = createLookup(context);
  const attributes = [...SUBJECT_ATTRIBUTES, "displayName", "manager"];
  const search = { filter: settings.peopleFilter, attributes, pageSize: settings.pageSize };
  for await (const entry of ldap.search(settings.peopleBase ?? settings.baseDn, search)) {
    const managerDn = entry.text("manager");
    const manager = managerDn === undefined ? undefined : await lookup.entryAt(managerDn);
    const email = entry.text("mail");
    yield {
      subject: subjectOf(entry),
      displayName: entry.text("displayName") ?? entry.text("cn") ?? entry.dn,
      ...(email !== undefined && { email }),
      ...(manager !== undefined && { managerKey: subjectOf(manager).key }),
      // OpenLDAP has no word for an account that is switched off.
      enabled: true,
    };
  }
}
