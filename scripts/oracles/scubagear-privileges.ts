/** What the baseline demands of privileged people, roles and their assignments. */
import { accountFor, undocumented } from "../../src/bypasses/documented.ts";
import { booleanIn, isObject, type JsonObject, member, objectIn, objectsIn, textIn, textsIn } from "../../src/connectors/entra/map-json.ts";
import type { Bypass } from "../../src/connectors/port.ts";
import { type Faults, hasPremium, listOf, type Register, type Setting, type Tenant } from "./scubagear-tenant.ts";

const GLOBAL = "Global Administrator";

export const PRIVILEGES: readonly (readonly [string, Setting])[] = [
  ["MS.AAD.7.1", (tenant) => [(globals(tenant) < 2 || globals(tenant) > 8) && `${globals(tenant)} global administrators`]],
  [
    "MS.AAD.7.2",
    (tenant) => [(people(tenant).length === 0 || globals(tenant) > people(tenant).length - globals(tenant)) && "too many are global"],
  ],
  [
    "MS.AAD.7.3",
    (tenant) => [
      ...told(tenant, "privileged_users"),
      ...people(tenant).map((person) => textIn(person, "OnPremisesImmutableId") !== undefined && "an account is not of the cloud alone"),
    ],
  ],
  ["MS.AAD.7.4", (tenant, register) => [...managed(tenant), ...permanent(tenant, register)]],
  [
    "MS.AAD.7.5",
    (tenant) => [
      ...managed(tenant),
      ...assignments(tenant).map((each) => isFromOutside(each) && "assigned outside of privileged access management"),
    ],
  ],
  [
    "MS.AAD.7.6",
    (tenant) => [
      ...managed(tenant),
      ...rules(tenant, isGlobal, ["Approval_EndUser_Assignment"]).map((rule) => !isApproved(rule) && "activated without approval"),
    ],
  ],
  [
    "MS.AAD.7.7",
    (tenant) => [
      ...managed(tenant),
      ...unheard(tenant, () => true, ["Notification_Admin_Admin_Assignment", "Notification_Admin_Admin_Eligibility"]),
    ],
  ],
  ["MS.AAD.7.8", (tenant) => [...managed(tenant), ...unheard(tenant, isGlobal, ["Notification_Admin_EndUser_Assignment"])]],
  [
    "MS.AAD.7.9",
    (tenant) => [...managed(tenant), ...unheard(tenant, (role) => !isGlobal(role), ["Notification_Admin_EndUser_Assignment"])],
  ],
];

function told(tenant: Tenant, part: string): readonly string[] {
  return tenant[part] === undefined || tenant[part] === null ? [`${part} is not told`] : [];
}

/** Roles are managed where the tenant is licensed to. */
function managed(tenant: Tenant): Faults {
  return [!hasPremium(tenant) && "the tenant has no licence to manage roles", ...told(tenant, "privileged_roles")];
}

function people(tenant: Tenant): readonly JsonObject[] {
  return isObject(tenant["privileged_users"]) ? Object.values(tenant["privileged_users"]).filter(isObject) : [];
}

/** Who has other roles too counts as a global administrator. */
function globals(tenant: Tenant): number {
  return people(tenant).filter((person) => textsIn(person, "roles", []).includes(GLOBAL)).length;
}

function roles(tenant: Tenant): readonly JsonObject[] {
  return listOf(tenant["privileged_roles"]).filter(isObject);
}

function isGlobal(role: JsonObject): boolean {
  return textIn(role, "DisplayName") === GLOBAL;
}

function assignments(tenant: Tenant): readonly JsonObject[] {
  return roles(tenant).flatMap((role) => objectsIn(role, "Assignments", []));
}

/** Whoever holds a role for good is let past, and needs an exception: the product's check again. */
function permanent(tenant: Tenant, { documented, now }: Register): readonly string[] {
  const bypasses = assignments(tenant)
    .filter((assignment) => (member(assignment, "EndDateTime") ?? null) === null)
    .flatMap((assignment) => {
      const key = textIn(assignment, "PrincipalId") ?? "";
      // The assignment does not tell whether its holder is a person or a group.
      const named = documented.find(({ subject }) => subject.key === key && (subject.kind === "user" || subject.kind === "group"));
      const subject = { kind: named?.subject.kind ?? ("user" as const), key, name: key };
      return [{ key, form: "ungoverned_exemption", subject, object: "role", critical: true, evidence: {} } satisfies Bypass];
    });
  return undocumented(accountFor(bypasses, documented, now)).map(({ key }) => `nobody answers for ${key}, who holds a role for good`);
}

/** An assignment without a beginning was made elsewhere; one that ends can only have been made there. */
function isFromOutside(assignment: JsonObject): boolean {
  const start = member(assignment, "StartDateTime");
  return start === null || (start === undefined && (member(assignment, "EndDateTime") ?? null) === null);
}

function rules(tenant: Tenant, isMeant: (role: JsonObject) => boolean, ids: readonly string[]): readonly JsonObject[] {
  return roles(tenant)
    .filter(isMeant)
    .flatMap((role) => objectsIn(role, "Rules", []))
    .filter((rule) => ids.includes(textIn(rule, "Id") ?? ""));
}

function isApproved(rule: JsonObject): boolean {
  return booleanIn(objectIn(rule, "Setting", []) ?? {}, "IsApprovalRequired") === true;
}

function unheard(tenant: Tenant, isMeant: (role: JsonObject) => boolean, ids: readonly string[]): Faults {
  return rules(tenant, isMeant, ids).map(
    (rule) => textsIn(rule, "NotificationRecipients", []).length === 0 && `nobody is told by ${textIn(rule, "RuleSource") ?? "a role"}`,
  );
}
