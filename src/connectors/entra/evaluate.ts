/**
 * What a set of Conditional Access policies demands of one sign-in. Every condition is answered with yes, no or unknown: what
 * depends on something nobody told us widens the range between the least and the most that is demanded, with the reason.
 */
import { type Demand, type DemandRange, demandOf, isAtLeast, stronger } from "./map-demands.ts";
import type { AccessPolicy, Filter, People, Risk, Scope } from "./map-policies.ts";

export type Known = boolean | "unknown";

/** Who signs in, and how. What is undefined is not known. */
export interface SignIn {
  readonly user: string;
  /** All of them, those through groups in groups too. */
  readonly groups: ReadonlySet<string> | undefined;
  /** Template ids of the directory roles held. */
  readonly roles: ReadonlySet<string> | undefined;
  /** `no`, or the kind of guest: `b2bCollaborationGuest`, … */
  readonly guest: string | undefined;
  /** Its id, or the suite's name (`Office365`); {@link ANY_APPLICATION} is one that no policy names. */
  readonly application: string | undefined;
  /** `browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync` or `other`. */
  readonly clientApp: string | undefined;
  /** `windows`, `iOS`, …; {@link ANY_PLATFORM} is one that no policy names. */
  readonly platform: string | undefined;
  /** The named locations it comes from, `AllTrusted` among them when it is trusted; empty: from none of them. */
  readonly locations: ReadonlySet<string> | undefined;
  /** `unregistered`: the tenant knows nothing about the device. */
  readonly device: "unregistered" | undefined;
  /** Levels by what they are of; `none` when there is none. */
  readonly risks: Readonly<Record<Risk, string>> | undefined;
  /** `none`, `deviceCodeFlow` or `authenticationTransfer`. */
  readonly transfer: string | undefined;
}

export const ANY_APPLICATION = "any";
export const ANY_PLATFORM = "any";

/** A sign-in at a browser on a device nobody knows, from a place nobody named, with no risk seen: what a thief would start with. */
export const ORDINARY: Pick<SignIn, "application" | "clientApp" | "platform" | "locations" | "device" | "risks" | "transfer"> = {
  application: ANY_APPLICATION,
  clientApp: "browser",
  platform: ANY_PLATFORM,
  locations: new Set(),
  device: "unregistered",
  risks: { signIn: "none", user: "none", insider: "none", servicePrincipal: "none", agent: "none" },
  transfer: "none",
};

export interface Applicability {
  readonly applies: Known;
  /** The conditions that say no, or those that cannot be told. */
  readonly why: readonly string[];
}

export interface TenantPolicies {
  readonly policies: readonly AccessPolicy[];
  /** Undefined: not known. */
  readonly securityDefaults: boolean | undefined;
}

export interface Outcome extends DemandRange {
  /** What is demanded, where that is certain. */
  readonly demand: Demand | "unknown";
  /** Whether a method resistant to phishing is needed, or nobody gets in at all. */
  readonly isStrong: Known;
  /** Ids of the enforced policies that hold for this sign-in. */
  readonly applying: readonly string[];
  /** Why something is unknown, a sentence each. */
  readonly unknown: readonly string[];
}

export function evaluate({ policies, securityDefaults }: TenantPolicies, signIn: SignIn): Outcome {
  const outcomes = policies
    .filter(({ state }) => state === "enabled" || state === "unknown")
    .map((policy) => ({ policy, ...applicability(policy, signIn), demand: demandFor(policy, signIn) }))
    .filter(({ applies }) => applies !== false);
  const parts = outcomes.map(({ applies, demand }) => (applies === true ? demand : { ...demand, atLeast: "nothing" as const }));
  const atLeast = parts.map((part) => part.atLeast).reduce(stronger, "nothing");
  const most = parts.map((part) => part.atMost).reduce(stronger, "nothing");
  const byDefault = demandOfDefaults(securityDefaults, policies);
  const atMost = stronger(most, byDefault);
  const unclear = outcomes.filter(({ demand, applies }) => applies === "unknown" || demand.atLeast !== demand.atMost);
  return {
    demand: atLeast === atMost ? atLeast : "unknown",
    isStrong: isAtLeast(atLeast, "phishing_resistant") || (isAtLeast(atMost, "phishing_resistant") ? "unknown" : false),
    atLeast,
    atMost,
    applying: outcomes.filter(({ applies }) => applies === true).map(({ policy }) => policy.id),
    unknown:
      atLeast === atMost ? [] : [...unclear.map(unclearWords), ...(byDefault === "nothing" ? [] : [defaultsWords(securityDefaults)])],
  };
}

