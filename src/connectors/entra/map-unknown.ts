/** What a file about a tenant leaves open, and why, a sentence each. */
import { ordinaryOutcome, outcomesOfPrivileged } from "./map-bypasses.ts";
import { isAtLeast } from "./map-demands.ts";
import { exclusionsOf, isPlaceholder } from "./map-exclusions.ts";
import type { AccessPolicy } from "./map-policies.ts";
import type { Tenant } from "./map-tenant.ts";

export function unknownsOf(tenant: Tenant): readonly string[] {
  return [...ofPolicies(tenant), ...ofMethods(tenant), ...ofShape(tenant)];
}

function ofPolicies(tenant: Tenant): readonly string[] {
  const { policies, isWhole, securityDefaults } = tenant;
  if (policies === undefined) return ["The file holds no policies: whom they hold to what is not in it."];
  const part = "The file holds one part of the tenant's policies: whether another demands more, or lets somebody past, is not in it.";
  const strange = policies.filter(({ notUnderstood }) => notUnderstood.length > 0);
  const exclusions = policies.flatMap((policy) => exclusionsOf(policy, tenant.names));
  const placeholders = [...new Set(exclusions.map(({ value }) => value).filter(isPlaceholder))];
  return [
    ...(isWhole ? [] : [part]),
    ...strange.map(strangeWords),
    ...(placeholders.length === 0 ? [] : [`What stands for ${placeholders.join(", ")} is decided when the template is used.`]),
    ...membersUnread(
      tenant,
      exclusions.filter(({ condition, value }) => condition === "excludeGroups" && !isPlaceholder(value)).map(({ value }) => value),
    ),
    ...(ordinaryOutcome(tenant)?.unknown ?? []),
    ...ofPrivileged(tenant),
    "Of whom a second factor is asked person by person (per-user MFA) is not in the file.",
    ...(securityDefaults === undefined ? ["Whether security defaults are on is not in the file."] : []),
  ];
}

function ofPrivileged(tenant: Tenant): readonly string[] {
  const unsure = outcomesOfPrivileged(tenant).filter(
    ({ outcome }) => !isAtLeast(outcome.atLeast, "mfa") && isAtLeast(outcome.atMost, "mfa"),
  );
  if (unsure.length === 0) return [];
  const names = unsure.map(({ person }) => person.name).join(", ");
  return [`Whether a second factor is asked of these privileged people cannot be told: ${names}.`];
}

function strangeWords({ name, notUnderstood }: AccessPolicy): string {
  return `Policy ${name} has parts that Postern does not know (${notUnderstood.join(", ")}): whom it holds to what cannot be told.`;
}

function membersUnread({ groups }: Tenant, excluded: readonly string[]): readonly string[] {
  const unread = new Set(excluded.filter((id) => groups.get(id.toLowerCase())?.members === undefined));
  return unread.size === 0 ? [] : [`Who is in ${unread.size} of the groups left out is not in the file.`];
}

function ofMethods({ methods }: Tenant): readonly string[] {
  if (methods === undefined) return ["Which methods may be used and registered is not in the file."];
  const strange = methods.methods.filter(({ state, strength }) => state !== "disabled" && strength === "unknown").map(({ id }) => id);
  return [
    ...(methods.migration === undefined || methods.migration === "migrationComplete"
      ? []
      : [`Older settings of methods count beside the policy (${methods.migration}); they are not in the file.`]),
    ...(strange.length === 0 ? [] : [`How strong these methods are Postern does not know: ${strange.join(", ")}.`]),
  ];
}

function ofShape({ isEverybody, passes, odd }: Tenant): readonly string[] {
  return [
    ...(isEverybody ? [] : ["Who else has an account, and in which groups, is not in the file."]),
    ...(passes.length > 0 ? [] : ["Temporary access passes that people hold are not in the file."]),
    ...odd.map((what) =>
      what === "@odata.nextLink" ? "The list goes on elsewhere: the file holds its first page." : `Not of the shape expected: ${what}.`,
    ),
  ];
}
