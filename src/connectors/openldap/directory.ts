/** What is asked of OpenLDAP: subjects by key and by name, groups, password policies, what the server is and can do. */
import { BerWriter, type Control, FilterParser } from "ldapts";

import type { Instant } from "../../kernel/time.ts";
import { createLdapClient, type LdapClient, RawControl } from "../ldap/client.ts";
import type { LdapEntry } from "../ldap/entry.ts";
import { filterValue, isBelow, sameDn } from "../ldap/text.ts";
import { ProviderFault, type ProviderSubject } from "../port.ts";
import type { OpenLdapPolicy, OpenLdapSettings } from "./config.ts";
import {
  type ExemptionGroup,
  exemptionGroupOf,
  GROUP_ATTRIBUTES,
  missingSubject,
  type PasswordPolicy,
  passwordPolicyOf,
  PASSWORD_ATTRIBUTES,
  POLICY_ATTRIBUTES,
  subjectOf,
  SUBJECT_ATTRIBUTES,
} from "./map.ts";

/** Names looked up at a time: enough to hide the way there and back, few enough not to fill the server's queue. */
const LOOKUPS_AT_ONCE = 32;
const SUBJECT_CLASSES = "(|(objectClass=person)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfURLs)";
const SUBJECT_FILTER = `${SUBJECT_CLASSES}(objectClass=account)(objectClass=simpleSecurityObject)(objectClass=device))`;

export interface Context {
  readonly settings: OpenLdapSettings;
  readonly ldap: LdapClient;
  readonly now: () => Instant;
}

export interface FoundSubject {
  readonly subject: ProviderSubject;
  readonly dn: string;
  readonly entry: LdapEntry;
}

export function createContext(settings: OpenLdapSettings, now: () => Instant): Context {
  return { settings, now, ldap: createLdapClient({ ...settings, bindDn: settings.bindDn ?? "" }) };
}

export function findPolicy({ settings }: Context, key: string): OpenLdapPolicy | undefined {
  return settings.policies.find((policy) => policy.key === key);
}

/** Carries the change out only where the filter still holds (RFC 4528): the answer is 122 where it does not. */
export function onlyIf(filter: string): Control {
  const value = new BerWriter();
  FilterParser.parseString(filter).write(value);
  return new RawControl("1.3.6.1.1.12", value.buffer, { critical: true });
}

/** A filter that holds while an attribute has this value, or none. */
export function stillHas(attribute: string, value: string | undefined): string {
  return value === undefined ? `(!(${attribute}=*))` : `(${attribute}=${filterValue(value)})`;
}

/** A subject by its key; undefined when it is gone. `filter` narrows to what it must be. */
export async function findByKey(context: Context, key: string, filter = SUBJECT_FILTER): Promise<FoundSubject | undefined> {
  const { ldap, settings } = context;
  const search = { filter: `(&(entryUUID=${filterValue(key)})${filter})`, attributes: [...SUBJECT_ATTRIBUTES, ...PASSWORD_ATTRIBUTES] };
  if (!/^[0-9a-f-]{36}$/i.test(key)) return undefined;
  for await (const entry of ldap.search(settings.baseDn, search)) return { subject: subjectOf(entry), dn: entry.dn, entry };
  return undefined;
}

/** By what a person would type. A login name wins over an address, and that over a common name; undefined when several fit equally. */
export async function findByName({ ldap, settings }: Context, name: string): Promise<ProviderSubject | undefined> {
  const value = filterValue(name);
  const filter = `(&(|(uid=${value})(mail=${value})(cn=${value}))${SUBJECT_FILTER})`;
  const found: LdapEntry[] = [];
  for await (const entry of ldap.search(settings.baseDn, { filter, attributes: SUBJECT_ATTRIBUTES })) {
    if (!settings.policies.some(({ exemptionsBase }) => isBelow(entry.dn, exemptionsBase))) found.push(entry);
  }
  const wanted = name.toLowerCase();
  for (const attribute of ["uid", "mail", "cn"]) {
    const fits = found.filter((entry) => entry.texts(attribute).some((text) => text.toLowerCase() === wanted));
    if (fits.length > 0) return fits.length === 1 ? subjectOf(fits[0]!) : undefined;
  }
  return undefined;
}

