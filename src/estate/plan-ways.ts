/** Rotas and journeys of a file: who answers for each way in, decided as if changed by hand, over everything as the file leaves it. */
import { type Crew, type Seated } from "../accountability/approval.ts";
import { decideRota } from "../accountability/decide-rota.ts";
import { decideJourney } from "../accountability/decide.ts";
import { evolveJourney, evolveRota } from "../accountability/evolve.ts";
import { identityText, type Journey, type JourneyEvent, type NewJourney, OWNING_SEATS } from "../accountability/journey.ts";
import type { Rota, RotaEvent, RotaId } from "../accountability/rota.ts";
import type { Seat } from "../accountability/seat.ts";
import type { Person, PersonId } from "../people/person.ts";
import type { Team } from "../people/team.ts";
import type { JourneyItem, Path, RotaItem, SeatItem } from "./file.ts";
import { planList } from "./plan-items.ts";
import { type At, note, noteReasons, personOf, personOrNull, type Planning, type Step } from "./planning.ts";

/** As the file leaves them. */
export interface WaysBeside {
  readonly people: ReadonlyMap<PersonId, Person>;
  readonly teams: readonly Team[];
  readonly applications: readonly Open[];
  readonly operations: readonly Open[];
  readonly deviceClasses: readonly Open[];
}

interface Open {
  readonly key: string;
  readonly status: string;
}

interface Ways extends Planning {
  readonly seated: Seated;
  readonly teamIds: ReadonlyMap<string, Team["id"]>;
  readonly isInUse: (kind: "application" | "operation" | "deviceClass", key: string) => boolean;
}

export function planWays(planning: Planning, beside: WaysBeside) {
  const ways: Ways = { ...planning, seated: seatedOf(beside), teamIds: idsByKey(beside.teams), isInUse: inUse(beside) };
  const rotas = planRotas(ways);
  return { rotas, journeys: planJourneys(ways, rotas) };
}

function planRotas(ways: Ways): readonly Step<Rota, RotaEvent>[] {
  const resting = restingOn(ways);
  const before = new Map(ways.known.rotas.map(({ state }) => [state.key, state]));
  return planList(ways, "rotas", ways.file.rotas, ways.known.rotas, {
    kind: "rota",
    wanted: (item: RotaItem, own, path) => {
      const known = before.get(item.key);
      const [owner, source] = [seatOf(ways, item.owner, [...path, "owner"]), sourceOf(ways, known, item, path)];
      if (owner === undefined || source === undefined) return undefined;
      return { ...own, name: item.name, owner, source, overrides: known?.overrides ?? [], status: item.status };
    },
    decide: (state, wanted) => decideRota(state, wanted, ways.seated, resting(wanted.key)),
    evolve: evolveRota,
    words: { source: "rotation" },
  });
}

/** Undefined where something of it is wrong, which is noted. */
function sourceOf(ways: Ways, known: Rota | undefined, { rotation, feed }: RotaItem, path: Path): Rota["source"] | undefined {
  if (rotation !== null && rotation !== undefined) {
    const people = rotation.people.map((key, i) => personOf(ways, key, [...path, "rotation", "people", i]));
    const present = people.filter((id) => id !== undefined);
    return present.length === people.length ? { kind: "rotation", ...rotation, people: present } : undefined;
  }
  const address = feed?.address ?? null;
  if (address === null && known?.source.kind === "feed") return known.source;
  const found = address === null ? undefined : ways.feedOf(address);
  const detail = "Give an address that begins with https:// and has no name or password in it.";
  if (found === undefined) note(ways, "accountability.feedAddress", detail, [...path, "feed", "address"]);
  return found;
}

/** Journeys in use that name a rota once the file is done, by the rota's key. */
function restingOn({ file, known }: Ways): (rota: string) => number {
  const keys = new Map(known.rotas.map(({ state }) => [state.id, state.key]));
  const told = new Set(file.journeys.map(({ key }) => key));
  const others = known.journeys.flatMap(({ state }) => (state.status === "active" && !told.has(identityText(state)) ? [state.rota] : []));
  const named = [
    ...others.map((id) => (id === null ? undefined : keys.get(id))),
    ...file.journeys.map(({ rota, status }) => (status === "active" ? rota : undefined)),
  ];
  return (rota) => named.filter((key) => key === rota).length;
}

