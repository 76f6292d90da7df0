/** What is missing around a journey or a rota: nobody answers, who answered has left, what was approved is another thing now. */
import { addDuration, duration, type Instant } from "../kernel/time.ts";
import type { PersonId } from "../people/person.ts";
import { type ApprovalStanding, present, type Seated, type VoidedBy } from "./approval.ts";
import { type Journey, OWNING_SEATS, type SeatName } from "./journey.ts";
import type { Seat } from "./seat.ts";
import type { Shift } from "./shifts.ts";

/** How long there is to close one, and how much hangs on it. */
export const GAP_KINDS = {
  unowned: { dueInDays: 30, severity: "medium" },
  departed: { dueInDays: 14, severity: "high" },
  emptyTeam: { dueInDays: 14, severity: "high" },
  unapproved: { dueInDays: 30, severity: "medium" },
  approvalVoid: { dueInDays: 14, severity: "high" },
  noRota: { dueInDays: 30, severity: "medium" },
  nobodyOnPoint: { dueInDays: 7, severity: "high" },
  onPointUnknown: { dueInDays: 3, severity: "high" },
  aboutGone: { dueInDays: 30, severity: "low" },
} as const satisfies Record<string, { dueInDays: number; severity: "low" | "medium" | "high" }>;
export type GapKind = keyof typeof GAP_KINDS;

export interface Gap {
  readonly kind: GapKind;
  readonly seat: SeatName | null;
  readonly statement: string;
}

export const SEAT_WORDS: Readonly<Record<SeatName, string>> = {
  businessOwner: "business owner",
  approver: "approver of the access model",
  maintainer: "maintainer",
  onPoint: "person on point",
  platformOwner: "platform owner",
  operationOwner: "operation owner",
};

/** A fortnight: what is not filled by then is filled by nobody who could still plan it. */
export const LOOKS_AHEAD = duration("P14D");

export interface GapFacts {
  readonly seated: Seated;
  readonly standing: ApprovalStanding;
  /** False when what it is about, or its class of devices, is there no more. */
  readonly isAboutThere: boolean;
  /** Of its rota, from now on, as far as is looked ahead; null without one. */
  readonly shifts: readonly Shift[] | null;
}

/** Everything missing around one journey, in the order of its seats. A retired one misses nothing. */
export function journeyGaps(journey: Journey, { seated, standing, isAboutThere, shifts }: GapFacts): readonly Gap[] {
  if (journey.status === "retired") return [];
  const approver: Seat | null = journey.approver === null ? null : { kind: "person", id: journey.approver };
  const found: (Gap | undefined)[] = [
    isAboutThere
      ? undefined
      : { kind: "aboutGone", seat: null, statement: "What it leads to, or the devices it is for, are not in use any more." },
    seatGap("businessOwner", journey.businessOwner, seated),
    seatGap("approver", approver, seated) ?? approvalGap(standing),
    seatGap("maintainer", journey.maintainer, seated),
    shifts === null
      ? { kind: "noRota", seat: "onPoint", statement: "No rota says who is on point when it fails." }
      : shiftsGap(shifts, seated),
    ...OWNING_SEATS.slice(2).map((seat) => seatGap(seat, journey[seat], seated)),
  ];
  return found.filter((gap) => gap !== undefined);
}

function seatGap(name: SeatName, seat: Seat | null, seated: Seated): Gap | undefined {
  const words = SEAT_WORDS[name];
  if (seat === null) return { kind: "unowned", seat: name, statement: `Nobody is named as ${words}.` };
  if (present(seat, seated).length > 0) return undefined;
  if (seat.kind === "person") {
    return { kind: "departed", seat: name, statement: `Its ${words}, ${seated.person(seat.id)?.displayName ?? seat.id}, has left.` };
  }
  return {
    kind: "emptyTeam",
    seat: name,
    statement: `The team that is its ${words}, ${seated.team(seat.id)?.name ?? seat.id}, has nobody.`,
  };
}

export const VOID_WORDS: Readonly<Record<VoidedBy, string>> = {
  content: "what was approved was changed since",
  approverLeft: "whoever approved it has left",
  approverRole: "whoever approved it holds no role any more that decides",
  approverMaintains: "whoever approved it maintains it now",
};

function approvalGap(standing: ApprovalStanding): Gap | undefined {
  if (standing.state === "approved") return undefined;
  if (standing.state === "missing") return { kind: "unapproved", seat: "approver", statement: "Its access model was never approved." };
  const why = standing.by.map((each) => VOID_WORDS[each]).join(", and ");
  return { kind: "approvalVoid", seat: "approver", statement: `Its approval counts no more: ${why}.` };
}

/** A moment that moves with the clock makes another statement each time it is looked at: what holds already holds now. */
function since({ from }: Shift, shifts: readonly Shift[]): string {
  return from === shifts[0]?.from ? "now" : `from ${from} on`;
}

/** The first time ahead at which nobody who is still here would be woken. */
export function shiftsGap(shifts: readonly Shift[], seated: Seated): Gap | undefined {
  const unknown = shifts.find(({ by }) => by === "unknown");
  if (unknown !== undefined) {
    return {
      kind: "onPointUnknown",
      seat: "onPoint",
      statement: `Who is on point ${since(unknown, shifts)} is not known. ${unknown.why ?? ""}`.trim(),
    };
  }
  const hole = shifts.find(({ persons }) => !persons.some((id: PersonId) => seated.person(id)?.active === true));
  if (hole === undefined) return undefined;
  const named = [...hole.strangers, ...hole.persons.map((id) => seated.person(id)?.displayName ?? id)];
  const who = named.length === 0 ? "nobody is" : `only ${named.join(" and ")} would be, who is not here,`;
  const when = since(hole, shifts);
  return { kind: "nobodyOnPoint", seat: "onPoint", statement: `${when.replace(/^./, (first) => first.toUpperCase())} ${who} on point.` };
}

/** Until when the shifts of a rota are looked at. */
export function lookAhead(now: Instant): Instant {
  return addDuration(now, LOOKS_AHEAD);
}

/** Who is to close a gap: the first who is still here and answers for the journey. */
export function closerOf(journey: Journey, seated: Seated): PersonId | null {
  const seats = [journey.businessOwner, journey.operationOwner, journey.platformOwner, journey.maintainer];
  return seats.flatMap((seat) => present(seat, seated))[0] ?? null;
}
