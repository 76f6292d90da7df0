/** What the map shows and what gaps are found in: journeys with everybody they name, as they are at one moment. */
import type { Operation } from "../estate/operation.ts";
import type { Instant, Zone } from "../kernel/time.ts";
import type { PersonId } from "../people/index.ts";
import { type ApprovalStanding, approvalStanding, type Crew, type Seated, type Somebody } from "./approval.ts";
import { createFeedStore } from "./feed-store.ts";
import { closerOf, type Gap, journeyGaps, lookAhead } from "./gaps.ts";
import { type About, type Journey, modelText, operationText, OWNING_SEATS } from "./journey.ts";
import type { Seat } from "./seat.ts";
import type { Rota } from "./rota.ts";
import { type FeedSeen, onPointAt, type RotaFacts, type Shift, shiftsBetween } from "./shifts.ts";
import type { Stored } from "../journal/subjects.ts";
import type { AccountabilityStore } from "./store.ts";

/** What is asked of the other modules. */
export interface AccountabilityWorld {
  zone(): Promise<Zone>;
  /** Those that exist. */
  persons(ids: readonly string[]): Promise<readonly Somebody[]>;
  teams(ids: readonly string[]): Promise<readonly Crew[]>;
  actsFor(id: string, now: Instant): Promise<readonly PersonId[]>;
  /** Whose these addresses are: of each that exactly one person has who is here. */
  personsOfMails(mails: readonly string[]): Promise<ReadonlyMap<string, PersonId>>;
  /** What it is called, where it is in use. */
  nameOf(about: About): Promise<string | undefined>;
  nameOfDeviceClass(key: string): Promise<string | undefined>;
  operation(key: string): Promise<Operation | undefined>;
}

export interface MapDependencies {
  readonly world: AccountabilityWorld;
  readonly store: AccountabilityStore;
  readonly feeds: ReturnType<typeof createFeedStore>;
  readonly hash: (text: string) => string;
}

export interface RotaRow {
  readonly version: number;
  readonly rota: Rota;
  readonly feed: FeedSeen | null;
  readonly zone: Zone;
  readonly onPoint: Shift;
  readonly facts: RotaFacts;
  readonly seated: Seated;
}

export interface JourneyRow {
  readonly version: number;
  readonly journey: Journey;
  readonly aboutName: string | undefined;
  readonly deviceClassName: string | undefined;
  readonly contentHash: string;
  readonly operation: string | null;
  readonly standing: ApprovalStanding;
  readonly rota: RotaRow | undefined;
  readonly gaps: readonly Gap[];
  /** Who is to close them. */
  readonly closer: PersonId | null;
  readonly seated: Seated;
}

/** Everybody and every team that the seats and more persons name. */
export async function loadSeated(
  world: AccountabilityWorld,
  seats: readonly (Seat | null)[],
  more: readonly (string | null | undefined)[] = [],
): Promise<Seated> {
  const ids = (kind: Seat["kind"]) => [...new Set(seats.flatMap((seat) => (seat?.kind === kind ? [seat.id as string] : [])))];
  const teams = new Map((await world.teams(ids("team"))).map((team) => [team.id, team]));
  const inTeams = [...teams.values()].flatMap(({ lead, members }) => [...(lead === null ? [] : [lead]), ...members]);
  const wanted = [...new Set([...ids("person"), ...inTeams, ...more.flatMap((id) => id ?? [])])];
  const persons = new Map((await world.persons(wanted)).map((person) => [person.id as string, person]));
  return { person: (id) => persons.get(id), team: (id) => teams.get(id) };
}

export async function loadRotaRows(deps: MapDependencies, rotas: readonly Stored<Rota>[], now: Instant): Promise<readonly RotaRow[]> {
  const feeds = await deps.feeds.seen(rotas.map(({ state }) => state.id));
  const mails = [...feeds.values()].flatMap(({ read }) => read?.shifts.flatMap((shift) => shift.mails) ?? []);
  const ofMails = await deps.world.personsOfMails([...new Set(mails)]);
  const zone = await deps.world.zone();
  const named = rotas.flatMap(({ state }) => peopleOf(state));
  const owners = rotas.map(({ state }) => state.owner);
  const seated = await loadSeated(deps.world, owners, [...named, ...ofMails.values()]);
  return rotas.map(({ version, state: rota }) => {
    const feed = feeds.get(rota.id) ?? null;
    const facts: RotaFacts = { zone, feed, personOfMail: (mail) => ofMails.get(mail) };
    return { version, rota, feed, zone, facts, onPoint: onPointAt(rota, now, facts), seated };
  });
}