function defaultsWords(securityDefaults: boolean | undefined): string {
  if (securityDefaults === undefined) return "Security defaults may be on: that is not known.";
  return "Security defaults ask for a second factor when Microsoft thinks it necessary.";
}

/** Security defaults and enabled policies exclude each other. */
function demandOfDefaults(securityDefaults: boolean | undefined, policies: readonly AccessPolicy[]): Demand {
  if (securityDefaults === false || policies.some(({ state }) => state === "enabled")) return "nothing";
  return "mfa";
}

function unclearWords({ policy, applies, why }: { policy: AccessPolicy } & Applicability): string {
  if (applies === "unknown") return `Policy ${policy.name}: unknown ${why.join(", ")}.`;
  return `Policy ${policy.name}: what its controls demand is not told.`;
}

const LEGACY: ReadonlySet<string> = new Set(["exchangeactivesync", "other"]);

/** Clients of old protocols cannot show a second factor: to demand one is to shut them out. */
function demandFor({ grant }: AccessPolicy, { clientApp }: SignIn): DemandRange {
  const demand = demandOf(grant);
  if (!LEGACY.has(clientApp?.toLowerCase() ?? "")) return demand;
  return { atLeast: shut(demand.atLeast), atMost: shut(demand.atMost) };
}

function shut(demand: Demand): Demand {
  return isAtLeast(demand, "mfa") ? "block" : demand;
}

/** Whether a policy holds for a sign-in, whatever its state. */
export function applicability(policy: AccessPolicy, signIn: SignIn): Applicability {
  const answers = conditionsOf(policy, signIn);
  const applies = allOf(answers.map(([, answer]) => answer));
  return { applies, why: answers.filter(([, answer]) => applies !== true && answer === applies).map(([name]) => name) };
}

function conditionsOf(policy: AccessPolicy, signIn: SignIn): readonly (readonly [string, Known])[] {
  return [
    ["who is included", holds(policy.include, signIn)],
    ["who is left out", not(holds(policy.exclude, signIn))],
    ["applications", ofApplication(policy, signIn.application)],
    ["kinds of clients", among(policy.clientAppTypes, signIn.clientApp)],
    ["platforms", inScope(policy.platforms, (names) => named(names, signIn.platform, "all"))],
    ["locations", inScope(policy.locations, (names) => located(names, signIn.locations))],
    ["devices", ofDevice(policy, signIn.device)],
    ["risks", atRisk(policy, signIn)],
    ["authentication flows", among(policy.transferMethods, signIn.transfer)],
    ["that it is for applications, not people", policy.workloads.include.length === 0],
    [`parts: ${policy.notUnderstood.join(", ")}`, policy.notUnderstood.length === 0 || "unknown"],
  ];
}

/** Whether somebody is among these people. */
export function holds(people: People, { user, groups, roles, guest }: Pick<SignIn, "user" | "groups" | "roles" | "guest">): Known {
  return anyOf([
    people.users.includes("All") || people.users.some((id) => sameText(id, user)),
    people.users.includes("GuestsOrExternalUsers") && isGuest(guest),
    overlap(people.groups, groups),
    overlap(people.roles, roles),
    ofGuests(people, guest),
  ]);
}

