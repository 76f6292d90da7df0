/** Who may decide, on what, and for whom. Checked when the vote is cast and again for every vote when the quorum completes. */
import type { Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import { assertionReasons, type Deciding, personReasons } from "./deciding.ts";
import type { Dossier } from "./exception.ts";
import { actingPerson, factsAbout, type Facts, holdsRole } from "./facts.ts";
import { partialityReasons } from "./partiality.ts";
import { openSeats, standingApprovals } from "./plan.ts";
import { GOVERNANCE } from "./policy.ts";
import { refuse, refuseIf } from "./refusals.ts";
import type { Approval, ApprovalPlan, PersonId, Role, Version, Vote } from "./version.ts";

export interface Ballot {
  readonly dossier: Dossier;
  readonly approval: Approval;
  readonly version: Version;
  readonly deciding: Deciding;
}

export interface Cast {
  readonly version: number;
  readonly contentHash: string;
  readonly onBehalfOf: PersonId | null;
  readonly seat: Role | null;
}

/** Everything that stands against this vote, except for the seat, which only an approval needs. */
export function voteReasons(ballot: Ballot, cast: Cast): readonly Refusal[] {
  const { approval, deciding } = ballot;
  const voter = actingPerson(deciding.facts);
  if (voter === undefined) return personReasons(deciding.facts);
  const stale = cast.version !== approval.version || cast.contentHash !== approval.contentHash;
  return [
    ...personReasons(deciding.facts),
    ...assertionReasons(deciding.facts),
    ...refuseIf(
      stale,
      "exceptions.contentChanged",
      `Under decision is version ${approval.version} (${approval.contentHash}). Read it again.`,
      "/contentHash",
    ),
    ...barredReasons(ballot, voter),
    ...(cast.onBehalfOf === null ? [] : delegationReasons(ballot, voter, cast.onBehalfOf)),
  ];
}

function barredReasons({ dossier, version, deciding: { facts } }: Ballot, person: PersonId): readonly Refusal[] {
  return partialityReasons(dossier, version, facts, person, "decides");
}

function delegationReasons(ballot: Ballot, voter: PersonId, holder: PersonId): readonly Refusal[] {
  const { facts, now } = ballot.deciding;
  const covers = findDelegation(ballot, voter, holder, now) !== undefined;
  const detail = "A delegation must be in force, cover this category, not be passed on, and come from an active holder.";
  return [
    ...refuseIf(!covers || !factsAbout(facts, holder).active, "exceptions.delegationNotValid", detail, "/onBehalfOf"),
    ...barredReasons(ballot, holder),
  ];
}

export function findDelegation({ dossier, deciding: { facts } }: Ballot, voter: PersonId, holder: PersonId, now: Instant) {
  return facts.delegations.find(
    (one) =>
      one.to === voter &&
      one.from === holder &&
      !one.redelegated &&
      one.validFrom <= now &&
      now < one.validUntil &&
      (one.categories === null || one.categories.includes(dossier.category)),
  );
}

export interface Seat {
  readonly seat: Role;
  readonly heldRole: Role;
}

/** The seat an approval fills, or why it fills none. */
export function seatFor(ballot: Ballot, cast: Cast): Seat | readonly Refusal[] {
  const voter = actingPerson(ballot.deciding.facts);
  if (voter === undefined) return [];
  const standing = standingApprovals(ballot.version);
  if (standing.some((vote) => isSamePerson(vote, voter, cast.onBehalfOf))) {
    return [
      refuse(
        "exceptions.alreadyVoted",
        "Your approval, or that of whom you vote for, counts already: joint approval needs different people.",
      ),
    ];
  }
  const wanted = wantedSeats(ballot, cast.seat);
  const held = wanted.flatMap((seat) => heldFor(ballot, voter, cast.onBehalfOf, seat));
  const allowed = held.filter((seat) => !isOwnerOutside(ballot, voter, seat) && !isOwnerOutside(ballot, cast.onBehalfOf, seat));
  const [first] = allowed;
  if (first !== undefined) return first;
  if (held.length > 0) {
    return [refuse("exceptions.ownerMayNotApprove", "You answer for it: you may fill the owner's seat, not that of those who check you.")];
  }
  return [refuse("exceptions.roleNotHeld", `Open now: ${wanted.join(", ") || "no seat of that name"}. You do not hold it.`)];
}

function isSamePerson(vote: Vote, voter: PersonId, onBehalfOf: PersonId | null): boolean {
  const people = [vote.person, vote.onBehalfOf];
  return people.includes(voter) || (onBehalfOf !== null && people.includes(onBehalfOf));
}

function wantedSeats({ approval, version }: Ballot, seat: Role | null): readonly Role[] {
  const stage = approval.plan.stages[approval.stage];
  if (stage === undefined) return [];
  const open = openSeats(stage, approval.stage, standingApprovals(version));
  return seat === null ? open : open.filter((role) => role === seat);
}

/** A delegate must hold the role too. After silence, or where the owner would have to consent to their own wish, governance may sit in. */
function heldFor(ballot: Ballot, voter: PersonId, onBehalfOf: PersonId | null, seat: Role): readonly Seat[] {
  const { approval, deciding } = ballot;
  const people = onBehalfOf === null ? [voter] : [voter, onBehalfOf];
  const passed = onBehalfOf === null ? null : (findDelegation(ballot, voter, onBehalfOf, deciding.now)?.seats ?? null);
  const holding = (role: Role) =>
    (passed === null || passed.includes(role)) && people.every((person) => holdsRole(deciding.facts, person, role));
  if (holding(seat)) return [{ seat, heldRole: seat }];
  const sitsIn = approval.silence === "governance" || isOwnersWish(ballot, seat);
  return sitsIn && holding(GOVERNANCE) ? [{ seat, heldRole: GOVERNANCE }] : [];
}

function isOwnersWish({ dossier, version, deciding: { facts } }: Ballot, seat: Role): boolean {
  const { businessOwner } = version.content.accountability;
  const asks = businessOwner === dossier.requester || businessOwner === version.submittedBy;
  return asks && facts.policy.ownerRolesAllowed.includes(seat);
}

/** The owner's consent is the owner's seat. Every other seat is there to check the owner. */
function isOwnerOutside({ dossier, version, deciding: { facts } }: Ballot, person: PersonId | null, { seat, heldRole }: Seat): boolean {
  const { businessOwner, deputy } = version.content.accountability;
  const owns = person !== null && [businessOwner, deputy, dossier.owner].includes(person);
  return owns && (heldRole !== seat || !facts.policy.ownerRolesAllowed.includes(seat));
}

/** The role by which the actor may turn a request down or send it back: any the plan asks, or governance. */
export function objectingRole(facts: Facts, plan: ApprovalPlan): Role | undefined {
  const voter = actingPerson(facts);
  if (voter === undefined) return undefined;
  return [...plan.stages.flatMap((stage) => stage.roles), GOVERNANCE].find((role) => holdsRole(facts, voter, role));
}

/** Why an earlier vote does not count any more; undefined while it does. Missing facts count against it. */
export function whyDiscounted(ballot: Ballot, vote: Vote): string | undefined {
  const { facts } = ballot.deciding;
  if (!factsAbout(facts, vote.person).active) return "The approver is not active any more.";
  if (!holdsRole(facts, vote.person, vote.heldRole)) return `The approver does not hold ${vote.heldRole} any more.`;
  if (vote.onBehalfOf !== null && !holdsRole(facts, vote.onBehalfOf, vote.heldRole))
    return "The holder voted for does not hold the role any more.";
  if (vote.onBehalfOf !== null && !stillDelegated(ballot, vote)) return "The delegation it was given under is over.";
  const barred = [vote.person, vote.onBehalfOf].flatMap((person) => (person === null ? [] : barredReasons(ballot, person)));
  return barred[0]?.detail;
}

/** By that very delegation: one given anew does not bring back what was given under the one before. */
function stillDelegated({ deciding: { facts, now } }: Ballot, { delegation }: Vote): boolean {
  return facts.delegations.some(({ id, validFrom, validUntil }) => id === delegation && validFrom <= now && now < validUntil);
}

/** Approvals by owners alone are consent, not a check. */
export function isIndependent({ dossier, version }: Pick<Ballot, "dossier" | "version">, votes: readonly Vote[]): boolean {
  const { businessOwner, deputy } = version.content.accountability;
  const owners: readonly (PersonId | null)[] = [businessOwner, deputy, dossier.owner];
  return votes.some((vote) => !owners.includes(vote.person));
}
