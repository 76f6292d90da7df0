/**
 * What a category of exception demands. Policies are versioned data that an organisation edits; the shipped ones are in
 * categories.ts. The rules that no policy may relax (law 1 to 6) are checked by {@link validatePolicy}.
 */
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, type Duration, durationMs, durationOfMs, type Instant, msBetween } from "../kernel/time.ts";
import type { Dossier, NoResponse } from "./exception.ts";
import { refuse } from "./refusals.ts";
import type { RepeatCounts } from "./repeats.ts";
import type { TriggerKind, TriggerRule } from "./triggers.ts";
import type { ApprovalPlan, Role, Stage } from "./version.ts";

export const HELP_DESK: Role = "help_desk";
export const GOVERNANCE: Role = "security_governance";
/** Who may switch one off until a review: as seats and as general roles the same words. */
export const SUSPENDERS: readonly Role[] = ["iam", GOVERNANCE];

/** Fields a category demands on top of what every request needs. */
export const OPTIONAL_FIELDS = [
  "vendorContract",
  "evidence",
  "deputy",
  "onCall",
  "milestones",
  "remediationRef",
  "fallbackDependencies",
] as const;
export type OptionalField = (typeof OPTIONAL_FIELDS)[number];

/** What an exception may fail to meet once its category demands more. */
export const DEMANDS = ["term", "controls", "controlTest", "headcount", "requiredFields"] as const;
export type Demand = (typeof DEMANDS)[number];

export interface ReminderRule {
  readonly daysBefore: number;
  readonly to: readonly Role[];
}

export interface EscalationRule {
  readonly after: Duration;
  readonly level: string;
  readonly to: readonly Role[];
}

export interface CategoryPolicy {
  readonly key: string;
  readonly version: number;
  readonly title: string;
  readonly ownerRolesAllowed: readonly Role[];
  readonly ownerRolesForbidden: readonly Role[];
  readonly implementerRoles: readonly Role[];
  readonly reviewerRoles: readonly Role[];
  readonly approvalPlan: ApprovalPlan;
  /** Renewal n is approved by the plan and the first n of these, one stage each. */
  readonly renewalLadder: readonly Role[];
  readonly maxTerm: Duration;
  readonly maxCumulative: Duration;
  readonly maxRenewals: number;
  readonly endsWithVendorContract: boolean;
  /** A standing grant that is used for at most this long at a time; null where the grant itself authorises. */
  readonly maxPerUse: Duration | null;
  /** One use ends it. */
  readonly oneUse: boolean;
  readonly reviewEvery: Duration | null;
  /** How long before its due date a scheduled review opens. */
  readonly reviewAnswerWithin: Duration;
  readonly noResponse: NoResponse;
  /** Before a missed review suspends, somebody looks at what stops working; at most this long. Null: not asked for. */
  readonly blastRadiusGrace: Duration | null;
  readonly remindBefore: readonly ReminderRule[];
  readonly escalateOverstay: readonly EscalationRule[];
  readonly escalateReview: readonly EscalationRule[];
  readonly minCompensatingControls: number;
  readonly controlTestMaxAge: Duration;
  readonly headcountCeiling: number;
  readonly requiredFields: readonly OptionalField[];
  readonly triggers: Readonly<Partial<Record<TriggerKind, TriggerRule>>>;
  readonly bulkReviewAllowed: boolean;
  /** From this many others in 365 days on, at any level, a request needs a design issue. */
  readonly repeatLimits: RepeatCounts;
  readonly activateWithin: Duration;
  /** A revocation without an answer for this long has failed and is tried again. */
  readonly answerFromProviderWithin: Duration;
  readonly draftIdleFor: Duration;
}

/** How many renewals the next grant would make it, over the whole lineage; 0 for a first grant. */
export function renewalNumber(dossier: Dossier, extension: boolean): number {
  const here = dossier.grants.filter((grant) => grant.kind === "extension").length;
  return dossier.lineage.renewals + here + (extension ? 1 : 0);
}

/** Renewal n needs one approval level more than n - 1. Where the ladder is short, its last rung needs more people instead. */
export function planFor(policy: CategoryPolicy, renewal: number): ApprovalPlan {
  const base = policy.approvalPlan.stages;
  const last = base.at(-1);
  const top = policy.renewalLadder.at(-1);
  if (renewal === 0 || last === undefined || top === undefined) return policy.approvalPlan;
  const levels = Array.from({ length: renewal }, (_, i): Stage => {
    const beyond = i - policy.renewalLadder.length + 1;
    const rule = beyond > 0 ? ({ kind: "QUORUM", n: beyond + 1 } as const) : ({ kind: "ALL" } as const);
    return { ...last, order: last.order + 1 + i, roles: [policy.renewalLadder[i] ?? top], rule };
  });
  return { stages: [...base, ...levels] };
}

/** Time granted in the lineage so far, counting what was really open: a cut grant counts to its cut end. */
export function grantedSoFar(dossier: Dossier): Duration {
  const here = dossier.grants
    .filter((grant) => grant.kind !== "emergency")
    .reduce((sum, grant) => sum + Math.max(0, msBetween(grant.validFrom, grant.validUntil)), 0);
  return durationOfMs(durationMs(dossier.lineage.grantedBefore) + here);
}

export type Cap = "term" | "cumulative" | "renewals";

