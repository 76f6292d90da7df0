/** Every way around strong sign-in that a tenant's own settings leave open. */
import type { Bypass, BypassSubject } from "../port.ts";
import { evaluate, ORDINARY, type Outcome, type SignIn } from "./evaluate.ts";
import { demandOf, grantWords, isAtLeast } from "./map-demands.ts";
import { type Exclusion, exclusionsOf, isPlaceholder } from "./map-exclusions.ts";
import { catchAllsOf, lettingIn } from "./map-held.ts";
import type { AccessPolicy } from "./map-policies.ts";
import type { Person, Tenant } from "./map-tenant.ts";

/** Somebody whom no policy names, who signs in like anybody else. */
const ANYBODY: SignIn = { user: "", groups: new Set(), roles: new Set(), guest: "no", ...ORDINARY };

export const EVERYBODY: BypassSubject = { kind: "everyone", key: "everybody", name: "everybody" };

/** What anybody meets whom no policy names; undefined where the file does not hold the tenant's policies. */
export function ordinaryOutcome({ policies, isWhole, securityDefaults }: Tenant): Outcome | undefined {
  return policies === undefined || !isWhole ? undefined : evaluate({ policies, securityDefaults }, ANYBODY);
}

export function policyBypasses(tenant: Tenant): readonly Bypass[] {
  const ordinary = ordinaryOutcome(tenant);
  const isHeld = catchAllsOf(tenant).length > 0;
  const privileged = new Set(tenant.people.filter(({ roles }) => roles.length > 0).map(({ id }) => id.toLowerCase()));
  const letsIn = lettingIn(tenant);
  const policies = (tenant.policies ?? []).filter(({ grant }) => isAtLeast(demandOf(grant).atMost, "other"));
  return [
    ...policies.flatMap((policy) =>
      exclusionsOf(policy, tenant.names).map((each) => ofExclusion(policy, each, { privileged, opens: letsIn(policy, each) })),
    ),
    ...policies.filter(isAboutPeople).flatMap((policy) => [...notEnforced(policy, ordinary, isHeld), ...demandsLess(policy, ordinary)]),
    ...(ordinary === undefined ? [] : [...uncovered(tenant, ordinary), ...legacy(tenant)]),
    ...securityDefaults(tenant, ordinary, isHeld),
  ];
}

function isAboutPeople({ workloads }: AccessPolicy): boolean {
  return workloads.include.length === 0;
}

function isEnforced({ state }: AccessPolicy): boolean {
  return state === "enabled" || state === "unknown";
}

export function policyBypassKey({ id }: AccessPolicy, { condition, value }: Exclusion): string {
  return `policy:${id}:${condition}:${value}`;
}

function ofExclusion(
  policy: AccessPolicy,
  exclusion: Exclusion,
  { privileged, opens }: { readonly privileged: ReadonlySet<string>; readonly opens: boolean },
): Bypass {
  const { form, condition, value, subject, evidence } = exclusion;
  const isOpen = opens && isAboutPeople(policy) && isAtLeast(demandOf(policy.grant).atMost, "mfa");
  return {
    key: policyBypassKey(policy, exclusion),
    form,
    subject,
    object: policy.name,
    ...(!opens && { opens }),
    critical: isOpen && !isSlight(policy, exclusion, privileged),
    evidence: { ...evidenceOf(policy), condition, value, ...evidence },
  };
}

function isSlight({ grant }: AccessPolicy, { form, subject, value }: Exclusion, privileged: ReadonlySet<string>): boolean {
  // What blocks all places but some is meant to leave those out.
  if (form === "condition_exempt") return demandOf(grant).atLeast === "block";
  return subject.kind === "user" && !isPlaceholder(value) && !privileged.has(value.toLowerCase());
}

function evidenceOf(policy: AccessPolicy): Record<string, string> {
  return {
    policyId: policy.id,
    state: policy.state,
    demands: grantWords(policy.grant),
    ...(policy.notUnderstood.length > 0 && { notUnderstood: policy.notUnderstood.join(", ") }),
  };
}

function whomItIsFor({ id, name }: AccessPolicy): BypassSubject {
  return { kind: "everyone", key: `policy:${id}`, name: `whom ${name} is for` };
}

/** Disabled, only reporting, or in a state that nobody knows. */
function notEnforced(policy: AccessPolicy, ordinary: Outcome | undefined, isHeld: boolean): readonly Bypass[] {
  if (policy.state === "enabled") return [];
  const isMissed = !isHeld && (ordinary === undefined || !isAtLeast(ordinary.atLeast, demandOf(policy.grant).atMost));
  return [
    {
      key: `policy:${policy.id}:state`,
      form: "policy_not_enforced",
      subject: whomItIsFor(policy),
      object: policy.name,
      ...(isHeld && { opens: false }),
      critical: isMissed && policy.include.users.includes("All") && isAtLeast(demandOf(policy.grant).atMost, "mfa"),
      evidence: evidenceOf(policy),
    },
  ];
}

