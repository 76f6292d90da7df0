/**
 * What a changed policy would do to an exception that lives, before anybody changes it: how it would end if nobody answered, how
 * far renewals could still carry it, who would decide next, and which new demand it would not meet if it were asked for again.
 * A grant keeps the end that was decided on; no policy moves it.
 */
import { addDuration, durationMs, durationOfMs, earliest, type Instant, latest } from "../kernel/time.ts";
import { staleControls } from "./controls.ts";
import { type Dossier, type ExceptionState, grantedUntil, versionInEffect } from "./exception.ts";
import { type CategoryPolicy, type Demand, DEMANDS, grantedSoFar, planFor, renewalNumber } from "./policy.ts";
import { isMissing } from "./request-rules.ts";
import { agenda } from "./schedule.ts";
import { answerBy } from "./review-record.ts";
import type { AgendaItem } from "./agenda.ts";
import type { Role } from "./version.ts";

export interface PolicyEffects {
  /** When it ends if nobody answers what is asked. Null: it is the same. */
  readonly silentEnd: { readonly before: Instant; readonly after: Instant } | null;
  /** The latest end that every renewal the policy allows could reach. Null: it is the same. */
  readonly furthestEnd: { readonly before: Instant; readonly after: Instant } | null;
  /** Roles that decide on the next request or extension. */
  readonly approvers: { readonly added: readonly Role[]; readonly removed: readonly Role[] };
  /** Demands it meets now and would not meet then. */
  readonly unmet: readonly Demand[];
}

/** Undefined when the change does nothing to it. */
export function effectsOf(state: ExceptionState, before: CategoryPolicy, after: CategoryPolicy, now: Instant): PolicyEffects | undefined {
  const { dossier } = state;
  const unmetBefore = unmetDemands(dossier, before, now);
  const effects: PolicyEffects = {
    silentEnd: difference(silentEnd(state, before, now), silentEnd(state, after, now)),
    furthestEnd: difference(furthestEnd(dossier, before), furthestEnd(dossier, after)),
    approvers: approverChange(nextApprovers(dossier, before), nextApprovers(dossier, after)),
    unmet: unmetDemands(dossier, after, now).filter((demand) => !unmetBefore.includes(demand)),
  };
  const { silentEnd: silent, furthestEnd: furthest, approvers, unmet } = effects;
  const nothing = silent === null && furthest === null && approvers.added.length + approvers.removed.length + unmet.length === 0;
  return nothing ? undefined : effects;
}

function difference(before: Instant | undefined, after: Instant | undefined): PolicyEffects["silentEnd"] {
  return before === undefined || after === undefined || before === after ? null : { before, after };
}

function silentEnd(state: ExceptionState, policy: CategoryPolicy, now: Instant): Instant | undefined {
  return agenda(state, policy)
    .flatMap((item) => endedBy(item, state.dossier, policy, now))
    .reduce<Instant | undefined>((first, at) => (first === undefined ? at : earliest(first, at)), undefined);
}

/** When silence over this item ends the exception, or takes it out of force; nothing where it never does. */
function endedBy({ at, command }: AgendaItem, dossier: Dossier, policy: CategoryPolicy, now: Instant): readonly Instant[] {
  if (command.type === "missReview") {
    const review = dossier.reviews.find((one) => one.id === command.review);
    return review === undefined || review.ifMissed === "escalate" ? [] : [latest(at, now)];
  }
  if (command.type === "openReview") return policy.noResponse === "escalate" ? [] : [answerBy(command, latest(at, now))];
  return ENDS_IT.has(command.type) ? [latest(at, now)] : [];
}

const ENDS_IT: ReadonlySet<string> = new Set(["expire", "lapseAnswer", "suspend"]);

function furthestEnd(dossier: Dossier, policy: CategoryPolicy): Instant | undefined {
  const end = grantedUntil(dossier);
  if (end === undefined) return undefined;
  const renewals = Math.max(0, policy.maxRenewals - renewalNumber(dossier, false));
  const left = Math.max(0, durationMs(policy.maxCumulative) - durationMs(grantedSoFar(dossier)));
  return addDuration(end, durationOfMs(Math.min(renewals * durationMs(policy.maxTerm), left)));
}

function nextApprovers(dossier: Dossier, policy: CategoryPolicy): readonly Role[] {
  const plan = planFor(policy, renewalNumber(dossier, dossier.grants.length > 0));
  return [...new Set(plan.stages.flatMap((stage) => stage.roles))];
}

function approverChange(before: readonly Role[], after: readonly Role[]): PolicyEffects["approvers"] {
  return { added: after.filter((role) => !before.includes(role)), removed: before.filter((role) => !after.includes(role)) };
}

function unmetDemands(dossier: Dossier, policy: CategoryPolicy, now: Instant): readonly Demand[] {
  const content = versionInEffect(dossier)?.content;
  if (content === undefined) return [];
  const grant = dossier.grants.findLast((one) => one.kind !== "emergency");
  const unmet: Readonly<Record<Demand, boolean>> = {
    term: grant !== undefined && grant.originalValidUntil > addDuration(grant.validFrom, policy.maxTerm),
    controls: content.compensatingControls.length < policy.minCompensatingControls,
    controlTest: staleControls(dossier, policy, now).length > 0,
    headcount: content.scope.some((item) => item.ceiling > policy.headcountCeiling),
    requiredFields: policy.requiredFields.some((field) => isMissing(content, field)),
  };
  return DEMANDS.filter((demand) => unmet[demand]);
}
