/** Whom the seats of an exception mean when somebody is to be told: all who fill one for this exception and are still here. */
import { type Dossier, type ExceptionState, findVersion } from "./exception.ts";
import { loadGrounds } from "./load-facts.ts";
import { versionAsked } from "./partiality.ts";
import { openApproval, shownContent } from "./projection.ts";
import { generalRolesFor, seatsOf } from "./seats.ts";
import type { PersonId, Role, Version } from "./version.ts";
import type { PersonInWorld, World } from "./world.ts";

export interface AddresseesWorld extends Pick<World, "person" | "application" | "deviceClassLead"> {
  /** Everybody active who holds one of these general roles. */
  holdersOf(roles: readonly string[]): Promise<readonly PersonInWorld[]>;
}

export async function loadAddressees(world: AddresseesWorld, state: ExceptionState, seats: readonly Role[]): Promise<readonly PersonId[]> {
  const open = openApproval(state);
  const content = (open && findVersion(state.dossier, open.version)?.content) ?? shownContent(state);
  const grounds = await loadGrounds(world, state, content);
  const deputy = content?.accountability?.deputy ?? null;
  const businessOwner = state.dossier.owner ?? grounds.businessOwner;
  const named = [...grounds.applicationOwners, ...grounds.deviceClassLeads, grounds.requesterManager, businessOwner, deputy];
  const ids = [...new Set(named.filter((id): id is PersonId => typeof id === "string"))];
  const persons = await Promise.all(ids.map((id) => world.person(id)));
  const holders = await world.holdersOf(generalRolesFor(seats));
  const candidates = new Map([...persons, ...holders].flatMap((person) => (person?.active === true ? [[person.id, person]] : [])));
  const fills = ({ id, roles }: PersonInWorld) => {
    const held = seatsOf(id, { ...grounds, businessOwner, generalRoles: roles });
    return seats.some((seat) => held.includes(seat) || (seat === "deputy" && id === deputy));
  };
  return [...candidates.values()].filter(fills).map(({ id }) => id);
}

/** Those who will not be let vote on what is open, so that nobody is asked in vain. The vote itself checks everything again. */
export function barredFromOpen(state: ExceptionState): ReadonlySet<string> {
  const open = openApproval(state);
  const version = open && findVersion(state.dossier, open.version);
  if (version === undefined) return new Set();
  const voted = version.votes.filter(({ discounted }) => discounted === null).flatMap(({ person, onBehalfOf }) => [person, onBehalfOf]);
  return new Set([...partsIn(state.dossier, version), ...voted].filter((id) => id !== null));
}

/** Those whose answer to a review of it would be refused. */
export function barredFromReview({ dossier }: ExceptionState): ReadonlySet<string> {
  return new Set(partsIn(dossier, versionAsked(dossier)));
}

/** Nobody decides for themselves: who asked, who carries it out, whom it lets through. */
function partsIn({ requester }: Dossier, version: Version | undefined): string[] {
  if (version === undefined) return [requester];
  const { accountability, scope } = version.content;
  const through = scope.map(({ subject }) => subject.person).filter((id) => id !== null);
  return [requester, version.submittedBy, accountability.implementer, ...through];
}