function demandsLess(policy: AccessPolicy, ordinary: Outcome | undefined): readonly Bypass[] {
  const { atLeast, atMost } = demandOf(policy.grant);
  // Where everybody has to show something better anyway, a policy that asks for less lets nobody in.
  if (!isEnforced(policy) || isForAlarms(policy) || isAtLeast(atLeast, "phishing_resistant") || ordinary?.isStrong === true) return [];
  return [
    {
      key: `policy:${policy.id}:grant`,
      form: "policy_demands_less",
      subject: whomItIsFor(policy),
      object: policy.name,
      critical: atLeast === "nothing",
      evidence: { ...evidenceOf(policy), ...(atLeast !== atMost && { strength: "unknown" }) },
    },
  ];
}

/** Where a risk was seen, or a sign-in goes an unusual way: it comes on top of what is demanded otherwise. */
function isForAlarms({ risks, transferMethods }: AccessPolicy): boolean {
  return transferMethods.length > 0 || Object.values(risks).some((levels) => levels.length > 0);
}

/** People of whom nothing is demanded that proves who they are: whoever no policy names, and the privileged one by one. */
function uncovered(tenant: Tenant, ordinary: Outcome): readonly Bypass[] {
  return [
    ...(isAtLeast(ordinary.atLeast, "mfa") || areDefaultsOn(tenant) ? [] : [nobodyIncluded("everybody", EVERYBODY, ordinary)]),
    // What is unknown of one of them is told as such: the groups left out are findings already.
    ...outcomesOfPrivileged(tenant)
      .filter(({ outcome }) => !isAtLeast(outcome.atMost, "mfa"))
      .map(({ person: { id, name }, outcome }) => nobodyIncluded(`user:${id}`, { kind: "user", key: id, name }, outcome)),
  ];
}

export function outcomesOfPrivileged(tenant: Tenant): readonly { readonly person: Person; readonly outcome: Outcome }[] {
  const { policies, isWhole, securityDefaults, people } = tenant;
  if (policies === undefined || !isWhole) return [];
  return people
    .filter(({ roles }) => roles.length > 0)
    .map((person) => {
      const roles = person.areRolesKnown ? new Set(person.roles) : undefined;
      const signIn = { ...ANYBODY, user: person.id, roles, groups: groupsOf(tenant, person.id) };
      return { person, outcome: evaluate({ policies, securityDefaults }, signIn) };
    });
}

/** They count only where no policy of one's own is enforced. */
function areDefaultsOn({ securityDefaults, policies }: Tenant): boolean {
  return securityDefaults === true && (policies ?? []).every(({ state }) => state !== "enabled");
}

function nobodyIncluded(key: string, subject: BypassSubject, { atLeast, atMost, unknown }: Outcome): Bypass {
  return {
    key: `nobody-included:${key}`,
    form: "nobody_included",
    subject,
    object: "Conditional Access",
    critical: true,
    evidence: { demanded: atLeast, ...(atMost !== atLeast && { demandedAtMost: atMost, unknown: unknown.join(" ") }) },
  };
}

/** Undefined unless the members of every group are known. */
function groupsOf({ groups }: Tenant, user: string): ReadonlySet<string> | undefined {
  const all = [...groups.values()];
  if (all.length === 0 || all.some(({ members }) => members === undefined)) return undefined;
  return new Set(all.filter(({ members }) => members!.includes(user)).map(({ id }) => id));
}

/** Old protocols know a password only: where they are not shut out, it is enough. */
function legacy(tenant: Tenant): readonly Bypass[] {
  const { policies, securityDefaults } = tenant;
  return ["exchangeActiveSync", "other"].flatMap((clientApp): readonly Bypass[] => {
    const { atLeast, unknown } = evaluate({ policies: policies ?? [], securityDefaults }, { ...ANYBODY, clientApp });
    if (atLeast === "block" || areDefaultsOn(tenant)) return [];
    const evidence = { clientApp, demanded: atLeast, ...(unknown.length > 0 && { unknown: unknown.join(" ") }) };
    return [
      { key: `legacy:${clientApp}`, form: "legacy_sign_in", subject: EVERYBODY, object: "Conditional Access", critical: true, evidence },
    ];
  });
}

/** Off is right beside policies of one's own, and leaves everything open without. On, they ask for what can be phished. */
function securityDefaults(tenant: Tenant, ordinary: Outcome | undefined, isHeld: boolean): readonly Bypass[] {
  const defaults = { key: "security-defaults", subject: EVERYBODY, object: "Security defaults" };
  if (areDefaultsOn(tenant))
    return [{ ...defaults, form: "policy_demands_less", critical: false, evidence: { isEnabled: "true", demands: "mfa" } }];
  if (tenant.securityDefaults !== false) return [];
  const isCovered = isHeld || (ordinary !== undefined && isAtLeast(ordinary.atLeast, "mfa"));
  const enforced = (tenant.policies ?? []).filter(isEnforced).length;
  const evidence = { isEnabled: "false", enforcedPolicies: String(enforced) };
  return [{ ...defaults, form: "policy_not_enforced", ...(isHeld && { opens: false }), critical: !isCovered, evidence }];
}