function peopleOf({ source, overrides }: Rota): readonly PersonId[] {
  return [...(source.kind === "rotation" ? source.people : []), ...overrides.map(({ person }) => person)];
}

export async function loadJourneyRows(
  deps: MapDependencies,
  journeys: readonly Stored<Journey>[],
  now: Instant,
): Promise<readonly JourneyRow[]> {
  const states = journeys.map(({ state }) => state);
  const wanted = [...new Set(states.flatMap(({ rota }) => rota ?? []))];
  const rows = await loadRotaRows(deps, await deps.store.rotas.findAll(wanted), now);
  // Once a rota, however many journeys rest on it: a calendar may have thousands of shifts.
  const rotas = new Map(rows.map((row) => [row.rota.id, { row, ahead: shiftsBetween(row.rota, now, lookAhead(now), now, row.facts) }]));
  const seats = states.flatMap((journey) => OWNING_SEATS.map((seat) => journey[seat]));
  const persons = states.flatMap(({ approver, approval, model }) => [approver, approval?.by, model.by]);
  const seated = await loadSeated(deps.world, seats, persons);
  const known = createKnown(deps.world);
  return Promise.all(journeys.map((stored) => rowOf(deps, stored, rotas.get(stored.state.rota!), seated, known)));
}

async function rowOf(
  deps: MapDependencies,
  { version, state: journey }: Stored<Journey>,
  resting: { readonly row: RotaRow; readonly ahead: readonly Shift[] } | undefined,
  seated: Seated,
  known: ReturnType<typeof createKnown>,
): Promise<JourneyRow> {
  const rota = resting?.row;
  const { about, deviceClass } = journey;
  const aboutName = await known.nameOf(about);
  const deviceClassName = deviceClass === null ? undefined : await known.deviceClass(deviceClass);
  const rests = about.kind === "operation" ? await known.operation(about.key) : undefined;
  const operation = rests === undefined ? null : deps.hash(operationText(rests));
  const contentHash = deps.hash(modelText(journey, operation));
  const standing = approvalStanding(journey, contentHash, seated);
  const onPoint = joined(seated, rota?.seated);
  const isAboutThere = aboutName !== undefined && (deviceClass === null || deviceClassName !== undefined);
  const gaps = journeyGaps(journey, { seated: onPoint, standing, isAboutThere, shifts: resting?.ahead ?? null });
  const closer = closerOf(journey, seated);
  return { version, journey, aboutName, deviceClassName, contentHash, operation, standing, rota, gaps, closer, seated: onPoint };
}

function joined(a: Seated, b: Seated | undefined): Seated {
  return { person: (id) => a.person(id) ?? b?.person(id), team: (id) => a.team(id) ?? b?.team(id) };
}

function createKnown(world: AccountabilityWorld) {
  const application = once((key) => world.nameOf({ kind: "application", key }));
  const operation = once((key) => world.nameOf({ kind: "operation", key }));
  return {
    nameOf: ({ kind, key }: About) => (kind === "application" ? application(key) : operation(key)),
    deviceClass: once((key) => world.nameOfDeviceClass(key)),
    operation: once((key) => world.operation(key)),
  };
}

/** Each key asked for once, however many journeys name it. */
function once<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (key) => {
    const answer = asked.get(key) ?? ask(key);
    asked.set(key, answer);
    return answer;
  };
}

/** Who wrote an access model, and everybody who acts for them. */
export async function authorsOf(world: AccountabilityWorld, { model }: Journey, now: Instant): Promise<readonly PersonId[]> {
  return [model.by, ...(await world.actsFor(model.by, now))];
}
