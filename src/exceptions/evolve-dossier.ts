/** What each event adds to the dossier. Additions and marks only: nothing that happened is taken out again. */
import type { Instant } from "../kernel/time.ts";
import type { EventType, ExceptionEvent, GrantCut, OneEvent } from "./events.ts";
import { applyOrders, evolveBinding } from "./evolve-binding.ts";
import type { BindingId, Dossier, Ending, Grant, Review, ReviewId } from "./exception.ts";
import type { Version, VersionFate } from "./version.ts";

export function openDossier(event: OneEvent<"DraftOpened">): Dossier {
  const { id, ref, category, categoryVersion, unit, requester, origin, lineage, at } = event;
  const dossier: Dossier = {
    id,
    ref,
    category,
    categoryVersion,
    unit,
    requester,
    origin,
    lineage,
    openedAt: at,
    owner: null,
    ownerInvalidSince: null,
    orphanedSince: null,
    versions: [],
    grants: [],
    bindings: [],
    reviews: [],
    triggers: [],
    controlTests: [],
    escalations: [],
    reminders: [],
    endings: [],
  };
  // What an import found was seen to be there.
  return { ...dossier, bindings: applyOrders(dossier, event, at).map((binding) => ({ ...binding, observed: "present", lastReadAt: at })) };
}

type Change<T extends EventType> = (dossier: Dossier, event: OneEvent<T>) => Dossier;

export function evolveDossier(dossier: Dossier, event: ExceptionEvent): Dossier {
  const change = CHANGES[event.type] as Change<EventType>;
  return change(dossier, event);
}

const nothing = (dossier: Dossier): Dossier => dossier;

const CHANGES: { readonly [T in EventType]: Change<T> } = {
  DraftOpened: nothing,
  DraftRevised: nothing,
  InheritedClaimed: claim,
  VersionSubmitted: (dossier, event) => ({
    ...dossier,
    categoryVersion: event.categoryVersion,
    versions: [...dossier.versions, event.version],
  }),
  ReturnedToDraft: (dossier, event) => settleOpenVersions(dossier, event.fate),
  VoteCast: (dossier, { vote }) => onVersion(dossier, vote.version, (version) => ({ ...version, votes: [...version.votes, vote] })),
  VoteDiscounted: (dossier, event) => onVersion(dossier, event.version, (version) => discount(version, event)),
  StageOpened: nothing,
  SilenceNoted: nothing,
  VersionApproved: approve,
  VersionRejected: (dossier, event) => onVersion(dossier, event.version, (version) => ({ ...version, fate: "rejected" })),
  PendingEnded: (dossier, event) => onVersion(dossier, event.version, (version) => ({ ...version, fate: event.fate })),
  RequestWithdrawn: (dossier) => settleOpenVersions(dossier, "withdrawn"),
  ActivationBegun: order,
  ResumeBegun: order,
  BindingsOrdered: order,
  BindingApplied: observe,
  BindingRead: observe,
  BindingOutcomeRecorded: observe,
  Activated: nothing,
  SuspensionBegun: (dossier, event) => {
    const ordered = order(dossier, event);
    return { ...ordered, reviews: ordered.reviews.map((review) => ({ ...review, suspendAt: null })) };
  },
  SuspensionConfirmed: nothing,
  SuspensionBroken: order,
  RevocationBegun: (dossier, event) => {
    const fate = event.ending.cause === "rejected" ? "rejected" : "dropped";
    return beginEnding(settleOpenVersions(order(dossier, event), fate), event.ending);
  },
  RemovalReported: nothing,
  RevocationFailed: (dossier) => onEnding(dossier, (ending) => ({ ...ending, failures: ending.failures + 1 })),
  RevocationRetried: order,
  Closed: (dossier, event) => onEnding(dossier, (ending) => ({ ...ending, closedAt: event.at })),
  Reopened: (dossier, event) => {
    const seen = dossier.bindings.map((binding) => (binding.id === event.binding ? { ...binding, observed: "present" as const } : binding));
    return beginEnding(order({ ...dossier, bindings: seen }, event), event.ending);
  },
  GrantsCut: (dossier, event) => ({ ...order(dossier, event), grants: cut(dossier.grants, event.cuts, event.at) }),
  UseBegun: (dossier, event) => ({ ...dossier, grants: [...dossier.grants, event.grant] }),
  ReviewOpened: (dossier, event) => ({ ...dossier, reviews: [...dossier.reviews, event.review] }),
  ReviewDecided: (dossier, event) => onReview(dossier, event.review, (review) => ({ ...review, decision: event.decision })),
  ReviewHandedOn: (dossier, event) =>
    onReview(dossier, event.review, (review) => ({ ...review, handedOn: [...(review.handedOn ?? []), event.handedOn] })),
  ReviewSettled: (dossier, event) =>
    onReview(dossier, event.review, (review) => ({ ...review, settled: { at: event.at, why: event.why } })),
  ReviewMissed: (dossier, event) =>
    onReview(dossier, event.review, (review) => ({ ...review, missedAt: event.at, suspendAt: event.suspendAt })),
  TriggerApplied: (dossier, event) => ({ ...dossier, triggers: [...dossier.triggers, event.trigger] }),
  ControlTested: (dossier, event) => ({ ...dossier, controlTests: [...dossier.controlTests, event.test] }),
  OwnerFoundInvalid: (dossier, event) => ({ ...dossier, ownerInvalidSince: dossier.ownerInvalidSince ?? event.at }),
  OwnerTookOver: (dossier, event) => ({ ...dossier, owner: event.owner, ownerInvalidSince: null }),
  PolicyOrphaned: (dossier, event) => ({ ...dossier, orphanedSince: dossier.orphanedSince ?? event.at }),
  EscalationRaised: (dossier, event) => ({ ...dossier, escalations: [...dossier.escalations, event.escalation] }),
  EscalationAcknowledged: acknowledge,
  ReminderRaised: (dossier, event) => ({ ...dossier, reminders: [...dossier.reminders, event.reminder] }),
};

