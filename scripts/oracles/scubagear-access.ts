/**
 * What the baseline demands of Conditional Access policies, each by its meaning: somebody has to be held to it, by a policy that
 * is enforced, for everybody, and whose every exclusion is covered by a documented exception.
 *
 * All cases patch one and the same policy, which holds the conditions of every demand at once (risks, old clients, a user
 * action). A condition that another demand is about is therefore not counted against a policy; any other that narrows it is.
 */
import { accountFor, undocumented } from "../../src/bypasses/documented.ts";
import { demandOf, demandOfCombination, demandOfStrength, isAtLeast } from "../../src/connectors/entra/map-demands.ts";
import { exclusionsOf } from "../../src/connectors/entra/map-exclusions.ts";
import { isObject, textIn } from "../../src/connectors/entra/map-json.ts";
import { type AccessPolicy, type Grant, policyOf, type Scope, type Strength } from "../../src/connectors/entra/map-policies.ts";
import type { Bypass } from "../../src/connectors/port.ts";
import { type Faults, hasPremium, listOf, type Register, said, type Tenant } from "./scubagear-tenant.ts";

interface Demand {
  /** Why a policy does not do what is demanded, apart from whom it leaves out. */
  readonly faults: (policy: AccessPolicy, tenant: Tenant) => Faults;
  /** Why no policy of this tenant could. */
  readonly prevents?: (tenant: Tenant) => Faults;
}

const LEGACY = ["other", "exchangeActiveSync"];

export const ACCESS: ReadonlyMap<string, Demand> = new Map<string, Demand>([
  // Old protocols are blocked.
  [
    "MS.AAD.1.1",
    {
      faults: (policy) => [
        ...forEverything(policy),
        !blocks(policy) && "does not block",
        policy.clientAppTypes.length > 0 && !LEGACY.every((type) => covers(policy.clientAppTypes, type)) && "does not cover old clients",
      ],
    },
  ],
  // Users and sign-ins at high risk are blocked.
  ["MS.AAD.2.1", { faults: (policy) => blocksRisk(policy, "user"), prevents: premium }],
  ["MS.AAD.2.3", { faults: (policy) => blocksRisk(policy, "signIn"), prevents: premium }],
  // Everybody shows a method resistant to phishing; or at least, apart from that, a second factor of any kind.
  [
    "MS.AAD.3.1",
    { faults: (policy) => [...forEverything(policy), !isResistant(policy.grant) && "does not demand resistance to phishing"] },
  ],
  [
    "MS.AAD.3.2",
    { faults: (policy) => [...forEverything(policy), !isGeneral(policy.grant) && "does not demand a second factor of any kind"] },
  ],
  // Those with high privileges show a method resistant to phishing, whatever a policy for all may say.
  [
    "MS.AAD.3.6",
    {
      faults: (policy, tenant) => [
        ...forEverything(policy, "roles"),
        !isResistant(policy.grant) && "does not demand resistance to phishing",
        ...rolesLeftOut(policy, tenant),
      ],
    },
  ],
  // A managed device is needed to sign in, and to register a method.
  [
    "MS.AAD.3.7",
    { faults: (policy) => [...forEverything(policy), !needsManagedDevice(policy.grant) && "does not demand a managed device"] },
  ],
  [
    "MS.AAD.3.8",
    {
      faults: (policy) => [
        ...forEverybody(policy),
        !covers(policy.userActions, "urn:user:registersecurityinfo") && "is not about registering",
        !needsManagedDevice(policy.grant) && "does not demand a managed device",
      ],
    },
  ],
  // Sign-in by a code shown on another device is blocked.
  [
    "MS.AAD.3.9",
    {
      faults: (policy) => [
        ...forEverything(policy, "flow"),
        !blocks(policy) && "does not block",
        !covers(policy.transferMethods, "deviceCodeFlow") && "is not about device codes",
      ],
    },
  ],
  // Agents at high risk are blocked, by whatever client they come.
  [
    "MS.AAD.9.1",
    {
      faults: (policy) => [
        ...sound(policy),
        !covers(policy.applications.include, "All") && "is not for all applications",
        policy.clientAppTypes.length > 0 && "is not for all clients",
        !covers(policy.workloads.include, "All") && "is not for all agents",
        !covers(policy.risks.agent, "high") && "is not about agents at high risk",
        !blocks(policy) && "does not block",
      ],
      prevents: (tenant) => [
        ...premium(tenant),
        ["gcchigh", "dod"].includes(environmentOf(tenant)) && "this cloud does not know agents at risk",
      ],
    },
  ],
]);

/** Why the tenant does not meet a demand; empty when it does. */
export function accessFaults(demand: Demand, tenant: Tenant, register: Register): readonly string[] {
  const prevented = said(demand.prevents?.(tenant) ?? []);
  if (prevented.length > 0) return prevented;
  const policies = listOf(tenant["conditional_access_policies"]).filter(isObject).map(policyOf);
  const judged = policies.map((policy) => [...said(demand.faults(policy, tenant)), ...unexplained(policy, register)]);
  if (judged.some((faults) => faults.length === 0)) return [];
  return judged.toSorted((a, b) => a.length - b.length)[0] ?? ["there is no policy"];
}

