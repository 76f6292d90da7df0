/** Every way around phishing-resistant sign-in that the organisation's policies hold, page by page. */
import { type LongList, readOn } from "../http/long-lists.ts";
import type { Bypass, BypassSubject, Progress } from "../port.ts";
import { applicationAnswer, policyAnswer, type PolicyAnswer, userAnswer } from "./answers.ts";
import type { OktaPolicy } from "./config.ts";
import {
  type Context,
  findAuthenticators,
  findEveryone,
  findGroup,
  findUser,
  groupPath,
  groupSubject,
  membershipOf,
  readPolicy,
  readRawRules,
  readRules,
  userSubject,
} from "./directory.ts";
import type { Door, Selector } from "./evaluate.ts";
import { additionsTo } from "./logs.ts";
import { bypassKey, EVERYONE } from "./map.ts";
import { bypassOf, doorKey, guardsAccounts, type PolicyName } from "./map-doors.ts";
import { temporaryCodes, waysAtEnrolment, waysAtSignOn } from "./map-policies.ts";

export async function* discover(context: Context, progress?: Progress): AsyncGenerator<Bypass> {
  const everyone = await findEveryone(context);
  const exempted: LongList<Bypass>[] = [];
  for (const policy of context.settings.policies) {
    const exemptions = yield* throughPolicy(context, policy, everyone);
    if (exemptions === undefined) continue;
    const key = `${policy.policyId} ${policy.exemptionGroupId}`;
    exempted.push({ key, read: (place) => throughExemptions(context, policy, exemptions, place) });
  }
  yield* throughOtherPolicies(context, everyone);
  yield* throughSignOn(context, everyone);
  yield* throughEnrolment(context, everyone);
  for (const authenticator of await findAuthenticators(context)) yield* temporaryCodes(authenticator);
  yield* readOn(exempted, progress);
}

/** The doors of a governed policy; returns the one its exemption group goes through, if there is one. */
async function* throughPolicy(
  context: Context,
  policy: OktaPolicy,
  everyone: string | undefined,
): AsyncGenerator<Bypass, Door | undefined> {
  const read = await readPolicy(context, policy.policyId, everyone);
  if (read === undefined || read.answer.status !== "ACTIVE") {
    const said = read === undefined ? "not in Okta any more" : `${read.answer.name} is ${read.answer.status}`;
    const key = bypassKey.rule(policy.policyId, "policy", "everyone");
    yield {
      key,
      form: "policy_not_enforced",
      policy: policy.key,
      subject: EVERYONE,
      object: policy.policyId,
      critical: true,
      evidence: { policy: said },
    };
    return undefined;
  }
  const isExemption = ({ who }: Door) => who.kind === "group" && who.id === policy.exemptionGroupId;
  yield* throughDoors(context, { ...read.answer, key: policy.key, doors: read.doors.filter((door) => !isExemption(door)) });
  return read.doors.find(isExemption);
}

/** Whoever is in the exemption group, each once for every exception that says so, or once for none. */
async function* throughExemptions(context: Context, policy: OktaPolicy, { rule }: Door, progress?: Progress): AsyncGenerator<Bypass> {
  const seen = new Set<string>();
  const additions = await additionsTo(context, policy.exemptionGroupId);
  for await (const user of context.okta.list(userAnswer, `${groupPath(policy.exemptionGroupId)}/users`, {}, progress)) {
    if (seen.has(user.id)) continue;
    seen.add(user.id);
    const { isExempt, ledgers } = await membershipOf(context, policy, user.id);
    // Taken out while the list was read.
    if (!isExempt) continue;
    const added = additions.get(user.id);
    const common = {
      form: "governed_group_member",
      policy: policy.key,
      subject: userSubject(user),
      object: policy.exemptionGroupId,
      critical: false,
      evidence: { rule: rule.name, demands: rule.demand.words, status: user.status },
      ...(added !== undefined && { since: added.at }),
      ...(added?.by !== undefined && { addedBy: added.by }),
    } as const;
    if (ledgers.length === 0) yield { key: bypassKey.member(policy.policyId, user.id), ...common };
    for (const { ref } of ledgers) yield { key: bypassKey.member(policy.policyId, user.id, ref), grantRef: ref, ...common };
  }
}

