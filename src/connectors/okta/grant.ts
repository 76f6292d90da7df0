/**
 * Makes Okta allow exactly what was granted, and takes it away again. One exemption group of each policy lets people through; beside it
 * a group of ours for each exception says for which. Rules are never edited (docs/decisions/0019).
 */
import { setTimeout as sleep } from "node:timers/promises";

import { type Bypass, type GrantOrder, type GrantOutcome, ProviderFault, type RevokeOutcome } from "../port.ts";
import { groupAnswer, type GroupAnswer, read as readAnswer, userAnswer } from "./answers.ts";
import type { OktaPolicy } from "./config.ts";
import { type Context, findGroup, findPolicy, findUser, groupPath, memberPath, type Membership, membershipOf } from "./directory.ts";
import { ledgerName, objectOf } from "./map.ts";
import { refusalOf } from "./subjects.ts";

/** Okta's search shows a new group only after a moment. */
const LOOKS = 5;
const MS_BETWEEN_LOOKS = 400;
/** Of a group, in one answer. */
const MOST_MEMBERS = 1000;
const MARK = "Kept by Postern.";

export async function grant(context: Context, order: GrantOrder): Promise<GrantOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: notGoverned(order.policy) };
  if (order.validUntil <= context.now()) return { outcome: "not_supported", reason: `The order ended at ${order.validUntil}.` };
  const reason = await refusalOf(context, order.policy, order.subject);
  if (reason !== undefined) return { outcome: "not_supported", reason };
  const user = order.subject.key;
  // The reason is written first: nobody is let through without it.
  const ledger = await ensureLedger(context, policy, order.ref);
  await putIn(context, ledger, user);
  await putIn(context, policy.exemptionGroupId, user);
  const seen = await membershipOf(context, policy, user);
  if (!seen.isExempt || !seen.ledgers.some(({ id }) => id === ledger))
    throw new ProviderFault("fault", `Okta said that ${order.subject.name} was put in, and does not show it.`);
  return { outcome: "applied", object: `${ledgerName(order)} (${ledger}) in ${policy.exemptionGroupId}` };
}

function notGoverned(policy: string): string {
  return `The policy ${policy} is not governed through this connection.`;
}

async function ensureLedger(context: Context, policy: OktaPolicy, ref: string): Promise<string> {
  const name = ledgerName({ policy: policy.key, ref });
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await sleep(MS_BETWEEN_LOOKS);
    const found = await findLedger(context, name);
    if (found !== undefined) return found.id;
    const made = await createLedger(context, policy, name, ref);
    if (made !== undefined) return made;
  }
  throw new ProviderFault("fault", `Okta has a group ${name} and does not show it.`);
}

async function findLedger({ okta }: Context, name: string): Promise<GroupAnswer | undefined> {
  const search = `profile.name eq ${JSON.stringify(name)}`;
  const { items } = await okta.page(groupAnswer, "/api/v1/groups", { search });
  return items.find((group) => isLedger(group, name));
}

/** Only a group that is ours beyond doubt is ever written or deleted. */
function isLedger({ type, profile }: GroupAnswer, name: string): boolean {
  return type === "OKTA_GROUP" && profile.name === name && profile.description?.startsWith(MARK) === true;
}

/** Undefined: there is one of this name already. */
async function createLedger({ okta }: Context, policy: OktaPolicy, name: string, ref: string): Promise<string | undefined> {
  const description = `${MARK} Whoever is in here is exempt from "${policy.title}" by ${ref}, while in the exemption group too.`;
  const request = { method: "POST", path: "/api/v1/groups", body: { profile: { name, description } }, expect: [400] } as const;
  const { status, json } = await okta.send(request);
  if (status !== 400) return readAnswer(groupAnswer, json, "the creation of a group").id;
  if (objectOf(json)["errorCode"] === "E0000001" && JSON.stringify(json).includes("already exists")) return undefined;
  throw new ProviderFault("fault", `Okta does not take the group ${name}.`);
}

async function putIn({ okta }: Context, groupId: string, userId: string): Promise<void> {
  await okta.send({ method: "PUT", path: memberPath(groupId, userId) });
}

async function takeOut({ okta }: Context, groupId: string, userId: string): Promise<void> {
  // Absent already, or gone with the account: what counts is what is read afterwards.
  await okta.send({ method: "DELETE", path: memberPath(groupId, userId), expect: [404] });
}

