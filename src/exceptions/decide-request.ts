/** From a draft to a version under decision, and beside a grant in force to a pending one. */
import { accept, unless } from "../kernel/decision.ts";
import type { Refusal } from "../kernel/problem.ts";
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { RequestCommand } from "./commands.ts";
import { allowsTheSame, completeContent, contentHash, isSmaller } from "./content.ts";
import { endRequest } from "./decide-end.ts";
import {
  asks,
  type Deciding,
  declineFor,
  isAsker,
  NOT_YOURS,
  notInThisState,
  type Outcome,
  personReasons,
  wrongState,
} from "./deciding.ts";
import type { ExceptionEvent } from "./events.ts";
import {
  type Active,
  type Dossier,
  type Draft,
  type ExceptionState,
  grantedUntil,
  type Lineage,
  type Origin,
  versionInEffect,
} from "./exception.ts";
import { actingPerson, type Facts } from "./facts.ts";
import { ordersForFound } from "./orders.ts";
import { planFor, renewalNumber } from "./policy.ts";
import { refuseIf } from "./refusals.ts";
import { type PuttingForward, requestReasons } from "./request-rules.ts";
import type { Approval, Content, DraftContent, ExceptionId, PersonId, Purpose, Version } from "./version.ts";

type Of<T extends RequestCommand["type"]> = Extract<RequestCommand, { type: T }>;

/** An inherited bypass has at most this long to be claimed and approved; then it is removed. */
export const CLAIM_INHERITED_WITHIN = duration("P90D");

export function openDraft(command: Of<"openDraft">, { facts, stamp }: Deciding): Outcome {
  const requester = actingPerson(facts);
  const { id, ref, category, unit, content } = command;
  return unless(personReasons(facts), () => [
    stamp("DraftOpened", {
      id,
      ref,
      category,
      unit,
      content,
      categoryVersion: facts.policy.version,
      requester: requester as PersonId,
      origin: { kind: "requested" },
      lineage: lineageOf(id, facts),
      orders: [],
      overstayFrom: null,
    }),
  ]);
}

function lineageOf(id: ExceptionId, facts: Facts): Lineage {
  const before = facts.lineage;
  if (before === null) return { root: id, previous: null, firstGrantedAt: null, renewals: 0, grantedBefore: duration("PT0S") };
  const { root, previous, firstGrantedAt, renewals, granted } = before;
  // To continue what has ended is a renewal by another door.
  return { root, previous, firstGrantedAt, renewals: renewals + 1, grantedBefore: granted };
}

export function importInherited(command: Of<"importInherited">, { facts, stamp, now }: Deciding): Outcome {
  const { id, ref, category, unit, content, externalId, importedBy, claimBy, found } = command;
  const origin: Origin = { kind: "inherited", externalId, claimBy, claimed: null };
  const tooFar = claimBy <= now || claimBy > addDuration(now, CLAIM_INHERITED_WITHIN);
  return unless(refuseIf(tooFar, "exceptions.claimTooFar", "Give it an end within 90 days.", "/claimBy"), () => [
    stamp("DraftOpened", {
      id,
      ref,
      category,
      unit,
      content,
      categoryVersion: facts.policy.version,
      requester: importedBy,
      origin,
      lineage: lineageOf(id, facts),
      orders: ordersForFound(ref, found, now, claimBy),
      overstayFrom: null,
    }),
  ]);
}

export function claimInherited(state: ExceptionState, { facts, stamp }: Deciding): Outcome {
  const { origin } = state.dossier;
  const person = actingPerson(facts);
  const reasons = [
    ...notInThisState(state, ["draft"]),
    ...personReasons(facts),
    ...refuseIf(origin.kind !== "inherited", "exceptions.notInherited", "It was requested, not found."),
    ...refuseIf(origin.kind === "inherited" && origin.claimed !== null, "exceptions.alreadyClaimed", "Somebody has claimed it already."),
  ];
  return unless(reasons, () => [stamp("InheritedClaimed", { claimedBy: person as PersonId })]);
}

