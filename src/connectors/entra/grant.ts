/** Makes Entra ID allow exactly what was granted, and takes it away again: by memberships of our own groups and nothing else. */
import { type Bypass, type GrantOrder, type GrantOutcome, ProviderFault, type RevokeOutcome } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import { groupsOf, isDirectMember, makeGroup, putMember, seen } from "./exemptions.ts";
import { type Context, deleteMembership, findPolicy } from "./graph.ts";
import { flawOf, markIn, markOf } from "./map.ts";
import { assign, forget, hasPim } from "./pim.ts";
import { findAccessPolicy } from "./policies.ts";
import { findGroup, findUser, notGoverned, refusalOf } from "./subjects.ts";
import { around } from "./ways.ts";

export async function grant(context: Context, order: GrantOrder): Promise<GrantOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: notGoverned(order.policy) };
  if (order.validUntil <= context.now()) return { outcome: "not_supported", reason: `The order ended at ${order.validUntil}.` };
  const reason = (await refusalOf(context, order.policy, order.subject)) ?? (await flawOfPolicy(context, policy));
  if (reason !== undefined) return { outcome: "not_supported", reason };
  const [first, ...others] = await groupsOf(context, policy, order);
  const groupId = first ?? (await makeGroup(context, policy, order));
  if (groupId === undefined) return { outcome: "not_supported", reason: NO_MORE_GROUPS };
  const nativeExpiry = (await hasPim(context)) ? await assign(context, groupId, order) : undefined;
  if (nativeExpiry === undefined) await putMember(context, groupId, order.subject.key);
  await seen(context, () => isDirectMember(context, groupId, order.subject.key), "the subject in the exemption group");
  // Made by another instance at the same moment.
  for (const other of others) await deleteMembership(context, policy.poolId, other);
  return { outcome: "applied", object: groupId, ...(nativeExpiry !== undefined && { nativeExpiry }) };
}

const NO_MORE_GROUPS =
  "Entra ID lets this application make no more groups (Directory_QuotaExceeded). An administrator has to delete groups called Postern that are in no group, and delete them for good: until then they count.";

/** Why nothing can be granted by this policy, whoever it is for: what an administrator has to set up, or has changed since. */
async function flawOfPolicy(context: Context, policy: EntraPolicy): Promise<string | undefined> {
  const pool = await findGroup(context, policy.poolId);
  if (pool === undefined) return `The group ${policy.poolId}, which is to hold the exemptions, does not exist.`;
  const flaw = flawOf(pool);
  if (flaw !== undefined) return `The group ${pool.displayName}, which is to hold the exemptions, ${flaw}.`;
  const found = await findAccessPolicy(context, policy);
  if (found === undefined) return `The Conditional Access policy ${policy.policyId} does not exist.`;
  if (found.exclude.groups.some((id) => id.toLowerCase() === policy.poolId)) return undefined;
  return `The Conditional Access policy ${found.name} does not exclude the group ${pool.displayName}: an administrator has to, once.`;
}

export async function revoke(context: Context, order: GrantOrder): Promise<RevokeOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: notGoverned(order.policy) };
  const groups = await groupsOf(context, policy, order);
  for (const groupId of groups) {
    // Out of the pool first: from then on it lets nobody through, whatever else fails.
    await deleteMembership(context, policy.poolId, groupId);
    await deleteMembership(context, groupId, order.subject.key);
  }
  await forget(context, groups, order);
  if (groups.length === 0) {
    await demandAbsent(context, policy, order);
    return { outcome: "already_absent" };
  }
  await seen(context, async () => (await groupsOf(context, policy, order)).length === 0, "that the grant's group left the pool");
  return { outcome: "removed" };
}

/** Nothing in the pool, or a pool that is not shown as it is: the subject's own memberships say which. */
async function demandAbsent(context: Context, policy: EntraPolicy, { ref, subject: { kind, key } }: GrantOrder): Promise<void> {
  const present = kind === "group" ? await findGroup(context, key) : await findUser(context, key);
  if (present === undefined) return;
  const groups = await around(context, kind === "group" ? "group" : "user", key);
  const isThere = groups.has(policy.poolId) && [...groups.values()].some(({ description }) => description === markOf(ref, key));
  if (isThere) throw new ProviderFault("fault", "The pool does not show the grant's group, and its member is still in both.");
}

/** Takes away a bypass that discover found. */
export async function remove(context: Context, bypass: Bypass): Promise<RevokeOutcome> {
  const [, groupId, memberId] = /^member:[^:]+:([^:]+):([^:]+)$/.exec(bypass.key) ?? [];
  if (groupId !== undefined && memberId !== undefined) return removeMember(context, groupId, memberId);
  if (bypass.form === "governed_group_member") {
    const { grantRef: ref, policy, subject } = bypass;
    if (ref === undefined || policy === undefined || (subject.kind !== "user" && subject.kind !== "group"))
      return { outcome: "not_supported", reason: "The bypass does not say which grant it belongs to." };
    const { key, name } = subject;
    return revoke(context, {
      ref,
      policy,
      subject: { kind: subject.kind, key, name },
      validFrom: context.now(),
      validUntil: context.now(),
    });
  }
  if (bypass.form === "temporary_pass")
    return { outcome: "not_supported", reason: "To take away a pass is to change how people sign in: an administrator has to." };
  return { outcome: "not_supported", reason: "Postern never changes a Conditional Access policy: an administrator has to." };
}

async function removeMember(context: Context, groupId: string, memberId: string): Promise<RevokeOutcome> {
  // Only out of pools, and of our own groups in them: the key came from outside.
  const isPool = context.settings.policies.some(({ poolId }) => poolId === groupId);
  const own = isPool ? undefined : await findGroup(context, groupId);
  if (!isPool && markIn(own?.description) === undefined) return { outcome: "not_supported", reason: "The group is none of Postern's." };
  const wasThere = await deleteMembership(context, groupId, memberId);
  await seen(context, async () => !(await isDirectMember(context, groupId, memberId)), "that the member left the group");
  return { outcome: wasThere ? "removed" : "already_absent" };
}
