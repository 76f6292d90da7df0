/** What a version must satisfy before anybody is asked to approve it. Every fault is told at once. */
import type { Refusal } from "../kernel/problem.ts";
import { durationMs, type Instant, latest, parseInstant } from "../kernel/time.ts";
import { NEEDED, unfinished } from "./content.ts";
import { type Dossier, grantedUntil } from "./exception.ts";
import { factsAbout, type Facts, holdsRole, type RequestFacts } from "./facts.ts";
import { HELP_DESK, type OptionalField, capsBroken, renewalNumber } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import { levelsReached } from "./repeats.ts";
import type { DraftAccountability, DraftContent, ExceptionId, PersonId, Purpose, ScopeRequest } from "./version.ts";

/** More items than this belong in a group: the approvers could not read them, and the journal entry has a size. */
export const MAX_SCOPE_ITEMS = 50;

export interface PuttingForward {
  readonly dossier: Dossier;
  readonly content: DraftContent;
  readonly purpose: Purpose;
  readonly seenTwins: readonly ExceptionId[];
  readonly request: RequestFacts;
  readonly facts: Facts;
  readonly now: Instant;
}

export function requestReasons(asked: PuttingForward): readonly Refusal[] {
  return [
    ...fieldReasons(asked),
    ...intervalReasons(asked),
    ...capReasons(asked),
    ...accountabilityReasons(asked),
    ...controlReasons(asked),
    ...asked.content.scope.flatMap((item, i) => itemReasons(asked, item, `/scope/${i}`)),
    ...twinReasons(asked),
  ];
}

function fieldReasons({ content, facts, request }: PuttingForward): readonly Refusal[] {
  const missing = [
    ...(["title", "justification"] as const).filter((field) => content[field].trim() === ""),
    ...NEEDED.filter((field) => content[field] === null),
    ...facts.policy.requiredFields.filter((field) => isMissing(content, field)),
  ];
  const control = content.weakenedControl;
  const known = control === null || control.policy === "" || request.policiesKnown.includes(`${control.connection} ${control.policy}`);
  return [
    ...missing.map((field) => refuse("exceptions.fieldMissing", `"${field}" is needed.`, { at: `/${field}` })),
    ...unfinished(content).map(({ at, words }) => refuse("exceptions.fieldMissing", words, { at })),
    ...refuseIf(content.scope.length === 0, "exceptions.scopeEmpty", "Name at least one subject.", "/scope"),
    ...refuseIf(
      content.scope.length > MAX_SCOPE_ITEMS,
      "exceptions.scopeTooLong",
      `At most ${MAX_SCOPE_ITEMS} items; use a group.`,
      "/scope",
    ),
    ...refuseIf(
      content.fallbackMethodAllowed?.trim().toLowerCase() === "none" || content.fallbackMethodAllowed?.trim() === "",
      "exceptions.methodNone",
      "Name the weaker method that is let through; no method at all is never an exception.",
      "/fallbackMethodAllowed",
    ),
    ...refuseIf(!known, "exceptions.policyUnknown", "This connection governs no such policy.", "/weakenedControl/policy"),
  ];
}

export function isMissing(content: DraftContent, field: OptionalField): boolean {
  return IS_MISSING[field](content);
}

const IS_MISSING: Readonly<Record<OptionalField, (content: DraftContent) => boolean>> = {
  vendorContract: (content) => content.vendorContract === null,
  evidence: (content) => content.evidence.length === 0,
  fallbackDependencies: (content) => content.fallbackDependencies.length === 0,
  deputy: ({ accountability }) => accountability === null || accountability.deputy === null,
  onCall: ({ accountability }) => accountability === null || accountability.onCall === null,
  milestones: ({ exitPlan }) => exitPlan === null || exitPlan.milestones.length === 0,
  remediationRef: ({ exitPlan }) => exitPlan === null || exitPlan.remediationRef === null,
};

function isReadable(at: Instant): boolean {
  return parseInstant(at) === at;
}

