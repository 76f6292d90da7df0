/** What the baseline demands of a tenant's other settings, each by its meaning: methods, consent, passwords, roles, guests. */
import { booleanIn, isObject, type JsonObject, member, objectIn, objectsIn, textIn, textsIn } from "../../src/connectors/entra/map-json.ts";
import { ALL_USERS, isMethod, methodOf } from "../../src/connectors/entra/map-methods.ts";
import { durationMs, parseDuration } from "../../src/kernel/time.ts";
import { PRIVILEGES } from "./scubagear-privileges.ts";
import { type Faults, listOf, said, type Setting, type Tenant } from "./scubagear-tenant.ts";

const AUTHORIZATION = "authorization_policies";

export const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ["MS.AAD.3.3", (tenant) => methodsOf(tenant).filter(isEnabledAuthenticator).flatMap(contextShown)],
  ["MS.AAD.3.4", (tenant) => [!isMigrated(tenant) && "older settings of methods still count"]],
  // While older settings count, the new ones do not say what is off.
  [
    "MS.AAD.3.5",
    (tenant) => [
      !isMigrated(tenant) && "older settings of methods still count",
      ...["Sms", "Voice", "Email"].map((id) => notOff(tenant, id)),
    ],
  ],
  ["MS.AAD.5.1", all(AUTHORIZATION, (policy) => mayCreateApplications(policy))],
  ["MS.AAD.5.2", (tenant) => all(AUTHORIZATION, (policy) => mayConsent(policy, tenant))(tenant)],
  ["MS.AAD.5.3", (tenant) => [directorySetting(tenant, "EnableAdminConsentRequests") !== "true" && "nobody is asked for consent"]],
  ["MS.AAD.5.4", (tenant) => [directorySetting(tenant, "EnableGroupSpecificConsent") !== "false" && "owners of groups may consent"]],
  ["MS.AAD.5.5", (tenant) => passwordsNotBlocked(tenant)],
  // Where no password can be added at all, none lives too long.
  ["MS.AAD.5.6", (tenant) => (said(passwordsNotBlocked(tenant)).length === 0 ? [] : restricted(tenant, PASSWORDS, LIFETIMES, 180))],
  ["MS.AAD.5.7", (tenant) => restricted(tenant, "KeyCredentials", ["asymmetricKeyLifetime"], 365)],
  ["MS.AAD.6.1", (tenant) => passwordsExpire(tenant)],
  ["MS.AAD.8.1", all(AUTHORIZATION, (policy) => !RESTRICTED_GUESTS.has(textIn(policy, "GuestUserRoleId") ?? "") && "guests may read much")],
  ["MS.AAD.8.2", all(AUTHORIZATION, (policy) => !FEW_INVITE.has(textIn(policy, "AllowInvitesFrom") ?? "") && "many may invite guests")],
  ...PRIVILEGES,
]);

/** Every object of a part has to be right, and one has to be there: an absent setting is not known to be right. */
function all(part: string, fault: (object: JsonObject) => string | false): (tenant: Tenant) => Faults {
  return (tenant) => {
    const objects = listOf(tenant[part]).filter(isObject);
    return objects.length === 0 ? [`${part} is not told`] : objects.map(fault);
  };
}

function methodsOf(tenant: Tenant): readonly JsonObject[] {
  return listOf(tenant["authentication_method"])
    .filter(isObject)
    .flatMap((part) => objectsIn(part, "authentication_method_feature_settings", []).filter(isMethod));
}

function isMigrated(tenant: Tenant): boolean {
  const policies = listOf(tenant["authentication_method"])
    .filter(isObject)
    .map((part) => objectIn(part, "authentication_method_policy", []) ?? {});
  return policies.length > 0 && policies.every((policy) => textIn(policy, "PolicyMigrationState") === "migrationComplete");
}

function notOff(tenant: Tenant, id: string): string | false {
  const method = methodsOf(tenant)
    .map((json) => methodOf(json, []))
    .find((each) => each.id === id);
  return method?.state !== "disabled" && `${id} is not off`;
}

function isEnabledAuthenticator(json: JsonObject): boolean {
  return textIn(json, "Id") === "MicrosoftAuthenticator" && textIn(json, "State") !== "disabled";
}