export async function revoke(context: Context, order: GrantOrder): Promise<RevokeOutcome> {
  const policy = findPolicy(context, order.policy);
  if (policy === undefined) return { outcome: "not_supported", reason: notGoverned(order.policy) };
  const isThere = (await findUser(context, order.subject.key)) !== undefined;
  return { outcome: await end(context, policy, isThere ? order.subject.key : undefined, order.ref) };
}

async function end(context: Context, policy: OktaPolicy, userId: string | undefined, ref: string): Promise<"removed" | "already_absent"> {
  const name = ledgerName({ policy: policy.key, ref });
  const left = userId === undefined ? [] : await takeAway(context, policy, userId, ref);
  // Broken off before, or the account is gone: the group is found by its name.
  const known = left.length > 0 ? left : ((await findLedger(context, name))?.id ?? []);
  for (const id of [known].flat()) await clearLedger(context, name, id, userId);
  return left.length > 0 ? "removed" : "already_absent";
}

/**
 * Out of the exemption group first, unless another exception holds it: broken off here, the reason is still there and all of it is done
 * again. Two that end at once each take the other for a reason to stay; so it is looked at again at the end. Gives our groups they were in.
 */
async function takeAway(context: Context, policy: OktaPolicy, userId: string, ref: string): Promise<readonly string[]> {
  const before = await membershipOf(context, policy, userId);
  const ours = before.ledgers.filter((ledger) => ledger.ref === ref);
  if (ours.length === 0) return [];
  if (before.isExempt && ours.length === before.ledgers.length) await takeOut(context, policy.exemptionGroupId, userId);
  for (const { id } of ours) await takeOut(context, id, userId);
  let after = await membershipOf(context, policy, userId);
  if (after.isExempt && after.ledgers.length === 0) {
    await takeOut(context, policy.exemptionGroupId, userId);
    after = await membershipOf(context, policy, userId);
  }
  if (isStillIn(after, ref))
    throw new ProviderFault("fault", "Okta said that somebody was taken out of a group, and still shows them in it.");
  return ours.map(({ id }) => id);
}

function isStillIn({ isExempt, ledgers }: Membership, ref: string): boolean {
  return ledgers.some((ledger) => ledger.ref === ref) || (isExempt && ledgers.length === 0);
}

/** A group of ours goes with its last member. Who was taken out must not be in it by its own list either: that is the second proof. */
async function clearLedger(context: Context, name: string, id: string, userId: string | undefined): Promise<void> {
  const { okta } = context;
  const answer = await okta.send({ method: "GET", path: `${groupPath(id)}/users`, query: { limit: MOST_MEMBERS }, expect: [404] });
  // Gone already: another instance of ours was faster.
  if (answer.status === 404) return;
  const members = readAnswer(userAnswer.array(), answer.json, "the members of a group");
  if (members.some((member) => member.id === userId))
    throw new ProviderFault("fault", `Okta shows somebody in the group ${name}, and not the group among theirs.`);
  if (members.length > 0) return;
  const current = await findGroup(context, id);
  if (current !== undefined && isLedger(current, name)) await okta.send({ method: "DELETE", path: groupPath(id), expect: [404] });
}

/** Takes away a bypass that discover found. */
export async function remove(context: Context, bypass: Bypass): Promise<RevokeOutcome> {
  const { form, subject, grantRef } = bypass;
  const policy = findPolicy(context, bypass.policy ?? "");
  if (form !== "governed_group_member" || subject.kind !== "user")
    return { outcome: "not_supported", reason: "Policies, rules and authenticators are an administrator's to change, never Postern's." };
  if (policy === undefined) return { outcome: "not_supported", reason: "The policy is not governed through this connection any more." };
  if ((await findUser(context, subject.key)) === undefined) return { outcome: "already_absent" };
  if (grantRef !== undefined) return { outcome: await end(context, policy, subject.key, grantRef) };
  const { isExempt, ledgers } = await membershipOf(context, policy, subject.key);
  // Granted meanwhile: it is somebody's now.
  if (!isExempt || ledgers.length > 0) return { outcome: "already_absent" };
  await takeOut(context, policy.exemptionGroupId, subject.key);
  const after = await membershipOf(context, policy, subject.key);
  if (after.isExempt && after.ledgers.length === 0)
    throw new ProviderFault("fault", `Okta said that ${subject.name} was taken out of a group, and still shows them in it.`);
  return { outcome: "removed" };
}