function planJourneys(ways: Ways, rotas: readonly Step<Rota, RotaEvent>[]): readonly Step<Journey, JourneyEvent>[] {
  const known = knownByIdentity(ways.known.journeys);
  const open = new Map([...ways.known.rotas.map(({ state }) => state), ...rotas.map(({ after }) => after)].map((rota) => [rota.key, rota]));
  return ways.file.journeys.flatMap((item, i) => {
    const path = ["journeys", i];
    const before = known.get(item.key);
    const wanted = journeyOf(ways, before?.state, item, path, open);
    if (wanted === undefined) return [];
    const { about, deviceClass, rota } = wanted;
    const decision = decideJourney(before?.state, wanted, {
      seated: ways.seated,
      isAboutKnown: ways.isInUse(about.kind, about.key),
      isDeviceClassKnown: deviceClass === null || ways.isInUse("deviceClass", deviceClass),
      isRotaKnown: [...open.values()].some(({ id, status }) => id === rota && status === "active"),
      twin: undefined,
    });
    if (!decision.accepted) {
      noteReasons(ways, decision.reasons, path);
      return [];
    }
    const after = decision.events.reduce<Journey | undefined>(evolveJourney, before?.state)!;
    return [{ before, after, events: decision.events }];
  });
}

function journeyOf(
  ways: Ways,
  before: Journey | undefined,
  item: JourneyItem,
  path: Path,
  rotas: ReadonlyMap<string, Rota>,
): NewJourney | undefined {
  const { population, about, deviceClass, statement, status } = item;
  const seats = OWNING_SEATS.map((seat) => [seat, seatOf(ways, item[seat], [...path, seat])] as const);
  const rota = rotaOf(ways, item.rota, path, rotas);
  const approver = personOrNull(ways, item.approver, [...path, "approver"]);
  if (rota === undefined || seats.some(([, seat]) => seat === undefined)) return undefined;
  const model = before?.model.statement === statement ? before.model : { statement, by: authorOf(ways), at: ways.now };
  return {
    ...(Object.fromEntries(seats) as Record<(typeof OWNING_SEATS)[number], Seat | null>),
    id: before?.id ?? ways.ids.next("journey"),
    population,
    about,
    deviceClass,
    model,
    approver,
    rota,
    status,
  };
}

/** Whoever applies the file writes what it says: they do not approve it. */
function authorOf({ actor }: Ways): PersonId {
  if (actor === null) throw new RangeError("a way in is described by a person");
  return actor.id;
}

function rotaOf(ways: Ways, key: string | null | undefined, path: Path, rotas: ReadonlyMap<string, Rota>): RotaId | null | undefined {
  if (key === null || key === undefined) return null;
  const found = rotas.get(key)?.id;
  // One of the file that was not planned has a fault of its own.
  if (found === undefined && !ways.file.rotas.some((rota) => rota.key === key)) {
    note(ways, "estate.referenceDangling", `There is no rota with the key "${key}", here or from an earlier file.`, [...path, "rota"]);
  }
  return found;
}

/** Undefined where nobody is meant by it, which is noted. */
function seatOf(ways: Ways, item: SeatItem | null | undefined, path: Path): Seat | null | undefined {
  if (item === null || item === undefined) return null;
  if (typeof item === "string") {
    const id = personOf(ways, item, path);
    return id && { kind: "person", id };
  }
  const id = ways.teamIds.get(item.team);
  if (id !== undefined) return { kind: "team", id };
  note(ways, "estate.referenceDangling", `There is no team with the key "${item.team}", here or from an earlier file.`, [...path, "team"]);
  return undefined;
}

/** The one in use, or else the last of those that were. */
function knownByIdentity(journeys: readonly At<Journey>[]): ReadonlyMap<string, At<Journey>> {
  const inOrder = journeys.toSorted((a, b) => Number(a.state.status === "active") - Number(b.state.status === "active"));
  return new Map(inOrder.map((each) => [identityText(each.state), each]));
}

function seatedOf({ people, teams }: WaysBeside): Seated {
  const crews = new Map(
    teams.map(({ id, name, status, lead, members }): [string, Crew] => [
      id,
      { id, name, isDissolved: status === "dissolved", lead, members },
    ]),
  );
  return { person: (id) => people.get(id as PersonId), team: (id) => crews.get(id) };
}

function idsByKey(teams: readonly Team[]): ReadonlyMap<string, Team["id"]> {
  return new Map(teams.map(({ key, id }) => [key, id]));
}

function inUse({ applications, operations, deviceClasses }: WaysBeside): Ways["isInUse"] {
  const known = { application: keysInUse(applications), operation: keysInUse(operations), deviceClass: keysInUse(deviceClasses) };
  return (kind, key) => known[kind].has(key);
}

function keysInUse(items: readonly Open[]): ReadonlySet<string> {
  return new Set(items.filter(({ status }) => status !== "retired").map(({ key }) => key));
}
