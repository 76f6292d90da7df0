/** The register as the API shows it. Pure: state and names in, views out. */
import type { z } from "zod";

import { isStale } from "../connections/freshness.ts";
import { type Instant, latest, minutesBetween, msBetween } from "../kernel/time.ts";
import type { contentView } from "./contract-content.ts";
import type { ExceptionRowView, ExceptionView } from "./contract-views.ts";
import { controlFreshness } from "./controls.ts";
import { type Binding, type ExceptionState, type Grant, grantedUntil, type Overstay } from "./exception.ts";
import { flagsOf } from "./flags.ts";
import { isInForce, whyNotOpen } from "./in-force.ts";
import type { CategoryPolicy } from "./policy.ts";
import { renewalNumber } from "./policy.ts";
import { awaitedRoles, headcountOf, observedOverall, openApproval, shownContent } from "./projection.ts";
import type { Uses } from "./use.ts";
import type { Approval, Content, DraftContent, StageRule, Version } from "./version.ts";

/** Names of people by id, for showing. */
export type Names = Readonly<Record<string, string>>;

const MS_PER_DAY = 86_400_000;

/** Everybody an exception names. */
export function peopleIn(state: ExceptionState): readonly string[] {
  const { dossier } = state;
  const content = shownContent(state);
  const ids = new Set<string | null | undefined>([dossier.requester, dossier.owner]);
  for (const id of Object.values(content?.accountability ?? {})) ids.add(id);
  ids.add(content?.exitPlan?.owner);
  for (const version of dossier.versions) for (const vote of version.votes) ids.add(vote.person).add(vote.onBehalfOf);
  for (const review of dossier.reviews) ids.add(review.decision?.by);
  return [...ids].filter((id): id is string => typeof id === "string");
}

/** What lists know beside the state. */
export interface Beside {
  readonly repeats: number;
  /** When each binding that is still looked at was last read back. */
  readonly looks: ReadonlyMap<string, Instant | null>;
  /** Whether what its fallback depends on fails with what it stands in for. */
  readonly fallbackSharesFate: boolean;
  /** Keys of subjects that exist to be tried by drills. */
  readonly drills: ReadonlySet<string>;
  readonly uses: Uses;
}

export function rowView(state: ExceptionState, policy: CategoryPolicy, now: Instant, names: Names, beside: Beside): ExceptionRowView {
  const { dossier } = state;
  const content = shownContent(state);
  const owner = dossier.owner ?? content?.accountability?.businessOwner ?? null;
  const firstGrantedAt = dossier.lineage.firstGrantedAt;
  return {
    id: dossier.id,
    ref: dossier.ref,
    state: state.state,
    title: content?.title ?? "",
    category: dossier.category,
    unit: dossier.unit,
    owner,
    ownerName: names[owner ?? ""] ?? null,
    requester: dossier.requester,
    openedAt: dossier.openedAt,
    firstGrantedAt,
    endsAt: grantedUntil(dossier) ?? content?.requestedUntil ?? null,
    inForce: isInForce(state, now),
    observed: observedOverall(dossier.bindings),
    isStale: dossier.bindings.some((binding) => isOldLook(binding, beside, now)),
    overstayMinutes: overstayMinutes(dossier.bindings, now),
    trueAgeDays: daysSince(firstGrantedAt, now),
    renewals: renewalNumber(dossier, false),
    repeats: beside.repeats,
    headcount: headcountOf(state),
    flags: [...flagsOf(state, policy, now, { fallbackSharesFate: beside.fallbackSharesFate, drills: beside.drills })],
    use: useOf(dossier.id, beside),
  };
}

function useOf(id: string, { uses }: Beside): ExceptionRowView["use"] {
  const use = uses.get(id);
  return use === undefined ? null : { ...use };
}

/** Of what was never read nothing is known; that is not old. */
function isOldLook(binding: Binding, { looks }: Beside, now: Instant): boolean {
  const look = looks.get(binding.id);
  return look !== undefined && look !== null && isStale(look, now);
}

function daysSince(from: Instant | null, now: Instant): number {
  return from === null ? 0 : Math.max(0, Math.floor(msBetween(from, now) / MS_PER_DAY));
}

/** Minutes the providers held it without right, over all bindings; overlapping stretches count once. */
export function overstayMinutes(bindings: readonly Binding[], now: Instant): number {
  const stretches = bindings.flatMap((binding) => binding.overstays).sort((a, b) => (a.from < b.from ? -1 : 1));
  let total = 0;
  let counted: Instant | undefined;
  for (const { from, to } of stretches) {
    const start = counted === undefined ? from : latest(from, counted);
    const end = to ?? now;
    if (end <= start) continue;
    total += minutesBetween(start, end);
    counted = end;
  }
  return total;
}

