/** The read-back: is our grant there, and is the subject let through at all, by whatever way. */
import type { GrantOrder, ReadBack } from "../port.ts";
import type { AttributePolicy, GroupPolicy } from "./config.ts";
import {
  type Context,
  findByKey,
  findGroup,
  findPolicy,
  findWhetherPassword,
  type FoundSubject,
  readPasswordPolicies,
} from "./directory.ts";
import { notesOn, ownGroupDn } from "./groups.ts";
import { isPasswordUsable, type PasswordPolicy, type PasswordState, passwordStateOf } from "./map.ts";
import { type Way, waysByGroup, waysByPassword } from "./ways.ts";

export async function read(context: Context, order: GrantOrder): Promise<ReadBack> {
  const readAt = context.now();
  const policy = findPolicy(context, order.policy);
  if (policy === undefined) {
    const evidence = { policy: `${order.policy} is not governed` };
    return { configured: false, effective: "unknown", otherWays: [], evidence, readAt };
  }
  const found = await findByKey(context, order.subject.key);
  if (found === undefined) {
    const group = await findGroup(context, ownGroupDn(policy, order.ref));
    const configured = group?.notes.has(order.subject.key) === true;
    return { configured, effective: false, otherWays: [], evidence: { subject: "gone from the directory" }, readAt };
  }
  const seen =
    policy.shape === "group" ? await readGroups(context, policy, found, order) : await readPassword(context, policy, found, order);
  return { ...seen, readAt };
}

type Seen = Omit<ReadBack, "readAt">;

async function readGroups(context: Context, policy: GroupPolicy, found: FoundSubject, order: GrantOrder): Promise<Seen> {
  const ways = await waysByGroup(context, policy, found);
  const isOurs = (way: Way) => way.grantRef === order.ref && way.memberKey === found.subject.key;
  return {
    configured: ways.some(isOurs),
    effective: ways.length > 0,
    otherWays: shown(ways.filter((way) => !isOurs(way))),
    evidence: { subject: found.dn, group: ownGroupDn(policy, order.ref), ways: String(ways.length) },
  };
}

async function readPassword(context: Context, policy: AttributePolicy, found: FoundSubject, order: GrantOrder): Promise<Seen> {
  const state = passwordStateOf(found.entry);
  const [notes, policies, hasPassword] = await Promise.all([
    notesOn(context, policy, found.subject.key),
    readPasswordPolicies(context),
    findWhetherPassword(context, found.dn),
  ]);
  const passwordPolicy = policies.of(state.policyDn);
  const usable = isPasswordUsable(state, passwordPolicy, hasPassword, context.now());
  const ways = usable ? waysByPassword(policy, found.subject.key, notes, context.now()) : [];
  return {
    configured: notes.has(order.ref) && !state.isLocked,
    effective: usable,
    otherWays: shown(ways.filter(({ grantRef }) => grantRef !== order.ref)),
    evidence: passwordEvidence(state, passwordPolicy, hasPassword),
  };
}

function shown(ways: readonly Way[]): ReadBack["otherWays"] {
  return ways.map(({ key, words, grantRef }) => ({ key, words, ...(grantRef !== undefined && { grantRef }) }));
}

export function passwordEvidence(
  state: PasswordState,
  policy: PasswordPolicy | undefined,
  hasPassword: boolean | undefined,
): Readonly<Record<string, string>> {
  return {
    pwdAccountLockedTime: state.lockedText ?? "none",
    pwdEndTime: state.endText ?? "none",
    passwordPolicy: policy?.dn ?? "none: locks and ends are not enforced",
    ...(policy !== undefined && { pwdLockout: policy.lockout ? "TRUE" : "FALSE: a lock is not enforced" }),
    userPassword: { true: "there is one", false: "there is none", undefined: "may not be asked for" }[String(hasPassword)] ?? "",
  };
}
