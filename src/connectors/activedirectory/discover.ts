/** Every way around strong sign-in that the directory holds now. */
import type { Bypass } from "../port.ts";
import {
  bypassKey,
  groupMember,
  passwordNeverExpires,
  passwordNotRequired,
  passwordResetBehind,
  requirementCleared,
  weakerPasswordPolicy,
} from "./bypass-of.ts";
import { bitSet } from "./client.ts";
import type { GroupPolicy } from "./config.ts";
import { attributePolicy, type Context, loadGroup, mustHaveFilter, readHead, rollsPasswords } from "./domain.ts";
import { type Account, ACCOUNT_ATTRIBUTES, canSignIn, hasBit, type OwnGroup } from "./map.ts";
import { rulesOfDomain, rulesOfSettings, SETTINGS_ATTRIBUTES, weaknesses } from "./password-policy.ts";
import { decodeStamps, guidText, type Link, parseExtendedDn, passwordSetBehindBit, UAC, USER_ACCOUNT } from "./values.ts";
import { EXTENDED_DN } from "./client.ts";

const ENABLED_USER = `(sAMAccountType=${USER_ACCOUNT})(!${bitSet("userAccountControl", UAC.disabled)})`;

export async function* discover(context: Context): AsyncGenerator<Bypass> {
  yield* clearedRequirements(context);
  yield* looseAccounts(context);
  yield* hiddenResets(context);
  yield* weakerSettings(context);
  for (const policy of context.settings.policies) {
    if (policy.shape === "group") yield* exemptedByGroup(context, policy);
  }
}

/** People who must have a smart card and do not have to use it. */
async function* clearedRequirements(context: Context): AsyncGenerator<Bypass> {
  const policy = attributePolicy(context.settings);
  if (policy === undefined) return;
  const refs = await refsBySubject(context, policy.key);
  const cleared = `(!${bitSet("userAccountControl", UAC.smartcardRequired)})`;
  for await (const account of signable(context, `(&${ENABLED_USER}${cleared}${await mustHaveFilter(context)})`)) {
    const own = refs.get(account.subject.key) ?? [];
    if (own.length === 0) yield requirementCleared(account, policy.key);
    for (const ref of own) yield requirementCleared(account, policy.key, ref);
  }
}

/** The exceptions each subject has under a policy, by subject key, from the notes on our groups. */
export async function refsBySubject({ directory }: Context, policy: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const refs = new Map<string, string[]>();
  for await (const group of directory.ownGroups(policy)) {
    for (const key of group.subjects.keys()) refs.set(key, [...(refs.get(key) ?? []), group.ref]);
  }
  return refs;
}

async function* signable({ directory, now }: Context, filter: string): AsyncGenerator<Account> {
  for await (const [account] of directory.accounts(filter)) if (canSignIn(account, now())) yield account;
}

async function* looseAccounts(context: Context): AsyncGenerator<Bypass> {
  const either = `(|${bitSet("userAccountControl", UAC.passwordNotRequired)}${bitSet("userAccountControl", UAC.passwordNeverExpires)})`;
  for await (const account of signable(context, `(&${ENABLED_USER}${either})`)) {
    if (hasBit(account, UAC.passwordNotRequired)) yield passwordNotRequired(account);
    if (hasBit(account, UAC.passwordNeverExpires)) yield passwordNeverExpires(account);
  }
}

/** Accounts whose smart-card bit is on although somebody set a password since. */
async function* hiddenResets(context: Context): AsyncGenerator<Bypass> {
  if (rollsPasswords(await readHead(context))) return;
  const { isSamba } = await context.domain();
  const filter = `(&${ENABLED_USER}${bitSet("userAccountControl", UAC.smartcardRequired)})`;
  const policy = attributePolicy(context.settings)?.key;
  for await (const [account, entry] of context.directory.accounts(filter, [...ACCOUNT_ATTRIBUTES, "replPropertyMetaData"])) {
    const stamps = decodeStamps(entry.bytes("replPropertyMetaData")[0]);
    const setAt = stamps === undefined ? undefined : passwordSetBehindBit(stamps, isSamba);
    if (setAt !== undefined && canSignIn(account, context.now())) yield passwordResetBehind(account, policy, setAt);
  }
}

/** People to whom password settings weaker than the domain's apply, as the directory itself works out. */
async function* weakerSettings(context: Context): AsyncGenerator<Bypass> {
  const { directory, domain, now } = context;
  const { settingsContainerDn } = await domain();
  const rules = rulesOfDomain(await readHead(context));
  const search = { filter: "(objectClass=msDS-PasswordSettings)", attributes: SETTINGS_ATTRIBUTES, controls: [EXTENDED_DN] };
  for await (const entry of directory.ldap.search(settingsContainerDn, search)) {
    const weaker = weaknesses(rulesOfSettings(entry), rules);
    const settings: Link = { key: guidText(entry.bytes("objectGUID")[0]!), dn: parseExtendedDn(entry.dn)?.dn ?? entry.dn };
    if (Object.keys(weaker).length === 0) continue;
    const seen = new Set<string>();
    for (const target of entry.texts("msDS-PSOAppliesTo")) {
      for await (const account of subjectTo(context, settings.dn, parseExtendedDn(target)?.dn ?? target)) {
        if (seen.has(account.subject.key) || !canSignIn(account, now())) continue;
        seen.add(account.subject.key);
        yield weakerPasswordPolicy(account, settings, weaker);
      }
    }
  }
}

