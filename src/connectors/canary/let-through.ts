/**
 * Whether a directory lets a subject through a policy, read without any of the connector's own code: what a connector says of its
 * own work is compared with this. It asks as the application behind the policy would.
 */
import { createLdapClient, type LdapClient, type LdapSettings } from "../ldap/client.ts";
import { filterValue, isBelow } from "../ldap/text.ts";
import { ProviderFault } from "../port.ts";

/** A policy as the connection's configuration has it. */
export type WatchedPolicy =
  | {
      readonly kind: "openldap-group";
      readonly baseDn: string;
      readonly exemptionsBase: string;
      readonly exemptionGroups: readonly string[];
      readonly isNested: boolean;
    }
  | { readonly kind: "openldap-password"; readonly baseDn: string }
  | { readonly kind: "activedirectory-group"; readonly exemptionGroupDn: string }
  | { readonly kind: "activedirectory-smartcard" };

/** `key`: entryUUID or objectGUID. Throws {@link ProviderFault} where that cannot be read; nobody there is not the same as not let in. */
export async function readLetThrough(settings: LdapSettings, policy: WatchedPolicy, key: string): Promise<boolean> {
  const ldap = createLdapClient(settings);
  try {
    switch (policy.kind) {
      case "openldap-group":
        return await isInGroups(ldap, policy, await dnOf(ldap, policy.baseDn, `(entryUUID=${filterValue(key)})`));
      case "openldap-password":
        return await isPasswordOpen(ldap, policy.baseDn, key);
      case "activedirectory-group":
        return await fits(ldap, key, `(memberOf:1.2.840.113556.1.4.1941:=${filterValue(policy.exemptionGroupDn)})`);
      case "activedirectory-smartcard":
        return await fits(ldap, key, "(!(userAccountControl:1.2.840.113556.1.4.803:=262144))");
    }
  } finally {
    await ldap.close();
  }
}

async function all(ldap: LdapClient, base: string, filter: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { dn } of ldap.search(base, { filter, attributes: ["1.1"] })) found.push(dn);
  return found;
}

async function dnOf(ldap: LdapClient, base: string, filter: string): Promise<string> {
  const [dn] = await all(ldap, base, filter);
  if (dn === undefined) throw new ProviderFault("fault", "The directory does not show the subject.");
  return dn;
}

const MOST_GROUPS = 2000;

/** Upwards from the subject, through groups in groups where the application looks through them. */
async function isInGroups(ldap: LdapClient, policy: Extract<WatchedPolicy, { kind: "openldap-group" }>, dn: string): Promise<boolean> {
  const named = new Set(policy.exemptionGroups.map((group) => group.toLowerCase()));
  const seen = new Set([dn]);
  for (const member of seen) {
    const holds = `(|(member=${filterValue(member)})(uniqueMember=${filterValue(member)}))`;
    const groups = [...(await all(ldap, policy.baseDn, holds)), ...(await all(ldap, policy.exemptionsBase, holds))];
    if (groups.some((group) => isBelow(group, policy.exemptionsBase) || named.has(group.toLowerCase()))) return true;
    if (policy.isNested) for (const group of groups) seen.add(group);
    if (seen.size > MOST_GROUPS) throw new ProviderFault("fault", "The subject is in too many groups to follow.");
  }
  return false;
}

/** Open where nothing locks it and its end, if it has one, is not over by the directory's own clock. */
async function isPasswordOpen(ldap: LdapClient, base: string, key: string): Promise<boolean> {
  const isHim = `(entryUUID=${filterValue(key)})`;
  await dnOf(ldap, base, isHim);
  return (await all(ldap, base, `(&${isHim}(!(pwdAccountLockedTime=*)))`)).length > 0;
}

/** By its GUID in place of a name: as a value in a filter it would be bytes that are no text. */
async function fits(ldap: LdapClient, key: string, filter: string): Promise<boolean> {
  const dn = `<GUID=${key}>`;
  if ((await ldap.find(dn, ["1.1"])) === undefined) throw new ProviderFault("fault", "The directory does not show the subject.");
  return (await ldap.find(dn, ["1.1"], { filter })) !== undefined;
}
