import { type Decision, unless } from "../kernel/decision.ts";
import { fieldChanges } from "../kernel/field-change.ts";
import type { Refusal } from "../kernel/problem.ts";
import type { Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { isHelpDesk } from "../people/role.ts";
import { approvalStanding, holdersOf, mayApprove, present, type Seated } from "./approval.ts";
import { type Journey, type JourneyEvent, type JourneyFields, type NewJourney, OWNING_SEATS } from "./journey.ts";
import type { Seat } from "./seat.ts";
import { type AccountabilityRefusal, refuseIf } from "./refusals.ts";

export interface JourneyFacts {
  readonly seated: Seated;
  /** Whether what it is about, its class of devices and its rota are there and in use. */
  readonly isAboutKnown: boolean;
  readonly isDeviceClassKnown: boolean;
  readonly isRotaKnown: boolean;
  /** Another journey of the same population, to the same, on the same devices. */
  readonly twin: string | undefined;
}

/** Decides what a journey shall be. Who sits where is looked at when they come to sit there; see gaps.ts for what becomes of it. */
export function decideJourney(state: Journey | undefined, wanted: NewJourney, facts: JourneyFacts): Decision<JourneyEvent> {
  const { id: _, population: __, about, deviceClass, ...fields } = wanted;
  const isNew = state === undefined;
  const reasons = [
    ...refuseIf(isNew && !facts.isAboutKnown, "accountability.aboutUnknown", `No ${about.kind} "${about.key}" is in use.`, "/about/key"),
    ...refuseIf(
      isNew && !facts.isDeviceClassKnown,
      "accountability.deviceClassUnknown",
      `No class of devices "${deviceClass}" is in use.`,
      "/deviceClass",
    ),
    ...refuseIf(facts.twin !== undefined, "accountability.journeyExists", `${facts.twin} is that journey already.`),
    ...refuseIf(
      wanted.rota !== null && wanted.rota !== state?.rota && !facts.isRotaKnown,
      "accountability.rotaUnknown",
      "Name a rota that is in use.",
      "/rota",
    ),
    ...OWNING_SEATS.flatMap((seat) => (sameSeat(state?.[seat], wanted[seat]) ? [] : seatReasons(wanted[seat], facts.seated, `/${seat}`))),
    ...approverReasons(state, wanted, facts.seated),
  ];
  return unless<JourneyEvent>(reasons, () =>
    isNew ? [{ type: "journeyAdded", data: wanted }] : fieldChanges<JourneyFields>(state, fields),
  );
}

function approverReasons(state: Journey | undefined, { approver, maintainer }: NewJourney, seated: Seated): readonly Refusal[] {
  if (approver === null || (state?.approver === approver && sameSeat(state.maintainer, maintainer))) return [];
  const person = seated.person(approver);
  const isThere = person?.active === true;
  return [
    ...refuseIf(person === undefined, "accountability.seatUnknown", `There is no person ${approver}.`, "/approver"),
    ...refuseIf(person?.active === false, "accountability.seatEmpty", "Name an approver who is still there.", "/approver"),
    ...refuseIf(
      isThere && !mayApprove(person),
      "accountability.approverNotAllowed",
      "Name an approver who holds a role that decides, and not the help desk's.",
      "/approver",
    ),
    ...refuseIf(
      holdersOf(maintainer, seated).includes(approver),
      "accountability.maintainerMayNotApprove",
      "Whoever keeps it working does not approve how it works. Name somebody else.",
      "/approver",
    ),
  ];
}

/** Who a seat is given to is known, there, and not of the help desk. */
export function seatReasons(seat: Seat | null, seated: Seated, at: string): readonly Refusal[] {
  if (seat === null) return [];
  const known = seat.kind === "person" ? seated.person(seat.id) : seated.team(seat.id);
  if (known === undefined) return refuse("accountability.seatUnknown", `There is no ${seat.kind} ${seat.id}.`, at);
  const there = present(seat, seated);
  return [
    ...refuseIf(there.length === 0, "accountability.seatEmpty", "Name somebody who is still there, or a team with somebody in it.", at),
    ...refuseIf(
      there.length > 0 && there.every((id) => isHelpDesk(seated.person(id)?.roles ?? [])),
      "accountability.helpDeskMayNotOwn",
      "The help desk never answers for anything.",
      at,
    ),
  ];
}

function refuse(code: AccountabilityRefusal, detail: string, at: string): readonly Refusal[] {
  return refuseIf(true, code, detail, at);
}

function sameSeat(a: Seat | null | undefined, b: Seat | null): boolean {
  return a?.kind === b?.kind && a?.id === b?.id;
}

export interface Approving {
  readonly by: PersonId;
  readonly at: Instant;
  readonly assertion: string;
  /** Of the content that was signed. */
  readonly contentHash: string;
  readonly operation: string | null;
}

export interface ApprovingFacts {
  readonly seated: Seated;
  /** Who wrote the access model, and whoever acts for them now. */
  readonly authors: readonly PersonId[];
  /** Of the content as it stands. */
  readonly contentHash: string;
}

/** `by` signed exactly the content hash; the assertion was verified before. */
export function decideApprove(
  journey: Journey,
  approving: Approving,
  { seated, authors, contentHash }: ApprovingFacts,
): Decision<JourneyEvent> {
  const { by } = approving;
  const person = seated.person(by);
  const isApproved = approvalStanding(journey, contentHash, seated).state === "approved";
  const reasons = [
    ...refuseIf(journey.status === "retired", "accountability.retired", "A retired journey needs no approval."),
    ...refuseIf(by !== journey.approver, "accountability.notYours", "Only the approver it names approves it."),
    ...refuseIf(
      by === journey.approver && (person?.active !== true || !mayApprove(person)),
      "accountability.approverNotAllowed",
      "An approver holds a role that decides, and not the help desk's.",
    ),
    ...refuseIf(
      holdersOf(journey.maintainer, seated).includes(by),
      "accountability.maintainerMayNotApprove",
      "You keep it working; somebody else approves how it works.",
    ),
    ...refuseIf(authors.includes(by), "accountability.authorMayNotApprove", "You wrote this access model, or act for somebody who did."),
    ...refuseIf(
      approving.contentHash !== contentHash,
      "accountability.changedMeanwhile",
      "It was changed since you read it. Read it again.",
    ),
    ...refuseIf(isApproved, "accountability.alreadyApproved", "It is approved as it stands."),
  ];
  return unless<JourneyEvent>(reasons, () => [{ type: "modelApproved", data: approving }]);
}
