/** Which Conditional Access policies hold a person, as the fake sees it: written apart from Postern's own reading of policies. */
import { around } from "./memberships.ts";
import type { Json, Tenant } from "./tenant.ts";

interface Users {
  readonly includeUsers?: readonly string[];
  readonly includeGroups?: readonly string[];
  readonly includeRoles?: readonly string[];
  readonly excludeUsers?: readonly string[];
  readonly excludeGroups?: readonly string[];
  readonly excludeRoles?: readonly string[];
}

/** `notSet` when the policy applies, else why it does not. */
export function reasonAgainst(tenant: Tenant, policy: Json, userId: string, application: string): string {
  const { users = {}, applications = {} } = policy["conditions"] as { users?: Users; applications?: Record<string, readonly string[]> };
  if (policy["state"] === "disabled") return "policyNotEnabled";
  if (!isCovered(tenant, users, userId)) return "users";
  const { includeApplications = [], excludeApplications = [] } = applications;
  const isIncluded = includeApplications.includes("All") || includeApplications.includes(application);
  return !isIncluded || excludeApplications.includes(application) ? "application" : "notSet";
}

function isCovered(tenant: Tenant, users: Users, userId: string): boolean {
  const groups = around(tenant.members, userId);
  const templates = [...groups].flatMap((id) => tenant.roles.get(id)?.roleTemplateId ?? []);
  const included =
    users.includeUsers?.includes("All") === true ||
    touches(users.includeUsers, [userId]) ||
    touches(users.includeGroups, groups) ||
    touches(users.includeRoles, templates);
  const excluded = touches(users.excludeUsers, [userId]) || touches(users.excludeGroups, groups) || touches(users.excludeRoles, templates);
  return included && !excluded;
}

function touches(list: readonly string[] | undefined, own: Iterable<string>): boolean {
  return [...own].some((id) => list?.includes(id) === true);
}
