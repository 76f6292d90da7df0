import { refusal, Refused } from "../kernel/problem.ts";
import { type Call, type Caller, callerOf, type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { StoredDelegation } from "./delegation-store.ts";
import type { PersonId } from "./person.ts";
import type { Order } from "./person-service.ts";
import type { PeopleService } from "./service.ts";
import type { StoredPerson } from "./store.ts";
import { detailedView, minimalView, viewOfDelegation, viewOfTeam } from "./view.ts";

/** Roles that see the details of people and the delegations of others. */
const SEE_DETAILS = ["administrator", "iam", "security_governance", "auditor"];
const KEEPERS = ["administrator", "iam"];

export function peopleRoutes(service: PeopleService): readonly Route[] {
  return [...personRoutes(service), ...teamRoutes(service), ...delegationRoutes(service)];
}

function personRoutes(service: PeopleService): readonly Route[] {
  return [
    route(contract.listPeople, async ({ query }, call) => {
      const { items, next } = await service.listPeople(defined(query));
      return { items: items.map(({ person }) => minimalView(person, call.now)), ...(next !== undefined && { next }) };
    }),
    route(contract.getPerson, async ({ params }, call) => show(await service.loadPerson(params.id), call)),
    route(contract.addPerson, async ({ body }, call) => show(await service.addPerson(defined(body), orderOf(call)), call)),
    route(contract.changePerson, async ({ params, body }, call) =>
      show(await service.changePerson(params.id, body, orderOf(call, versionRead(call))), call),
    ),
    route(contract.setLeave, async ({ params, body }, call) => {
      if (callerOf(call).personId !== params.id && !holdsAny(call, KEEPERS)) throw notYours("Only the person and those who keep people.");
      return show(await service.changePerson(params.id, body, orderOf(call, versionRead(call))), call);
    }),
    route(contract.deactivatePerson, async ({ params, body }, call) =>
      show(await service.deactivate(params.id, body.reason, orderOf(call, call.ifMatch)), call),
    ),
    route(contract.reactivatePerson, async ({ params }, call) =>
      show(await service.reactivate(params.id, orderOf(call, call.ifMatch)), call),
    ),
    route(contract.linkAccount, async ({ params, body }, call) =>
      show(await service.linkAccount(params.id, body, orderOf(call, call.ifMatch)), call),
    ),
  ];
}

function teamRoutes(service: PeopleService): readonly Route[] {
  return [
    route(contract.listTeams, async ({ query }) => {
      const { items, next } = await service.listTeams(defined(query));
      return { items: items.map(viewOfTeam), ...(next !== undefined && { next }) };
    }),
    route(contract.getTeam, async ({ params }, call) => tagged(viewOfTeam(await service.loadTeam(params.id)), call)),
    route(contract.addTeam, async ({ body }, call) => tagged(viewOfTeam(await service.addTeam(body, orderOf(call))), call)),
    route(contract.changeTeam, async ({ params, body }, call) =>
      tagged(viewOfTeam(await service.changeTeam(params.id, body, orderOf(call, versionRead(call)))), call),
    ),
  ];
}

function delegationRoutes(service: PeopleService): readonly Route[] {
  const views = async (items: readonly StoredDelegation[], call: Call) => {
    const named = await service.findPersons([...new Set(items.flatMap(({ delegation: { from, to } }) => [from, to]))]);
    const names = new Map(named.map((person) => [person.id as string, person.displayName]));
    return items.map(({ delegation }) => viewOfDelegation(delegation, names, call.now));
  };
  return [
    route(contract.listDelegations, async ({ query }, call) => {
      const { open, person: asked, ...rest } = query;
      const isReader = holdsAny(call, SEE_DETAILS);
      const own = callerOf(call).personId;
      if (asked !== undefined && asked !== own && !isReader) throw notYours("You may list your own delegations.");
      const person = asked ?? (isReader ? undefined : own);
      const { items, next } = await service.listDelegations({
        ...defined(rest),
        ...(person !== undefined && { person }),
        ...(open === true && { openAt: call.now }),
      });
      return { items: await views(items, call), ...(next !== undefined && { next }) };
    }),
    route(contract.delegate, async ({ body }, call) => (await views([await service.delegate(body, orderOf(call))], call))[0]!),
    route(
      contract.revokeDelegation,
      async ({ params }, call) => (await views([await service.revokeDelegation(params.id, orderOf(call))], call))[0]!,
    ),
  ];
}

function show(stored: StoredPerson, call: Call) {
  const isOwn = callerOf(call).personId === stored.person.id;
  return tagged(detailedView(stored, isOwn || holdsAny(call, SEE_DETAILS), call.now), call);
}

function tagged<View extends { version: number }>(view: View, call: Call): View {
  call.setHeader("ETag", `"${view.version}"`);
  return view;
}

function holdsAny(call: Call, roles: readonly string[]): boolean {
  const caller: Caller = callerOf(call);
  return roles.some((role) => caller.roles.includes(role));
}

function orderOf(call: Call, ifMatch?: number): Order {
  const { personId, roles } = callerOf(call);
  return { by: { id: personId as PersonId, roles }, now: call.now, ...(ifMatch !== undefined && { ifMatch }) };
}

/** The version the change is based on: without one, whoever saves last would undo what the other saw. */
function versionRead(call: Call): number {
  if (call.ifMatch !== undefined) return call.ifMatch;
  throw new Refused([refusal("people.ifMatchNeeded", 'Send If-Match with the version you read, as in the ETag: "3".')], 428);
}

function notYours(detail: string): Refused {
  return new Refused([refusal("people.notYours", detail)], 403);
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The members that are there. */
function defined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>;
}