function intervalReasons({ content, now, request, facts }: PuttingForward): readonly Refusal[] {
  const { requestedFrom, requestedUntil } = content;
  if (requestedUntil === null) return [];
  if (!isReadable(requestedFrom) || !isReadable(requestedUntil)) {
    return [refuse("exceptions.endUnreadable", "Give the start and the end as instants.", { at: "/requestedUntil" })];
  }
  const contract = request.vendorContractUntil;
  return [
    ...refuseIf(requestedUntil <= requestedFrom, "exceptions.endBeforeStart", "The end must be after the start.", "/requestedUntil"),
    ...refuseIf(requestedUntil <= now, "exceptions.endPassed", "The requested end has passed.", "/requestedUntil"),
    ...refuseIf(
      facts.policy.endsWithVendorContract && (contract === null || requestedUntil > contract),
      "exceptions.endsAfterContract",
      contract === null ? "The vendor's contract has no known end." : `The vendor's contract ends ${contract}.`,
      "/requestedUntil",
    ),
  ];
}

/** From when the new grant would run: a start in the past is not backdated, an extension follows on what was granted. */
export function grantStart(dossier: Dossier, purpose: Purpose, requestedFrom: Instant, now: Instant): Instant {
  if (purpose === "initial") return latest(requestedFrom, now);
  return purpose === "extension" ? latest(grantedUntil(dossier) ?? now, now) : now;
}

function capReasons({ dossier, content, purpose, facts, now, request }: PuttingForward): readonly Refusal[] {
  const until = content.requestedUntil;
  if (until === null || purpose === "change" || purpose === "reduction" || !isReadable(until) || !isReadable(content.requestedFrom))
    return [];
  const from = grantStart(dossier, purpose, content.requestedFrom, now);
  const renewal = renewalNumber(dossier, purpose === "extension");
  const broken = capsBroken(facts.policy, dossier, from, until, renewal);
  const { maxTerm, maxCumulative, maxRenewals } = facts.policy;
  const standsOn = hasDesignIssue(content, request) && hasRiskAcceptance(content, request, until);
  return [
    ...refuseIf(broken.includes("term"), "exceptions.termTooLong", `One term is at most ${maxTerm}.`, "/requestedUntil"),
    ...refuseIf(
      broken.some((cap) => cap !== "term") && !standsOn,
      "exceptions.capReached",
      `At most ${maxRenewals} renewals and ${maxCumulative} in all. Beyond that: an open design issue and an executive's risk acceptance that the board sees and that lasts until then.`,
      "/requestedUntil",
    ),
  ];
}

function hasDesignIssue(content: DraftContent, request: RequestFacts): boolean {
  const issue = request.designIssue;
  return issue !== null && issue.open && issue.id === content.designIssue;
}

function hasRiskAcceptance(content: DraftContent, request: RequestFacts, until: Instant): boolean {
  const accepted = request.riskAcceptance;
  return (
    accepted !== null && accepted.id === content.riskAcceptance && accepted.byExecutive && accepted.boardVisible && accepted.until >= until
  );
}

function accountabilityReasons({ content, facts, dossier }: PuttingForward): readonly Refusal[] {
  const who = content.accountability;
  if (who === null) return [];
  return [...ownerReasons(who, facts), ...layerReasons(who, facts, dossier, content)];
}

function ownerReasons({ businessOwner, deputy }: DraftAccountability, facts: Facts): readonly Refusal[] {
  if (businessOwner === null) return [];
  const { ownerRolesAllowed, ownerRolesForbidden } = facts.policy;
  const owner = factsAbout(facts, businessOwner);
  const helpDesk = owner.isHelpDesk || owner.roles.includes(HELP_DESK) || (deputy !== null && factsAbout(facts, deputy).isHelpDesk);
  const holds = ownerRolesAllowed.some((role) => holdsRole(facts, businessOwner, role));
  const forbidden = ownerRolesForbidden.some((role) => role !== HELP_DESK && owner.roles.includes(role));
  return [
    ...refuseIf(
      helpDesk,
      "exceptions.helpDeskMayNotOwn",
      "The help desk may not own an exception, nor deputise.",
      "/accountability/businessOwner",
    ),
    ...refuseIf(
      !holds || forbidden,
      "exceptions.ownerNotAllowed",
      `The owner must hold one of: ${ownerRolesAllowed.join(", ")}.`,
      "/accountability/businessOwner",
    ),
  ];
}

