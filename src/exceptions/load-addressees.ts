/** Whom the seats of an exception mean when somebody is to be told: all who fill one for this exception and are still here. */
import { type ExceptionState, findVersion } from "./exception.ts";
import { loadGrounds } from "./load-facts.ts";
import { openApproval, shownContent } from "./projection.ts";
import { generalRolesFor, seatsOf } from "./seats.ts";
import type { PersonId, Role } from "./version.ts";
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

/** Those who have a part in it: whoever asked, and whom it lets through. Nobody decides for themselves. */
export function partialTo(state: ExceptionState): ReadonlySet<string> {
  const open = openApproval(state);
  const content = (open && findVersion(state.dossier, open.version)?.content) ?? shownContent(state);
  const through = content?.scope.map(({ subject }) => subject.person) ?? [];
  return new Set([state.dossier.requester, ...through].filter((id) => id !== null));
}

/** Those who will not be let vote on what is open, so that nobody is asked in vain. The vote itself checks everything again. */
export function barredFromOpen(state: ExceptionState): ReadonlySet<string> {
  const open = openApproval(state);
  const version = open && findVersion(state.dossier, open.version);
  if (version === undefined) return new Set();
  const voted = version.votes.filter(({ discounted }) => discounted === null).flatMap(({ person, onBehalfOf }) => [person, onBehalfOf]);
  const all = [...partialTo(state), version.submittedBy, version.content.accountability.implementer, ...voted];
  return new Set(all.filter((id) => id !== null));
}
