/** Whom and what a Conditional Access policy leaves out. */
import type { BypassForm, BypassSubject } from "../port.ts";
import type { AccessPolicy, Filter, People } from "./map-policies.ts";

export interface Exclusion {
  readonly form: Extract<BypassForm, "ungoverned_exemption" | "application_exempt" | "condition_exempt">;
  /** The condition that does it: `excludeGroups`. */
  readonly condition: string;
  /** What it names: an id, a kind of guest, a platform, the rule of a filter. */
  readonly value: string;
  readonly subject: BypassSubject;
  readonly evidence: Readonly<Record<string, string>>;
}

/** Names of ids, in lower case, as far as somebody told them. */
export type Names = ReadonlyMap<string, string>;

/** Names by which a policy leaves out more than one account. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["all", "everybody"],
  ["guestsorexternalusers", "all guests and external users"],
  ["alltrusted", "all trusted locations"],
]);

export function exclusionsOf(policy: AccessPolicy, names: Names): readonly Exclusion[] {
  return [...people(policy.exclude, names), ...applications(policy, names), ...circumstances(policy, names)];
}

function people({ users, groups, roles, guests, guestTenants }: People, names: Names): readonly Exclusion[] {
  const form = "ungoverned_exemption";
  const tenants: Record<string, string> = guestTenants === undefined ? {} : { tenants: guestTenants.join(", ") };
  return [
    ...users.map((id) => ({ form, condition: "excludeUsers", value: id, subject: user(id, names), evidence: {} }) as const),
    ...groups.map(
      (id) =>
        ({
          form,
          condition: "excludeGroups",
          value: id,
          subject: { kind: "group", key: id, name: nameOf(id, names) },
          evidence: {},
        }) as const,
    ),
    ...roles.map(
      (id) =>
        ({
          form,
          condition: "excludeRoles",
          value: id,
          subject: { kind: "role", key: id, name: nameOf(id, names) },
          evidence: {},
        }) as const,
    ),
    ...guests.map(
      (kind) => ({ form, condition: "excludeGuestsOrExternalUsers", value: kind, subject: guest(kind), evidence: tenants }) as const,
    ),
  ];
}

function user(id: string, names: Names): BypassSubject {
  const words = WORDS.get(id.toLowerCase());
  if (words !== undefined) return { kind: "everyone", key: id, name: words };
  return { kind: "user", key: id, name: nameOf(id, names) };
}

/** Guests of a kind are neither a group nor known one by one. */
function guest(kind: string): BypassSubject {
  return { kind: "everyone", key: `guests:${kind}`, name: `guests: ${kind}` };
}

function applications({ applications: { exclude }, applicationFilter, workloads }: AccessPolicy, names: Names): readonly Exclusion[] {
  const form = "application_exempt";
  const subject = (id: string): BypassSubject => ({ kind: "application", key: id, name: nameOf(id, names) });
  return [
    ...exclude.map((id) => ({ form, condition: "excludeApplications", value: id, subject: subject(id), evidence: {} }) as const),
    ...workloads.exclude.map((id) => ({ form, condition: "excludeWorkloads", value: id, subject: subject(id), evidence: {} }) as const),
    ...excludedByFilter(applicationFilter).map(
      (rule) =>
        ({ form, condition: "applicationFilter", value: rule, subject: everyone("application-filter", rule), evidence: {} }) as const,
    ),
  ];
}

function circumstances({ platforms, locations, deviceFilter, excludedDeviceStates }: AccessPolicy, names: Names): readonly Exclusion[] {
  const exempt = (condition: string, kind: string, values: readonly string[]) =>
    values.map((value): Exclusion => {
      const subject = everyone(kind, WORDS.get(value.toLowerCase()) ?? nameOf(value, names), value);
      return { form: "condition_exempt", condition, value, subject, evidence: {} };
    });
  return [
    ...exempt("excludeLocations", "location", locations?.exclude ?? []),
    ...exempt("excludePlatforms", "platform", platforms?.exclude ?? []),
    ...exempt("deviceFilter", "device", excludedByFilter(deviceFilter)),
    ...exempt("excludeDeviceStates", "device", excludedDeviceStates),
  ];
}

/** A filter of an unknown mode may leave out what it names. */
function excludedByFilter(filter: Filter | undefined): readonly string[] {
  return filter === undefined || filter.mode === "include" ? [] : [filter.rule];
}

function everyone(kind: string, name: string, value: string = name): BypassSubject {
  return { kind: "everyone", key: `${kind}:${value}`, name: `everybody, by ${kind}: ${name}` };
}

export function nameOf(id: string, names: Names): string {
  return names.get(id.toLowerCase()) ?? id;
}

/** A name to be filled in when the template is used (`<ExclusionTempGroup>`, `%OrganizationId%`): whom it will let in nobody knows. */
export function isPlaceholder(value: string): boolean {
  return /^(<[^>]+>|%[^%]+%|\$?\{[^}]+\}|\[\[[^\]]+\]\])$/.test(value);
}