function layerReasons(who: DraftAccountability, facts: Facts, dossier: Dossier, content: DraftContent): readonly Refusal[] {
  const { businessOwner, deputy, implementer } = who;
  const gone = [businessOwner, deputy, implementer, content.exitPlan?.owner, dossier.requester].filter(
    (person): person is PersonId => person != null && !factsAbout(facts, person).active,
  );
  const mayImplement = implementer === null || facts.policy.implementerRoles.some((role) => holdsRole(facts, implementer, role));
  return [
    ...refuseIf(
      implementer !== null && (businessOwner === implementer || deputy === implementer),
      "exceptions.layersNotSeparate",
      "Who answers for it and who implements it must be different people.",
      "/accountability/implementer",
    ),
    ...refuseIf(
      !mayImplement,
      "exceptions.implementerNotAllowed",
      `The implementer must hold one of: ${facts.policy.implementerRoles.join(", ")}.`,
      "/accountability/implementer",
    ),
    ...refuseIf(gone.length > 0, "exceptions.ownerNotValid", `Not active: ${[...new Set(gone)].join(", ")}.`, "/accountability"),
  ];
}

function controlReasons({ content, facts, now }: PuttingForward): readonly Refusal[] {
  const controls = content.compensatingControls;
  const stated = controls.filter((control) => control.statement.trim() !== "" && durationMs(control.freshFor) > 0);
  const { minCompensatingControls } = facts.policy;
  return [
    ...refuseIf(
      stated.length < minCompensatingControls,
      "exceptions.tooFewControls",
      `State at least ${minCompensatingControls}, each with how long a test keeps it fresh.`,
      "/compensatingControls",
    ),
    ...controls.flatMap((control, i) =>
      refuseIf(control.result === "failed", "exceptions.controlFailed", "Its last test failed.", `/compensatingControls/${i}`),
    ),
    ...controls.flatMap(({ lastTestedAt }, i) =>
      refuseIf(
        lastTestedAt !== null && lastTestedAt > now,
        "exceptions.controlTestAhead",
        "Its last test lies ahead.",
        `/compensatingControls/${i}/lastTestedAt`,
      ),
    ),
  ];
}

function itemReasons({ content, facts, request }: PuttingForward, item: ScopeRequest, at: string): readonly Refusal[] {
  const { subject, resource, ceiling } = item;
  const people = request.headcounts[subject.key];
  const refused = request.subjectRefusals[subject.key];
  const most = Math.min(ceiling, facts.policy.headcountCeiling);
  const application = resource.kind === "application" ? request.applications[resource.id] : { known: true, retired: false };
  const elsewhere = content.weakenedControl !== null && subject.connection !== content.weakenedControl.connection;
  return [
    ...refuseIf(
      people === undefined,
      "exceptions.headcountUnknown",
      `How many people ${subject.name} stands for is not known.`,
      `${at}/subject`,
    ),
    ...refuseIf(
      ceiling > facts.policy.headcountCeiling || ceiling < 1 || (people ?? 0) > most,
      "exceptions.headcountOverCeiling",
      `${subject.name} covers ${people ?? "unknown"} people; at most ${most} are allowed.`,
      `${at}/ceiling`,
    ),
    ...refuseIf(refused !== undefined, "exceptions.subjectRefused", `${subject.name}: ${refused}`, `${at}/subject`),
    ...refuseIf(elsewhere, "exceptions.subjectElsewhere", `${subject.name} is not in the connection that is weakened.`, `${at}/subject`),
    ...refuseIf(
      application === undefined || !application.known || application.retired,
      "exceptions.applicationNotOpen",
      `${resource.id} is unknown or retired.`,
      `${at}/resource`,
    ),
  ];
}

function twinReasons({ content, purpose, seenTwins, request, facts, dossier }: PuttingForward): readonly Refusal[] {
  const unseen = request.twins.filter((twin) => !seenTwins.includes(twin) && twin !== dossier.id);
  const levels = purpose === "initial" ? levelsReached(request.repeats, facts.policy.repeatLimits) : [];
  return [
    ...refuseIf(unseen.length > 0, "exceptions.twinsNotSeen", `Look at these first: ${unseen.join(", ")}.`, "/seenTwins"),
    ...refuseIf(
      levels.length > 0 && !hasDesignIssue(content, request),
      "exceptions.repeatLimitReached",
      `Asked for too often in a year (${levels.join(", ")}). Attach an open design issue: the need is in the design.`,
      "/designIssue",
    ),
  ];
}