/** Subjects by their names, each looked up once. Keep one for the time of one reading only. */
export function createLookup({ ldap }: Context) {
  const known = new Map<string, Promise<LdapEntry | undefined>>();
  function entryAt(dn: string): Promise<LdapEntry | undefined> {
    const key = dn.toLowerCase();
    const found = known.get(key) ?? ldap.find(dn, SUBJECT_ATTRIBUTES);
    known.set(key, found);
    return found;
  }
  return {
    entryAt,

    async subjectAt(dn: string): Promise<ProviderSubject> {
      const entry = await entryAt(dn);
      return entry === undefined ? missingSubject(dn) : subjectOf(entry);
    },

    /** In the order of the names; several are looked up at the same time. */
    async *entries(dns: readonly string[]): AsyncGenerator<{ readonly dn: string; readonly entry: LdapEntry | undefined }> {
      for (let at = 0; at < dns.length; at += LOOKUPS_AT_ONCE) {
        const some = dns.slice(at, at + LOOKUPS_AT_ONCE);
        const entries = await Promise.all(some.map((dn) => entryAt(dn)));
        for (const [i, entry] of entries.entries()) yield { dn: some[i]!, entry };
      }
    },
  };
}

export type Lookup = ReturnType<typeof createLookup>;

export const GROUP_FILTER = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))";

/** Groups below a place. */
export async function* groupsBelow({ ldap, settings }: Context, base: string, filter = ""): AsyncGenerator<ExemptionGroup> {
  const search = { filter: `(&${GROUP_FILTER}${filter})`, attributes: GROUP_ATTRIBUTES, pageSize: settings.pageSize };
  for await (const entry of ldap.search(base, search)) yield exemptionGroupOf(entry);
}

export async function findGroup({ ldap }: Context, dn: string, filter = ""): Promise<ExemptionGroup | undefined> {
  const entry = await ldap.find(dn, GROUP_ATTRIBUTES, { filter: `(&${GROUP_FILTER}${filter})` });
  return entry === undefined ? undefined : exemptionGroupOf(entry);
}

/** A filter for groups that have one of these as a member. */
export function hasMember(dns: readonly string[]): string {
  return `(|${dns.map((dn) => `(member=${filterValue(dn)})(uniqueMember=${filterValue(dn)})`).join("")})`;
}

/** Every group the entry is in, through any number of groups. */
export async function groupsAround(context: Context, dn: string): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (let edge: readonly string[] = [dn]; edge.length > 0;) {
    const next: string[] = [];
    for await (const group of groupsBelow(context, context.settings.baseDn, hasMember(edge))) {
      if (found.has(group.dn.toLowerCase())) continue;
      found.set(group.dn.toLowerCase(), group.dn);
      next.push(group.dn);
    }
    edge = next;
  }
  return [...found.values()];
}

/** The password policies of the directory; who has none of their own is under the default one. */
export async function readPasswordPolicies({ ldap, settings }: Context) {
  const all: PasswordPolicy[] = [];
  const search = { filter: "(objectClass=pwdPolicy)", attributes: POLICY_ATTRIBUTES, pageSize: settings.pageSize };
  for await (const entry of ldap.search(settings.baseDn, search)) all.push(passwordPolicyOf(entry));
  const at = (dn: string | undefined) => (dn === undefined ? undefined : all.find((policy) => sameDn(policy.dn, dn)));
  return {
    all,
    at,
    standard: at(settings.defaultPasswordPolicy),
    of: (dn: string | undefined) => at(dn ?? settings.defaultPasswordPolicy),
  };
}

/** Whether the entry has a password; undefined where we may not ask. */
export async function findWhetherPassword({ ldap }: Context, dn: string): Promise<boolean | undefined> {
  if ((await ldap.find(dn, ["1.1"], { filter: "(userPassword=*)" })) !== undefined) return true;
  return (await ldap.find(dn, ["1.1"], { filter: "(!(userPassword=*))" })) !== undefined ? false : undefined;
}

/**
 * Whether a filter on the attribute would be answered for this entry. Without the right to search it, slapd evaluates a filter to
 * neither true nor false, and an entry that should have been found is left out without a word.
 */
export async function maySearch({ ldap }: Context, dn: string, attribute: string): Promise<boolean> {
  return (await ldap.find(dn, ["1.1"], { filter: `(|(${attribute}=*)(!(${attribute}=*)))` })) !== undefined;
}

/** Whether entries below this place can have an end of their own (the dds overlay). */
export async function hasExpiry({ ldap }: Context, base: string): Promise<boolean> {
  const root = await ldap.find("", ["dynamicSubtrees"]);
  return root?.texts("dynamicSubtrees").some((subtree) => sameDn(base, subtree) || isBelow(base, subtree)) ?? false;
}

/** Who the server takes us for. */
export async function whoAmI({ ldap }: Context): Promise<string> {
  const { code, value } = await ldap.extended("1.3.6.1.4.1.4203.1.11.3");
  if (code !== 0 || value === undefined) throw new ProviderFault("fault", `The directory does not say who we are (result code ${code}).`);
  return value.replace(/^dn:/, "");
}