export function reviseDraft(state: ExceptionState, command: Of<"reviseDraft">, { facts, stamp }: Deciding): Outcome {
  const reasons = [...notInThisState(state, ["draft", "in_approval"]), ...askerReasons(state, facts)];
  return unless(reasons, () => {
    if (state.state !== "in_approval") return [stamp("DraftRevised", { content: command.content })];
    const reason = "Edited while under decision: all votes are void.";
    return [stamp("ReturnedToDraft", { n: state.approval.version + 1, content: command.content, fate: "dropped", reason })];
  });
}

function askerReasons(state: ExceptionState, facts: Facts): readonly Refusal[] {
  return refuseIf(
    !asks(state.dossier, facts),
    "exceptions.notYours",
    "Only the requester, whoever acts for them, and the owner may do this.",
  );
}

export function submit(state: ExceptionState, command: Of<"submit">, deciding: Deciding): Outcome {
  if (state.state !== "draft") return wrongState(state, ["draft"]);
  const { origin } = state.dossier;
  const unclaimed = origin.kind === "inherited" && origin.claimed === null;
  const first = [
    ...personReasons(deciding.facts),
    ...askerReasons(state, deciding.facts),
    ...refuseIf(unclaimed, "exceptions.notYours", "Claim it first: an inherited bypass has nobody who asks for it."),
  ];
  return putForward(state, { content: state.content, purpose: "initial", seenTwins: command.seenTwins, n: state.n }, first, deciding);
}

interface Proposal {
  readonly content: DraftContent;
  readonly purpose: Purpose;
  readonly seenTwins: readonly ExceptionId[];
  readonly n: number;
}

/** Freezes the content and opens its approval, or tells everything that stands against it. */
function putForward(state: Draft | Active, proposal: Proposal, first: readonly Refusal[], deciding: Deciding): Outcome {
  const { facts, now, stamp } = deciding;
  const { request } = facts;
  if (request === null) throw new Error("the facts of a request were not loaded");
  const asked: PuttingForward = { ...proposal, dossier: state.dossier, request, facts, now };
  const complete = completeContent(proposal.content, request.headcounts);
  const reasons = [
    ...first,
    ...requestReasons(asked),
    ...(complete === undefined ? [] : pendingReasons(state, proposal.purpose, complete)),
  ];
  if (reasons.length > 0 || complete === undefined) return declineFor(reasons);
  const version = freeze(state.dossier, proposal, complete, deciding);
  const approval = openApproval(state.dossier, version, deciding);
  return accept(stamp("VersionSubmitted", { version, approval, categoryVersion: facts.policy.version }));
}

function freeze(dossier: Dossier, { n, purpose }: Proposal, content: Content, { facts, now }: Deciding): Version {
  const submittedBy = actingPerson(facts) as PersonId;
  const hash = contentHash(dossier.id, n, content, facts.hash);
  return { n, purpose, contentHash: hash, content, submittedAt: now, submittedBy, votes: [], fate: "in_approval" };
}

function openApproval(dossier: Dossier, version: Version, { facts, now }: Deciding): Approval {
  const plan = planFor(facts.policy, renewalNumber(dossier, version.purpose === "extension"));
  const [stage] = plan.stages;
  if (stage === undefined) throw new Error(`category ${facts.policy.key} has no approval stage`);
  const { n, contentHash, purpose } = version;
  const answerBy = addDuration(now, stage.answerWithin);
  return { version: n, contentHash, purpose, plan, stage: 0, stageOpenedAt: now, answerBy, silence: "holders" };
}

function pendingReasons(state: Draft | Active, purpose: Purpose, content: Content): readonly Refusal[] {
  if (state.state === "draft") return [];
  const present = versionInEffect(state.dossier)?.content;
  const end = grantedUntil(state.dossier);
  if (present === undefined || end === undefined) throw new Error("active without a grant");
  const open = refuseIf(state.pending !== null, "exceptions.pendingExists", "Decide or withdraw the pending one first.");
  return [...open, ...comparedReasons(purpose, content, present, end)];
}

