/** What each event adds to the dossier. Additions and marks only: nothing that happened is taken out again. */
import type { ExceptionEvent, GrantCut, OneEvent } from "./events.ts";
import { applyOrders, evolveBinding } from "./evolve-binding.ts";
import type { BindingId, Dossier, Ending, Grant, Review, ReviewId } from "./exception.ts";
import type { Version, VersionFate } from "./version.ts";
import { type Instant } from "../kernel/time.ts";

export function openDossier(event: OneEvent<"DraftOpened">): Dossier {
  const { id, ref, category, categoryVersion, unit, requester, origin, lineage, at } = event;
  const dossier: Dossier = {
    ...{ id, ref, category, categoryVersion, unit, requester, origin, lineage },
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
  return { ...dossier, bindings: applyOrders(dossier, event, at).map((binding) => ({ ...binding, observed: "present", lastReadAt: at })) };
}

export function evolveDossier(dossier: Dossier, event: ExceptionEvent): Dossier {
  const ordered =
    "orders" in event && event.type !== "DraftOpened" ? { ...dossier, bindings: applyOrders(dossier, event, event.at) } : dossier;
  return evolveEnd(evolveReviews(evolveVersions(ordered, event), event), event);
}

function evolveVersions(dossier: Dossier, event: ExceptionEvent): Dossier {
  switch (event.type) {
    case "InheritedClaimed":
      return claim(dossier, event);
    case "VersionSubmitted":
      return { ...dossier, categoryVersion: event.categoryVersion, versions: [...dossier.versions, event.version] };
    case "VoteCast":
      return onVersion(dossier, event.vote.version, (version) => ({ ...version, votes: [...version.votes, event.vote] }));
    case "VoteDiscounted":
      return onVersion(dossier, event.version, (version) => discount(version, event));
    case "ReturnedToDraft":
      return settleOpenVersions(dossier, event.fate);
    case "VersionRejected":
      return onVersion(dossier, event.version, (version) => ({ ...version, fate: "rejected" }));
    case "PendingEnded":
      return onVersion(dossier, event.version, (version) => ({ ...version, fate: event.fate }));
    case "RequestWithdrawn":
      return settleOpenVersions(dossier, "withdrawn");
    case "VersionApproved":
      return approve(dossier, event);
    default:
      return evolveGrants(dossier, event);
  }
}

function evolveGrants(dossier: Dossier, event: ExceptionEvent): Dossier {
  switch (event.type) {
    case "UseBegun":
      return { ...dossier, grants: [...dossier.grants, event.grant] };
    case "GrantsCut":
      return { ...dossier, grants: cut(dossier.grants, event.cuts, event.at) };
    case "BindingApplied":
    case "BindingRead":
    case "BindingOutcomeRecorded":
      return onBinding(dossier, event.binding, event);
    case "OwnerTookOver":
      return { ...dossier, owner: event.owner, ownerInvalidSince: null };
    case "OwnerFoundInvalid":
      return { ...dossier, ownerInvalidSince: dossier.ownerInvalidSince ?? event.at };
    case "PolicyOrphaned":
      return { ...dossier, orphanedSince: dossier.orphanedSince ?? event.at };
    default:
      return dossier;
  }
}

function evolveReviews(dossier: Dossier, event: ExceptionEvent): Dossier {
  switch (event.type) {
    case "ReviewOpened":
      return { ...dossier, reviews: [...dossier.reviews, event.review] };
    case "ReviewDecided":
      return onReview(dossier, event.review, (review) => ({ ...review, decision: event.decision }));
    case "ReviewSettled":
      return onReview(dossier, event.review, (review) => ({ ...review, settled: { at: event.at, why: event.why } }));
    case "ReviewMissed":
      return onReview(dossier, event.review, (review) => ({ ...review, missedAt: event.at, suspendAt: event.suspendAt }));
    case "SuspensionBegun":
      return { ...dossier, reviews: dossier.reviews.map((review) => ({ ...review, suspendAt: null })) };
    case "TriggerApplied":
      return { ...dossier, triggers: [...dossier.triggers, event.trigger] };
    case "ControlTested":
      return { ...dossier, controlTests: [...dossier.controlTests, event.test] };
    case "EscalationRaised":
      return { ...dossier, escalations: [...dossier.escalations, event.escalation] };
    case "EscalationAcknowledged":
      return acknowledge(dossier, event);
    case "ReminderRaised":
      return { ...dossier, reminders: [...dossier.reminders, event.reminder] };
    default:
      return dossier;
  }
}

function evolveEnd(dossier: Dossier, event: ExceptionEvent): Dossier {
  switch (event.type) {
    case "RevocationBegun":
      return {
        ...settleOpenVersions(dossier, event.ending.cause === "rejected" ? "rejected" : "dropped"),
        endings: [...dossier.endings, event.ending],
      };
    case "Reopened":
      return { ...dossier, endings: [...dossier.endings, event.ending] };
    case "RevocationFailed":
      return onEnding(dossier, (ending) => ({ ...ending, failures: ending.failures + 1 }));
    case "Closed":
      return onEnding(dossier, (ending) => ({ ...ending, closedAt: event.at }));
    default:
      return dossier;
  }
}

function claim(dossier: Dossier, event: OneEvent<"InheritedClaimed">): Dossier {
  if (dossier.origin.kind !== "inherited") return dossier;
  return { ...dossier, requester: event.claimedBy, origin: { ...dossier.origin, claimed: { by: event.claimedBy, at: event.at } } };
}

function discount(version: Version, event: OneEvent<"VoteDiscounted">): Version {
  const votes = version.votes.map((vote) =>
    vote.person === event.person && vote.discounted === null ? { ...vote, discounted: { at: event.at, why: event.why } } : vote,
  );
  return { ...version, votes };
}

function approve(dossier: Dossier, event: OneEvent<"VersionApproved">): Dossier {
  const marked = onVersion(dossier, event.version, (version) => ({ ...version, fate: "approved" }));
  const firstGrantedAt = dossier.lineage.firstGrantedAt ?? event.grant.validFrom;
  return {
    ...marked,
    grants: [...cut(dossier.grants, event.cuts, event.at), event.grant],
    owner: event.owner,
    lineage: { ...dossier.lineage, firstGrantedAt },
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

function onVersion(dossier: Dossier, n: number, change: (version: Version) => Version): Dossier {
  return { ...dossier, versions: dossier.versions.map((version) => (version.n === n ? change(version) : version)) };
}

function onReview(dossier: Dossier, id: ReviewId, change: (review: Review) => Review): Dossier {
  return { ...dossier, reviews: dossier.reviews.map((review) => (review.id === id ? change(review) : review)) };
}

function onBinding(dossier: Dossier, id: BindingId, event: Parameters<typeof evolveBinding>[1]): Dossier {
  return { ...dossier, bindings: dossier.bindings.map((binding) => (binding.id === id ? evolveBinding(binding, event) : binding)) };
}

function onEnding(dossier: Dossier, change: (ending: Ending) => Ending): Dossier {
  const last = dossier.endings.length - 1;
  return { ...dossier, endings: dossier.endings.map((ending, i) => (i === last ? change(ending) : ending)) };
}
