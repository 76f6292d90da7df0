/** The authentication-methods policy: which ways to prove who one is may be used and registered, and by whom. */
import { booleanIn, isObject, type JsonObject, member, objectIn, objectsIn, textIn } from "./map-json.ts";

export interface MethodsPolicy {
  readonly methods: readonly SignInMethod[];
  /** `preMigration`, `migrationInProgress`, `migrationComplete`: until the last, older settings count beside it. */
  readonly migration: string | undefined;
  /** Left out of being asked to register something better. */
  readonly campaignExcludes: readonly Target[];
}

export interface SignInMethod {
  /** `Fido2`, `Sms`, … */
  readonly id: string;
  readonly state: "enabled" | "disabled" | "unknown";
  readonly strength: MethodStrength;
  readonly include: readonly Target[];
  readonly exclude: readonly Target[];
  /** Of temporary access passes. */
  readonly lifetimeMinutes: number | undefined;
  readonly isUsableOnce: boolean | undefined;
}

/** `weakest`: falls to whoever has the telephone number, the mailbox or a look at a badge. */
export type MethodStrength = "phishing_resistant" | "phishable" | "weakest" | "temporary" | "unknown";

export interface Target {
  readonly kind: "user" | "group";
  /** An id, or {@link ALL_USERS}. */
  readonly id: string;
}

export const ALL_USERS = "all_users";

const STRENGTHS: ReadonlyMap<string, MethodStrength> = new Map([
  ["fido2", "phishing_resistant"],
  ["x509certificate", "phishing_resistant"],
  ["windowshelloforbusiness", "phishing_resistant"],
  ["platformcredential", "phishing_resistant"],
  ["microsoftauthenticator", "phishable"],
  ["softwareoath", "phishable"],
  ["hardwareoath", "phishable"],
  ["externalauthenticationmethod", "phishable"],
  ["sms", "weakest"],
  ["voice", "weakest"],
  ["email", "weakest"],
  ["qrcodepin", "weakest"],
  ["temporaryaccesspass", "temporary"],
]);

const CONFIGURATION = /^#microsoft\.graph\.(\w+?)(AuthenticationMethod)?Configuration$/i;

/** Whether it configures one method. */
export function isMethod(json: unknown): json is JsonObject {
  if (!isObject(json) || textIn(json, "state") === undefined) return false;
  return (
    /AuthenticationMethodConfiguration$/i.test(textIn(json, "@odata.type") ?? "") || STRENGTHS.has(textIn(json, "id")?.toLowerCase() ?? "")
  );
}

export function methodOf(json: JsonObject, odd: string[]): SignInMethod {
  const id = textIn(json, "id") ?? CONFIGURATION.exec(textIn(json, "@odata.type") ?? "")?.[1] ?? "";
  const state = textIn(json, "state")?.toLowerCase();
  const lifetime = member(json, "maximumLifetimeInMinutes");
  if (state !== "enabled" && state !== "disabled") odd.push(`state of method ${id}`);
  return {
    id,
    state: state === "enabled" || state === "disabled" ? state : "unknown",
    strength: STRENGTHS.get(id.toLowerCase()) ?? typeStrength(json),
    include: targetsIn(json, "includeTargets", odd),
    exclude: targetsIn(json, "excludeTargets", odd),
    lifetimeMinutes: typeof lifetime === "number" ? lifetime : undefined,
    isUsableOnce: booleanIn(json, "isUsableOnce"),
  };
}

/** External methods have ids of their own; their type tells. */
function typeStrength(json: JsonObject): MethodStrength {
  return STRENGTHS.get(CONFIGURATION.exec(textIn(json, "@odata.type") ?? "")?.[1]?.toLowerCase() ?? "") ?? "unknown";
}

/** Whether it is the policy as a whole, with or without its methods. */
export function isMethodsPolicy(json: unknown): json is JsonObject {
  return isObject(json) && (member(json, "policyMigrationState") !== undefined || member(json, "registrationEnforcement") !== undefined);
}

export function methodsPolicyOf(json: JsonObject, methods: readonly SignInMethod[], odd: string[]): MethodsPolicy {
  const enforcement = objectIn(json, "registrationEnforcement", odd) ?? {};
  const campaign = objectIn(enforcement, "authenticationMethodsRegistrationCampaign", odd) ?? {};
  const isOn = textIn(campaign, "state")?.toLowerCase() !== "disabled";
  return {
    methods: [...methods, ...objectsIn(json, "authenticationMethodConfigurations", odd).map((each) => methodOf(each, odd))],
    migration: textIn(json, "policyMigrationState"),
    campaignExcludes: isOn ? targetsIn(campaign, "excludeTargets", odd) : [],
  };
}

function targetsIn(json: JsonObject, name: string, odd: string[]): readonly Target[] {
  return objectsIn(json, name, odd).flatMap((each) => {
    const id = textIn(each, "id");
    const kind = textIn(each, "targetType")?.toLowerCase();
    if (id === undefined || (kind !== "user" && kind !== "group")) odd.push(name);
    return id === undefined ? [] : [{ kind: kind === "user" ? ("user" as const) : ("group" as const), id }];
  });
}
