/** Loads, for the moment of one decision, everything that the pure decision needs to know. */
import type { Instant } from "../kernel/time.ts";
import type { Actor, Dossier, ExceptionState } from "./exception.ts";
import type { DelegationFacts, Facts, PersonFacts } from "./facts.ts";
import type { CategoryPolicy } from "./policy.ts";
import { openApproval, shownContent } from "./projection.ts";
import { askingProvider, providerSubject } from "./provider-subject.ts";
import { type SeatGrounds, seatsOf } from "./seats.ts";
import type { DraftContent, PersonId, ScopeRequest } from "./version.ts";
import type { World } from "./world.ts";

export interface FactsRequest {
  readonly state: ExceptionState | undefined;
  /** Content the command brings, where it brings some. */
  readonly content: DraftContent | undefined;
  readonly policy: CategoryPolicy;
  readonly actor: Actor;
  readonly onBehalfOf: PersonId | undefined;
  /** Somebody decides on it: who is in the groups of the scope must be known, as it is now. */
  readonly isJudged: boolean;
  readonly assertion: string | undefined;
  readonly now: Instant;
  readonly hash: (text: string) => string;
}

/**
 * Everything but what putting a version forward needs beside (`request`) and the lineage. Throws {@link Refused}
 * `exceptions.providerUnreachable` when it is judged and nobody can be asked who is in its groups.
 */
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
    covered: await coveredPeople(world, content, request.isJudged),
    delegations: await delegationsInPlay(world, request),
    request: null,
    lineage: null,
    // Until critical operations are modelled nobody can say that nothing stops: the safe answer is not to know.
    blastRadius: "unknown",
  };
}

async function delegationsInPlay(world: World, { state, actor, now }: FactsRequest): Promise<readonly DelegationFacts[]> {
  const votes = (state?.dossier.versions ?? []).flatMap((version) => version.votes);
  const delegates = new Set<string>(votes.flatMap(({ person, onBehalfOf }) => (onBehalfOf === null ? [] : [person])));
  if (actor.kind === "person") delegates.add(actor.id);
  return (await Promise.all([...delegates].map((delegate) => world.delegationsTo(delegate, now)))).flat();
}

function contentUnderDecision(state: ExceptionState | undefined): DraftContent | undefined {
  if (state === undefined) return undefined;
  const open = openApproval(state);
  const version = open && state.dossier.versions.find((each) => each.n === open.version);
  return version?.content ?? shownContent(state);
}

function peopleNamed({ state, actor, onBehalfOf }: FactsRequest, content: DraftContent | undefined): ReadonlySet<PersonId> {
  const answerable = content?.accountability;
  const inContent = [answerable?.businessOwner, answerable?.deputy, answerable?.implementer, content?.exitPlan?.owner];
  const acting = actor.kind === "person" ? actor.id : undefined;
  const all = [acting, onBehalfOf, ...inContent, ...(state === undefined ? [] : peopleIn(state.dossier))];
  return new Set(all.filter((id): id is PersonId => typeof id === "string"));
}

/** Who asked, owns, put forward, voted, or began a use. */
function peopleIn({ requester, owner, versions, reviews }: Dossier) {
  const votes = versions.flatMap((version) => [version.submittedBy, ...version.votes.flatMap((vote) => [vote.person, vote.onBehalfOf])]);
  return [requester, owner, ...votes, ...reviews.map(({ begunBy }) => begunBy)];
}

type SharedGrounds = Omit<SeatGrounds, "generalRoles">;
type GroundsWorld = Pick<World, "person" | "application" | "deviceClassLead">;

/** What seats rest on for this content. Before there is an exception, `actor` is the one who asks. */
export async function loadGrounds(
  world: GroundsWorld,
  state: ExceptionState | undefined,
  content: DraftContent | undefined,
  actor?: Actor,
): Promise<SharedGrounds> {
  const scope = content?.scope ?? [];
  const applications = scope.flatMap(({ resource }) => (resource.kind === "application" ? [resource.id] : []));
  const owners = await Promise.all(applications.map(async (id) => (await world.application(id))?.owner));
  const deviceClasses = scope.flatMap(({ subject }) => (subject.kind === "deviceClass" ? [subject.key] : []));
  const leads = await Promise.all(deviceClasses.map((id) => world.deviceClassLead(id)));
  return {
    applicationOwners: owners.filter((owner) => typeof owner === "string"),
    deviceClassLeads: leads.filter((lead) => lead !== undefined),
    requesterManager: await managerOfRequester(world, state, actor),
    businessOwner: content?.accountability?.businessOwner ?? null,
    namesApplication: applications.length > 0,
  };
}

async function managerOfRequester(
  world: GroundsWorld,
  state: ExceptionState | undefined,
  actor: Actor | undefined,
): Promise<PersonId | null> {
  const requester = state?.dossier.requester ?? (actor?.kind === "person" ? actor.id : undefined);
  return requester === undefined ? null : ((await world.person(requester))?.manager ?? null);
}

async function personFacts(world: World, id: PersonId, grounds: SharedGrounds): Promise<PersonFacts> {
  const person = await world.person(id);
  if (person === undefined) return { active: false, roles: [], isHelpDesk: false };
  const seats = seatsOf(id, { ...grounds, generalRoles: person.roles });
  return { active: person.active, roles: seats, isHelpDesk: person.roles.includes("help_desk") };
}

async function coveredPeople(world: World, content: DraftContent | undefined, isJudged: boolean): Promise<readonly PersonId[]> {
  const found = new Set<PersonId>();
  for (const { subject } of content?.scope ?? []) {
    // Whom the requester names is one more, never instead: otherwise naming another would let the one let through decide.
    if (subject.person !== null) found.add(subject.person);
    const keys = isJudged ? await accountsBehind(world, subject) : [subject.key];
    for (const person of await world.peopleOfAccounts(subject.connection, keys)) found.add(person);
  }
  return [...found];
}

/** Members come and go without us: who is in a group when it is decided counts, not who was when it was asked for. */
async function accountsBehind(world: World, subject: ScopeRequest["subject"]): Promise<readonly string[]> {
  if (subject.kind !== "group") return [subject.key];
  return askingProvider("who is in the groups", async () =>
    (await world.connector(subject.connection)).accountsBehind(providerSubject(subject)),
  );
}
