/** What is asked of Active Directory, in its own dialect: range retrieval, chains of groups, identifiers instead of names. */
import { createHash } from "node:crypto";

import { createLdapClient, type LdapClient, RawControl } from "../ldap/client.ts";
import type { LdapEntry } from "../ldap/entry.ts";
import { filterValue } from "../ldap/text.ts";
import type { ActiveDirectorySettings } from "./config.ts";
import { type Account, ACCOUNT_ATTRIBUTES, accountOf, OWN_GROUP_ATTRIBUTES, type OwnGroup, ownGroupName, readOwnGroup } from "./map.ts";
import { COMPUTER_ACCOUNT, type Link, parseExtendedDn, RULE, USER_ACCOUNT } from "./values.ts";

/** Answers names as `<GUID=…>;<SID=…>;CN=…`. The value is the BER of SEQUENCE { INTEGER 1 }: text, not hexadecimal. */
export const EXTENDED_DN = new RawControl("1.2.840.113556.1.4.529", Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01), { critical: true });

/** Members asked for at a time. Below the 1500 that Windows gives at most, so that every server answers the same way. */
const MEMBERS_PER_ANSWER = 1000;

/** What a bind error of Active Directory means: the number behind `data` in its diagnostic message. */
const BIND_FAULTS: Readonly<Record<string, string>> = {
  "525": "there is no such account",
  "52e": "wrong password",
  "530": "not allowed at this hour",
  "531": "not allowed from this computer",
  "532": "the password has expired",
  "533": "the account is disabled",
  "568": "too many groups",
  "701": "the account has expired",
  "773": "the password must be changed before the first sign-in",
  "775": "the account is locked out",
};

export function explainBind(diagnostic: string): string | undefined {
  const code = /\bdata ([0-9a-f]+)\b/.exec(diagnostic)?.[1];
  const words = code === undefined ? undefined : BIND_FAULTS[code];
  return words === undefined ? undefined : `${words} (${code})`;
}

export type Directory = ReturnType<typeof createDirectory>;

