/** What the directory's entries mean: accounts, our own groups, and why a subject cannot be governed. Pure. */
import { type Instant, parseInstant } from "../../kernel/time.ts";
import type { LdapEntry } from "../ldap/entry.ts";
import { sameDn } from "../ldap/text.ts";
import type { ProviderSubject } from "../port.ts";
import { guidText, instantOfFiletime, type Link, parseExtendedDn, ridOf, sidText, UAC } from "./values.ts";

/** The attributes {@link accountOf} reads. */
export const ACCOUNT_ATTRIBUTES = [
  "objectGUID",
  "objectSid",
  "objectClass",
  "sAMAccountName",
  "userAccountControl",
  "accountExpires",
  "primaryGroupID",
  "servicePrincipalName",
  "adminCount",
  "cn",
] as const;

export interface Account {
  readonly subject: ProviderSubject;
  readonly dn: string;
  /** SID of its domain; empty for what has none. */
  readonly domainSid: string;
  /** Relative identifier of the object itself: what a primaryGroupID names. */
  readonly rid: string;
  readonly control: number;
  readonly expiresAt: Instant | undefined;
  readonly primaryGroupRid: string | undefined;
  readonly privileged: boolean;
}

/** Reads a user, computer, group or contact. Undefined when the entry has no identifier. */
export function accountOf(entry: LdapEntry): Account | undefined {
  const guid = entry.bytes("objectGUID")[0];
  if (guid === undefined) return undefined;
  const binarySid = entry.bytes("objectSid")[0];
  const sid = binarySid === undefined ? "" : sidText(binarySid);
  const classes = entry.texts("objectClass").map((name) => name.toLowerCase());
  const key = guidText(guid);
  return {
    subject: { kind: kindOf(classes, entry), key, name: entry.text("sAMAccountName") ?? entry.text("cn") ?? key },
    dn: parseExtendedDn(entry.dn)?.dn ?? entry.dn,
    domainSid: sid.slice(0, Math.max(0, sid.lastIndexOf("-"))),
    rid: ridOf(sid),
    control: Number(entry.text("userAccountControl") ?? 0),
    expiresAt: instantOfFiletime(entry.text("accountExpires")),
    primaryGroupRid: entry.text("primaryGroupID"),
    privileged: entry.text("adminCount") === "1",
  };
}

function kindOf(classes: readonly string[], entry: LdapEntry): ProviderSubject["kind"] {
  if (classes.includes("group")) return "group";
  // Managed service accounts are computers to the schema.
  if (classes.some((name) => name.startsWith("msds-") && name.includes("managedserviceaccount"))) return "service";
  if (classes.includes("computer")) return "device";
  return entry.texts("servicePrincipalName").length > 0 ? "service" : "user";
}

/** Whether anybody can sign in with the account now. */
export function canSignIn(account: Account, now: Instant): boolean {
  return (account.control & UAC.disabled) === 0 && (account.expiresAt === undefined || account.expiresAt > now);
}

export function hasBit(account: Account, bit: number): boolean {
  return (account.control & bit) !== 0;
}

export function controlEvidence(account: Account): Readonly<Record<string, string>> {
  return { userAccountControl: `0x${account.control.toString(16)}` };
}

/** A group Postern made for one policy and one exception, and whom it put in. */
export interface OwnGroup extends Link {
  readonly rid: string;
  readonly policy: string;
  readonly ref: string;
  /** Ends by subject key. A member that is not among them was put there by somebody else. */
  readonly subjects: ReadonlyMap<string, Instant>;
}

export const OWN_GROUP_ATTRIBUTES = ["objectGUID", "objectSid", "objectClass", "sAMAccountName", "extensionName"] as const;

const OWN_PREFIX = "ptn-";

/** Account name of our group: 20 characters at most, the same for the same policy and exception, from a digest the shell computes. */
export function ownGroupName(digest: Uint8Array): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return OWN_PREFIX + Array.from(digest.slice(0, 16), (byte) => letters[byte % 32]).join("");
}

export function ownGroupNotes(policy: string, ref: string): readonly string[] {
  return [`postern:policy=${policy}`, `postern:ref=${ref}`];
}

export function subjectNote(key: string, until: Instant): string {
  return `postern:subject=${key}:until=${until}`;
}

/** Reads a group of ours; undefined when the notes do not belong to the name: then somebody else made it or changed it. */
export function readOwnGroup(entry: LdapEntry, nameFor: (policy: string, ref: string) => string): OwnGroup | undefined {
  const account = accountOf(entry);
  if (account === undefined || !account.subject.name.startsWith(OWN_PREFIX)) return undefined;
  const notes = entry.texts("extensionName");
  const note = (name: string) => notes.find((text) => text.startsWith(`postern:${name}=`))?.slice(`postern:${name}=`.length);
  const policy = note("policy");
  const ref = note("ref");
  if (policy === undefined || ref === undefined || nameFor(policy, ref) !== account.subject.name) return undefined;
  const subjects = notes.flatMap((text): readonly (readonly [string, Instant])[] => {
    const [, key, until] = /^postern:subject=([0-9a-f-]+):until=(.+)$/.exec(text) ?? [];
    const end = until === undefined ? undefined : parseInstant(until);
    return key === undefined || end === undefined ? [] : [[key, end]];
  });
  return { key: account.subject.key, dn: account.dn, rid: account.rid, policy, ref, subjects: new Map(subjects) };
}

/** The attributes {@link refusalOfGroup} reads. */
export const GROUP_ATTRIBUTES = [
  ...ACCOUNT_ATTRIBUTES,
  "groupType",
  "mail",
  "proxyAddresses",
  "msExchRecipientDisplayType",
  "adminDescription",
  "isCriticalSystemObject",
] as const;

const SECURITY_ENABLED = 0x8000_0000;
const GLOBAL_SCOPE = 0x2;

/** Why a group cannot be the subject of an exception; undefined when it can. `nested` and `leavesOut` were found by asking. */
export function refusalOfGroup(entry: LdapEntry, facts: { hasNestedGroups: boolean; exemptionGroupDn: string }): string | undefined {
  const type = Number(entry.text("groupType") ?? 0);
  const classes = entry.texts("objectClass").map((name) => name.toLowerCase());
  const mailEnabled = entry.names.some((name) => /^(mail|proxyAddresses|msExch.*)$/i.test(name) && entry.texts(name).length > 0);
  const cases: readonly (readonly [boolean, string])[] = [
    [sameDn(entry.dn, facts.exemptionGroupDn), "This is the exemption group of the policy itself."],
    [classes.includes("dynamicobject"), "The group is dynamic: the directory removes it by itself."],
    [(type & SECURITY_ENABLED) === 0, "This is a distribution group: it carries no rights, so nothing can be granted through it."],
    [mailEnabled, "The group is mail-enabled: its members are managed by mail administrators, outside this register."],
    [
      entry.text("adminDescription")?.startsWith("Group_") === true,
      "The group is synced from another directory, which would undo a change.",
    ],
    [entry.text("isCriticalSystemObject") === "TRUE", "This is a built-in group: its members are not all visible as members."],
    [
      facts.hasNestedGroups,
      "The group contains groups: who is let through would be decided elsewhere. Name a group that contains people only.",
    ],
    [(type & GLOBAL_SCOPE) === 0, "Only a global group can be put into an exemption group; this one has another scope."],
  ];
  return cases.find(([holds]) => holds)?.[1];
}
