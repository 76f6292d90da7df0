/**
 * The read-back: is our grant there, and is the subject let through at all. Two things are asked apart, the memberships and the
 * policy's own verdict; only where both say so is the gate closed.
 */
import type { GrantOrder, ReadBack } from "../port.ts";
import type { EntraPolicy } from "./config.ts";
import type { SignIn } from "./evaluate.ts";
import { groupsOf } from "./exemptions.ts";
import { type Context, findPolicy } from "./graph.ts";
import { bypassKey } from "./map.ts";
import { leadingThrough } from "./map-left-out.ts";
import { type Verdict, verdictByReading, verdictOf } from "./policies.ts";
import { findGroup, findUser, type Group, type User } from "./subjects.ts";
import { type Around, around, waysThroughPool } from "./ways.ts";

export async function read(context: Context, order: GrantOrder): Promise<ReadBack> {
  const readAt = context.now();
  const policy = findPolicy(context, order.policy);
  const { kind, key } = order.subject;
  if (policy === undefined || (kind !== "user" && kind !== "group")) {
    const evidence = { policy: `${order.policy} is not governed for a ${kind}` };
    return { configured: false, effective: "unknown", otherWays: [], evidence, readAt };
  }
  const present = await (kind === "user" ? findUser(context, key) : findGroup(context, key));
  if (present === undefined) {
    const configured = (await groupsOf(context, policy, order)).length > 0;
    return { configured, effective: false, otherWays: [], evidence: { subject: "gone from the directory" }, readAt };
  }
  const groups = await around(context, kind, key);
  const asked = whoOf(present, groups);
  const verdict = await (kind === "user" ? verdictOf(context, policy, asked) : verdictByReading(context, policy, asked));
  const seen = await waysOf(context, policy, asked, groups, verdict);
  const own = bypassKey.granted(policy.key, { ref: order.ref, subjectKey: key });
  return {
    configured: seen.inPool.some((way) => way.key === own),
    effective: isLetThrough(verdict.holds, seen.ways.length > 0),
    otherWays: seen.ways.filter((way) => way.key !== own),
    evidence: { verdict: verdict.words, ways: String(seen.ways.length), ...seen.evidence },
    readAt,
  };
}

type Who = Pick<SignIn, "user" | "groups" | "roles" | "guest">;

/** A group is asked about as somebody who is in it and in nothing else. */
function whoOf(present: User | Group, groups: Around): Who {
  const isUser = "userPrincipalName" in present;
  return {
    user: present.id,
    groups: new Set([...groups.keys(), ...(isUser ? [] : [present.id])]),
    roles: rolesIn(groups),
    guest: isUser && mayBeGuest(present) ? undefined : "no",
  };
}

/** Undefined where one is not told: without the right to read roles Graph gives their ids in this tenant, and policies name others. */
function rolesIn(groups: Around): ReadonlySet<string> | undefined {
  const roles = [...groups.values()].filter(({ type }) => type === "role").map(({ roleTemplateId }) => roleTemplateId);
  return roles.includes(undefined) ? undefined : new Set(roles.filter((id) => id !== undefined));
}

/** Somebody of another tenant may be a member here, and is still a kind of guest that a policy can leave out. */
function mayBeGuest({ userType, userPrincipalName, creationType }: User): boolean {
  return userType !== "Member" || userPrincipalName.toUpperCase().includes("#EXT#") || (creationType ?? null) !== null;
}

/** Through the pool, as far as the policy excludes it, and past the policy by name. */
async function waysOf(context: Context, governed: EntraPolicy, asked: Who, groups: Around, { policy }: Verdict) {
  const inPool = await waysThroughPool(context, governed, asked.user, groups);
  const isExcluded = policy?.exclude.groups.some((id) => id.toLowerCase() === governed.poolId) !== false;
  const leftOut = policy === undefined ? [] : leadingThrough(policy, governed.poolId, asked);
  return {
    inPool,
    ways: [
      ...(isExcluded ? inPool : []),
      ...leftOut.map((one) => ({ key: one.key, words: `the policy leaves out the ${one.kind} ${groups.get(one.id)?.name ?? one.id}` })),
    ],
    evidence: isExcluded ? {} : { pool: `the policy does not exclude the group ${governed.poolId}` },
  };
}

/** Where a membership lets the subject through and the policy is said to hold it, one of the two is not true any more, or not yet. */
function isLetThrough(holds: Verdict["holds"], hasWay: boolean): ReadBack["effective"] {
  if (holds === "unknown") return "unknown";
  if (!holds) return true;
  return hasWay ? "unknown" : false;
}