export function createDirectory(settings: ActiveDirectorySettings) {
  const { baseDn, pageSize } = settings;
  const ldap: LdapClient = createLdapClient({ ...settings, explainBind });

  async function* accounts(filter: string, attributes: readonly string[] = ACCOUNT_ATTRIBUTES): AsyncGenerator<[Account, LdapEntry]> {
    for await (const entry of ldap.search(baseDn, { filter, attributes, pageSize })) {
      const account = accountOf(entry);
      if (account !== undefined) yield [account, entry];
    }
  }

  async function* memberLinks(group: string): AsyncGenerator<Link> {
    for (let from = 0; ;) {
      const wanted = `member;range=${from}-${from + MEMBERS_PER_ANSWER - 1}`;
      const entry = await ldap.find(group, [wanted], { controls: [EXTENDED_DN] });
      const name = entry?.names.find((one) => one.toLowerCase().startsWith("member"));
      if (entry === undefined || name === undefined) return;
      for (const text of entry.texts(name)) {
        const link = parseExtendedDn(text);
        if (link !== undefined) yield link;
      }
      const last = /;range=\d+-(\d+)$/i.exec(name)?.[1];
      if (last === undefined) return;
      from = Number(last) + 1;
    }
  }

  async function* foundOwnGroups(name: string) {
    const search = { filter: `(&(objectClass=group)(sAMAccountName=${name}))`, attributes: OWN_GROUP_ATTRIBUTES, pageSize };
    for await (const entry of ldap.search(baseDn, search)) yield { dn: entry.dn, group: readOwnGroup(entry, nameOfOwnGroup) };
  }

  return {
    ldap,
    accounts,
    memberLinks,

    /** A subject by its key; undefined when it is gone. */
    async account(key: string, attributes: readonly string[] = ACCOUNT_ATTRIBUTES, filter?: string) {
      return entryAt(ldap, byKey(key), attributes, filter);
    },

    accountByDn: (dn: string, attributes: readonly string[] = ACCOUNT_ATTRIBUTES) => entryAt(ldap, dn, attributes, undefined),

    /** Direct members with what is known of them. Those of other domains have a name and a key only. */
    async *members(groupDn: string): AsyncGenerator<Link & { readonly account: Account | undefined }> {
      const known = new Map<string, Account>();
      for await (const [account] of accounts(`(memberOf=${filterValue(groupDn)})`)) known.set(account.subject.key, account);
      for await (const link of memberLinks(groupDn)) yield { ...link, account: known.get(link.key) };
    },

    filterWithin,

    /** People and devices in one of the groups, by link or by primary group. Give every group inside as well: see `groupsWithin`. */
    everyoneIn(groups: readonly GroupName[], attributes: readonly string[] = ACCOUNT_ATTRIBUTES) {
      return accounts(`(&(|(sAMAccountType=${USER_ACCOUNT})(sAMAccountType=${COMPUTER_ACCOUNT}))${filterWithin(groups)})`, attributes);
    },

    /** The group and every group inside it. */
    async groupsWithin(group: GroupName): Promise<readonly GroupName[]> {
      const found = [group];
      for await (const [inner] of accounts(`(&(objectClass=group)${inChain("memberOf", group.dn)})`)) found.push(inner);
      return found;
    },

    /** Whether the subject is in the group by whatever chain of links (its primary group is no link). */
    async isInChain(subjectDn: string, groupDn: string): Promise<boolean> {
      return (await ldap.find(subjectDn, ["1.1"], { filter: inChain("memberOf", groupDn) })) !== undefined;
    },

    async *ownGroups(policy?: string): AsyncGenerator<OwnGroup> {
      for await (const { group } of foundOwnGroups("ptn-*")) {
        if (group !== undefined && (policy === undefined || group.policy === policy)) yield group;
      }
    },

    /** Our group for an exception, wherever it was moved to. Without `group` when its notes are not as we wrote them. */
    async findOwnGroup(policy: string, ref: string): Promise<{ readonly dn: string; readonly group: OwnGroup | undefined } | undefined> {
      for await (const found of foundOwnGroups(nameOfOwnGroup(policy, ref))) return found;
      return undefined;
    },

    /** The group a primaryGroupID refers to: its SID is the domain's with this number at the end. */
    async groupByRid(domainSid: string, rid: string): Promise<string | undefined> {
      return (await ldap.find(`<SID=${domainSid}-${rid}>`, ["1.1"]))?.dn;
    },

    close: () => ldap.close(),
  };
}

interface GroupName {
  readonly dn: string;
  readonly rid: string;
}

/** Whoever is in one of the groups: a primary group is no link, so each group is asked for by its number too. */
function filterWithin(groups: readonly GroupName[]): string {
  const [outermost] = groups;
  const chain = outermost === undefined ? [] : [inChain("memberOf", outermost.dn)];
  return `(|${[...chain, ...groups.map(({ rid }) => `(primaryGroupID=${rid})`)].join("")})`;
}

export function inChain(link: "memberOf" | "member", dn: string): string {
  return `(${link}:${RULE.inChain}:=${filterValue(dn)})`;
}

export function bitSet(attribute: string, bit: number): string {
  return `(${attribute}:${RULE.bitAnd}:=${bit})`;
}

export function byKey(key: string): string {
  return `<GUID=${key}>`;
}

export function nameOfOwnGroup(policy: string, ref: string): string {
  return ownGroupName(createHash("sha256").update(`${policy}\n${ref}`).digest());
}

async function entryAt(ldap: LdapClient, dn: string, attributes: readonly string[], filter: string | undefined) {
  const entry = await ldap.find(dn, attributes, filter === undefined ? {} : { filter });
  const account = entry === undefined ? undefined : accountOf(entry);
  return entry === undefined || account === undefined ? undefined : { account, entry };
}