/** Accounts under a target (a user, or a group with everyone in it) for whom these settings win over any others. */
async function* subjectTo({ directory }: Context, settingsDn: string, targetDn: string): AsyncGenerator<Account> {
  const attributes = [...ACCOUNT_ATTRIBUTES, "msDS-ResultantPSO"];
  const found = await directory.accountByDn(targetDn, attributes);
  if (found === undefined) return;
  const { account, entry } = found;
  if (account.subject.kind !== "group") {
    if (entry.text("msDS-ResultantPSO")?.toLowerCase() === settingsDn.toLowerCase()) yield account;
    return;
  }
  for await (const [member, details] of directory.everyoneIn(await directory.groupsWithin(account), attributes)) {
    if (details.text("msDS-ResultantPSO")?.toLowerCase() === settingsDn.toLowerCase()) yield member;
  }
}

/** Everyone a policy lets through by membership: of our groups as granted, and of anything else as a bypass nobody registered. */
async function* exemptedByGroup(context: Context, policy: GroupPolicy): AsyncGenerator<Bypass> {
  const { directory } = context;
  const exemption = await loadGroup(directory, policy.exemptionGroupDn, `which the policy ${policy.key} leaves out`);
  const own = new Map<string, OwnGroup>();
  for await (const group of directory.ownGroups(policy.key)) own.set(group.key, group);
  yield* byPrimaryGroup(context, policy.key, exemption);
  for await (const member of directory.members(exemption.dn)) {
    const ours = own.get(member.key);
    if (ours === undefined) yield* stranger(context, policy.key, exemption, member);
    else yield* ownMembers(context, policy.key, ours);
  }
}

type Member = Link & { readonly account: Account | undefined };

async function* ownMembers(context: Context, policy: string, group: OwnGroup): AsyncGenerator<Bypass> {
  const holder = { dn: group.dn, subject: { key: group.key } };
  yield* byPrimaryGroup(context, policy, { ...holder, rid: group.rid });
  for await (const member of context.directory.members(group.dn)) {
    if (!group.subjects.has(member.key)) yield* stranger(context, policy, holder, member);
    else yield* direct(context, policy, holder, member, group.ref);
  }
}

interface Holder {
  readonly dn: string;
  readonly subject: { readonly key: string };
}

/** A member nobody ordered: itself, or when it is a group, everyone it lets in. A group that lets in nobody yet is shown itself. */
async function* stranger(context: Context, policy: string, holder: Holder, member: Member): AsyncGenerator<Bypass> {
  if (member.account?.subject.kind !== "group") {
    yield* direct(context, policy, holder, member);
    return;
  }
  const { directory, now } = context;
  let people = 0;
  for await (const [account] of directory.everyoneIn(await directory.groupsWithin(member.account))) {
    if (!canSignIn(account, now())) continue;
    people += 1;
    yield groupMember({
      key: bypassKey.via(policy, member.key, account.subject.key),
      policy,
      subject: account.subject,
      object: member.dn,
      evidence: { path: `${account.dn} → … → ${member.dn} → ${holder.dn}` },
      privileged: account.privileged,
    });
  }
  if (people === 0) yield* direct(context, policy, holder, member);
}

/** One membership; none when nobody can sign in with the account: it counts again from when somebody can. */
function* direct({ now }: Context, policy: string, holder: Holder, member: Member, grantRef?: string): Generator<Bypass> {
  const { account, key, dn } = member;
  if (account !== undefined && !canSignIn(account, now())) return;
  yield groupMember({
    key: bypassKey.member(policy, holder.subject.key, key),
    policy,
    subject: account?.subject ?? { kind: "user", key, name: dn },
    object: holder.dn,
    evidence: { path: `${dn} → ${holder.dn}` },
    privileged: account?.privileged ?? false,
    ...(grantRef !== undefined && { grantRef }),
  });
}

/** A primary group is no link: whoever has the group as theirs is in it and shows up nowhere among its members. */
async function* byPrimaryGroup(context: Context, policy: string, group: Holder & { readonly rid: string }): AsyncGenerator<Bypass> {
  for await (const account of signable(context, `(primaryGroupID=${group.rid})`)) {
    yield groupMember({
      key: bypassKey.primary(policy, group.subject.key, account.subject.key),
      policy,
      subject: account.subject,
      object: group.dn,
      evidence: { primaryGroupID: group.rid },
      privileged: account.privileged,
    });
  }
}