function isGuest(guest: string | undefined): Known {
  return guest === undefined ? "unknown" : guest !== "no";
}

function ofGuests({ guests, guestTenants }: People, guest: string | undefined): Known {
  if (guests.length === 0) return false;
  if (guest === undefined) return "unknown";
  if (!guests.some((kind) => sameText(kind, guest))) return false;
  return guestTenants === undefined || "unknown";
}

function overlap(wanted: readonly string[], held: ReadonlySet<string> | undefined): Known {
  if (wanted.length === 0) return false;
  return held === undefined ? "unknown" : [...held].some((each) => wanted.some((id) => sameText(id, each)));
}

/** Names of many applications at once: whether one belongs to them only Microsoft knows. */
const SUITES: ReadonlySet<string> = new Set(["office365", "microsoftadminportals", "allagentidresources"]);

function ofApplication({ applications, applicationFilter }: AccessPolicy, application: string | undefined): Known {
  const filtered: Known = applicationFilter === undefined ? false : "unknown";
  const isIncluded = anyOf([named(applications.include, application, "all"), applicationFilter?.mode === "exclude" ? false : filtered]);
  const isExcluded = anyOf([named(applications.exclude, application, "all"), applicationFilter?.mode === "include" ? false : filtered]);
  return allOf([isIncluded, not(isExcluded)]);
}

function named(names: readonly string[], wanted: string | undefined, everything: string): Known {
  if (names.length === 0) return false;
  if (names.some((name) => sameText(name, everything))) return true;
  if (wanted === undefined) return names.every((name) => sameText(name, "none")) ? false : "unknown";
  if (names.some((name) => sameText(name, wanted))) return true;
  const isSomebodys = wanted !== ANY_APPLICATION && names.some((name) => SUITES.has(name.toLowerCase()));
  return isSomebodys ? "unknown" : false;
}

function located(names: readonly string[], locations: ReadonlySet<string> | undefined): Known {
  if (names.some((name) => sameText(name, "all"))) return true;
  return overlap(names, locations);
}

function inScope(scope: Scope | undefined, isIn: (names: readonly string[]) => Known): Known {
  if (scope === undefined || (scope.include.length === 0 && scope.exclude.length === 0)) return true;
  return allOf([isIn(scope.include), not(isIn(scope.exclude))]);
}

/** Of an empty list everything is a member. */
function among(names: readonly string[], wanted: string | undefined): Known {
  if (names.length === 0) return true;
  return wanted === undefined ? "unknown" : names.some((name) => sameText(name, wanted));
}

function ofDevice({ deviceFilter, excludedDeviceStates }: AccessPolicy, device: SignIn["device"]): Known {
  const byState: Known = excludedDeviceStates.length === 0 || device === "unregistered" || "unknown";
  if (deviceFilter === undefined) return byState;
  const fits = matchesFilter(deviceFilter, device);
  return allOf([byState, deviceFilter.mode === "exclude" ? not(fits) : fits]);
}

/** An unknown device has no attributes: it fits no rule that wants one, unless the rule wants something not to be so. */
function matchesFilter({ mode, rule }: Filter, device: SignIn["device"]): Known {
  if (mode === "unknown" || device !== "unregistered") return "unknown";
  return /-(ne|not\w*)\b/i.test(rule) ? "unknown" : false;
}

function atRisk({ risks }: AccessPolicy, signIn: SignIn): Known {
  return allOf((Object.keys(risks) as Risk[]).map((risk) => among(risks[risk], signIn.risks?.[risk])));
}

function allOf(answers: readonly Known[]): Known {
  if (answers.includes(false)) return false;
  return answers.includes("unknown") ? "unknown" : true;
}

function anyOf(answers: readonly Known[]): Known {
  return not(allOf(answers.map(not)));
}

function not(answer: Known): Known {
  return answer === "unknown" ? answer : !answer;
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
