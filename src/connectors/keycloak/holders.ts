/** Who is let through by a role that exempts. One place says it, so that a reading and a discovery agree. */
import type { Bypass, BypassForm, BypassSubject } from "../port.ts";
import type { KeycloakPolicy } from "./config.ts";
import { type Context, subjectOfGroup, subjectOfUser } from "./context.ts";
import type { ExemptingRole } from "./exemptions.ts";
import { group, user } from "./shapes.ts";

export function bypassKey(policy: KeycloakPolicy, { role }: ExemptingRole, subjectKey: string): string {
  return `role|${policy.key}|${role.id}|${subjectKey}`;
}

/** What a holder's key was made of; undefined when it is no such key. */
export function readBypassKey(key: string): { readonly policy: string; readonly roleId: string; readonly subject: string } | undefined {
  const [kind, policy, roleId, ...rest] = key.split("|");
  if (kind !== "role" || policy === undefined || roleId === undefined || rest.length === 0) return undefined;
  return { policy, roleId, subject: rest.join("|") };
}

export async function* holdersOf(
  context: Context,
  policy: KeycloakPolicy,
  roles: readonly ExemptingRole[],
  defaultRoleId: string | undefined,
): AsyncGenerator<Bypass> {
  const { realm, settings } = context;
  for (const each of roles) {
    if (each.role.id === defaultRoleId) {
      // Everybody has it, each by a mapping of their own.
      yield bypassOf(policy, each, { kind: "everyone", key: `realm:${settings.realm}`, name: `everyone in ${settings.realm}` }, true);
      continue;
    }
    for await (const holder of realm.listOf(`/roles-by-id/${each.role.id}`, `${each.path}/users`, user)) {
      // Who is no more is let through no more; the server forgets the mapping with the person.
      yield bypassOf(policy, each, subjectOfUser(holder), false);
    }
    for await (const holder of realm.listOf(`/roles-by-id/${each.role.id}`, `${each.path}/groups`, group))
      yield bypassOf(policy, each, subjectOfGroup(holder), true);
  }
}

function bypassOf(policy: KeycloakPolicy, holding: ExemptingRole, subject: BypassSubject, critical: boolean): Bypass {
  const grantRef = grantRefOf(holding, subject.key);
  const form: BypassForm =
    (subject.kind === "user" || subject.kind === "service") && isOursToGive(holding) ? "governed_group_member" : "ungoverned_exemption";
  return {
    key: bypassKey(policy, holding, subject.key),
    form,
    policy: policy.key,
    subject,
    object: `role ${holding.name}`,
    ...(grantRef !== undefined && { grantRef }),
    critical,
    evidence: { role: holding.name, exempts: policy.role, ...(holding.grant?.until !== undefined && { until: holding.grant.until }) },
  };
}

/** The exemption role itself or a grant's. Any other role that exempts contains one of them, and gives more. */
export function isOursToGive({ role, grant }: ExemptingRole): boolean {
  return grant !== undefined || !role.composite;
}

/** The exception a holder was let in for: only where the role was made for exactly this person. */
export function grantRefOf({ grant }: ExemptingRole, subjectKey: string): string | undefined {
  return grant?.subject === subjectKey ? grant.ref : undefined;
}

export function wordsOf(holding: ExemptingRole, subject: BypassSubject): string {
  const ref = grantRefOf(holding, subject.key);
  if (ref !== undefined) return `${subject.name} granted by ${ref}`;
  return `${subject.name} has the role ${holding.name}, and no exception says so`;
}
