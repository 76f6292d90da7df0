/** Whom a governed policy leaves out by name, beside the pool: the same exclusions that discovery shows, for one subject. */
import type { SignIn } from "./evaluate.ts";
import { policyBypassKey } from "./map-bypasses.ts";
import { exclusionsOf } from "./map-exclusions.ts";
import type { AccessPolicy } from "./map-policies.ts";

export interface LeftOut {
  readonly key: string;
  readonly kind: string;
  readonly id: string;
}

/** What lets a subject through. Guests and other kinds of people are not among it: of those only the policy's verdict tells. */
export function leadingThrough(
  policy: AccessPolicy,
  poolId: string,
  { user, groups, roles }: Pick<SignIn, "user" | "groups" | "roles">,
): readonly LeftOut[] {
  const held: Readonly<Record<string, ReadonlySet<string> | undefined>> = {
    excludeUsers: new Set([user]),
    excludeGroups: groups,
    excludeRoles: roles,
  };
  return exclusionsOf(policy, new Map())
    .filter((one) => !(one.condition === "excludeGroups" && one.value.toLowerCase() === poolId))
    .filter((one) => held[one.condition]?.has(one.value.toLowerCase()) === true)
    .map((one) => ({ key: policyBypassKey(policy, one), kind: one.subject.kind, id: one.value.toLowerCase() }));
}