export interface ViewContext extends Beside {
  readonly policy: CategoryPolicy;
  readonly now: Instant;
  readonly names: Names;
  readonly version: number;
  readonly timeline: ExceptionView["timeline"];
  readonly actions: ExceptionView["actions"];
}

export function fullView(state: ExceptionState, context: ViewContext): ExceptionView {
  const { dossier } = state;
  const { now, names } = context;
  const approval = openApproval(state);
  return {
    ...rowView(state, context.policy, now, names, context),
    version: context.version,
    draft: state.state === "draft" ? contentShown(state.content) : null,
    versions: dossier.versions.map((version) => versionShown(version, names)),
    approval: approval === undefined ? null : approvalShown(approval, awaitedRoles(state)),
    grants: dossier.grants.map(grantShown),
    bindings: dossier.bindings.map((binding) => bindingShown(binding, context)),
    reviews: dossier.reviews.map((review) => ({
      id: review.id,
      kind: review.kind,
      cause: review.cause,
      proposal: review.proposal,
      openedAt: review.openedAt,
      dueAt: review.dueAt,
      missedAt: review.missedAt,
      decision: review.decision && {
        verdict: review.decision.verdict,
        by: review.decision.by,
        sentence: review.decision.sentence,
        at: review.decision.at,
      },
    })),
    controls: controlFreshness(dossier, context.policy).map(({ version, statement, since, freshUntil, lastResult }) => ({
      version,
      statement,
      since,
      freshUntil,
      lastResult,
    })),
    whyNotInForce: whyNotOpen(state, now)?.words ?? null,
    origin: dossier.origin.kind,
    people: { ...names },
    actions: context.actions,
    timeline: context.timeline,
  };
}

function grantShown(grant: Grant): ExceptionView["grants"][number] {
  const { seq, version, kind, validFrom, validUntil, originalValidUntil, cumulative, grantedAt } = grant;
  return { seq, version, kind, validFrom, validUntil, originalValidUntil, cumulative, grantedAt };
}

function contentShown(content: DraftContent | Content): z.output<typeof contentView> {
  return {
    ...content,
    fallbackDependencies: [...content.fallbackDependencies],
    compensatingControls: content.compensatingControls.map((control) => ({ ...control })),
    evidence: content.evidence.map((each) => ({ ...each })),
    scope: content.scope.map((item) => ({ ...item, conditions: { ...item.conditions } })),
  } as z.output<typeof contentView>;
}

function versionShown(version: Version, names: Names): ExceptionView["versions"][number] {
  return {
    n: version.n,
    purpose: version.purpose,
    contentHash: version.contentHash,
    content: contentShown(version.content),
    submittedAt: version.submittedAt,
    submittedBy: version.submittedBy,
    fate: version.fate,
    votes: version.votes.map((vote) => ({
      person: vote.person,
      personName: names[vote.person] ?? null,
      onBehalfOf: vote.onBehalfOf,
      decision: vote.decision,
      seat: vote.seat,
      reason: vote.reason,
      contentHash: vote.contentHash,
      assertion: vote.assertion,
      at: vote.at,
      discounted: vote.discounted,
    })),
  };
}

function approvalShown(approval: Approval, awaits: readonly string[]): NonNullable<ExceptionView["approval"]> {
  return {
    version: approval.version,
    contentHash: approval.contentHash,
    purpose: approval.purpose,
    stage: approval.stage,
    stages: approval.plan.stages.map((stage) => ({
      order: stage.order,
      roles: [...stage.roles],
      rule: ruleWords(stage.rule),
      answerWithin: stage.answerWithin,
    })),
    answerBy: approval.answerBy,
    silence: approval.silence,
    awaits: [...awaits],
  };
}

export function ruleWords(rule: StageRule): string {
  return rule.kind === "QUORUM" ? `any ${rule.n} of them` : rule.kind === "ALL" ? "all of them" : "any one of them";
}

function bindingShown(binding: Binding, context: ViewContext): ExceptionView["bindings"][number] {
  const { outcome } = binding;
  return {
    id: binding.id,
    connection: binding.connection,
    policy: binding.policy,
    subject: { ...binding.subject },
    desired: binding.desired,
    observed: binding.observed,
    object: binding.object,
    lastReadAt: context.looks.get(binding.id) ?? binding.lastReadAt,
    isStale: isOldLook(binding, context, context.now),
    nativeExpiry: binding.nativeExpiry,
    residualUntil: binding.residualUntil,
    outcome: { kind: outcome.kind, ...("at" in outcome && { at: outcome.at }), ...("reason" in outcome && { reason: outcome.reason }) },
    otherWays: binding.otherWays.map((way) => ({ ...way })),
    overstays: binding.overstays.map((stretch) => overstayShown(stretch, context.now)),
  };
}

function overstayShown({ from, to }: Overstay, now: Instant) {
  return { from, to, minutes: minutesBetween(from, to ?? now) };
}
