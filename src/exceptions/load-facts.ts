/** Loads, for the moment of one decision, everything that the pure decision needs to know. */
import type { Instant } from "../kernel/time.ts";
import type { Actor, ExceptionState } from "./exception.ts";
import type { Facts, PersonFacts } from "./facts.ts";
import type { CategoryPolicy } from "./policy.ts";
import { openApproval, shownContent } from "./projection.ts";
import { type SeatGrounds, seatsOf } from "./seats.ts";
import type { DraftContent, PersonId } from "./version.ts";
import type { World } from "./world.ts";

export interface FactsRequest {
  readonly state: ExceptionState | undefined;
  /** Content the command brings, where it brings some. */
  readonly content: DraftContent | undefined;
  readonly policy: CategoryPolicy;
  readonly actor: Actor;
  readonly onBehalfOf: PersonId | undefined;
  readonly assertion: string | undefined;
  readonly now: Instant;
  readonly hash: (text: string) => string;
}

/** Everything but what putting a version forward needs beside (`request`) and the lineage. */
export async function loadFacts(world: World, request: FactsRequest): Promise<Facts> {
  const { state, actor, now } = request;
  const content = request.content ?? contentUnderDecision(state);
  const named = peopleNamed(request, content);
  const grounds = await loadGrounds(world, state, content, actor);
  const people: Record<string, PersonFacts> = {};
  const actsFor: Record<string, readonly PersonId[]> = {};
  for (const id of named) {
    people[id] = await personFacts(world, id, grounds);
    actsFor[id] = await world.actsFor(id, now);
  }
  return {
    policy: request.policy,
    zone: await world.zone(),
    hash: request.hash,
    actor,
    assertion: request.assertion ?? null,
    people,
    actsFor,
    covered: await coveredPeople(world, content),
    delegations: actor.kind === "person" ? await world.delegationsTo(actor.id, now) : [],
    request: null,
    lineage: null,
    // Until critical operations are modelled nobody can say that nothing stops: the safe answer is not to know.
    blastRadius: "unknown",
  };
}

function contentUnderDecision(state: ExceptionState | undefined): DraftContent | undefined {
  if (state === undefined) return undefined;
  const open = openApproval(state);
  const version = open && state.dossier.versions.find((each) => each.n === open.version);
  return version?.content ?? shownContent(state);
}

function peopleNamed({ state, actor, onBehalfOf }: FactsRequest, content: DraftContent | undefined): ReadonlySet<PersonId> {
  const named = new Set<PersonId>();
  const add = (id: string | null | undefined) => {
    if (id !== null && id !== undefined) named.add(id as PersonId);
  };
  if (actor.kind === "person") add(actor.id);
  add(onBehalfOf);
  add(content?.accountability?.businessOwner);
  add(content?.accountability?.deputy);
  add(content?.accountability?.implementer);
  add(content?.exitPlan?.owner);
  if (state === undefined) return named;
  add(state.dossier.requester);
  add(state.dossier.owner);
  for (const version of state.dossier.versions) {
    add(version.submittedBy);
    for (const vote of version.votes) {
      add(vote.person);
      add(vote.onBehalfOf);
    }
  }
  return named;
}

type SharedGrounds = Omit<SeatGrounds, "generalRoles">;

async function loadGrounds(
  world: World,
  state: ExceptionState | undefined,
  content: DraftContent | undefined,
  actor: Actor,
): Promise<SharedGrounds> {
  const applications = (content?.scope ?? []).filter((item) => item.resource.kind === "application").map((item) => item.resource.id);
  const owners = await Promise.all(applications.map(async (id) => (await world.application(id))?.owner ?? null));
  const deviceClasses = (content?.scope ?? []).filter((item) => item.subject.kind === "deviceClass").map((item) => item.subject.key);
  const leads = await Promise.all(deviceClasses.map((id) => world.deviceClassLead(id)));
  const requester = state?.dossier.requester ?? (actor.kind === "person" ? actor.id : undefined);
  const manager = requester === undefined ? null : ((await world.person(requester))?.manager ?? null);
  return {
    applicationOwners: owners.filter((owner) => owner !== null),
    deviceClassLeads: leads.filter((lead) => lead !== undefined),
    requesterManager: manager,
    businessOwner: content?.accountability?.businessOwner ?? null,
    namesApplication: applications.length > 0,
  };
}

async function personFacts(world: World, id: PersonId, grounds: SharedGrounds): Promise<PersonFacts> {
  const person = await world.person(id);
  if (person === undefined) return { active: false, roles: [], isHelpDesk: false };
  const seats = seatsOf(id, { ...grounds, generalRoles: person.roles });
  return { active: person.active, roles: seats, isHelpDesk: person.roles.includes("help_desk") };
}

async function coveredPeople(world: World, content: DraftContent | undefined): Promise<readonly PersonId[]> {
  const found: PersonId[] = [];
  for (const { subject } of content?.scope ?? []) {
    const person = subject.person ?? (await world.personOfSubject(subject.connection, subject.key));
    if (person !== undefined && person !== null) found.push(person);
  }
  return found;
}
