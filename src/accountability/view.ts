/** Journeys and rotas as the API shows them. */
import type { z } from "zod";

import type { Operation } from "../estate/operation.ts";
import type { Instant, Zone } from "../kernel/time.ts";
import { type ApprovalStanding, present, type Seated, type Somebody } from "./approval.ts";
import type { journeyView } from "./contract.ts";
import type { WaysBackView } from "./contract-coverage.ts";
import type { rotaView, ShiftView } from "./contract-rotas.ts";
import type { SeatView } from "./contract-seats.ts";
import type { Coverage } from "./coverage.ts";
import { GAP_KINDS, type Gap } from "./gaps.ts";
import type { Journey } from "./journey.ts";
import type { Seat } from "./seat.ts";
import type { Rota } from "./rota.ts";
import { type FeedSeen, feedCounts, type Shift } from "./shifts.ts";

interface RotaShown {
  readonly version: number;
  readonly rota: Rota;
  readonly feed: FeedSeen | null;
  readonly zone: Zone;
  readonly onPoint: Shift;
  readonly seated: Seated;
}

interface JourneyShown {
  readonly version: number;
  readonly journey: Journey;
  readonly aboutName: string | undefined;
  readonly deviceClassName: string | undefined;
  readonly contentHash: string;
  readonly standing: ApprovalStanding;
  readonly rota: RotaShown | undefined;
  readonly gaps: readonly Gap[];
  readonly seated: Seated;
}

export function viewOfJourney(row: JourneyShown): z.input<typeof journeyView> {
  const { version, journey, seated, standing, contentHash, rota } = row;
  const { id, population, about, deviceClass, model, approver, approval, status } = journey;
  const seat = (given: Seat | null) => viewOfSeat(given, seated);
  return {
    id,
    version,
    population,
    about: { ...about, name: row.aboutName ?? null },
    deviceClass: deviceClass === null ? null : { key: deviceClass, name: row.deviceClassName ?? null },
    model: { ...model, byName: nameOf(model.by, seated) },
    businessOwner: seat(journey.businessOwner),
    approver: seat(approver === null ? null : { kind: "person", id: approver }),
    maintainer: seat(journey.maintainer),
    platformOwner: seat(journey.platformOwner),
    operationOwner: seat(journey.operationOwner),
    rota: rota === undefined ? null : { id: rota.rota.id, name: rota.rota.name },
    onPoint: rota === undefined ? null : viewOfShift(rota.onPoint, rota.seated),
    status,
    contentHash,
    approval: {
      state: standing.state,
      voidedBy: standing.state === "void" ? [...standing.by] : [],
      last: approval && {
        by: approval.by,
        byName: nameOf(approval.by, seated),
        at: approval.at,
        assertion: approval.assertion,
        contentHash: approval.contentHash,
      },
    },
    gaps: row.gaps.map(({ kind, seat: name, statement }) => ({ kind, seat: name, statement, dueInDays: GAP_KINDS[kind].dueInDays })),
  };
}

export function viewOfRota({ version, rota, feed, zone, onPoint, seated }: RotaShown, now: Instant): z.input<typeof rotaView> {
  const { id, key, name, owner, status, overrides, source } = rota;
  return {
    id,
    version,
    key,
    name,
    owner: viewOfSeat(owner, seated),
    status,
    source:
      source.kind === "rotation"
        ? { ...source, people: source.people.map((person) => viewOfPerson(person, seated)) }
        : { kind: "feed", host: source.host, readAt: feed?.read?.at ?? null, counts: feedCounts(feed, now), failed: feed?.failed ?? null },
    overrides: overrides.filter(({ until }) => until > now).map((each) => ({ ...each, personName: nameOf(each.person, seated) })),
    zone,
    onPoint: viewOfShift(onPoint, seated),
  };
}

export function viewOfShift({ persons, strangers, ...shift }: Shift, seated: Seated): ShiftView {
  return { ...shift, persons: persons.map((id) => viewOfPerson(id, seated)), strangers: [...strangers] };
}

export function viewOfWaysBack({ operation, coverage }: { operation: Operation; coverage: Coverage }): WaysBackView {
  const { key, name, criticality } = operation;
  const { paths, asked, gaps } = coverage;
  return { key, name, criticality, asked: [...asked], paths: paths.map((path) => ({ ...path })), gaps: gaps.map((gap) => ({ ...gap })) };
}

function viewOfSeat(seat: Seat | null, seated: Seated): SeatView | null {
  if (seat === null) return null;
  const isFilled = present(seat, seated).length > 0;
  const name = seat.kind === "person" ? nameOf(seat.id, seated) : (seated.team(seat.id)?.name ?? seat.id);
  return { kind: seat.kind, id: seat.id, name, isFilled };
}

function viewOfPerson(id: string, seated: Seated): Pick<Somebody, "active"> & { id: string; name: string } {
  return { id, name: nameOf(id, seated), active: seated.person(id)?.active === true };
}

function nameOf(id: string, seated: Seated): string {
  return seated.person(id)?.displayName ?? id;
}