/** Which caps a further grant from `from` to `until` would break. The term is hard; the others need a risk acceptance. */
export function capsBroken(policy: CategoryPolicy, dossier: Dossier, from: Instant, until: Instant, renewal: number): readonly Cap[] {
  const term = msBetween(from, until);
  const broken: Cap[] = [];
  if (until > addDuration(from, policy.maxTerm)) broken.push("term");
  if (durationMs(grantedSoFar(dossier)) + term > durationMs(policy.maxCumulative)) broken.push("cumulative");
  if (renewal > policy.maxRenewals) broken.push("renewals");
  return broken;
}

/** Everything that is wrong with a policy: what no organisation may configure away, and what cannot work. */
export function validatePolicy(policy: CategoryPolicy): readonly Refusal[] {
  const found: Refusal[] = [];
  if (policy.version < 1 || !Number.isInteger(policy.version))
    found.push(wrong("A policy's version is a whole number from 1.", "/version"));
  found.push(...ownershipFaults(policy), ...planFaults(policy), ...limitFaults(policy));
  return found;
}

function wrong(detail: string, at: string): Refusal {
  return refuse("exceptions.policyUnsound", detail, { at });
}

function ownershipFaults(policy: CategoryPolicy): Refusal[] {
  const found: Refusal[] = [];
  if (!policy.ownerRolesForbidden.includes(HELP_DESK))
    found.push(wrong("The help desk may never own an exception.", "/ownerRolesForbidden"));
  if (policy.ownerRolesAllowed.length === 0) found.push(wrong("Name at least one role that may own.", "/ownerRolesAllowed"));
  for (const role of policy.ownerRolesAllowed) {
    if (policy.ownerRolesForbidden.includes(role))
      found.push(wrong(`${role} is both allowed and forbidden as owner.`, "/ownerRolesAllowed"));
  }
  if (policy.reviewerRoles.length === 0) found.push(wrong("A review of nobody is no review: name reviewer roles.", "/reviewerRoles"));
  return found;
}

function planFaults(policy: CategoryPolicy): Refusal[] {
  const { stages } = policy.approvalPlan;
  const found: Refusal[] = [];
  if (stages.length === 0) found.push(wrong("A plan needs at least one stage: nothing approves itself.", "/approvalPlan/stages"));
  stages.forEach((stage, i) => found.push(...stageFaults(stage, `/approvalPlan/stages/${i}`)));
  if (stages.length > 0 && !stages.some((stage) => asksOutsideOwners(stage, policy.ownerRolesAllowed))) {
    found.push(wrong("Somebody beside the owners has to approve.", "/approvalPlan/stages"));
  }
  if (policy.maxRenewals > 0 && policy.renewalLadder.length === 0) {
    found.push(wrong("Renewals need a ladder: each needs one level more than the one before.", "/renewalLadder"));
  }
  if ([...stages.flatMap((stage) => stage.roles), ...policy.renewalLadder, ...policy.reviewerRoles].includes(HELP_DESK)) {
    found.push(wrong("The help desk never approves and never reviews.", "/approvalPlan"));
  }
  return found;
}

function stageFaults(stage: Stage, at: string): Refusal[] {
  const found: Refusal[] = [];
  if (stage.roles.length === 0) found.push(wrong("A stage without roles can never be met.", `${at}/roles`));
  if (new Set(stage.roles).size !== stage.roles.length) found.push(wrong("A role is named twice in one stage.", `${at}/roles`));
  if (stage.rule.kind === "QUORUM" && (!Number.isInteger(stage.rule.n) || stage.rule.n < 1)) {
    found.push(wrong("A quorum is a whole number from 1.", `${at}/rule`));
  }
  if (durationMs(stage.answerWithin) <= 0) found.push(wrong("A stage needs an answer time.", `${at}/answerWithin`));
  return found;
}

function asksOutsideOwners(stage: Stage, owners: readonly Role[]): boolean {
  const outside = stage.roles.filter((role) => !owners.includes(role));
  return stage.rule.kind === "ALL" ? outside.length > 0 : outside.length === stage.roles.length;
}

function limitFaults(policy: CategoryPolicy): Refusal[] {
  const found: Refusal[] = [];
  const positive: readonly [Duration | null, string][] = [
    [policy.maxTerm, "/maxTerm"],
    [policy.maxPerUse, "/maxPerUse"],
    [policy.reviewEvery, "/reviewEvery"],
    [policy.controlTestMaxAge, "/controlTestMaxAge"],
    [policy.activateWithin, "/activateWithin"],
    [policy.answerFromProviderWithin, "/answerFromProviderWithin"],
    [policy.draftIdleFor, "/draftIdleFor"],
  ];
  for (const [length, at] of positive)
    if (length !== null && durationMs(length) <= 0) found.push(wrong("Must be longer than nothing.", at));
  if (durationMs(policy.maxCumulative) < durationMs(policy.maxTerm))
    found.push(wrong("In all cannot be less than one term.", "/maxCumulative"));
  if (policy.minCompensatingControls < 1) found.push(wrong("Every bypass has a compensating control.", "/minCompensatingControls"));
  if (policy.headcountCeiling < 1) found.push(wrong("A ceiling below one lets nobody through.", "/headcountCeiling"));
  if (Object.values(policy.repeatLimits).some((limit) => limit < 1))
    found.push(wrong("A repeat limit is a whole number from 1.", "/repeatLimits"));
  if (policy.noResponse === "escalate" && policy.maxPerUse === null) {
    found.push(wrong("Only break-glass (used for a bounded time) escalates instead of ending.", "/noResponse"));
  }
  return found;
}