/** Exclusions that no exception in force covers: the check of the product, on the product's reading. */
function unexplained(policy: AccessPolicy, { documented, now }: Register): readonly string[] {
  const bypasses = exclusionsOf(policy, new Map()).map(({ form, condition, value, subject, evidence }): Bypass => ({
    key: `${condition}:${value}`,
    form,
    subject,
    object: policy.id,
    critical: false,
    evidence,
  }));
  return undocumented(accountFor(bypasses, documented, now)).map(({ key }) => `nobody answers for ${key}`);
}

function covers(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

/** What is wrong with a policy for whatever demand. */
function sound(policy: AccessPolicy, about?: "flow"): Faults {
  const { state, deviceFilter, applicationFilter, risks, transferMethods, notUnderstood } = policy;
  return [
    state !== "enabled" && "is not enforced",
    notUnderstood.length > 0 && `is not understood: ${notUnderstood.join(", ")}`,
    [policy.platforms, policy.locations].some(narrows) && "is for some platforms or places",
    [deviceFilter, applicationFilter].some((filter) => filter?.mode === "include") && "is for some devices or applications",
    risks.insider.length + risks.servicePrincipal.length > 0 && "is for some risks",
    about !== "flow" && transferMethods.length > 0 && "is for some flows",
  ];
}

function narrows(scope: Scope | undefined): boolean {
  const include = scope?.include ?? [];
  return include.length > 0 && !covers(include, "all");
}

function forEverybody(policy: AccessPolicy): Faults {
  return [...sound(policy), !policy.include.users.includes("All") && "is not for all users"];
}

function forEverything(policy: AccessPolicy, about?: "flow" | "roles"): Faults {
  return [
    ...sound(policy, about === "flow" ? "flow" : undefined),
    about !== "roles" && !policy.include.users.includes("All") && "is not for all users",
    !covers(policy.applications.include, "All") && "is not for all applications",
  ];
}

function blocks({ grant }: AccessPolicy): boolean {
  return demandOf(grant).atLeast === "block";
}

function blocksRisk(policy: AccessPolicy, risk: "user" | "signIn"): Faults {
  return [...forEverything(policy), !blocks(policy) && "does not block", !covers(policy.risks[risk], "high") && "is not about high risk"];
}

/** The base policy blocks beside whatever else it demands; here the else is meant. */
function withoutBlock(grant: Grant): Grant {
  return { ...grant, controls: grant.controls.filter((control) => control !== "block") };
}

function isResistant(grant: Grant | undefined): boolean {
  return grant !== undefined && isAtLeast(demandOf(withoutBlock(grant)).atLeast, "phishing_resistant");
}

/** A strength that lets in nothing but what resists phishing is judged by a demand of its own. */
function isGeneral(grant: Grant | undefined): boolean {
  if (grant === undefined || !isAtLeast(demandOf(withoutBlock(grant)).atLeast, "mfa")) return false;
  return covers(grant.controls, "mfa") || (grant.strength !== undefined && allowsOthers(grant.strength));
}

function allowsOthers(strength: Strength): boolean {
  if (strength.combinations === undefined) return demandOfStrength(strength).atLeast === "mfa";
  return strength.combinations.some((each) => demandOfCombination(each) === "mfa");
}

const MANAGED: ReadonlySet<string> = new Set(["compliantdevice", "domainjoineddevice"]);

function isManaged(control: string): boolean {
  return MANAGED.has(control.toLowerCase());
}

/** Either kind of managed device will do; beside it, joined by OR, nothing else may. */
function needsManagedDevice(grant: Grant | undefined): boolean {
  if (grant === undefined) return false;
  return grant.operator === "AND" ? grant.controls.some(isManaged) : grant.controls.length > 0 && grant.controls.every(isManaged);
}

function rolesLeftOut(policy: AccessPolicy, tenant: Tenant): Faults {
  const roles = listOf(tenant["privileged_roles"]).filter(isObject);
  if (roles.length === 0) return ["the privileged roles are not known"];
  const included = new Set(policy.include.roles.map((id) => id.toLowerCase()));
  return roles.map((role) => {
    const id = textIn(role, "RoleTemplateId")?.toLowerCase();
    return (id === undefined || !included.has(id)) && `does not name the role ${textIn(role, "DisplayName") ?? id ?? ""}`;
  });
}

function premium(tenant: Tenant): Faults {
  return [!hasPremium(tenant) && "the tenant has no licence that tells risks"];
}

function environmentOf(tenant: Tenant): string {
  const config = tenant["scuba_config"];
  return (isObject(config) ? (textIn(config, "M365Environment") ?? "") : "").toLowerCase();
}
