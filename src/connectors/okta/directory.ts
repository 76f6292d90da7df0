/** What is looked up in an organisation: accounts, groups, policies. */
import type { Instant } from "../../kernel/time.ts";
import { ProviderFault, type ProviderSubject } from "../port.ts";
import {
  authenticatorAnswer,
  groupAnswer,
  type GroupAnswer,
  groupRuleAnswer,
  policyAnswer,
  type PolicyAnswer,
  ruleAnswer,
  userAnswer,
  type UserAnswer,
} from "./answers.ts";
import { createOktaClient, type OktaClient, type Surroundings } from "./client.ts";
import type { OktaPolicy, OktaSettings } from "./config.ts";
import { type Door, doorsOf, isWhole, type Standing } from "./evaluate.ts";
import { type LedgerName, ledgerNameOf, type RawRule, type Rule, rulesOf } from "./map.ts";

export interface Context {
  readonly okta: OktaClient;
  readonly settings: OktaSettings;
  readonly now: () => Instant;
}

export function createContext(settings: OktaSettings, surroundings: Surroundings): Context {
  return { okta: createOktaClient(settings, surroundings), settings, now: surroundings.now };
}

/** For lists that take no limit. Were they paged one day, their links would be followed all the same. */
export const UNPAGED = { limit: undefined };

export function findPolicy({ settings }: Context, key: string): OktaPolicy | undefined {
  return settings.policies.find((policy) => policy.key === key);
}

export function userPath(idOrLogin: string): string {
  return `/api/v1/users/${encodeURIComponent(idOrLogin)}`;
}

export function groupPath(id: string): string {
  return `/api/v1/groups/${encodeURIComponent(id)}`;
}

export function memberPath(groupId: string, userId: string): string {
  return `${groupPath(groupId)}/users/${encodeURIComponent(userId)}`;
}

export function findUser({ okta }: Context, id: string): Promise<UserAnswer | undefined> {
  return okta.find(userAnswer, userPath(id));
}

/** It is not gone: Okta leaves it in its groups, so that whatever lets it through does so again once it is reactivated. */
export function isDeactivated({ status }: UserAnswer): boolean {
  return status === "DEPROVISIONED";
}

export function findGroup({ okta }: Context, id: string): Promise<GroupAnswer | undefined> {
  return okta.find(groupAnswer, groupPath(id));
}

export function userSubject({ id, profile }: UserAnswer): ProviderSubject {
  return { kind: "user", key: id, name: profile.login };
}

export function groupSubject({ id, profile }: GroupAnswer): ProviderSubject {
  return { kind: "group", key: id, name: profile.name };
}

/** The groups somebody is in: read from the account itself, since searches lag behind. */
async function groupsOf({ okta }: Context, userId: string): Promise<readonly GroupAnswer[]> {
  const groups: GroupAnswer[] = [];
  for await (const group of okta.list(groupAnswer, `${userPath(userId)}/groups`, UNPAGED)) groups.push(group);
  // Everybody is in the built-in group of all: without it the answer is not whole, and would pass for "in no group".
  if (!groups.some(({ type }) => type === "BUILT_IN")) throw new ProviderFault("fault", "Okta did not give all groups of an account.");
  return groups;
}

/** One of our groups that says for which exception somebody is in the exemption group. */
export interface Ledger extends LedgerName {
  readonly id: string;
}

/** How an account stands to one policy. */
export interface Membership {
  readonly standing: Standing;
  readonly isExempt: boolean;
  readonly ledgers: readonly Ledger[];
}

export async function membershipOf(context: Context, policy: OktaPolicy, userId: string): Promise<Membership> {
  const groups = await groupsOf(context, userId);
  const ledgers = groups.flatMap((group) => {
    const name = ledgerNameOf(group.profile.name);
    return group.type === "OKTA_GROUP" && name?.policy === policy.key ? [{ ...name, id: group.id }] : [];
  });
  const ids = new Set(groups.map(({ id }) => id));
  return { standing: { id: userId, groups: ids }, isExempt: ids.has(policy.exemptionGroupId), ledgers };
}

export interface ReadPolicy {
  readonly answer: PolicyAnswer;
  readonly rules: readonly Rule[];
  readonly doors: readonly Door[];
}

/** Undefined when Okta has no such policy any more. */
export async function readPolicy(context: Context, id: string, everyone: string | undefined): Promise<ReadPolicy | undefined> {
  const answer = await context.okta.find(policyAnswer, `/api/v1/policies/${encodeURIComponent(id)}`);
  if (answer === undefined) return undefined;
  if (answer.type !== "ACCESS_POLICY") throw new ProviderFault("fault", `The policy ${id} is no access policy but ${answer.type}.`);
  return { answer, ...(await readRules(context, id, everyone)) };
}

export async function readRules(context: Context, policyId: string, everyone: string | undefined) {
  const raw = await readRawRules(context, policyId);
  const rules = rulesOf(raw, everyone);
  if (!isWhole(rules)) throw new ProviderFault("fault", `Okta gave the policy ${policyId} without its last rule.`);
  return { rules, doors: doorsOf(rules) };
}

export async function readRawRules({ okta }: Context, policyId: string): Promise<readonly RawRule[]> {
  const raw = [];
  for await (const rule of okta.list(ruleAnswer, `/api/v1/policies/${encodeURIComponent(policyId)}/rules`, UNPAGED)) {
    raw.push({ ...rule, changed: rule.lastUpdated });
  }
  return raw;
}

/** The built-in group that everybody is in. */
export async function findEveryone({ okta }: Context): Promise<string | undefined> {
  for await (const group of okta.list(groupAnswer, "/api/v1/groups", { filter: 'type eq "BUILT_IN"' })) {
    if (group.type === "BUILT_IN" && group.profile.name === "Everyone") return group.id;
  }
  return undefined;
}

/** The active group rules that put people into a group, by name. */
export async function rulesFeeding({ okta }: Context, groupId: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, status, actions } of okta.list(groupRuleAnswer, "/api/v1/groups/rules")) {
    if (status === "ACTIVE" && actions.assignUserToGroups?.groupIds.includes(groupId) === true) names.push(name);
  }
  return names;
}

export async function findAuthenticators({ okta }: Context) {
  const found = [];
  for await (const one of okta.list(authenticatorAnswer, "/api/v1/authenticators", UNPAGED)) found.push(one);
  return found;
}