/** The application shows where a sign-in comes from and for what, to everybody; its codes, which show nothing, are off. */
function contextShown(json: JsonObject): Faults {
  const features = objectIn(json, "FeatureSettings", []) ?? {};
  return [
    booleanIn(json, "IsSoftwareOathEnabled") !== false && "codes of the application are on",
    ...["DisplayAppInformationRequiredState", "DisplayLocationInformationRequiredState"].map((name) => {
      const feature = objectIn(features, name, []) ?? {};
      const target = (side: string) => textIn(objectIn(feature, side, []) ?? {}, "Id");
      const isForAll = target("IncludeTarget") === ALL_USERS && (target("ExcludeTarget") ?? NOBODY) === NOBODY;
      return (textIn(feature, "State") !== "enabled" || !isForAll) && `${name} is not on for all`;
    }),
  ];
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

function mayCreateApplications(policy: JsonObject): string | false {
  return (
    booleanIn(objectIn(policy, "DefaultUserRolePermissions", []) ?? {}, "AllowedToCreateApps") !== false &&
    "everybody may register applications"
  );
}

const BY_ONESELF = "managepermissiongrantsforself.";

/** Nobody consents for themselves; or to permissions classified as low only, none of which is risky. */
function mayConsent(policy: JsonObject, tenant: Tenant): string | false {
  const granted = textsIn(policy, "PermissionGrantPolicyIdsAssignedToDefaultUserRole", []).filter((id) =>
    id.toLowerCase().startsWith(BY_ONESELF),
  );
  const isLow = granted.every((id) => id.toLowerCase() === `${BY_ONESELF}microsoft-user-default-low`);
  if (granted.length === 0) return false;
  const risky = listOf(tenant["risky_delegated_permission_classifications"]);
  return (!isLow || risky.length > 0) && "everybody may consent";
}

function directorySetting(tenant: Tenant, name: string): string | undefined {
  const values = listOf(tenant["directory_settings"])
    .filter(isObject)
    .flatMap((setting) => objectsIn(setting, "Values", []));
  const value = member(values.find((each) => textIn(each, "Name") === name) ?? {}, "Value");
  return typeof value === "string" || typeof value === "boolean" ? String(value).toLowerCase() : undefined;
}

const PASSWORDS = "PasswordCredentials";
const LIFETIMES = ["passwordLifetime", "symmetricKeyLifetime"];

function passwordsNotBlocked(tenant: Tenant): Faults {
  return restricted(tenant, PASSWORDS, ["passwordAddition", "symmetricKeyAddition"]);
}

/** For applications and for what stands for them in the tenant, old ones and new ones. */
function restricted(tenant: Tenant, credentials: string, types: readonly string[], mostDays?: number): Faults {
  return all("default_app_management_policy", (policy) => {
    if (booleanIn(policy, "IsEnabled") === false) return "the policy is off";
    const wrong = ["ApplicationRestrictions", "ServicePrincipalRestrictions"].flatMap((side) => {
      const rules = objectsIn(objectIn(policy, side, []) ?? {}, credentials, []);
      return types.filter((type) => !rules.some((rule) => textIn(rule, "RestrictionType") === type && isRestricting(rule, mostDays)));
    });
    return wrong.length > 0 && `not restricted: ${wrong.join(", ")}`;
  })(tenant);
}

function isRestricting(rule: JsonObject, mostDays: number | undefined): boolean {
  const since = textIn(rule, "RestrictForAppsCreatedAfterDateTime");
  const isForAll = since === undefined || since === "/Date(-62135596800000)/" || since.startsWith("0001-01-01");
  const length = parseDuration(textIn(rule, "MaxLifetime") ?? "");
  const isShort = mostDays === undefined || (length !== undefined && durationMs(length) <= mostDays * 86_400_000);
  return textIn(rule, "State") === "enabled" && isForAll && isShort;
}

const NEVER = 2_147_483_647;

/** Where the tenant keeps the passwords: a root domain's null is the newer way to say never, a subdomain inherits. */
function passwordsExpire(tenant: Tenant): Faults {
  const domains = listOf(tenant["domain_settings"])
    .filter(isObject)
    .filter((domain) => booleanIn(domain, "IsVerified") === true);
  if (domains.length === 0) return ["no domain is told"];
  return domains
    .filter((domain) => textIn(domain, "AuthenticationType") !== "Federated")
    .map((domain) => {
      const days = member(domain, "PasswordValidityPeriodInDays") ?? NEVER;
      return days !== NEVER && `passwords of ${textIn(domain, "Id") ?? "a domain"} expire`;
    });
}

/** Limited access, and the most restricted. */
const RESTRICTED_GUESTS: ReadonlySet<string> = new Set(["10dae51f-b6af-4016-8d66-8c2a99b929b3", "2af84b1e-32c8-42b7-82bc-daa82404023b"]);
const FEW_INVITE: ReadonlySet<string> = new Set(["adminsAndGuestInviters", "none"]);