function comparedReasons(purpose: Purpose, content: Content, present: Content, end: Instant): readonly Refusal[] {
  switch (purpose) {
    case "initial":
      return [];
    case "extension":
      return [
        ...refuseIf(
          !allowsTheSame(content, present),
          "exceptions.extensionChangesScope",
          "An extension moves the end only; propose a change.",
          "/scope",
        ),
        ...refuseIf(content.requestedUntil <= end, "exceptions.extensionNotLonger", `It ends ${end} already.`, "/requestedUntil"),
      ];
    case "change":
      return refuseIf(
        content.requestedUntil > end,
        "exceptions.changeMovesEnd",
        `A change keeps the end, ${end}, or comes before it.`,
        "/requestedUntil",
      );
    case "reduction":
      return refuseIf(
        !isSmaller(content, { ...present, requestedUntil: end }),
        "exceptions.reductionNotSmaller",
        "A reduction lets through less, or ends sooner, and adds nothing.",
        "/scope",
      );
  }
}

export function proposeExtension(state: ExceptionState, command: Of<"proposeExtension">, deciding: Deciding): Outcome {
  return propose(state, { ...command, purpose: "extension" }, deciding);
}

export function proposeChange(state: ExceptionState, command: Of<"proposeChange">, deciding: Deciding): Outcome {
  return propose(state, { ...command, purpose: "change" }, deciding);
}

/** A smaller version, as a reviewer left it. Who may is the review's rule, not the requester's. */
export function proposeReduction(state: Active, content: DraftContent, deciding: Deciding): Outcome {
  return putForward(
    state,
    { content, purpose: "reduction", seenTwins: deciding.facts.request?.twins ?? [], n: nextNumber(state.dossier) },
    [],
    deciding,
  );
}

function propose(state: ExceptionState, proposed: Omit<Proposal, "n">, deciding: Deciding): Outcome {
  if (state.state !== "active") return wrongState(state, ["active"]);
  const end = grantedUntil(state.dossier);
  const first = [
    ...personReasons(deciding.facts),
    ...askerReasons(state, deciding.facts),
    ...refuseIf(end === undefined || end <= deciding.now, "exceptions.endPassed", "It has ended. Ask for a new one; it keeps its age."),
  ];
  return putForward(state, { ...proposed, n: nextNumber(state.dossier) }, first, deciding);
}

function nextNumber(dossier: Dossier): number {
  return Math.max(0, ...dossier.versions.map((version) => version.n)) + 1;
}

export function withdraw(state: ExceptionState, command: Of<"withdraw">, deciding: Deciding): Outcome {
  const { facts } = deciding;
  if (state.state !== "draft" && state.state !== "in_approval" && state.state !== "approved") {
    return wrongState(state, ["draft", "in_approval", "approved"]);
  }
  const reasons = askerReasons(state, facts);
  return unless(reasons, () => endRequest(state, { cause: "requester", reason: command.reason }, deciding));
}

export function withdrawPending(state: ExceptionState, command: Of<"withdrawPending">, { facts, stamp }: Deciding): Outcome {
  const person = actingPerson(facts);
  const pending = state.state === "active" ? state.pending : null;
  const proposer = state.dossier.versions.find((version) => version.n === pending?.version)?.submittedBy;
  const may = person !== undefined && (isAsker(state.dossier, facts, person) || person === state.dossier.owner || person === proposer);
  const reasons = [
    ...refuseIf(pending === null, "exceptions.notInThisState", "Nothing is pending."),
    ...refuseIf(!may, "exceptions.notYours", NOT_YOURS),
  ];
  return unless(reasons, (): readonly ExceptionEvent[] => [
    stamp("PendingEnded", { version: pending?.version ?? 0, fate: "withdrawn", reason: command.reason }),
  ]);
}