function order(dossier: Dossier, event: Parameters<typeof applyOrders>[1] & { readonly at: Instant }): Dossier {
  return { ...dossier, bindings: applyOrders(dossier, event, event.at) };
}

function observe(dossier: Dossier, event: Parameters<typeof evolveBinding>[1] & { readonly binding: BindingId }): Dossier {
  const bindings = dossier.bindings.map((binding) => (binding.id === event.binding ? evolveBinding(binding, event) : binding));
  return { ...dossier, bindings };
}

function claim(dossier: Dossier, event: OneEvent<"InheritedClaimed">): Dossier {
  if (dossier.origin.kind !== "inherited") return dossier;
  const claimed = { by: event.claimedBy, at: event.at };
  return { ...dossier, requester: event.claimedBy, origin: { ...dossier.origin, claimed } };
}

function discount(version: Version, event: OneEvent<"VoteDiscounted">): Version {
  const discounted = { at: event.at, why: event.why };
  const votes = version.votes.map((vote) => (vote.person === event.person && vote.discounted === null ? { ...vote, discounted } : vote));
  return { ...version, votes };
}

function approve(dossier: Dossier, event: OneEvent<"VersionApproved">): Dossier {
  const marked = onVersion(dossier, event.version, (version) => ({ ...version, fate: "approved" }));
  return {
    ...marked,
    grants: [...cut(dossier.grants, event.cuts, event.at), event.grant],
    owner: event.owner,
    lineage: { ...dossier.lineage, firstGrantedAt: dossier.lineage.firstGrantedAt ?? event.grant.validFrom },
  };
}

function cut(grants: readonly Grant[], cuts: readonly GrantCut[], at: Instant): readonly Grant[] {
  return grants.map((grant) => {
    const one = cuts.find((candidate) => candidate.seq === grant.seq);
    if (one === undefined || one.to >= grant.validUntil) return grant;
    return { ...grant, validUntil: one.to, cuts: [...grant.cuts, { at, from: grant.validUntil, to: one.to, why: one.why }] };
  });
}

function settleOpenVersions(dossier: Dossier, fate: VersionFate): Dossier {
  return { ...dossier, versions: dossier.versions.map((version) => (version.fate === "in_approval" ? { ...version, fate } : version)) };
}

function acknowledge(dossier: Dossier, event: OneEvent<"EscalationAcknowledged">): Dossier {
  const acknowledged = { by: event.acknowledgedBy, at: event.at };
  const escalations = dossier.escalations.map((one) => (one.key === event.key ? { ...one, acknowledged } : one));
  return { ...dossier, escalations };
}

function beginEnding(dossier: Dossier, ending: Ending): Dossier {
  return { ...dossier, endings: [...dossier.endings, ending] };
}

function onEnding(dossier: Dossier, change: (ending: Ending) => Ending): Dossier {
  const last = dossier.endings.length - 1;
  return { ...dossier, endings: dossier.endings.map((ending, i) => (i === last ? change(ending) : ending)) };
}

function onVersion(dossier: Dossier, n: number, change: (version: Version) => Version): Dossier {
  return { ...dossier, versions: dossier.versions.map((version) => (version.n === n ? change(version) : version)) };
}

function onReview(dossier: Dossier, id: ReviewId, change: (review: Review) => Review): Dossier {
  return { ...dossier, reviews: dossier.reviews.map((review) => (review.id === id ? change(review) : review)) };
}
