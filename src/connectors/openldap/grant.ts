/** Makes the directory allow exactly what was granted, and takes it away again. */
import type { Instant } from "../../kernel/time.ts";
import type { Bypass, GrantOrder, GrantOutcome, RevokeOutcome } from "../port.ts";
import type { AttributePolicy, GroupPolicy, OpenLdapPolicy } from "./config.ts";
import { type Context, findByKey, findPolicy, findWhetherPassword, type FoundSubject, hasExpiry } from "./directory.ts";
import { LastMember, notesOn, putIn, takeMemberOut, takeOut, TermTooLong } from "./groups.ts";
import { keyOfMissing, lastOf, passwordStateOf } from "./map.ts";
import { lockPassword, openPassword } from "./password.ts";
import { isBelow } from "../ldap/text.ts";
import { refusalOf } from "./subjects.ts";

export async function grant(context: Context, order: GrantOrder): Promise<GrantOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined)
    return { outcome: "not_supported", reason: `The policy ${order.policy} is not governed through this connection.` };
  if (order.validUntil <= context.now()) return { outcome: "not_supported", reason: `The order ended at ${order.validUntil}.` };
  const reason = await refusalOf(context, order.policy, order.subject);
  if (reason !== undefined) return { outcome: "not_supported", reason };
  return policy.shape === "group" ? grantByGroup(context, policy, order) : grantByPassword(context, policy, order);
}

async function grantByGroup(context: Context, policy: GroupPolicy, order: GrantOrder): Promise<GrantOutcome> {
  const found = await findByKey(context, order.subject.key);
  if (found === undefined) return gone(order);
  try {
    const { dn, nativeExpiry } = await putIn(context, policy, order, found.dn, await hasExpiry(context, policy.exemptionsBase));
    return { outcome: "applied", object: dn, ...(nativeExpiry !== undefined && { nativeExpiry }) };
  } catch (error) {
    if (error instanceof TermTooLong) return { outcome: "not_supported", reason: error.message };
    throw error;
  }
}

/**
 * The group is written first: whoever finds the password open must be able to read why. It has no end of its own, so that our
 * note about the password is not lost before the password is locked.
 */
async function grantByPassword(context: Context, policy: AttributePolicy, order: GrantOrder): Promise<GrantOutcome> {
  const found = await findByKey(context, order.subject.key);
  if (found === undefined) return gone(order);
  if ((await findWhetherPassword(context, found.dn)) === false) {
    return { outcome: "not_supported", reason: `${order.subject.name} has no password that could be opened.` };
  }
  await putIn(context, policy, order, found.dn, false);
  const end = lastOf((await liveNotes(context, policy, order.subject.key)).values()) ?? order.validUntil;
  const enforced = await openPassword(context, found.dn, end);
  const ends = enforced && end <= order.validUntil;
  return { outcome: "applied", object: found.dn, ...(ends && { nativeExpiry: end }) };
}

function gone({ subject }: GrantOrder): GrantOutcome {
  return { outcome: "not_supported", reason: `${subject.name} is no longer in the directory.` };
}

async function liveNotes(context: Context, policy: AttributePolicy, subjectKey: string): Promise<ReadonlyMap<string, Instant>> {
  const now = context.now();
  return new Map([...(await notesOn(context, policy, subjectKey))].filter(([, until]) => until > now));
}

export async function revoke(context: Context, order: GrantOrder): Promise<RevokeOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined)
    return { outcome: "not_supported", reason: `The policy ${order.policy} is not governed through this connection.` };
  const found = await findByKey(context, order.subject.key);
  if (policy.shape === "attribute" && found !== undefined) await closePassword(context, policy, order, found.dn);
  const wasThere = await takeOut(context, policy, order, found?.dn);
  return { outcome: wasThere ? "removed" : "already_absent" };
}

/** Locks the password, unless another exception of ours holds it open. The note is taken away after it: half of this is done again. */
async function closePassword(context: Context, policy: AttributePolicy, order: GrantOrder, dn: string): Promise<void> {
  const all = await notesOn(context, policy, order.subject.key);
  if (!all.has(order.ref)) return;
  const now = context.now();
  const others = [...all].filter(([ref, until]) => ref !== order.ref && until > now).map(([, until]) => until);
  const end = lastOf(others);
  if (end === undefined) {
    await lockPassword(context, dn);
    return;
  }
  const entry = await context.ldap.find(dn, ["pwdAccountLockedTime", "pwdEndTime"]);
  // Locked by somebody else meanwhile: ending this exception is no reason to open it.
  if (entry !== undefined && !passwordStateOf(entry).isLocked) await openPassword(context, dn, end);
}

/** Takes away a bypass that discover found. */
export async function remove(context: Context, bypass: Bypass): Promise<RevokeOutcome> {
  const { form } = bypass;
  if (form === "governed_group_member" || form === "ungoverned_exemption") return removeMember(context, bypass);
  if (form === "password_usable") return removePassword(context, bypass);
  if (form === "weaker_password_policy") {
    return {
      outcome: "not_supported",
      reason: "Which password policy a person is under is not Postern's to change: an administrator has to.",
    };
  }
  return { outcome: "not_supported", reason: `OpenLDAP has no ${form}.` };
}

async function removeMember(context: Context, { object, policy: policyKey, subject }: Bypass): Promise<RevokeOutcome> {
  const policy = findPolicy(context, policyKey ?? "");
  if (policy?.shape !== "group")
    return { outcome: "not_supported", reason: "The policy is not governed through this connection any more." };
  const memberDn = subject.key === keyOfMissing(subject.name) ? subject.name : (await findByKey(context, subject.key))?.dn;
  if (memberDn === undefined) return { outcome: "already_absent" };
  try {
    const wasThere = await takeMemberOut(context, object, memberDn, subject.key, isBelow(object, policy.exemptionsBase));
    return { outcome: wasThere ? "removed" : "already_absent" };
  } catch (error) {
    if (error instanceof LastMember) return { outcome: "not_supported", reason: error.message };
    throw error;
  }
}

async function removePassword(context: Context, { policy: policyKey, subject, grantRef }: Bypass): Promise<RevokeOutcome> {
  const policy = findPolicy(context, policyKey ?? "");
  const found = await findByKey(context, subject.key);
  if (policy === undefined || found === undefined) return { outcome: "already_absent" };
  const wasOpen = await lockPassword(context, found.dn);
  const hadNote = grantRef !== undefined && (await takeNoteOut(context, policy, grantRef, found));
  return { outcome: wasOpen || hadNote ? "removed" : "already_absent" };
}

function takeNoteOut(context: Context, policy: OpenLdapPolicy, ref: string, { subject, dn }: FoundSubject): Promise<boolean> {
  const now = context.now();
  return takeOut(context, policy, { ref, policy: policy.key, subject, validFrom: now, validUntil: now }, dn);
}