/** Undefined when the rule names somebody who is not there. */
async function subjectOf(context: Context, who: Selector): Promise<BypassSubject | undefined> {
  if (who.kind === "everyone") return EVERYONE;
  if (who.kind === "user") {
    const user = await findUser(context, who.id);
    return user === undefined ? undefined : userSubject(user);
  }
  const group = await findGroup(context, who.id);
  return group === undefined ? undefined : groupSubject(group);
}

interface OtherPolicy extends PolicyName {
  readonly doors: readonly Door[];
}

/** Access policies that are not governed: the one for accounts by itself, the others by the applications that go by them. */
async function* throughOtherPolicies(context: Context, everyone: string | undefined): AsyncGenerator<Bypass> {
  const governed = new Set(context.settings.policies.map(({ policyId }) => policyId));
  const others = new Map<string, OtherPolicy>();
  for await (const policy of policies(context, "ACCESS_POLICY")) {
    if (governed.has(policy.id)) continue;
    const other = { ...policy, doors: (await readRules(context, policy.id, everyone)).doors };
    others.set(policy.id, other);
    if (guardsAccounts(policy)) yield* throughDoors(context, other);
  }
  yield* throughApplications(context, governed, others);
}

/** Each door once: a rule may be gone through by who it is for, and by who a stricter one leaves out. */
async function* throughDoors(context: Context, policy: OtherPolicy): AsyncGenerator<Bypass> {
  const doors = new Map(policy.doors.map((door) => [doorKey(policy.id, door), door]));
  for (const door of doors.values()) yield bypassOf(policy, door, await subjectOf(context, door.who));
}

/** Applications that go by another access policy than the governed ones, where that has a door. */
async function* throughApplications(
  context: Context,
  governed: ReadonlySet<string>,
  others: ReadonlyMap<string, OtherPolicy>,
): AsyncGenerator<Bypass> {
  for await (const { _links: links, ...application } of context.okta.list(applicationAnswer, "/api/v1/apps")) {
    const policyId = links.accessPolicy?.href.split("/").at(-1) ?? "";
    const by = others.get(policyId);
    // A bookmark is a link: nobody signs in by it.
    const isSignIn = application.status === "ACTIVE" && application.signOnMode !== "BOOKMARK";
    if (isSignIn && !governed.has(policyId) && by?.doors.length !== 0) yield applicationBypass(application, by);
  }
}

/** Without a policy it is known to go by, an application is taken to be open. */
function applicationBypass({ id, label }: { readonly id: string; readonly label: string }, by: OtherPolicy | undefined): Bypass {
  const rules = new Set(by?.doors.map(({ rule }) => `${rule.name}: ${rule.demand.words}`));
  return {
    key: `application/${id}`,
    form: "application_exempt",
    subject: { kind: "application", key: id, name: label },
    object: by === undefined ? "an access policy that is not known" : `${by.name} (${by.id})`,
    critical: by === undefined,
    evidence: by === undefined ? { policy: "which one it goes by is not known" } : { rules: [...rules].slice(0, MOST_RULES).join("; ") },
  };
}

const MOST_RULES = 5;

async function* policies({ okta }: Context, type: string): AsyncGenerator<PolicyAnswer> {
  for await (const policy of okta.list(policyAnswer, "/api/v1/policies", { type })) if (policy.status === "ACTIVE") yield policy;
}

async function* throughSignOn(context: Context, everyone: string | undefined): AsyncGenerator<Bypass> {
  for await (const policy of policies(context, "OKTA_SIGN_ON")) {
    yield* named(context, waysAtSignOn(policy, await readRawRules(context, policy.id), everyone));
  }
}

async function* throughEnrolment(context: Context, everyone: string | undefined): AsyncGenerator<Bypass> {
  for await (const policy of policies(context, "MFA_ENROLL")) yield* named(context, waysAtEnrolment(policy, context.now(), everyone));
}

/** Groups by their names, as people know them. */
async function* named(context: Context, bypasses: readonly Bypass[]): AsyncGenerator<Bypass> {
  for (const bypass of bypasses) {
    const group = bypass.subject.kind === "group" ? await findGroup(context, bypass.subject.key) : undefined;
    yield group === undefined ? bypass : { ...bypass, subject: groupSubject(group) };
  }
}
