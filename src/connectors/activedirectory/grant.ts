/** Makes the directory allow exactly what an order says. Every step may be repeated; a crash between two leaves nothing that a repeat does not mend. */
import { epochMs, type Instant, latest } from "../../kernel/time.ts";
import { type AttributeValues, RESULT } from "../ldap/client.ts";
import { type GrantOrder, type GrantOutcome, ProviderFault } from "../port.ts";
import { byKey, nameOfOwnGroup } from "./client.ts";
import type { ActiveDirectoryPolicy } from "./config.ts";
import { type Context, loadGroup } from "./domain.ts";
import { type OwnGroup, ownGroupNotes, subjectNote } from "./map.ts";
import { filetimeOfInstant, instantOfFiletime, UAC } from "./values.ts";
import { adding, ALREADY_GONE, ALREADY_THERE, compareAndSet, deleting, expectDone, putIn, setControlBit, takeOut } from "./write.ts";

/** A global security group, as the signed number the schema wants. */
const GLOBAL_SECURITY_GROUP = "-2147483646";

/** Why a group cannot be the subject of an exception to the smart-card requirement. */
export const SMARTCARD_IS_PERSONAL = "The smart-card requirement is set on each account: name people, not a group.";

export function policyOf({ settings }: Context, key: string): ActiveDirectoryPolicy | undefined {
  return settings.policies.find((policy) => policy.key === key);
}

export async function grant(context: Context, order: GrantOrder): Promise<GrantOutcome> {
  const policy = policyOf(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: `This connection governs no policy ${order.policy}.` };
  const reason = await whyNot(context, order, policy);
  if (reason !== undefined) return { outcome: "not_supported", reason };
  const noted = context.settings.accountExpiryFilter === undefined ? [] : await notedEnds(context, order.subject.key);
  const { group, expiringLink } = await holdInOwnGroup(context, order);
  if (policy.shape === "group") {
    const exemption = await loadGroup(context.directory, policy.exemptionGroupDn, `which the policy ${policy.key} leaves out`);
    await putIn(context, exemption.dn, group.key);
  } else {
    await setControlBit(context, order.subject.key, UAC.smartcardRequired, false);
  }
  const nativeExpiry = (await expireAccount(context, order, noted)) ?? expiringLink;
  return { outcome: "applied", object: group.dn, ...(nativeExpiry !== undefined && { nativeExpiry }) };
}

async function whyNot(context: Context, order: GrantOrder, policy: ActiveDirectoryPolicy): Promise<string | undefined> {
  const { subject, validUntil } = order;
  if (validUntil <= context.now()) return `The grant ended at ${validUntil}: it is not made any more.`;
  if (policy.shape === "attribute" && subject.kind === "group") return SMARTCARD_IS_PERSONAL;
  const found = await context.directory.account(subject.key);
  return found === undefined ? `${subject.name} does not exist in the directory any more.` : undefined;
}

/** Makes our group with the subject in it, or brings it up to date. Also tells the end of the membership where the directory keeps one. */
async function holdInOwnGroup(context: Context, order: GrantOrder): Promise<{ group: OwnGroup; expiringLink: Instant | undefined }> {
  const { domain, now } = context;
  const expires = (await domain()).hasExpiringLinks && policyOf(context, order.policy)?.shape === "group";
  const secondsToLive = expires ? Math.max(1, Math.floor((epochMs(order.validUntil) - epochMs(now())) / 1000)) : undefined;
  const group = await madeOwnGroup(context, order);
  await note(context, group, order);
  // An end can only be moved by making the membership anew.
  if (secondsToLive !== undefined) await takeOut(context, group.dn, order.subject.key);
  await putIn(context, group.dn, order.subject.key, secondsToLive);
  return { group, expiringLink: secondsToLive === undefined ? undefined : order.validUntil };
}

async function madeOwnGroup({ directory, settings }: Context, order: GrantOrder): Promise<OwnGroup> {
  const before = await directory.findOwnGroup(order.policy, order.ref);
  if (before === undefined) {
    const dn = `CN=${nameOfOwnGroup(order.policy, order.ref)},${settings.groupsOu}`;
    expectDone(await directory.ldap.add(dn, newGroup(order)), `make the group ${dn}`, [RESULT.entryAlreadyExists]);
  }
  const found = before ?? (await directory.findOwnGroup(order.policy, order.ref));
  if (found?.group !== undefined) return found.group;
  const name = found?.dn ?? nameOfOwnGroup(order.policy, order.ref);
  throw new ProviderFault(
    "fault",
    `${name} is not as Postern makes it: its notes were changed or its name is taken. Remove it, then try again.`,
  );
}

function newGroup({ policy, ref, subject, validUntil }: GrantOrder): AttributeValues {
  return {
    objectClass: "group",
    sAMAccountName: nameOfOwnGroup(policy, ref),
    groupType: GLOBAL_SECURITY_GROUP,
    description: `${ref} (${policy}), made by Postern: changes made here by hand are found and reported`,
    extensionName: [...ownGroupNotes(policy, ref), subjectNote(subject.key, validUntil)],
    member: byKey(subject.key),
  };
}

/** Notes whom we put in and until when: a member without a note was put there by somebody else. */
async function note({ directory }: Context, group: OwnGroup, { subject, validUntil }: GrantOrder): Promise<void> {
  const before = group.subjects.get(subject.key);
  if (before === validUntil) return;
  const stale = before === undefined ? [] : [deleting("extensionName", [subjectNote(subject.key, before)])];
  const changes = [...stale, adding("extensionName", [subjectNote(subject.key, validUntil)])];
  expectDone(await directory.ldap.modify(group.dn, changes), `note the subject on ${group.dn}`, [...ALREADY_THERE, ...ALREADY_GONE]);
}

/**
 * The second lock: accounts that exist for exceptions only (vendors, services, break-glass) expire when the last of theirs ends.
 * An earlier end that none of our groups had noted (`noted`) was set by somebody else, and is kept.
 */
async function expireAccount(context: Context, order: GrantOrder, noted: readonly Instant[]): Promise<Instant | undefined> {
  if (!(await expiryIsOurs(context, order))) return undefined;
  const { key } = order.subject;
  const wanted = (await notedEnds(context, key)).reduce(latest, order.validUntil);
  let end = wanted;
  await compareAndSet(context, key, "accountExpires", (current) => {
    const set = instantOfFiletime(current);
    const byOthers = set !== undefined && set < wanted && !noted.includes(set);
    end = byOthers ? set : wanted;
    return byOthers ? undefined : filetimeOfInstant(wanted);
  });
  // An account that lives on for another exception does not end with this one.
  return end <= order.validUntil ? end : undefined;
}

async function expiryIsOurs({ settings, directory }: Context, { subject }: GrantOrder): Promise<boolean> {
  if (settings.accountExpiryFilter === undefined || subject.kind === "group") return false;
  return (await directory.account(subject.key, undefined, settings.accountExpiryFilter)) !== undefined;
}

/** The ends our groups have noted for a subject, whatever the policy. */
async function notedEnds({ directory }: Context, key: string): Promise<readonly Instant[]> {
  const ends: Instant[] = [];
  for await (const group of directory.ownGroups()) {
    const end = group.subjects.get(key);
    if (end !== undefined) ends.push(end);
  }
  return ends;
}
