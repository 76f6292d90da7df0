/** Whom a governed policy leaves out by name, beside the pool. */
import type { SignIn } from "./evaluate.ts";
import type { AccessPolicy } from "./map-policies.ts";

export interface LeftOut {
  readonly key: string;
  readonly kind: "user" | "group" | "role";
  readonly id: string;
}

export function leftOutBy(policy: AccessPolicy, poolId: string): readonly LeftOut[] {
  const { users, groups, roles } = policy.exclude;
  const named = (kind: LeftOut["kind"], ids: readonly string[]) =>
    [...new Set(ids.map((id) => id.toLowerCase()))].map((id) => ({ key: `left-out:${policy.id}:${kind}:${id}`, kind, id }));
  return [...named("user", users), ...named("group", groups).filter(({ id }) => id !== poolId), ...named("role", roles)];
}

/** Those of them that let a subject through. */
export function leadingThrough(
  policy: AccessPolicy,
  poolId: string,
  { user, groups, roles }: Pick<SignIn, "user" | "groups" | "roles">,
): readonly LeftOut[] {
  const held = { user: new Set([user]), group: groups, role: roles };
  return leftOutBy(policy, poolId).filter(({ kind, id }) => held[kind]?.has(id) === true);
}
